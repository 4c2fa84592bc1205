"""Boots the very command lines of docker-compose.yml with production settings, against the test's servers."""

import base64
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.conf import settings
from django.db import connections

from tests.portal import compose

HOST = "portal.example.org"
pytestmark = pytest.mark.xdist_group("production")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _key() -> str:
    return json.dumps({"2026a": base64.b64encode(secrets.token_bytes(32)).decode()})


@pytest.fixture(scope="module")
def production(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, str]]:
    """The environment that Compose would give a service, pointed at the test's servers."""
    folder = tmp_path_factory.mktemp("production")
    values = {name: secrets.token_hex(30) for name, kind in compose.variables().items() if kind == ":?"} | {
        "ALLOWED_HOSTS": HOST,
        "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
        "DATA_KEYS": _key(),
        "DATA_KEY_CURRENT": "2026a",
        "INDEX_KEYS": _key(),
        "INDEX_KEY_CURRENT": "2026a",
        "SMS_HTTP_URL": "https://sms.example.org/send",
    }
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connections.databases["default"]["NAME"])

    def environment(service: str, **more: str) -> dict[str, str]:
        return (
            {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
            | compose.environment(service, values)
            | {
                "DATABASE_URL": database.geturl(),
                "REDIS_URL": os.environ["REDIS_URL"],
                "STATIC_ROOT": str(folder / "static"),
                "PRIVATE_ROOT": str(folder / "private"),
                "AUDIT_HEADS_FILE": str(folder / "audit" / "heads.log"),
                "CONNECTOR_DIR": str(folder / "departments"),
                "BEAT_ALIVE_FILE": str(folder / "beat-alive"),
            }
            | more
        )

    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(collect, cwd=settings.BASE_DIR, env=environment("web"), check=True, capture_output=True)
    return environment


@contextlib.contextmanager
def _running(service: str, environment: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a service's own command line; end it as Docker does."""
    program, *arguments = compose.read()["services"][service]["command"]
    arguments = [argument.replace("/tmp/", f"{log.parent}/") for argument in arguments]
    command = [str(Path(sys.executable).parent / program), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    assert code == 0, log.read_text()


def _lines(log: Path) -> list[dict[str, object]]:
    """Read the log: in production every line is JSON, except Celery's start-up banner."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def _wait(until: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


def _get(port: int, path: str, **headers: str) -> tuple[int, str]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: object) -> None:
            return None

    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": HOST, **headers})
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location") or ""
    except OSError:
        return 0, ""


def test_serves_with_gunicorn(production, tmp_path):
    port, figures = _free_port(), tmp_path / "figures"
    figures.mkdir()
    environment = production("web", PORT=str(port), PROMETHEUS_MULTIPROC_DIR=str(figures), METRICS_TOKEN="figures")
    log = tmp_path / "web.log"
    with _running("web", environment, log) as process:
        _wait(lambda: _get(port, "/healthz")[0] == 200, process, log)
        assert _get(port, "/readyz") == (
            200,
            '{"status": "ready", "database": "ok", "cache": "ok", "schema": "ok"}',
        )
        assert subprocess.run([sys.executable, "portal/probe.py", "web"], env=environment).returncode == 0
        assert _get(port, "/jobs/") == (301, f"https://{HOST}/jobs/")
        assert _get(port, "/healthz", Host="evil.example.org")[0] == 400
        status, text = _get(port, "/metrics", Authorization="Bearer figures")
        assert status == 200
        assert "django_http_requests_total" in text
    assert [line["event"] for line in _lines(log) if line["logger"] == "gunicorn.error"]
    assert not [line for line in log.read_text().splitlines() if line and not line.startswith("{")]


def test_works_off_a_task_with_celery(production, tmp_path):
    environment, log = production("worker"), tmp_path / "worker.log"
    with _running("worker", environment, log) as process:
        _wait(lambda: "ready." in log.read_text(), process, log)
        sender = Celery(broker=environment["REDIS_URL"], set_as_current=False)
        sent = sender.send_task("core.tasks.forget_old_answers")
        sender.close()
        _wait(lambda: f"{sent.id}] succeeded" in log.read_text(), process, log)
    assert [line for line in _lines(log) if sent.id in str(line["event"])]


def test_keeps_time_with_celery_beat(production, tmp_path):
    environment, log = production("beat"), tmp_path / "beat.log"
    with _running("beat", environment, log) as process:
        # Not its first words: it ends well only once it has opened its schedule.
        _wait(lambda: any(file.stat().st_size for file in tmp_path.glob("beat-schedule*")), process, log)


def test_keeps_papers_outside_the_program(production):
    environment = production("web")
    save = "from core import storage; from django.core.files.base import ContentFile as C"
    save += "; print(storage.private().path(storage.private().save('ab/paper.pdf', C(b'%PDF'))))"
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "--command", save]
    done = subprocess.run(shell, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == f"{environment['PRIVATE_ROOT']}/ab/paper.pdf", done.stderr


def _check(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    check = [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING", "--database=default"]
    return subprocess.run(check, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)


def test_passes_the_deployment_checks(production):
    done = _check(production("web"))
    assert done.returncode == 0, done.stderr


def test_does_not_go_live_with_text_messages_that_stay_on_the_machine(production):
    done = _check(production("migrate", SMS_GATEWAY="file"))
    assert done.returncode == 1
    assert "portal.E004" in done.stderr
