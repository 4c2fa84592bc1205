import subprocess
import sys

import pytest
from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "script"))

from portal_dev import console, environment, home, totp
from portal_dev.database import demo_accounts

COMMANDS = ("server", "test", "check", "bench", "backup", "restore", "totp")


@pytest.mark.parametrize("command", COMMANDS)
def test_is_a_plain_sh_command(command):
    path = settings.BASE_DIR / "script" / command
    assert path.read_text().startswith("#!/bin/sh\n")
    assert path.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", path]).returncode == 0


def test_counts_chinese_characters_as_two_columns():
    lines = console.table(["角色", "login"], [["街道", "a"], ["x", "b"]]).splitlines()
    assert [line.index(mark) for line, mark in zip(lines[1:], "ab", strict=True)] == [4, 6]


def test_takes_another_port_when_the_wanted_one_is_busy():
    import socket

    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert home.free_port(port) not in (0, port)
    assert home.free_port(port) == port


def test_keeps_secrets_and_lets_one_process_in(tmp_path, monkeypatch):
    monkeypatch.setattr(home, "PORTAL", tmp_path)
    first, second = home.Home("x"), home.Home("x")
    assert first.secret("a") == second.secret("a") != first.secret("b")
    assert (first.path / "secrets.json").stat().st_mode & 0o777 == 0o600
    first.lock()
    first.describe(url="http://127.0.0.1:8000/")
    with pytest.raises(home.AlreadyRunning) as refusal:
        second.lock()
    assert refusal.value.holder["url"] == "http://127.0.0.1:8000/"


def test_shows_the_code_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [totp.code(secret, at=moment) for moment in (59, 1111111109, 2000000000)] == ["287082", "081804", "279037"]


@pytest.mark.parametrize(
    ("link", "version"),
    [("../pip-26.3-py3-none-any.whl#sha256=0", (26, 3)), ("pip-26.3b1-py3-none-any.whl", (0,))],
)
def test_prefers_final_releases_of_pip(link, version):
    assert environment._version(link) == version


def test_has_no_demo_accounts_before_there_is_a_demo(tmp_path, monkeypatch):
    monkeypatch.setattr("portal_dev.database.DEMO_ACCOUNTS", tmp_path / "none.json")
    assert demo_accounts() == []
