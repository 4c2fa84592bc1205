"""Fetching postings from a portal that speaks a format of its own: one list, JSON or CSV, read like a file of it.

Its columns are settled once for the source, as for files (`ImportMapping`); every row passes what an imported row
passes. The whole list comes each time: what it holds unchanged is left alone.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from core import fetching
from core.errors import DomainError
from jobs.import_lists import reject_file
from jobs.imports import Outcome, take_table
from jobs.models import ImportMapping, PartnerFeed
from people.models import User

MOST_REASONS = 3
DEPTH = 4
"""So deep an object's inner values become columns of their own: company.name."""


class CannotReadList(DomainError):
    """The other portal's answer holds no list of postings where it should."""


def take_list(feed: PartnerFeed, *, on: date) -> Outcome:
    """Fetch a portal's list and take it over.

    :raises core.fetching.CannotFetch: nobody answers, or too much.
    :raises CannotReadList: the answer holds no list there.
    :raises jobs.import_files.CannotImport: it is no table of postings.
    :raises jobs.imports.CannotEndGone: it lacks so many that it is hardly whole; nothing was ended.
    """
    saved = ImportMapping.objects.filter(source=feed.source).first()
    rejects = Path(settings.PRIVATE_ROOT) / "feeds" / f"{feed.public_id}.csv"
    rejects.unlink(missing_ok=True)
    body = fetching.fetch(feed.address, accept="application/json, text/csv;q=0.9, */*;q=0.1")
    with tempfile.NamedTemporaryFile(prefix="feed-", suffix=".part") as file, reject_file(rejects) as listing:
        file.write(table_of(body, rows_path=feed.rows_path))
        file.flush()
        return take_table(
            path=Path(file.name),
            source=feed.source,
            rejects=listing,
            on=on,
            columns=saved.columns if saved else None,
            full=feed.is_full,
        )


def table_of(body: bytes, *, rows_path: str) -> bytes:
    """Return an answer as a table that can be opened: the list in JSON with all columns in its first object, else itself.

    :param rows_path: where the list is, as names with dots: data.list; "" for the answer itself.
    :raises CannotReadList: there is none.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return body
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return body  # perhaps one object a line; opening the table says so if it is none
    for name in filter(None, rows_path.split(".")):
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, list):
        where = f"的“{rows_path}”" if rows_path else ""
        raise CannotReadList(f"答复{where}不是岗位列表。请写明列表在哪一项，例如 data.list。")
    rows = [dict(_flat(row)) if isinstance(row, dict) else row for row in found]
    header = dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)
    first = next((at for at, row in enumerate(rows) if isinstance(row, dict)), None)
    if first is not None:
        rows[first] = header | rows[first]
    return json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _flat(row: Mapping[str, Any], before: str = "", depth: int = DEPTH) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict) and depth > 1:
            yield from _flat(value, f"{before}{name}.", depth - 1)
        else:
            yield f"{before}{name}", value


def said(outcome: Outcome) -> str:
    """Return why rows of a list were refused, the commonest reasons first."""
    return "".join(
        f"{reason.rstrip('。')}（{count} 行）。" for reason, count in outcome.reasons.most_common(MOST_REASONS)
    )


@transaction.atomic
def save_feed(feed: PartnerFeed, *, columns: Mapping[str, str], by: User) -> PartnerFeed:
    """Enter a portal, or change how its list is read; what its columns mean is kept as for its files.

    :param columns: our field -> the source's name; empty to go by the usual names.
    """
    if feed.pk is None:
        feed.made_by = by
    else:
        feed.bump()
    feed.save()
    saved = ImportMapping.objects.filter(source=feed.source).select_for_update().first()
    if columns:
        saved = saved or ImportMapping(source=feed.source)
        saved.columns, saved.saved_by = dict(columns), by
        saved.save()
    elif saved is not None:
        saved.delete()
    return feed
