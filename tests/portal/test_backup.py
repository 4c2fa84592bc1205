"""Backs up this process's test database for real, and restores it into a new one."""

import os
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, connections

from people.models import User

sys.path.insert(0, str(settings.BASE_DIR / "script"))

from portal_dev import backup, restore
from portal_dev.console import Failure
from portal_dev.postgres import query


def _address(name: str) -> str:
    return urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[str]:
    """A database of its own to restore into, and its owner's address."""
    name = f"{connections.databases['default']['NAME']}_r"
    query(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", _address("postgres"))
    query(f"CREATE DATABASE {name} TEMPLATE template0", _address("postgres"))
    yield _address(name)
    query(f"DROP DATABASE {name} WITH (FORCE)", _address("postgres"))


def _figures(address: str) -> str:
    """Describe what must survive: rows, history, rights of the lesser role, triggers."""
    role = settings.APPLICATION_ROLE
    return query(
        "SELECT (SELECT string_agg(username, ',') FROM people_user), (SELECT count(*) FROM people_userhistory),"
        " (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),"
        f" has_table_privilege('{role}', 'people_user', 'INSERT'),"
        f" has_table_privilege('{role}', 'people_userhistory', 'UPDATE')",
        address,
    )


def test_restores_rows_history_rights_and_files(empty_database, tmp_path, monkeypatch):
    User.objects.create(username="kept")
    source, target, folder = tmp_path / "private", tmp_path / "restored", tmp_path / "backup"
    source.mkdir()
    (source / "paper.pdf").write_bytes(b"%PDF")
    monkeypatch.setattr(backup, "PAPERS", source)
    monkeypatch.setattr(restore, "PAPERS", target)

    backup.write(folder, _address(connection.settings_dict["NAME"]))
    restore.read(folder, empty_database)

    assert _figures(empty_database) == _figures(_address(connection.settings_dict["NAME"]))
    assert _figures(empty_database).endswith("|t|f")
    assert (target / "paper.pdf").read_bytes() == b"%PDF"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_refuses_to_restore_over_other_data(transactional_db, tmp_path):
    with pytest.raises(Failure, match="not empty"):
        restore.read(tmp_path, _address(connection.settings_dict["NAME"]))
