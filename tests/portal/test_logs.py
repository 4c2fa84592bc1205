import io
import json
import logging
import logging.config

import pytest
import structlog
from django.test import RequestFactory

from portal.settings.logs import logging_config

ID, PHONE = "219901198005170018", "13812345678"


@pytest.fixture
def lines():
    """Log as production does, into memory."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logging.config.dictConfig(logging_config(json=True))
    stream = io.StringIO()
    root.handlers[0].setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before


def test_hides_personal_numbers_of_our_own_events(lines):
    structlog.get_logger("portal.test").info("looked up", number=ID, nested={"phones": [PHONE]})
    (line,) = lines()
    assert line["event"] == "looked up"
    assert line["number"] == "[id]"
    assert line["nested"] == {"phones": ["[phone]"]}
    assert {"level", "logger", "timestamp"} <= line.keys()


def test_hides_them_in_other_packages_lines_and_arguments(lines):
    logging.getLogger("somebody.else").warning("bad row %s of %s", ID, {"phone": PHONE})
    assert lines()[0]["event"] == "bad row [id] of {'phone': '[phone]'}"


def test_hides_them_in_the_text_of_exceptions(lines):
    try:
        raise ValueError(f"{ID} is taken")
    except ValueError:
        logging.getLogger("somebody.else").exception("failed")
    (line,) = lines()
    assert "[id] is taken" in line["exception"]
    assert ID not in json.dumps(line)


def test_leaves_the_request_and_its_query_out_of_djangos_lines(lines):
    request = RequestFactory().get("/x", {"name": "王伟"})
    logging.getLogger("django.request").error("Internal Server Error", extra={"status_code": 500, "request": request})
    (line,) = lines()
    assert line["status_code"] == 500
    assert "王伟" not in json.dumps(line, ensure_ascii=False)


@pytest.mark.django_db
def test_writes_one_line_for_a_request_with_its_id_and_without_its_query(client, lines):
    response = client.get("/nowhere", {"name": "王伟", "id": ID}, headers={"X-Request-ID": "abcdef12-3456"})
    assert response["X-Request-ID"] == "abcdef12-3456"
    (line,) = [line for line in lines() if line["logger"] == "portal.request"]
    assert line | {"ms": 0, "timestamp": ""} == {
        "event": "request",
        "level": "info",
        "logger": "portal.request",
        "method": "GET",
        "ms": 0,
        "request_id": "abcdef12-3456",
        "route": "",
        "status": 404,
        "timestamp": "",
    }


@pytest.mark.django_db
def test_gives_a_request_an_id_of_its_own_when_the_given_one_is_odd(client):
    assert len(client.get("/healthz", headers={"X-Request-ID": "x y\n"})["X-Request-ID"]) == 36
