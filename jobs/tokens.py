"""Chinese without spaces, cut for the search: overlapping two-character pieces. No Django here.

Each run of Chinese characters gives every pair of neighbours and its last single character, so that a query of two
characters is one piece and a query of one is the beginning of some. Latin words and numbers stay whole, in lower case.
A title's pieces are written twice, once more with a mark before them: one index then answers both "anywhere" and
"in the title", and the title needs no column of its own.
"""

import re
from operator import add

RUN = re.compile(r"[㐀-鿿]+|[A-Za-z0-9+#.]+")
TITLE = "^"
MAX_QUERY = 60


def is_chinese(run: str) -> bool:
    """Whether a run (`RUN`) is one of Chinese characters."""
    return run[0] >= "㐀"


def runs(text: str) -> list[str]:
    """Return the runs of a text that can be looked for: Chinese as it stands, words in lower case without dots around."""
    found = (run if is_chinese(run) else run.lower().strip(".") for run in RUN.findall(text))
    return [run for run in found if run]


def pairs(run: str) -> list[str]:
    """Return the overlapping pairs of a Chinese run."""
    return [run[i : i + 2] for i in range(len(run) - 1)]


def pieces(text: str) -> list[str]:
    """Return the pieces of a text to be indexed, in order, repeated as they occur."""
    found: list[str] = []
    for run in runs(text):
        found += [*pairs(run), run[-1]] if is_chinese(run) else [run]
    return found


def piece_set(text: str) -> set[str]:
    """Return the distinct pieces of a text; `pieces` without their order, twice as fast."""
    found: set[str] = set()
    for run in RUN.findall(text):
        if is_chinese(run):
            found.update(map(add, run, run[1:]))
            found.add(run[-1])
        else:
            found.add(run.lower().strip("."))
    found.discard("")
    return found


def index_text(title: str, rest: set[str]) -> str:
    """Return a posting as `array_to_tsvector` takes it: its distinct pieces, and those of its title with their mark.

    The database sorts them.
    """
    titled = piece_set(title)
    return " ".join([*(titled | rest), *(TITLE + piece for piece in titled)])


def quoted(run: str, mark: str = "") -> list[str]:
    """Return the pieces that a run asks for, as parts of a tsquery: all of them must occur."""
    if not is_chinese(run):
        return [f"'{mark}{run}'"]
    return [f"'{mark}{run}':*"] if len(run) == 1 else [f"'{mark}{pair}'" for pair in pairs(run)]


def query(text: str, mark: str = "") -> str:
    """Return a text as a tsquery in which every piece must occur; "" when it holds nothing to look for."""
    wanted = [part for run in runs(text[:MAX_QUERY]) for part in quoted(run, mark)]
    return " & ".join(dict.fromkeys(wanted))
