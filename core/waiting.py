"""How much waits for a user in each place of work: counted for a menu, and kept for a minute, until the user's next write."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from core.ids import uuid7
from core.registry import Counts, Module

KEEP_SECONDS = 60


def counts(user: Any, modules: Iterable[Module]) -> Counts:
    """Return by code how many matters wait in each place, and how many of them are late; one query each."""
    return {
        module.code: (
            module.waiting(user) if module.waiting else None,
            module.overdue(user) if module.overdue else None,
        )
        for module in modules
    }


def kept_counts(user: Any, modules: Iterable[Module]) -> Counts:
    """Return the counts as they were less than a minute ago, or count.

    They are counted anew on another day, with other roles, and after anything that this user wrote (`renew`): what was
    being counted while the user wrote bears the state from before, and nobody takes it.
    """
    held = ",".join(sorted(str(row.pk) for row in user.assignments()))
    mark = f"{timezone.localdate()} {held}"
    key, state_key = _keys(user.pk)
    known = cache.get_many([key, state_key])
    state, kept = known.get(state_key, ""), known.get(key)
    if kept is not None and kept[:2] == (state, mark):
        found: Counts = kept[2]
        return found
    found = counts(user, modules)
    cache.set(key, (state, mark, found), KEEP_SECONDS)
    return found


def renew(user: Any) -> None:
    """Let nothing be kept of what was counted before now: this user has just written something."""
    # The write is done: a cache that does not answer must not make it look undone. The counts are late by a minute then.
    with suppress(RedisError):
        cache.set(_keys(user.pk)[1], uuid7().hex, 2 * KEEP_SECONDS)


def _keys(pk: int) -> tuple[str, str]:
    return f"work:counts:{pk}", f"work:state:{pk}"
