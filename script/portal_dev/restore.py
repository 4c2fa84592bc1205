"""`script/restore FOLDER`: what `script/backup` wrote, back into an empty database."""

import argparse
import tarfile
from pathlib import Path

from portal_dev.backup import DUMP, FILES, PAPERS, owner_address
from portal_dev.children import Children
from portal_dev.console import Failure, fail, say, step
from portal_dev.home import Home
from portal_dev.postgres import database_tool, query


def read(folder: Path, address: str) -> None:
    """Restore the database in one transaction, then the files. Refuses a database that holds anything."""
    if query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", address) != "0":
        raise Failure(
            "The database is not empty, and a restore never mixes with other data. "
            "Restore into a new database (docs/operations.md, section 'Restore')."
        )
    with step("Database") as current:
        database_tool(
            "pg_restore", address, "--no-owner", "--exit-on-error", "--single-transaction", str(folder / DUMP)
        )
        current.note = f"{query('SELECT count(*) FROM pg_tables', address)} tables"
    with step("Uploaded files"), tarfile.open(folder / FILES) as archive:
        PAPERS.mkdir(mode=0o700, parents=True, exist_ok=True)
        archive.extractall(PAPERS, filter="data")


def main() -> None:
    """Entry of `script/restore`."""
    parser = argparse.ArgumentParser(prog="script/restore", description="Restore what script/backup wrote.")
    parser.add_argument("folder", type=Path, help="the folder that script/backup made")
    folder = parser.parse_args().folder.resolve()
    if not (folder / DUMP).is_file() or not (folder / FILES).is_file():
        raise Failure(f"{folder} holds no backup: {DUMP} and {FILES} must be in it.")
    home = Home("server")
    children = Children(home)
    try:
        read(folder, owner_address(home, children))
        home.write("steps.json", demo="restored")  # what was restored is not mixed with a new demo province
    finally:
        children.stop()
    say("\nRestored. Start with script/server; `manage.py verify_audit` proves that no history was lost.")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        fail(failure)
