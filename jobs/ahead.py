"""Preparing the next pieces of work in a process of its own while the database is busy with this one."""

import gc
import os
import signal
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import TypeVar

from django.db import connections

Item = TypeVar("Item")
COLLECT = 200_000
"""New objects after which the other process looks for unreachable cycles."""
_ITEM, _END, _ERROR = "item", "end", "error"


class CannotPrepare(RuntimeError):
    """The process that prepared the work ended before it was done (killed, out of memory)."""


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items that a forked process makes one ahead; what making them raises is raised here.

    Making and writing then use two processors: threads of Python would take turns on one. The process dies with this
    one, because the pipe breaks, and is ended when the walk is left early. What it knows at the fork it has for
    nothing, so load before what each item needs; a query from it opens a connection of its own.

    :raises CannotPrepare: the process ended too early.
    """
    reading, writing = Pipe(duplex=False)
    with warnings.catch_warnings():
        # Python warns of threads' locks. The process below takes none: it neither logs nor starts threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        made_by = os.fork()
    if not made_by:
        _make(items, reading, writing)
    writing.close()
    try:
        while True:
            try:
                kind, value = reading.recv()
            except EOFError:
                raise CannotPrepare("the process that prepares the rows has died") from None
            if kind == _ERROR:
                raise value
            if kind == _END:
                return
            yield value
    finally:
        reading.close()
        os.kill(made_by, signal.SIGKILL)
        os.waitpid(made_by, 0)


def _make(items: Iterable[object], reading: Connection, writing: Connection) -> None:
    """Send the items and leave the process, without its parent's goodbyes to files, database and exit functions."""
    try:
        reading.close()
        # Rows hold no cycles: looking for some again and again took a fifth of the time.
        gc.freeze()
        gc.set_threshold(COLLECT)
        for connection in connections.all(initialized_only=True):
            connection.connection = None  # it is the parent's; psycopg2 closes none that another process opened
        try:
            for item in items:
                writing.send((_ITEM, item))
            writing.send((_END, None))
        except BrokenPipeError:
            pass
        except Exception as error:
            with suppress(Exception):
                writing.send((_ERROR, error))
            raise  # as far as the exit below: the other side tells it
    finally:
        os._exit(0)
