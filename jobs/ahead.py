"""Preparing the next piece of work while the database is busy with this one."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items that a thread makes one ahead; what it raises is raised here.

    The database's driver lets other threads run while it waits, so making and writing take turns on two processors.
    """
    walk, end = iter(items), object()
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        try:
            made = thread.submit(next, walk, end)
            while (item := made.result()) is not end:
                made = thread.submit(next, walk, end)
                yield item  # type: ignore[misc]
        finally:
            thread.submit(connections.close_all)
