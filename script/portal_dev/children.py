"""Child processes that die with their parent, and the remains of a run that was killed."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from portal_dev.home import Home

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
NOBODY = 65534
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent(stop: int, parent: int) -> None:
    """Ask the kernel to send us `stop` when our parent is gone (Linux; elsewhere the next run tidies up)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, stop)
        if os.getppid() != parent:
            os._exit(1)


def enter_namespace() -> None:
    """Become `nobody` in a user namespace of one's own: still root outside, but PostgreSQL sees an ordinary user."""
    user, group = os.geteuid(), os.getegid()
    if LIBC is None or LIBC.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")


def namespaces_work() -> bool:
    """Try on a child whether root may open a user namespace here (containers often forbid it)."""
    try:
        subprocess.run(["true"], preexec_fn=enter_namespace, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _began(pid: int) -> str:
    """Tell when a process began, so that a reused number is not taken for it; empty when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    except OSError:
        if Path("/proc/self").exists():
            return ""
    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()


def _gone(pid: int, began: str, seconds: float) -> bool:
    """Wait until the process has left."""
    until = time.monotonic() + seconds
    while _began(pid) == began:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


class Child:
    """One started process: its name, the signal that ends it well, how long that may take."""

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", stop: int, patience: float) -> None:
        self.name, self.process, self.stop, self.patience = name, process, stop, patience

    def end(self) -> bool:
        """Stop it; True when it left by itself in time."""
        if self.process.poll() is not None:
            return True
        self.process.send_signal(self.stop)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return False
        return True


class Children:
    """All processes of one run. They are written down, so that the next run can end what a killed one left."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.running: list[Child] = []

    def sweep(self) -> int:
        """End what is left of an earlier run and count it."""
        left = 0
        for pid, began, stop in self.home.read("children.json").values():
            if not began or _began(pid) != began:
                continue
            left += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, stop)
                if not _gone(pid, began, 15):
                    os.killpg(pid, signal.SIGKILL)
                    _gone(pid, began, 5)
        self._write()
        return left

    def start(
        self,
        name: str,
        command: Sequence[object],
        *,
        env: Mapping[str, str],
        stop: int = signal.SIGTERM,
        patience: float = 15,
        before: Callable[[], None] | None = None,
        **options: Any,
    ) -> "subprocess.Popen[bytes]":
        """Start a process in a group of its own: Ctrl-C reaches only us, and we end the others in order."""
        parent = os.getpid()

        def prepare() -> None:
            if before:
                before()
            _die_with_parent(stop, parent)

        process = subprocess.Popen(
            [str(part) for part in command], env=dict(env), start_new_session=True, preexec_fn=prepare, **options
        )
        self.running.append(Child(name, process, stop, patience))
        self._write()
        return process

    def _write(self) -> None:
        (self.home.path / "children.json").unlink(missing_ok=True)
        facts = {child.name: (child.process.pid, _began(child.process.pid), child.stop) for child in self.running}
        self.home.write("children.json", **facts)

    def stop(self) -> list[str]:
        """End all, the last started first; return the names of those that had to be killed."""
        killed = [child.name for child in reversed(self.running) if not child.end()]
        self.running.clear()
        self._write()
        return killed
