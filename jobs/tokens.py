"""Chinese without spaces, cut for the search: overlapping two-character pieces. No Django here.

Each run of Chinese characters gives every pair of neighbours and its last single character, so that a query of two
characters is one piece and a query of one is the beginning of some. Latin words and numbers stay whole, in lower case.
"""

import re

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


def index_text(text: str) -> str:
    """Return a text as `array_to_tsvector` takes it: its distinct pieces, sorted."""
    return " ".join(sorted(set(pieces(text))))


def query(text: str) -> str:
    """Return a search text as a tsquery in which every piece must occur; "" when it holds nothing to look for."""
    wanted: list[str] = []
    for run in _RUN.findall(text[:MAX_QUERY]):
        if run[0] >= "㐀":
            wanted += [f"'{run}':*"] if len(run) == 1 else [f"'{run[i : i + 2]}'" for i in range(len(run) - 1)]
        elif word := run.lower().strip("."):
            wanted.append(f"'{word}'")
    return " & ".join(dict.fromkeys(wanted))
