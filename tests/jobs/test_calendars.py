import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from jobs.calendars import Appointment, calendar_file

BEIJING = timezone(timedelta(hours=8))
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.just("\n"), max_size=200)


def made(**more) -> str:
    values = {
        "uid": "0193-a",
        "starts_at": datetime(2026, 11, 27, 9, tzinfo=BEIJING),
        "minutes": 30,
        "summary": "面试",
        "place": "演示路 1 号",
        "description": "",
        "made_at": datetime(2026, 11, 23, 2, tzinfo=UTC),
    }
    return calendar_file(Appointment(**(values | more)), product="门户")


def lines(text: str) -> dict[str, str]:
    """Read a file as a calendar does: join what was folded, take the escapes off."""
    whole = text.replace("\r\n ", "")
    pairs = (line.partition(":")[::2] for line in whole.split("\r\n") if line)
    unescape = {"\\n": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
    return {name: re.sub(r"\\[n,;\\]", lambda m: unescape[m[0]], value) for name, value in pairs}


def test_writes_the_time_in_utc_with_its_end():
    read = lines(made())
    assert (read["DTSTART"], read["DTEND"]) == ("20261127T010000Z", "20261127T013000Z")


def test_says_that_a_cancelled_appointment_is_off():
    read = lines(made(is_cancelled=True, sequence=2))
    assert (read["METHOD"], read["STATUS"], read["SEQUENCE"]) == ("CANCEL", "CANCELLED", "2")


@given(summary=TEXTS, place=TEXTS)
def test_folds_at_75_octets_and_gives_every_text_back(summary: str, place: str):
    text = made(summary=summary, place=place)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    read = lines(text)
    assert read["SUMMARY"] == "".join(c for c in summary if c == "\n" or c.isprintable())
    assert read["LOCATION"] == "".join(c for c in place if c == "\n" or c.isprintable())
    assert not re.search(r"(?<!\r)\n", text)
