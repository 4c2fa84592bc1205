"""Doing work behind what is at hand, in a second session of the database."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections

Begin = Callable[[Callable[[], None]], None]


@contextmanager
def behind() -> Iterator[Begin]:
    """Give a function that begins some work in a thread, unless its last work still runs; leaving waits for it.

    For work that may be left out, because the next time does it too. What it raises is raised on leaving.
    """
    running: list[Future[None]] = []

    def begin(work: Callable[[], None]) -> None:
        if not running or running[-1].done():
            running.append(thread.submit(work))

    with ThreadPoolExecutor(1, thread_name_prefix="behind") as thread:
        try:
            yield begin
        finally:
            thread.submit(connections.close_all)
    for work in running:
        work.result()
