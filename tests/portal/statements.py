"""What a list page asks the database, told so that it stays the same as long as the question does.

The reviewed text stands in `sql/<app>.sql`. `PORTAL_WRITE_SQL=1 script/test --no-check -n0 tests/portal/test_query_counts.py` writes
it anew (with `-k <route>`, for one list only); the difference is what a reviewer looks at.
"""

import os
import re
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

FOLDER = Path(__file__).with_name("sql")
WRITES = os.environ.get("PORTAL_WRITE_SQL") == "1"
HEAD = """\
-- What each list page asks the database for 23 rows, in order. Values are ?, columns that are only fetched are ….
-- Rewrite it with `PORTAL_WRITE_SQL=1 script/test --no-check -n0 tests/portal/test_query_counts.py`, and read the difference.
"""
ROUTE = "-- "
BOOKKEEPING = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
COLUMN = re.compile(r'(?:"\w+"|[TUVW]\d+)\."\w+"(?: AS "\w+")?')
CAST = r"(?:::\w+(?: with(?:out)? time zone)?(?:\[\])?)*"
VALUE = re.compile(
    rf"""(?P<name>"[^"]*")|(?P<bound>\b(?:LIMIT|OFFSET) \d+)|[Ee]?'(?:[^']|'')*'{CAST}|(?<![\w.])-?\d+(?:\.\d+)?\b{CAST}"""
)
VALUES = re.compile(r"(?<= IN \()(?:\?, )+\?(?=\))|(?<=ARRAY\[)(?:\?, ?)+\?(?=\])")

CURSOR = re.compile(r'"_django_curs_\w+"')
"""The name of a server-side cursor holds the number of the thread."""


def told(statement: str) -> str:
    """Return a statement without its values, and without the columns that it merely fetches."""
    named_alike = CURSOR.sub('"cursor"', " ".join(statement.split()))
    valueless = VALUE.sub(lambda m: m["name"] or m["bound"] or "?", named_alike)
    return _collapsed(VALUES.sub("?", valueless))


def asked(statements: Iterable[str]) -> list[str]:
    """Return what a page asked, without the savepoints."""
    return [told(sql) for sql in statements if not sql.startswith(BOOKKEEPING)]


def _collapsed(sql: str) -> str:
    """Put … for the plain columns between each SELECT and its FROM; what is computed there stays."""
    found, at = "", 0
    for match in re.finditer(r"SELECT (?:DISTINCT (?!ON))?", sql):
        if match.start() < at:
            continue
        items, end = _items(sql, match.end())
        kept = [_collapsed(item) for item in items if not COLUMN.fullmatch(item)]
        found += sql[at : match.end()] + ", ".join((["…"] if len(kept) < len(items) else []) + kept)
        at = end
    return found + sql[at:]


def _items(sql: str, start: int) -> tuple[list[str], int]:
    """Split what is selected at its own commas; return it and where it ends."""
    items, depth, begin, at = [], 0, start, start
    for at in range(start, len(sql) + 1):
        rest = sql[at : at + 6]
        if depth == 0 and (rest in ("", " FROM ") or rest.startswith(")")):
            break
        depth += (rest[0] in "([") - (rest[0] in ")]")
        if depth == 0 and rest.startswith(", "):
            items.append(sql[begin:at])
            begin = at + 2
    return [*items, sql[begin:at]], at


def _file(route: str) -> Path:
    return FOLDER / f"{route.partition(':')[0]}.sql"


def _read(path: Path) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    text = path.read_text(encoding="utf-8").removeprefix(HEAD) if path.exists() else ""
    for line in filter(None, text.splitlines()):
        if line.startswith(ROUTE):
            statements = sections.setdefault(line.removeprefix(ROUTE), [])
        else:
            statements.append(line)
    return sections


def reviewed(route: str) -> list[str]:
    """Return what a list page was agreed to ask."""
    return _read(_file(route)).get(route, [])


def reviewed_routes() -> Iterator[str]:
    """Return every list page of which the reviewed text tells."""
    for path in sorted(FOLDER.glob("*.sql")):
        yield from _read(path)


def write(route: str, statements: list[str], known: Iterable[str]) -> None:
    """Write what a list page asks now; pages that are no longer `known` go."""
    path = _file(route)
    sections = {**_read(path), route: statements}
    lines = [f"\n{ROUTE}{name}\n" + "".join(f"{sql}\n" for sql in sections[name]) for name in known if name in sections]
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEAD + "".join(lines), encoding="utf-8")


def difference(route: str, statements: list[str]) -> list[str]:
    """Return the statements that were lost ("-") and those that were added ("+")."""
    lines = list(unified_diff(reviewed(route), statements, lineterm="", n=0))[2:]
    return [line for line in lines if not line.startswith("@@")]
