"""Chinese without spaces, cut for the search: overlapping two-character pieces. No Django here.

Each run of Chinese characters gives every pair of neighbours and its last single character, so that a query of two
characters is one piece and a query of one is the beginning of some. Latin words and numbers stay whole, in lower case.
"""

import re
from operator import add

_RUN = re.compile(r"[㐀-鿿]+|[A-Za-z0-9+#.]+")
MAX_QUERY = 60


def pieces(text: str) -> list[str]:
    """Return the pieces of a text to be indexed, in order, repeated as they occur."""
    found: list[str] = []
    for run in _RUN.findall(text):
        if run[0] >= "㐀":
            found += [run[i : i + 2] for i in range(len(run) - 1)]
            found.append(run[-1])
        elif word := run.lower().strip("."):
            found.append(word)
    return found


def piece_set(text: str) -> set[str]:
    """Return the distinct pieces of a text; `pieces` without their order, twice as fast."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        if run[0] >= "㐀":
            found.update(map(add, run, run[1:]))
            found.add(run[-1])
        else:
            found.add(run.lower().strip("."))
    found.discard("")
    return found


def index_text(text: str) -> str:
    """Return a text as `array_to_tsvector` takes it: its distinct pieces, which the database sorts."""
    return " ".join(piece_set(text))


def query(text: str) -> str:
    """Return a search text as a tsquery in which every piece must occur; "" when it holds nothing to look for."""
    wanted: list[str] = []
    for run in _RUN.findall(text[:MAX_QUERY]):
        if run[0] >= "㐀":
            wanted += [f"'{run}':*"] if len(run) == 1 else [f"'{run[i : i + 2]}'" for i in range(len(run) - 1)]
        elif word := run.lower().strip("."):
            wanted.append(f"'{word}'")
    return " & ".join(dict.fromkeys(wanted))
