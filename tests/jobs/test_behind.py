"""Work in a second session of the database."""

import threading

import pytest

from jobs.behind import behind


def test_leaves_work_out_while_the_last_still_runs_and_waits_for_it() -> None:
    go_on, done = threading.Event(), []
    with behind() as begin:
        begin(lambda: (go_on.wait(5), done.append("first"))[1])
        begin(lambda: done.append("left out"))
        go_on.set()
    assert done == ["first"]


def test_raises_what_the_work_raised() -> None:
    def fails() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"), behind() as begin:
        begin(fails)
