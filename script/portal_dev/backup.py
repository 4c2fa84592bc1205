"""`script/backup`: the database and the uploaded files into one folder, while the portal runs."""

import argparse
import datetime as dt
import json
import os
import tarfile
from pathlib import Path

from portal_dev.children import Children
from portal_dev.console import Failure, fail, say, step
from portal_dev.environment import ROOT
from portal_dev.home import PORTAL, AlreadyRunning, Home
from portal_dev.postgres import OWNER, Postgres, database_tool

PAPERS = Path(os.environ.get("PRIVATE_ROOT", PORTAL / "private"))
DUMP, FILES, ABOUT = "database.dump", "papers.tar", "about.json"


def owner_address(home: Home, children: Children) -> str:
    """Return the owner's address of the database: of the environment, of a running portal, or of one started for this."""
    if address := os.environ.get("DATABASE_OWNER_URL"):
        return address
    if "DATABASE_URL" in os.environ:
        raise Failure("DATABASE_URL is set but DATABASE_OWNER_URL is not; only the owner may read every table.")
    postgres = Postgres(home, children)
    try:
        home.lock()
    except AlreadyRunning:
        postgres.port = int(home.read("ports.json")["postgres"])
    else:
        children.sweep()
        postgres.start()
    return postgres.url(OWNER)


def write(folder: Path, address: str) -> None:
    """Write one backup. Rows and files fit together: files are only ever added before their row is."""
    folder.mkdir(mode=0o700, parents=True)
    with step("Database") as current:
        database_tool("pg_dump", address, "--format=custom", "--no-owner", "--file", str(folder / DUMP))
        current.note = f"{(folder / DUMP).stat().st_size / 1e6:.1f} MB"
    with step("Uploaded files") as current, tarfile.open(folder / FILES, "w") as archive:
        if PAPERS.is_dir():
            archive.add(PAPERS, arcname=".")
        current.note = f"{len(archive.getmembers())} entries"
    about = {"made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "source": str(ROOT)}
    (folder / ABOUT).write_text(json.dumps(about, indent=1))
    for path in folder.iterdir():
        path.chmod(0o600)


def main() -> None:
    """Entry of `script/backup`."""
    parser = argparse.ArgumentParser(prog="script/backup", description="Back up the database and the uploaded files.")
    default = PORTAL / "backups" / dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    parser.add_argument("folder", nargs="?", type=Path, default=default, help="a new folder (.portal/backups/<time>)")
    folder = parser.parse_args().folder.resolve()
    if folder.exists():
        raise Failure(f"{folder} exists already. Name a new folder: a backup is never overwritten.")
    home = Home("server")
    children = Children(home)
    try:
        write(folder, owner_address(home, children))
    finally:
        children.stop()
    say(f"\nBacked up to {folder}. The keys (DATA_KEYS, INDEX_KEYS) are not part of it: keep them elsewhere.")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        fail(failure)
