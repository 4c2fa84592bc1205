"""What every test starts from. The work is done in `tests/plugins/`, one concern a file."""

pytest_plugins = [
    "tests.plugins.database",
    "tests.plugins.cache",
    "tests.plugins.audit",
    "tests.plugins.availability",
    "tests.plugins.examples",
    "tests.plugins.rubbish",
    "tests.plugins.sign_in",
]
