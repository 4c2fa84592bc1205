"""Every management command answers bad arguments with a sentence: a `CommandError`, never a traceback."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from tests.portal.house import APPS

COMMANDS = {name: app for name, app in get_commands().items() if app in APPS}
JUNK = {"no number": "abc", "negative": "-7", "huge": "9" * 30, "no day": "2026-13-45", "empty": ""}
FILES = {
    "missing.csv": None,
    "empty.csv": b"",
    "zeros.csv": b"\x00" * 300,
    "noise.xlsx": b"PK\x03\x04" + bytes(range(256)),
    "bad.toml": b"[[term]\ncode = ",
    "wrong.toml": b'[[term]]\ncode = "x"\n',
    "wrong.json": b'{"a": [1, 2',
    "latin.csv": "编号,岗位\n1,电工\n".encode("gb18030"),
    "long.csv": b"a,b\n" + b"x" * 200_000,
}
AS_OWNER = {"prepare_database"}
MAKES_MUCH = {"demo": {"people": "0", "jobs": "0", "stations": "0"}}


def _actions(name: str) -> list[argparse.Action]:
    """Return the command's own arguments that take a value."""
    command = load_command_class(COMMANDS[name], name)
    parser = command.create_parser("manage.py", name)
    common = {"version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks"}
    return [a for a in parser._actions if a.dest not in common and a.nargs != 0 and a.dest != "help"]


def _lines(name: str, action: argparse.Action, value: str) -> list[str]:
    """Return a command line in which one argument is junk and the others are harmless."""
    words = [f"--{key}={harmless}" for key, harmless in MAKES_MUCH.get(name, {}).items() if key != action.dest]
    for other in _actions(name):
        if other is not action and other.required:
            words += [f"{other.option_strings[0]}=2026-11"] if other.option_strings else ["missing.csv"]
    return [*words, f"{action.option_strings[0]}={value}" if action.option_strings else value]


def _cases() -> Iterator[tuple[str, str, str]]:
    for name in sorted(set(COMMANDS) - AS_OWNER):
        for action in _actions(name):
            kinds = FILES if action.type is Path else JUNK
            for kind in kinds:
                yield name, action.dest, kind


def _sentence(name: str, line: list[str]) -> str:
    """Run a command; return what it said when it refused."""
    try:
        call_command(name, *line, verbosity=0)
    except CommandError as error:
        return str(error)
    return "done"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "argument", "kind"), list(_cases()))
def test_answers_junk_with_a_sentence(name: str, argument: str, kind: str, tmp_path: Path, monkeypatch, settings):
    settings.DEBUG = True  # the demo is refused elsewhere; its arguments shall be looked at
    monkeypatch.chdir(tmp_path)
    for file, content in FILES.items():
        if content is not None:
            (tmp_path / file).write_bytes(content)
    action = next(a for a in _actions(name) if a.dest == argument)
    value = kind if kind in FILES else JUNK[kind]
    with contextlib.suppress(SystemExit):
        assert _sentence(name, _lines(name, action, value)).strip(), "says nothing"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_refuses_an_option_it_does_not_know(name: str):
    with pytest.raises((CommandError, SystemExit)):
        call_command(name, "--no-such-option")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_says_what_it_is_for(name: str):
    assert load_command_class(COMMANDS[name], name).help.strip()
