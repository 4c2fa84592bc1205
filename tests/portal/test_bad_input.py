"""Junk in every form: the answer is a sentence, never a crash, and nothing is half-saved."""

import os
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any
from zlib import crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.statements import only_reads
from tests.portal.objects import every_door
from tests.portal.pages import Form, forms_of, visits
from tests.portal.routes import every_route
from tests.portal.stage import Stage

JUNK = {
    "nothing": "",
    "very long": "长" * 10_000,
    "a NUL byte": "甲\x00乙",
    "emoji": "👩‍🏭🔧",
    "a wrong identifier": "00000000-0000-0000-0000-00000000000g",
    "a stranger's identifier": "01890000-0000-7000-8000-000000000000",
    "a negative number": "-1",
    "a huge number": "9" * 40,
    "no number": "NaN",
    "an endless number": "1e400",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "no day": "2026-02-30",
    "markup": "<script>alert(1)</script>",
    "other digits": "１２３٤٥",
    "half a character": "\ud800",
}
NAMES = sorted({route.name for route in every_route() if route.audience is not None})
OF_THE_HOUSE = ("core_accesslog", "core_answeredrequest", "core_querylog", "django_session", "account_", "mfa_")
FULL = bool(os.environ.get("PORTAL_FULL"))
TOGETHER, ALONE = (len(JUNK), len(JUNK)) if FULL else (1, 1)
"""How many kinds of junk a form gets in all its fields at once, and each field alone. All of them with `--full`."""
MANY = 3
"""How many fields of a form get junk alone."""
FEW = len(JUNK) if FULL else 1
"""How many kinds an address gets where nothing shows that it takes any value at all."""


@pytest.fixture(scope="module")
def forms(stage: Stage) -> dict[tuple[str, str], Form]:
    return forms_of(stage)


def _half_saved(queries: CaptureQueriesContext) -> str:
    """Return a change that an error left behind; what a savepoint took back is no change."""
    last = ""
    for query in queries.captured_queries[:-1]:
        sql = query["sql"].rsplit("true); ", 1)[-1]
        if sql.startswith("ROLLBACK TO SAVEPOINT"):
            last = ""
        elif not only_reads(sql) and not any(table in sql for table in OF_THE_HOUSE):
            last = sql[:160]
    return last


def _turn(name: str) -> Iterator[tuple[str, str]]:
    """Yield the kinds of junk over and over, beginning with another one for each name."""
    return islice(cycle(JUNK.items()), crc32(name.encode()) % len(JUNK), None)


def _tries(form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield all fields with one kind of junk, then each of the first fields alone; the kinds take turns.

    Where they begin depends on the address, so that all forms together meet every kind. A form without fields is sent
    once: there is nothing to fill with junk.
    """
    if form.guessed or not form.values:
        for kind, junk in islice(_turn("".join(form.values)), FEW if form.values else 1):
            yield f"everything {kind}", dict.fromkeys(form.values, junk)
        return
    kinds = _turn("".join(form.values))
    for kind, junk in islice(kinds, TOGETHER):
        yield f"everything {kind}", dict.fromkeys(form.values, junk)
    for name in list(form.values)[:MANY]:
        for kind, junk in islice(kinds, ALONE):
            yield f"{name} {kind}", {**form.values, name: junk}


def _problem(response: Any, queries: CaptureQueriesContext) -> str:
    if response.status_code >= 500:
        return f"breaks: {response.exc_info[1]!r}"[:300] if response.exc_info else "breaks"
    if response.status_code >= 400 and (left := _half_saved(queries)):
        return f"answers {response.status_code} and yet did {left}"
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_survives_junk_in_forms(stage: Stage, forms: dict[tuple[str, str], Form], name: str):
    wrong = []
    for (target, actor), form in forms.items():
        if target != f"post {name}":
            continue
        client = stage.client(actor)
        for said, values in _tries(form):
            sent: dict[str, Any] = {key: value.encode("utf-8", "surrogatepass") for key, value in values.items()}
            sent |= {file: SimpleUploadedFile("x.csv", b"\xff\x00,;\n1") for file in form.files}
            connection.queries_log.clear()
            with stage.scene(), CaptureQueriesContext(connection) as queries:
                response = client.post(form.action, sent)
            if problem := _problem(response, queries):
                wrong.append(f"{form.action} by {actor}, {said}: {problem}")
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_survives_junk_in_addresses(stage: Stage, forms: dict[tuple[str, str], Form], name: str):
    wrong = []
    asked = {"cursor", "after", "id", "view", "q", "page", "next"}
    shown = {key for (target, _), form in forms.items() if target == f"get {name}" for key in form.values}
    for route, actor, path in visits(stage):
        if route != name:
            continue
        client = stage.client(actor)
        for kind, junk in islice(_turn(name), TOGETHER if shown else FEW):
            connection.queries_log.clear()
            with stage.scene(), CaptureQueriesContext(connection) as queries:
                response = client.get(path, dict.fromkeys(asked | shown, junk.encode("utf-8", "surrogatepass")))
            if problem := _problem(response, queries):
                wrong.append(f"GET {path} by {actor}, {kind}: {problem}")
    assert wrong == []


@pytest.mark.parametrize(
    "name", [route.name for route in every_route() if "<str:" in route.pattern or "<slug:" in route.pattern]
)
def test_survives_junk_in_paths(stage: Stage, name: str):
    from django.urls import NoReverseMatch, reverse

    from tests.portal.objects import address_of

    wrong = []
    door = every_door()[name][0]
    actor = (door.opens_to or door.shut_to or ("visitor",))[0]
    for kind, junk in JUNK.items():
        address = {k: junk if isinstance(v, str) else v for k, v in address_of(stage, door).items()}
        try:
            path = reverse(name, kwargs=address)
        except (NoReverseMatch, UnicodeEncodeError):
            continue
        with stage.scene():
            response = stage.client(actor).get(path)
        if response.status_code >= 500:
            wrong.append(f"{path[:80]} by {actor}, {kind}: {response.exc_info[1]!r}")
    assert wrong == []
