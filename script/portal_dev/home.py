"""A folder under `.portal/` that belongs to one set of servers: their data, passwords, ports and finished steps."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
from typing import Any

from portal_dev.environment import ROOT

PORTAL = ROOT / ".portal"


class AlreadyRunning(Exception):
    """Another process holds this folder; `holder` is what it wrote about itself."""

    def __init__(self, holder: dict[str, Any]) -> None:
        super().__init__("already running")
        self.holder = holder


def free_port(wanted: int = 0) -> int:
    """Return `wanted` if nobody listens there, else any free port of the loopback interface."""
    for port in (wanted, 0) if wanted else (0,):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


class Home:
    """The folder, its lock and its small files. Only its owner may look inside."""

    def __init__(self, name: str) -> None:
        self.path = PORTAL / name
        for folder in (PORTAL, self.path):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
        self._lock: Any = None

    def lock(self) -> None:
        """Keep this folder to this process until it ends, however it ends.

        :raises AlreadyRunning: another process has it.
        """
        self._lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            text = self._lock.read()
            raise AlreadyRunning(json.loads(text) if text else {}) from None
        self.describe()

    def describe(self, **facts: Any) -> None:
        """Write what a second start shall say about this one."""
        self._lock.truncate(0)
        self._lock.write(json.dumps({"pid": os.getpid(), **facts}))
        self._lock.flush()

    def read(self, name: str) -> dict[str, Any]:
        """Read one of the small files; a missing or broken one is empty."""
        try:
            return dict(json.loads((self.path / name).read_text()))
        except (OSError, ValueError):
            return {}

    def write(self, name: str, **changes: Any) -> None:
        """Change some entries of a small file, whole or not at all."""
        content = self.read(name) | changes
        draft = self.path / f"{name}.new"
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, indent=1)
        draft.replace(self.path / name)

    def secret(self, name: str) -> str:
        """Return a random password that stays the same between runs."""
        known = self.read("secrets.json")
        if name not in known:
            known[name] = secrets.token_hex(24)
            self.write("secrets.json", **{name: known[name]})
        return str(known[name])

    def port(self, name: str) -> int:
        """Return the port of the last run if it is still free, else a new one."""
        port = free_port(int(self.read("ports.json").get(name, 0)))
        self.write("ports.json", **{name: port})
        return port
