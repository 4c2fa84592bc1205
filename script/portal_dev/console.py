"""What a person sees in the terminal: progress lines, colours, tables."""

import contextlib
import os
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence

COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ
COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "grey": 90, "bold": 1}


class Failure(Exception):
    """A step cannot go on; the message says what is wrong and how to mend it."""


def paint(text: str, colour: str) -> str:
    """Colour `text` where the terminal can show it."""
    return f"\033[{COLOURS[colour]}m{text}\033[0m" if COLOURED else text


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def fail(failure: Exception) -> None:
    """Print why it stopped and leave with an error."""
    print(f"\n{paint('✗', 'red')} {failure}", file=sys.stderr, flush=True)
    sys.exit(1)


class Step:
    """A running step; `note` is shown behind its name when it is done."""

    def __init__(self) -> None:
        self.note = ""


@contextlib.contextmanager
def step(name: str) -> Iterator[Step]:
    """Show one step of the way: its name while it runs, then how long it took."""
    began, running, done = time.monotonic(), Step(), threading.Event()

    def tick() -> None:
        while not done.wait(1):
            print(f"\r  … {name}  {time.monotonic() - began:.0f} s ", end="", flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    if COLOURED:
        print(f"  … {name}", end="", flush=True)
        ticker.start()
    mark = paint("✗", "red")
    try:
        yield running
        mark = paint("✓", "green")
    finally:
        done.set()
        if COLOURED:
            ticker.join()
        seconds = f"{time.monotonic() - began:7.1f} s"
        note = paint(running.note, "grey") if running.note else ""
        say(f"{chr(13) if COLOURED else ''}  {mark} {pad(name, 40)}{seconds}  {note}")


def run(command: Sequence[object], *, what: str, **options: object) -> str:
    """Run a quiet command and return its output; when it fails, its last lines are the message."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)  # type: ignore[call-overload]
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise Failure(f"{what} failed (exit {done.returncode}):\n{tail}")
    return str(done.stdout)


def width(text: str) -> int:
    """Count the columns that `text` takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def pad(text: str, columns: int) -> str:
    """Fill `text` up with blanks to so many columns."""
    return text + " " * max(0, columns - width(text))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out in aligned columns."""
    columns = [max(width(row[index]) for row in [header, *rows]) for index in range(len(header))]
    lines = ["  ".join(pad(cell, size) for cell, size in zip(row, columns, strict=True)).rstrip() for row in rows]
    head = "  ".join(pad(cell, size) for cell, size in zip(header, columns, strict=True)).rstrip()
    return "\n".join([paint(head, "bold"), *lines])
