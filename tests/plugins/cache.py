"""Each process has its own corner of the cache, empty before each test."""

import os

import pytest
from django.conf import settings
from django.core.cache import cache

PREFIX = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"


def pytest_configure() -> None:
    settings.CACHES["default"]["KEY_PREFIX"] = PREFIX


def forget_cached() -> None:
    """Delete this process's keys only: `cache.clear()` would empty the other processes' too, and end their sessions."""
    forget(PREFIX)


def forget(prefix: str) -> None:
    """Delete the keys of one process."""
    client = cache._cache.get_client()
    if keys := list(client.scan_iter(match=f"{prefix}:*", count=5000)):
        client.delete(*keys)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    forget_cached()
