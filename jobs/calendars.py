"""A calendar file of one appointment (RFC 5545). Pure: text out of values."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LINE = 75
"""Octets of a content line, without its end (RFC 5545 §3.1)."""
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a calendar is told. Times are aware; a later `sequence` of the same `uid` replaces the earlier entry."""

    uid: str
    starts_at: datetime
    minutes: int
    summary: str
    place: str
    description: str
    made_at: datetime
    sequence: int = 0
    is_cancelled: bool = False


def calendar_file(entry: Appointment, *, product: str) -> str:
    """Return the file's text: UTF-8 when encoded, lines folded at 75 octets and ended by CRLF.

    Times are written in UTC, which needs no time-zone block and is shown by every calendar in its own zone.
    """
    ends_at = entry.starts_at + timedelta(minutes=entry.minutes)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(product)}//ZH",
        f"METHOD:{'CANCEL' if entry.is_cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"DTSTAMP:{_utc(entry.made_at)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTART:{_utc(entry.starts_at)}",
        f"DTEND:{_utc(ends_at)}",
        f"SUMMARY:{_text(entry.summary)}",
        f"LOCATION:{_text(entry.place)}",
        f"DESCRIPTION:{_text(entry.description)}",
        f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    plain = "".join(c for c in value if c == "\n" or c.isprintable())
    return plain.translate(_ESCAPES)


def _folded(line: str) -> str:
    """Break a line between characters so that no piece is longer than 75 octets."""
    pieces, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LINE:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += octets
    return "\r\n".join(pieces)
