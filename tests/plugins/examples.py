"""How Hypothesis draws its examples: the same ones in every run of the suite, however slow the machine is."""

import os

from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
"""`PORTAL_EXAMPLES=search script/test …` looks for new counterexamples."""
settings.load_profile(os.environ.get("PORTAL_EXAMPLES", "suite"))
