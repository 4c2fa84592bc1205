"""How often postings were looked at: counted in Redis while pages are read, carried to the database by a task.

The numbers live in one hash, `views`, under the posting's row number, together with the number of the batch that they
belong to. A flush renames the hash (from then on others count into a new one), adds it to the postings and notes the
batch in one transaction, and only then forgets it. Wherever a flush is killed, the next one finds the renamed hash and
looks whether its batch is noted: if so it only forgets it, if not it adds it. Nothing is lost and nothing counts twice.
What Redis itself loses (a crash between two saves of its own) is not counted: a page is never slower or broken for it.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from core.ids import uuid7
from jobs.models import ViewFlush

log = structlog.get_logger(__name__)
OPEN, CLOSED = "jobs:views", "jobs:views:closed"
BATCH = "batch"
KEPT_DAYS = 7
"""A hash is never that old: it is forgotten right after the transaction that noted it, or by the next flush."""
_FORGET = "if redis.call('hget', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('del', KEYS[1]) end return 0"
_CLOSE = "return redis.call('exists', KEYS[1]) == 1 and redis.call('renamenx', KEYS[1], KEYS[2]) or 0"
_ADD = """
UPDATE jobs_posting p SET view_count = p.view_count + c.views
  FROM unnest(%s::bigint[], %s::integer[]) AS c (id, views) WHERE p.id = c.id
"""


def _client() -> Any:
    return cache._cache.get_client()  # type: ignore[attr-defined]  # Django's cache speaks no hashes


def _key(name: str) -> str:
    return cache.make_key(name)


def count_view(posting_id: int) -> None:
    """Count one look at a posting. Never fails: without Redis the look is not counted."""
    try:
        pipe = _client().pipeline(transaction=True)
        pipe.hsetnx(_key(OPEN), BATCH, str(uuid7()))
        pipe.hincrby(_key(OPEN), str(posting_id), 1)
        pipe.execute()
    except RedisError as error:
        log.warning("view_not_counted", error=type(error).__name__)


def flush_views() -> int:
    """Carry the counted looks to the postings in one statement; returns how many looks. Safe to repeat, and in parallel."""
    client = _client()
    looks = _carry(client)  # what a killed run left
    if client.register_script(_CLOSE)(keys=[_key(OPEN), _key(CLOSED)]):
        looks += _carry(client)
    return looks


def _carry(client: Any) -> int:
    found = {key.decode(): value.decode() for key, value in client.hgetall(_key(CLOSED)).items()}
    batch = found.pop(BATCH, "")
    if not batch:
        return 0
    counts = {int(key): int(value) for key, value in found.items()}
    added = _add(UUID(batch), counts)
    client.register_script(_FORGET)(keys=[_key(CLOSED)], args=[BATCH, batch])
    return sum(counts.values()) if added else 0


@transaction.atomic
def _add(batch: UUID, counts: dict[int, int]) -> bool:
    """Add a batch once. A second process that holds the same batch waits here for the first, and then adds nothing."""
    _, is_new = ViewFlush.objects.get_or_create(batch=batch)
    if is_new:
        ids = sorted(counts)
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [ids, [counts[each] for each in ids]])
        old = timezone.now() - timedelta(days=KEPT_DAYS)
        ViewFlush.objects.filter(done_at__lt=old).delete()
    return is_new
