"""`script/server`: the whole portal in one terminal."""

import argparse
import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import NoReturn

from portal_dev import database, services
from portal_dev.children import Children
from portal_dev.console import Failure, fail, pad, paint, say, step, table
from portal_dev.environment import PYTHON, ROOT
from portal_dev.home import AlreadyRunning, Home, free_port

NAMES = {"web": "green", "worker": "cyan", "beat": "magenta"}


class Stopped(Exception):
    """Somebody asked us to end: Ctrl-C, a closed terminal, `kill`."""


def _stop(number: int, frame: object) -> NoReturn:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # the orderly end must not be cut short by a second Ctrl-C
    raise Stopped


def _commands(port: int, home: Home, *, reload: bool) -> dict[str, list[str]]:
    python = str(PYTHON)
    web = [python, "-m", "gunicorn", "portal.wsgi", f"--bind=127.0.0.1:{port}", "--worker-class=gthread"]
    celery = [python, "-m", "celery", "--app=portal", "--quiet"]
    schedule = f"--schedule={home.path / 'beat-schedule'}"
    return {
        "web": [
            *web,
            "--workers=2",
            "--threads=4",
            "--timeout=60",
            "--no-control-socket",
            *(["--reload"] if reload else []),
        ],
        "worker": [*celery, "worker", "--concurrency=2", "--loglevel=INFO", "--without-mingle", "--without-gossip"],
        "beat": [*celery, "beat", schedule, "--pidfile=", "--loglevel=WARNING"],
    }


def _environment(home: Home, addresses: services.Addresses) -> dict[str, str]:
    """What the running processes know. The owner's password is not part of it."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_OWNER_URL", "PYTHONPATH")}
    return inherited | {
        "DATABASE_URL": addresses.database,
        "REDIS_URL": addresses.redis,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.local"),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or home.secret("secret_key"),
        "SMS_GATEWAY": os.environ.get("SMS_GATEWAY", "console"),  # a citizen's login code is read in this terminal
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker",  # as root: nothing to be done about it here
    }


class Logs:
    """Prints the lines of all processes, each with its coloured name before it."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.rest: dict[str, bytes] = {}

    def follow(self, name: str, process: "subprocess.Popen[bytes]") -> None:
        """Print this process's output from now on."""
        assert process.stdout
        os.set_blocking(process.stdout.fileno(), False)
        self.selector.register(process.stdout, selectors.EVENT_READ, name)
        self.rest[name] = b""

    def pump(self, seconds: float) -> None:
        """Print what comes within so many seconds."""
        for key, _ in self.selector.select(seconds):
            content = os.read(key.fd, 65536)
            if not content:
                self.selector.unregister(key.fileobj)
            *lines, self.rest[key.data] = (self.rest[key.data] + content).split(b"\n")
            for line in lines:
                say(f"{paint(pad(key.data, 6), NAMES[key.data])} {paint('│', 'grey')} {line.decode(errors='replace')}")


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).read()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _wait_for_web(url: str, web: "subprocess.Popen[bytes]", logs: Logs) -> None:
    until = time.monotonic() + 60
    while not _answers(f"{url}healthz"):
        logs.pump(0.1)
        if web.poll() is not None:
            raise Failure("The web server ended while it was starting: its last lines above say why.")
        if time.monotonic() > until:
            raise Failure("The web server did not answer within 60 s: its last lines above say why.")


def _banner(url: str, began: float) -> None:
    accounts = database.demo_accounts()
    say()
    if accounts:
        columns = {"label": "角色", "login": "账号", "password": "密码", "totp_secret": "TOTP 密钥"}
        rows = [[str(account.get(key) or "—") for key in columns] for account in accounts]
        say(table(list(columns.values()), rows))
        say()
        say(
            paint(
                "  The six digits of a staff account now: script/totp LOGIN. A citizen's code appears in the log below.",
                "grey",
            )
        )
    seconds = f"after {time.monotonic() - began:.1f} s"
    say(f"  {paint('Ready', 'green')} {seconds}: {paint(url, 'bold')}   (Ctrl-C stops everything)")
    say()


def _choose_port(wanted: int) -> int:
    port = free_port(wanted)
    if port != wanted:
        port = next((free for free in range(wanted + 1, wanted + 100) if free_port(free) == free), port)
        say(f"  {paint('!', 'yellow')} Port {wanted} is taken by another program; this uses {port} instead.")
    return port


def _serve(home: Home, children: Children, arguments: argparse.Namespace, began: float) -> None:
    addresses = services.start(home, children)
    env = _environment(home, addresses)
    database.prepare(home, addresses, env)
    port = _choose_port(arguments.port)
    url = f"http://127.0.0.1:{port}/"
    logs = Logs()
    with step("Web, worker and beat"):
        running = {}
        for name, command in _commands(port, home, reload=arguments.reload).items():
            options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "cwd": ROOT}
            running[name] = children.start(name, command, env=env, **options)
            logs.follow(name, running[name])
        _wait_for_web(url, running["web"], logs)
    home.describe(url=url)
    _banner(url, began)
    while all(process.poll() is None for process in running.values()):
        logs.pump(1)
    logs.pump(0.2)
    ended = [name for name, process in running.items() if process.poll() is not None]
    raise Failure(
        f"{' and '.join(ended)} ended by itself: its last lines above say why. Everything else is stopped too."
    )


def main() -> None:
    """Start everything, show its output, stop everything."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run the whole portal in this terminal.")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="first port to try (8000)"
    )
    parser.add_argument("--reload", action="store_true", help="restart the web server when a source file changes")
    arguments = parser.parse_args()
    began, home = time.monotonic(), Home("server")
    try:
        home.lock()
    except AlreadyRunning as other:
        where = other.holder.get("url") or "it is still starting"
        raise Failure(
            f"The portal of this folder is already running (process {other.holder.get('pid')}): {where}"
        ) from None
    children = Children(home)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        _serve(home, children, arguments, began)
    except Stopped:
        say()
        with step("Stopping everything"), contextlib.suppress(Stopped):
            if killed := children.stop():
                say(f"  {paint('!', 'yellow')} had to be killed: {', '.join(killed)}")
    finally:
        children.stop()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        fail(failure)
    sys.exit(0)
