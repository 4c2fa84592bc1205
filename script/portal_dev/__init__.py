"""The developer's commands: what `script/server`, `script/test`, `script/check` and their siblings do.

Only `bootstrap` and what it imports run before the virtual environment exists; all modules use the standard library
only, so that nothing here can be broken by a requirement.
"""
