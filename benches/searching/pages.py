"""Results pages through gunicorn, next to an empty view of a new Django project on the same kind of worker."""

import http.client
import multiprocessing
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from portal_dev import services
from portal_dev.check import PRODUCTION
from portal_dev.environment import PYTHON, ROOT
from portal_dev.home import free_port

CONNECTIONS = 4
EMPTY = """
import os
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
settings.configure(
    SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "django.contrib.messages", "django.contrib.staticfiles"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware",
                "django.contrib.sessions.middleware.SessionMiddleware",
                "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware",
                "django.middleware.clickjacking.XFrameOptionsMiddleware"])
urlpatterns = [path("", lambda request: HttpResponse("ok"))]
application = get_wsgi_application()
"""


def measure(
    addresses: services.Addresses, queries: Sequence[tuple[str, str]], *, seconds: float
) -> tuple[list[list[str]], float]:
    """Return the lines of the table, requests a second of one worker as in production, and the uncached page's part
    of an empty view's."""
    paths = [f"/jobs/?q={quote(text)}{'&' if filters else ''}{filters}" for text, filters in queries]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty_project.py").write_text(EMPTY)
        with _gunicorn("empty_project", {"PYTHONPATH": folder}, folder) as port:
            empty = _ask(port, ["/"], seconds=seconds, distinct=False)
        env = PRODUCTION | {
            "DATABASE_URL": addresses.database,
            "REDIS_URL": addresses.redis,
            "SECURE_SSL_REDIRECT": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "STATIC_ROOT": f"{folder}/static",
            "PRIVATE_ROOT": f"{folder}/private",
        }
        collect = [PYTHON, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
        subprocess.run(collect, cwd=ROOT, env=os.environ | env, check=True, capture_output=True)
        with _gunicorn("portal.wsgi", env, folder) as port:
            _ask(port, paths, seconds=seconds, distinct=True)
            longer = [path for path, (text, _) in zip(paths, queries, strict=True) if len(text) > 1]
            uncached = _ask(port, paths, seconds=2 * seconds, distinct=True)
            without_one = _ask(port, longer, seconds=2 * seconds, distinct=True)
            repeated = _ask(port, paths[-1:], seconds=seconds, distinct=False)
    return [
        ["empty view of a new project, requests/s", f"{empty:,.0f}", ""],
        ["results page, uncached, all queries", f"{uncached:,.0f} = {uncached / empty:.1%}", "≥ 5%"],
        ["results page, uncached, 2 characters and more", f"{without_one:,.0f} = {without_one / empty:.1%}", "≥ 5%"],
        ["results page, an anonymous visitor's repeated query", f"{repeated:,.0f} = {repeated / empty:.1%}", "≥ 30%"],
    ], uncached / empty


@contextmanager
def _gunicorn(module: str, env: dict[str, str], folder: str) -> Iterator[int]:
    """Run one worker with the project's own settings of gunicorn, without a log."""
    port = free_port()
    command = [str(PYTHON.parent / "gunicorn"), "--config", str(ROOT / "portal" / "gunicorn_conf.py"), module]
    command += ["--max-requests", "0"]  # a worker that begins anew in the middle would be measured too
    more = {"PORT": str(port), "WEB_CONCURRENCY": "1", "LOG_LEVEL": "ERROR"}
    with Path(folder, "gunicorn.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | env | more, stdout=log, stderr=log)
        try:
            _wait(port, process, Path(folder, "gunicorn.log"))
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(log.read_text()[-3000:])


def _ask(port: int, paths: Sequence[str], *, seconds: float, distinct: bool) -> float:
    """Return the requests a second of some connections that ask without a pause, in a process of their own.

    :param distinct: add a number that nothing looks at, so that no answer can come from the shared cache.
    """
    pipe, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_client, args=(port, list(paths), seconds, distinct, theirs))
    process.start()
    answers = float(pipe.recv())
    process.join()
    return answers / seconds


def _answered(connection: socket.socket, path: str) -> bool:
    """Ask for one page and read all of it; by hand, because a library would take more time than the server."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536) or _closed()
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(65536) or _closed())
    return head.startswith(b"HTTP/1.1 200")


def _closed() -> bytes:
    raise ConnectionError("the server closed the connection in the middle of an answer")


def _client(port: int, paths: list[str], seconds: float, distinct: bool, pipe: object) -> None:
    import threading

    answered = [0] * CONNECTIONS
    until = time.monotonic() + seconds
    stamp = secrets.token_hex(4)

    def walk(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            at = number * len(paths) // CONNECTIONS
            while time.monotonic() < until:
                path = paths[at % len(paths)]
                if distinct:
                    path += f"{'&' if '?' in path else '?'}_={stamp}{number}-{at}"
                if not _answered(connection, path):
                    sys.stderr.write(f"{path} is not answered with 200\n")
                    return
                answered[number] += 1
                at += 1

    threads = [threading.Thread(target=walk, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send(sum(answered))  # type: ignore[attr-defined]
