"""`script/bench NAME`: runs `benches/NAME.py` and prints its table and its one line of result.

A bench has `run() -> Result`, which may take the words that follow its name. The ratio compares with a floor measured
in the same run (an empty view, `SELECT 1` …), so that it can be read on any machine; the bench fails when the ratio
is above its limit.
"""

import argparse
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from portal_dev import services
from portal_dev.children import Children
from portal_dev.console import Failure, fail, say, table
from portal_dev.database import manage
from portal_dev.environment import ROOT
from portal_dev.home import Home
from portal_dev.services import Addresses

BENCHES = ROOT / "benches"


@dataclass
class Result:
    """What a bench found: rows of a table, and one ratio to a floor that it measured itself."""

    header: list[str]
    rows: list[list[str]]
    ratio: float
    floor: str
    limit: float = field(default=float("inf"))


def environment(addresses: Addresses) -> dict[str, str]:
    """Return the variables with which a bench runs the portal against its own servers, quietly and without debugging."""
    return {
        "PORTAL_DEBUG": "0",
        "DATABASE_URL": addresses.database,
        "DATABASE_OWNER_URL": addresses.owner,
        "REDIS_URL": addresses.redis,
        "DJANGO_SETTINGS_MODULE": "portal.settings.local",
        "LOG_LEVEL": "ERROR",
    }


@contextmanager
def own_database(name: str) -> Iterator[Addresses]:
    """Start servers for one bench alone, with an empty portal in them, and let this process use them; all is removed."""
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(variable, None)  # never into a database that somebody uses
    home = Home(f"bench-{name}")
    home.lock()
    children = Children(home)
    try:
        addresses = services.start(home, children, throwaway=True)
        os.environ.update(environment(addresses))
        for command in ("prepare_database", "load_reference"):
            manage(command, "--verbosity=0", env=dict(os.environ), what=command)
        yield addresses
    finally:
        children.stop()
        shutil.rmtree(home.path)


def main() -> None:
    """Entry of `script/bench`."""
    names = sorted(path.stem for path in BENCHES.glob("[a-z]*.py"))
    parser = argparse.ArgumentParser(prog="script/bench", description="Run a measurement of benches/.")
    parser.add_argument("name", choices=names)
    options, rest = parser.parse_known_args()
    name = options.name
    spec = importlib.util.spec_from_file_location(f"benches.{name}", BENCHES / f"{name}.py")
    if spec is None or spec.loader is None:
        raise Failure(f"benches/{name}.py cannot be read.")
    bench = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = bench  # where processes that a bench starts look for its functions
    sys.path.insert(0, str(ROOT))
    spec.loader.exec_module(bench)
    result: Result = bench.run(*rest)
    say(table(result.header, result.rows))
    say(f"\n{name} ratio={result.ratio:.2f} floor={result.floor}")
    if result.ratio > result.limit:
        raise Failure(f"{name}: the ratio {result.ratio:.2f} is above its limit {result.limit:.2f}.")


if __name__ == "__main__":
    # A bench imports `Result` from `portal_dev.bench`; run that module, not this copy named __main__.
    from portal_dev import bench

    try:
        bench.main()
    except Failure as failure:
        fail(failure)
