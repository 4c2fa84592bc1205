"""The database of the tests: built once by the owner, cloned for each process, used as the lesser role.

The owner migrates and loads the reference data into a template database named after a hash of everything that can
change it; the next run finds it ready. Each process (each xdist worker) clones it and connects as the application's
role, which can neither TRUNCATE nor CREATE, exactly as in production. A test that commits gets a new clone after it.
"""

import contextlib
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from psycopg2 import sql

HOW_TO_RUN = (
    "The tests need PostgreSQL and Redis, and DATABASE_URL is not set. Run them with:\n\n"
    "    script/test [arguments of pytest]\n\n"
    "It starts both by itself. For servers of your own, set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL."
)
BUILT_FROM = (
    "*/migrations/*.py",
    "*/data/**/*",
    "*/management/commands/load_*.py",
    "core/audit.py",
    "core/triggers.py",
    "tests/audited/models.py",
    "core/clock.py",
    "core/grants.py",
    "core/database_roles.py",
    "requirements.txt",
    "portal/settings/base.py",
)


def pytest_configure() -> None:
    """Say how to run the suite instead of failing in every test."""
    if "DATABASE_URL" not in os.environ or "DATABASE_OWNER_URL" not in os.environ:
        raise pytest.UsageError(HOW_TO_RUN)


def _fingerprint() -> str:
    """Hash all that a built database depends on."""
    found = hashlib.sha256()
    for pattern in BUILT_FROM:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(str(path.relative_to(settings.BASE_DIR)).encode())
                found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Databases:
    """The template and this process's clone of it, managed through the owner's connection."""

    def __init__(self, worker: str) -> None:
        owner = environ.Env.db_url_config(os.environ["DATABASE_OWNER_URL"])
        self._parameters = {
            "host": owner["HOST"],
            "port": owner["PORT"] or None,
            "user": owner["USER"],
            "password": owner["PASSWORD"],
        }
        self._application_role = settings.DATABASES["default"]["USER"]
        self._stem = f"test_{settings.DATABASES['default']['NAME']}"
        self.template = f"{self._stem}_{_fingerprint()}"
        self.clone = f"{self.template}_{worker}_{os.getpid()}"
        self._server = self._connect("postgres")

    def _connect(self, name: str) -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(dbname=name, **self._parameters)
        connection.autocommit = True
        return connection

    def _run(self, statement: str, *names: str) -> None:
        with self._server.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _names(self) -> list[str]:
        with self._server.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{self._stem}%"])
            return [name for (name,) in cursor.fetchall()]

    def prepare(self) -> None:
        """Build the template unless it is there; other processes wait for the one that builds."""
        with self._server.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [self._stem])
            try:
                self._sweep()
                if self.template not in self._names():
                    self._build()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [self._stem])

    def _sweep(self) -> None:
        """Drop clones of dead runs, and templates of older code that no living run uses."""
        pattern = re.compile(rf"{re.escape(self._stem)}_(?P<hash>[0-9a-f]{{12}})(?:_\w+_(?P<pid>\d+)|_building)?")
        found = [match for name in self._names() if (match := pattern.fullmatch(name))]
        living = {match["hash"] for match in found if match["pid"] and _alive(int(match["pid"]))}
        for match in found:
            stale_clone = match["pid"] and not _alive(int(match["pid"]))
            old_template = not match["pid"] and match[0] != self.template and match["hash"] not in living
            if stale_clone or old_template:
                self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", match[0])

    def _build(self) -> None:
        building = f"{self.template}_building"
        self._run("CREATE DATABASE {} TEMPLATE template0", building)
        urls = {
            name: urlsplit(os.environ[name])._replace(path=f"/{building}").geturl()
            for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }
        for command in ("prepare_database", "load_reference"):
            done = subprocess.run(
                [sys.executable, "manage.py", command, "--verbosity=0"],
                cwd=settings.BASE_DIR,
                env={**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "portal.settings.test"},
                capture_output=True,
                text=True,
            )
            if done.returncode:
                pytest.exit(f"manage.py {command} failed on the test database:\n{done.stdout}\n{done.stderr}", 1)
        with contextlib.closing(self._connect(building)) as connection, connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")  # the planner knows the same figures in every run
        self._run("ALTER DATABASE {} RENAME TO {}", building, self.template)

    def renew(self) -> None:
        """Give this process a fresh clone and point Django at it."""
        connections.close_all()
        self.make(self.clone)
        connections.databases["default"]["NAME"] = self.clone

    def make(self, name: str) -> None:
        """Make a fresh clone of this name."""
        self.drop(name)
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, self.template)
        self._run("REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        self._run("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", name, self._application_role)

    def drop(self, name: str) -> None:
        """Remove a clone, whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, django_test_environment: None) -> Databases:
    """This process's databases."""
    return Databases(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture
def second_database(databases: Databases, django_db_setup: None) -> Iterator[str]:
    """A clone beside the one that Django knows here, for another process: the address at which the application finds it."""
    name = databases.clone.replace(f"_{os.getpid()}", f"_2nd_{os.getpid()}")
    databases.make(name)
    yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    databases.drop(name)


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases, django_db_blocker) -> Iterator[None]:
    """Replace pytest-django's own set-up, which would migrate as the connected role."""
    original = connections.databases["default"]["NAME"]
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        databases.prepare()
        databases.renew()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.renew())
        yield
        connections.close_all()
        databases.drop(databases.clone)
        connections.databases["default"]["NAME"] = original


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return settings.BASE_DIR


if __name__ == "__main__":
    Databases("ready").prepare()
