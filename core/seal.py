"""The SM3 chain over history, the access log and every other table that only grows.

PostgreSQL has no SM3, so each row's digest is SHA-256, computed where the row lies (one query for each table); the
links are hashed with SM3 here: over 32 bytes of each row instead of the row itself. A seal keeps the digests of its
rows, so that a check can name the row that was altered, not only the table.

Rows are taken by transaction number below the horizon (`core.clock`): every row of the range is committed, none can
appear later. The head of the chain is also appended to a file outside the database: a chain rewritten from some link
on no longer leads to the heads noted there.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from core import clock
from core.models import AppendOnlyModel, History, Seal

BLOCK = 5000
DIGEST = 32
_LOCK = 0x5EA1
_FIXED_OUTPUT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = 'postgres';"
    " SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0"
)


class ClockWentBack(RuntimeError):
    """The database was restored into a new cluster and counts its transactions from the start again."""

    def __init__(self) -> None:
        super().__init__(
            "The transaction clock is behind the last seal: this database was restored. "
            "Run `manage.py prepare_database` (as the owner) once; it sets the clock right."
        )


@dataclass(frozen=True)
class SealedTable:
    """A table that only grows, with the columns that identify a row and its transaction."""

    name: str
    key: str
    xid: str
    columns: tuple[str, ...]


def sealed_tables() -> list[SealedTable]:
    """Return every history table and append-only table, except the seals themselves."""
    found = []
    for model in apps.get_models():
        if issubclass(model, (History, AppendOnlyModel)) and model is not Seal:
            xid = "pgh_xid" if issubclass(model, History) else "xid"
            columns = tuple(sorted(str(f.column) for f in model._meta.local_concrete_fields))
            found.append(SealedTable(model._meta.db_table, str(model._meta.pk.column), xid, columns))
    return sorted(found, key=lambda table: table.name)


def seal(*, horizon: int | None = None) -> int:
    """Seal what was committed since the last run; return the number of new links.

    :param horizon: seal only transactions below this number (default: all that have ended).
    :raises ClockWentBack: see there.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return 0
            cursor.execute(_FIXED_OUTPUT)
        last = Seal.objects.order_by("number").last()
        start = last.to_xid if last else 0
        end = clock.horizon(connection) if horizon is None else horizon
        if end < start:
            raise ClockWentBack
        written = 0
        for table in sealed_tables() if end > start else ():
            for block in _blocks(_digests(table, table.columns, start, end)):
                last = _link(last, table, start, end, block)
                written += 1
    if last:
        _note_head(last)
    return written


def hash_of(link: Seal) -> str:
    """Return the SM3 hash of a link: over what it says, the digests of its rows and the hash before it."""
    said = [link.number, link.table, link.columns, link.from_xid, link.to_xid, link.first_id, link.last_id, link.count]
    found = hashes.Hash(hashes.SM3())
    found.update(json.dumps([link.previous_hash, *said], ensure_ascii=False, separators=(",", ":")).encode())
    found.update(b"\0" + bytes(link.digests))
    return found.finalize().hex()


def heads_file() -> Path:
    """Return the file outside the database that notes the head of the chain after each run."""
    return Path(settings.AUDIT_HEADS_FILE)


def read_rows(table: SealedTable, columns: tuple[str, ...], start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield (transaction number, row number, digest) of a range in the order in which it is sealed."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns)
    xid, key = f"_t.{quote(table.xid)}", f"_t.{quote(table.key)}"
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {xid}, {key}, sha256(convert_to(to_jsonb(_s)::text, 'UTF8'))"  # noqa: S608
            f" FROM {quote(table.name)} AS _t, LATERAL (SELECT {names}) AS _s"
            f" WHERE {xid} >= %s AND {xid} < %s ORDER BY 1, 2",
            [start, end],
        )
        for found in cursor:
            yield found[0], found[1], bytes(found[2])


def fix_output() -> None:
    """Make the text form of values independent of the session's settings, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_FIXED_OUTPUT)


def _digests(table: SealedTable, columns: tuple[str, ...], start: int, end: int) -> Iterator[tuple[int, bytes]]:
    return ((key, digest) for _, key, digest in read_rows(table, columns, start, end))


def _blocks(rows: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    block: list[tuple[int, bytes]] = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def _link(last: Seal | None, table: SealedTable, start: int, end: int, block: list[tuple[int, bytes]]) -> Seal:
    link = Seal(
        number=last.number + 1 if last else 1,
        table=table.name,
        columns=list(table.columns),
        from_xid=start,
        to_xid=end,
        first_id=block[0][0],
        last_id=block[-1][0],
        count=len(block),
        digests=b"".join(digest for _, digest in block),
        previous_hash=last.hash if last else "",
    )
    link.hash = hash_of(link)
    link.save(force_insert=True)
    return link


def _note_head(last: Seal) -> None:
    """Append the head to the file unless it is there already (a run that died after its commit is made up for)."""
    path = heads_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"number": last.number, "hash": last.hash, "sealed_at": last.recorded_at.isoformat()})
    with path.open("a+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 4096))
        lines = file.read().splitlines()
        if lines and json.loads(lines[-1])["number"] >= last.number:
            return
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
