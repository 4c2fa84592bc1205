"""Two portals that mirror each other: two processes, two databases, nothing between them but HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.indexing import index_postings
from jobs.models import Posting
from tests.jobs import factories
from tests.jobs.mirrors import follow, shown

Ask = Callable[..., Any]


@pytest.fixture
def other(second_database: str, repository: Path) -> Iterator[Ask]:
    """`other("add", "车工")` has the other portal do something, and returns its answer."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.other_portal"],
        cwd=repository,
        env={**os.environ, "DATABASE_URL": second_database, "DJANGO_SETTINGS_MODULE": "portal.settings.test"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def ask(do: str, *args: str, **values: Any) -> Any:
        print(json.dumps({"do": do, "args": args, "values": values}), file=process.stdin, flush=True)
        return json.loads(process.stdout.readline())

    yield ask
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    process.stdout.close()


@pytest.mark.django_db(transaction=True)
def test_two_portals_keep_mirrors_of_each_other_and_nothing_comes_back(horizon, live_server, settings, other):
    settings.FEED_PRIVATE_HOSTS = ["localhost", "127.0.0.1"]
    theirs = f"{other('serve')}/api/v1/jobs/snapshot/"
    ours = f"{live_server.url}/api/v1/jobs/snapshot/"
    here = [factories.posting(title=f"{name}工", suits=["over_45"]) for name in "车铣刨"]
    there = other("add", "镗工", "磨工")

    def both_read_on() -> None:
        for _ in range(2):  # the second time each sees that the other now has its own: nothing may come back
            assert (follow(theirs), other("follow", ours)) == ("", "")
        mine, their = shown(), other("shown")
        assert mine["theirs"] == their["own"]
        assert their["theirs"] == json.loads(json.dumps(mine["own"]))

    both_read_on()
    assert (len(shown()["theirs"]), len(other("shown")["theirs"])) == (2, 3)

    Posting.objects.filter(pk=here[0].pk).update(status="filled")
    Posting.objects.filter(pk=here[1].pk).update(title="数控铣工", headcount=7)
    index_postings([here[0].pk, here[1].pk])
    other("change", there[0], status="taken_down")
    other("add", "钳工")
    both_read_on()
    assert [row[1] for row in shown()["theirs"]] == ["磨工", "钳工"]
    assert sorted(row[1] for row in other("shown")["theirs"]) == ["刨工", "数控铣工"]

    other("change", there[0], status="published")
    both_read_on()
    assert "镗工" in [row[1] for row in shown()["theirs"]]
