"""Whether the chain of seals still fits what it seals, and where it breaks first."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Max

from core import seal
from core.models import Seal
from core.seal import DIGEST, SealedTable


@dataclass(frozen=True)
class Break:
    """The first place where the chain and the tables disagree."""

    seal: int
    table: str
    what: str
    row: int | None = None

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row is not None else ""
        return f"seal {self.seal}, table {self.table}{row}: {self.what}"


@dataclass(frozen=True)
class Verdict:
    """How much was checked, and the first break if there is one."""

    seals: int
    rows: int
    broken: Break | None


class _Broken(Exception):
    def __init__(self, found: Break) -> None:
        self.found = found


@transaction.atomic
def verify(*, with_heads: bool = True) -> Verdict:
    """Recompute every link and every sealed row, in bounded memory."""
    seal.fix_output()
    seals = Seal.objects.count()
    end = Seal.objects.aggregate(end=Max("to_xid", default=0))["end"]
    breaks, rows = [], 0
    try:
        _check_chain(with_heads=with_heads)
    except _Broken as broken:
        breaks.append(broken.found)
    tables = seal.sealed_tables()
    unknown = Seal.objects.exclude(table__in=[table.name for table in tables]).order_by("number").first()
    if unknown:
        breaks.append(Break(unknown.number, unknown.table, "no model keeps this table any more: it cannot be checked"))
    for table in tables:
        try:
            rows += _check_table(table, end)
        except _Broken as broken:
            breaks.append(broken.found)
    return Verdict(seals, rows, min(breaks, key=lambda found: found.seal) if breaks else None)


def _check_chain(*, with_heads: bool) -> None:
    """Check numbers, ranges and hashes of all links, and the noted heads."""
    heads = _heads() if with_heads else iter(())
    head = next(heads, None)
    number, previous, start, end = 0, "", 0, 0
    for link in Seal.objects.order_by("number").iterator(chunk_size=20):
        number += 1

        def broken(what: str, link: Seal = link) -> _Broken:
            return _Broken(Break(link.number, link.table, what))

        if link.number != number:
            raise _Broken(Break(number, link.table, "the seal is missing"))
        if link.previous_hash != previous or seal.hash_of(link) != link.hash:
            raise broken("the seal does not fit the one before it")
        if (link.from_xid, link.to_xid) != (start, end) and link.from_xid != end:
            raise broken("its range does not join the one before")
        if len(link.digests) != DIGEST * link.count:
            raise broken("it does not hold a digest for each row")
        if head and head[0] == number:
            if head[1] != link.hash:
                raise broken(f"the heads file notes another hash ({seal.heads_file()})")
            head = next(heads, None)
        previous, start, end = link.hash, link.from_xid, link.to_xid
    if head:
        raise _Broken(Break(head[0], "core_seal", "the heads file notes a seal that is gone"))
    if with_heads and number and not seal.heads_file().exists():
        raise _Broken(Break(number, "core_seal", f"the heads file is missing ({seal.heads_file()})"))


def _heads() -> Iterator[tuple[int, str]]:
    if not seal.heads_file().exists():
        return
    with seal.heads_file().open() as file:
        for line in file:
            noted = json.loads(line)
            yield noted["number"], noted["hash"]


def _check_table(table: SealedTable, end: int) -> int:
    """Compare the rows of one table with their digests; return how many there are."""
    links = Seal.objects.filter(table=table.name).order_by("number")
    start, rows = 0, 0
    # A later version may add columns: rows are read with the columns they were sealed with.
    for columns, group in groupby(links.iterator(chunk_size=20), key=lambda link: tuple(link.columns)):
        _require_columns(table, columns, start)
        expected = _Expected(table, group)
        for xid, key, digest in seal.read_rows(table, columns, start, _end_of_columns(table, columns, start, end)):
            expected.meet(xid, key, digest)
            rows += 1
        expected.finish()
        start = expected.end
    for _, key, _ in seal.read_rows(table, table.columns[:1], start, end):
        raise _Broken(Break(_seal_after(start), table.name, "a row that was never sealed", key))
    return rows


def _end_of_columns(table: SealedTable, columns: tuple[str, ...], start: int, end: int) -> int:
    """Return where the links of these columns end: the start of the next link with others, or the end of all."""
    later = Seal.objects.filter(table=table.name, from_xid__gte=start).exclude(columns=list(columns))
    following = later.order_by("number").first()
    if following is None:
        return end
    before = Seal.objects.filter(table=table.name, number__lt=following.number).order_by("number").last()
    return before.to_xid if before else following.from_xid


def _require_columns(table: SealedTable, columns: tuple[str, ...], start: int) -> None:
    with connection.cursor() as cursor:
        present = {column.name for column in connection.introspection.get_table_description(cursor, table.name)}
    if gone := sorted(set(columns) - present):
        raise _Broken(Break(_seal_after(start), table.name, f"columns were dropped since: {', '.join(gone)}"))


def _seal_after(start: int) -> int:
    return Seal.objects.filter(to_xid__gt=start).order_by("number").values_list("number", flat=True).first() or 0


class _Expected:
    """The digests that the links of a table promise, met one row after the other."""

    def __init__(self, table: SealedTable, links: Iterator[Seal]) -> None:
        self.table = table
        self.links = links
        self.link = next(links)
        self.position = 0
        self.end = self.link.to_xid

    def meet(self, xid: int, key: int, digest: bytes) -> None:
        while self.position == self.link.count:
            following = next(self.links, None)
            if following is None:
                raise self._broken("a row that was never sealed", key)
            self.link, self.position, self.end = following, 0, following.to_xid
        if xid < self.link.from_xid:
            raise self._broken("a row that was never sealed", key)
        if digest != self._digest(self.position):
            raise self._broken(self._difference(xid, digest), key)
        self.position += 1

    def finish(self) -> None:
        if self.position < self.link.count:
            last = self.link.last_id if self.position == self.link.count - 1 else None
            raise self._broken(f"rows are missing ({self.link.count - self.position})", last)
        if (following := next(self.links, None)) is not None:
            self.link = following
            raise self._broken(f"rows are missing ({following.count})", following.first_id)

    def _digest(self, position: int) -> bytes:
        return bytes(self.link.digests[position * DIGEST : (position + 1) * DIGEST])

    def _difference(self, xid: int, digest: bytes) -> str:
        later = (self._digest(position) for position in range(self.position + 1, self.link.count))
        if xid >= self.link.to_xid or digest in later:
            return "rows before it are missing"
        return "it was altered, or it was never sealed"

    def _broken(self, what: str, key: int | None) -> _Broken:
        return _Broken(Break(self.link.number, self.table.name, what, key))
