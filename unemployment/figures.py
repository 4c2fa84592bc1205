"""The province's columns for a place and a month: counted live, line by line for the places right below, and their rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from core.errors import DomainError
from people.models import Region, User
from unemployment.figure_columns import COLUMNS, Column, Rows, Source, Span, Told, counted, span
from unemployment.models.figures import FIGURE_READERS


class CannotShowFigures(DomainError):
    """There are no such figures for this user."""


@dataclass(frozen=True, slots=True)
class Figure:
    """人次 and 人数: how many records, how many distinct persons."""

    times: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One place's figures, in the order of the columns. `unit` is None for what lies in the place itself, not below."""

    unit: Region | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A place's month: the lines of the places right below it, and the whole (persons are counted once in it)."""

    region: Region
    of: Span
    columns: tuple[Column, ...]
    lines: list[Line]
    total: tuple[Figure, ...]


# A row's line is the place one step below the place. The paths of the places are cut, of which there are few, not those
# of the rows, so that the rows are joined, sorted and told apart by numbers.
_TABLE = """
    WITH place AS MATERIALIZED (
        SELECT id, unit, dense_rank() OVER (ORDER BY unit COLLATE "C") AS line
          FROM (SELECT id, array_to_string((string_to_array(path, '/'))[1:%s], '/') AS unit
                  FROM people_region WHERE path = %s OR (path >= %s AND path < %s)) cut),
    sums AS (
        SELECT number, line, sum(sign) AS times,
               count(DISTINCT person) FILTER (WHERE sign > 0) - count(DISTINCT person) FILTER (WHERE sign < 0) AS people
          FROM ({rows}) counted GROUP BY GROUPING SETS ((number, line), (number)))
    SELECT number, unit, times, people FROM sums LEFT JOIN (SELECT DISTINCT line, unit FROM place) names USING (line)
"""
_PART = """
    SELECT %s::int AS number, {sign} AS sign, person, line
      FROM ({rows}) AS part(person, region) JOIN place ON place.id = part.region
"""


def table(*, region: Region, month: date, on: date, columns: Sequence[Column] = COLUMNS) -> Table:
    """Count a place's month. One statement for all columns, all places below and the whole, plus one for the names."""
    of = span(month, on=on)
    found = _count(region, of, columns)
    units = [
        unit for unit in below(region) if unit.closed_on is None or any((c.code, unit.path) in found for c in columns)
    ]
    lines = [Line(unit, _figures(found, columns, unit.path)) for unit in units]
    if any((column.code, region.path) in found for column in columns):
        lines.append(Line(None, _figures(found, columns, region.path)))
    return Table(region, of, tuple(columns), lines, _figures(found, columns, None))


def _figures(
    found: dict[tuple[str, str | None], Figure], columns: Sequence[Column], unit: str | None
) -> tuple[Figure, ...]:
    return tuple(found.get((column.code, unit), Figure()) for column in columns)


def _count(region: Region, of: Span, columns: Sequence[Column]) -> dict[tuple[str, str | None], Figure]:
    parts: list[str] = []
    values: list[Any] = [region.path.count("/") + 2, region.path, f"{region.path}/", f"{region.path}0"]
    for number, column in enumerate(columns):
        for source in column.sources:
            place = source.path.removesuffix("__path")
            rows = counted(source, of).order_by().values_list("of_person", place)
            try:
                sql, params = rows.query.sql_with_params()
            except EmptyResultSet:
                continue
            parts.append(_PART.format(sign=source.sign, rows=sql))
            values += [number, *params]
    with connection.cursor() as cursor:
        cursor.execute(_TABLE.format(rows=" UNION ALL ".join(parts)), values)
        return {
            (columns[number].code, unit): Figure(int(times), int(people))
            for number, unit, times, people in cursor.fetchall()
        }


def below(region: Region) -> list[Region]:
    """Return the places right below one in the working tree, the closed ones too (records may still name them)."""
    depth = region.path.count("/") + 1
    rows = Region.objects.within([region.path]).filter(path__regex=rf"^([^/]+/){{{depth}}}[^/]+$")
    return list(rows.order_by("path"))


def rows_of(column: Column, source: Source, *, region: Region, of: Span, user: User) -> Rows:
    """Return the rows behind a figure that this user may see (never more than `visible_to` of their table)."""
    assert source in column.sources
    visible = source.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
    visible = visible.filter(**{f"{source.path}__within": [region.path]})
    return counted(source, of, visible).select_related(*source.related)


def told(column: Column, *, region: Region, of: Span, user: User, chunk: int = 500) -> Iterator[tuple[Source, Told]]:
    """Yield every row behind a figure that this user may see, in constant memory."""
    for source in column.sources:
        rows = rows_of(column, source, region=region, of=of, user=user).order_by(source.day, "pk")
        for row in rows.iterator(chunk_size=chunk):
            yield source, source.told(row)


def regions_for(user: User) -> list[Region]:
    """Return the places whose figures this user sees, the widest first."""
    return list(Region.objects.open().filter(path__in=user.regions(*FIGURE_READERS)).order_by("level", "path"))


def region_for(user: User, code: str) -> Region:
    """Return a place by its code if the user sees its figures; without a code the user's own.

    :raises CannotShowFigures: the user sees none, or not this one's.
    """
    own = regions_for(user)
    if not own:
        raise CannotShowFigures("您的岗位没有负责的地区，看不到数字。")
    code = code.replace("\x00", "").strip()[:12]
    if not code:
        return own[0]
    found = Region.objects.open().filter(code=code).first()
    if found is None or not user.serves(found.path, *FIGURE_READERS):
        raise CannotShowFigures("没有这个地区，或者不归您看。")
    return found
