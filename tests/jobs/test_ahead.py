"""Preparing in a second process: nothing is lost, whatever happens to either side."""

import os
import signal
from collections.abc import Iterator

import pytest

from jobs.ahead import CannotPrepare, ahead


def test_yields_what_another_process_makes_in_order() -> None:
    assert list(ahead((at, os.getpid() == here) for at in range(3))) == [(0, False), (1, False), (2, False)]


here = os.getpid()


def test_raises_what_making_raises_after_what_was_made() -> None:
    def fails() -> Iterator[int]:
        yield 1
        raise ValueError("no table")

    walk = ahead(fails())
    assert next(walk) == 1
    with pytest.raises(ValueError, match="no table"):
        next(walk)


def test_tells_a_killed_process_from_the_end() -> None:
    def dies() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    walk = ahead(dies())
    assert next(walk) == 1
    with pytest.raises(CannotPrepare):
        next(walk)


def test_leaves_no_process_behind_when_the_walk_is_left_early() -> None:
    walk = ahead(os.getpid() for _ in range(10**9))
    made_by = next(walk)
    walk.close()
    with pytest.raises(ProcessLookupError):
        os.kill(made_by, 0)
