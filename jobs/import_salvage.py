"""Going on where the database refuses a chunk of rows: it is halved until the row at fault stands alone and is listed."""

import csv
import io
from bisect import bisect_right
from collections.abc import Iterator

import psycopg2
from django.db import DatabaseError

from jobs.import_chunks import Chunk
from jobs.import_rows import Refused
from jobs.models import Posting

_ABOUT_A_ROW = {"22003": "有数字太大", "22001": "有内容太长", "54000": "内容太多"}
"""SQLSTATEs that are one row's own fault, and what to call them; so are all of class 22 and 23."""


def fault(error: DatabaseError | psycopg2.Error) -> str:
    """Return a sentence about the row that the database refuses, "" where it is no row's fault (a lost connection)."""
    cause = error if isinstance(error, psycopg2.Error) else error.__cause__
    code = str(getattr(cause, "pgcode", "") or "")
    if code[:2] not in ("22", "23") and code not in _ABOUT_A_ROW:
        return ""
    broken = getattr(getattr(cause, "diag", None), "constraint_name", "") or ""
    said = next((str(one.violation_error_message) for one in Posting._meta.constraints if one.name == broken), "")
    what = said.rstrip("。") or _ABOUT_A_ROW.get(code, "有一格的内容不对")
    return f"数据库不收这一行：{what}。请核对工资、人数、年限等列，改好后再导入。"


def halves(chunk: Chunk, reason: str) -> Iterator[Chunk]:
    """Yield a chunk that the database refused as two, in their order; of one row, without it and with its refusal.

    :param reason: why, as the list of outcomes says it.
    """
    rows = [*chunk.rows.items()]
    lines = [*csv.reader(io.StringIO(chunk.lines.decode(), newline=""))]
    if len(rows) == 1:
        ((_, number), row) = rows[0]
        refused = Refused(reason, number, row.title, row.employer)
        yield Chunk(b"", {}, sorted([*chunk.refused, (row.number, refused)], key=lambda one: one[0]), chunk.position)
        return
    middle = len(rows) // 2
    last = rows[middle - 1][1].number
    at = bisect_right([number for number, _ in chunk.refused], last)
    yield Chunk(_encoded(lines[:middle]), dict(rows[:middle]), chunk.refused[:at], last)
    yield Chunk(_encoded(lines[middle:]), dict(rows[middle:]), chunk.refused[at:], chunk.position)


def _encoded(lines: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue().encode()
