"""Schema, reference data and demo province; a step whose sources did not change since last time is not run again."""

import hashlib
import json
from collections.abc import Mapping

from portal_dev.console import run, step
from portal_dev.environment import PYTHON, ROOT
from portal_dev.home import PORTAL, Home
from portal_dev.services import Addresses

SCHEMA_SOURCES = (
    "*/migrations/*.py",
    "core/audit.py",
    "core/triggers.py",
    "core/clock.py",
    "core/grants.py",
    "core/database_roles.py",
    "requirements.txt",
)
REFERENCE_SOURCES = ("*/data/**/*", "*/management/commands/load_*.py")
DEMO_ACCOUNTS = PORTAL / "demo-accounts.json"
DEMO_SIZE = {"people": 3000, "jobs": 2000, "stations": 609}


def fingerprint(*patterns: str) -> str:
    """Return what changes when any of these source files does."""
    found = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


def manage(command: str, *arguments: str, env: Mapping[str, str], what: str) -> str:
    """Run one command of Django."""
    return run([PYTHON, "manage.py", command, *arguments], what=what, cwd=ROOT, env=dict(env))


def prepare(home: Home, addresses: Addresses, env: Mapping[str, str]) -> None:
    """Bring the database to this source tree's state: schema as the owner, everything else as the application."""
    owner_env = {**env, "DATABASE_OWNER_URL": addresses.owner}
    schema = fingerprint(*SCHEMA_SOURCES)
    reference = fingerprint(*SCHEMA_SOURCES, *REFERENCE_SOURCES)
    done = home.read("steps.json") if addresses.embedded_database else {}
    with step("Schema") as current:
        if done.get("schema") == schema:
            current.note = "up to date"
        else:
            manage("prepare_database", "--verbosity=0", env=owner_env, what="Migrating the database")
            home.write("steps.json", schema=schema)
    with step("Reference data") as current:
        if done.get("reference") == reference:
            current.note = "up to date"
        else:
            manage("load_reference", "--verbosity=0", env=env, what="Loading the reference data")
            home.write("steps.json", reference=reference)
    if addresses.embedded_database:  # a server of one's own may hold real people
        with step("Demo province") as current:
            if done.get("demo"):
                current.note = "kept from an earlier run"
            else:
                size = [f"--{name}={number}" for name, number in DEMO_SIZE.items()]
                manage("demo", *size, env=env, what="Making the demo province")
                home.write("steps.json", demo="made")


def demo_accounts() -> list[dict[str, str]]:
    """Return the accounts that the demo command wrote down."""
    try:
        return list(json.loads(DEMO_ACCOUNTS.read_text()))
    except (OSError, ValueError):
        return []
