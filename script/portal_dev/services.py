"""The servers of one run, embedded or named by the environment, and the addresses that the portal needs."""

import os
from dataclasses import dataclass

from portal_dev.children import Children
from portal_dev.console import Failure, step
from portal_dev.home import Home
from portal_dev.postgres import APPLICATION, OWNER, Postgres
from portal_dev.valkey import Valkey


@dataclass(frozen=True)
class Addresses:
    """Where the servers are. The owner's address is for the schema only and never reaches a running process."""

    database: str
    owner: str
    redis: str
    embedded_database: bool


def start(home: Home, children: Children, *, throwaway: bool = False) -> Addresses:
    """Start what the environment does not name, in seconds; all of it ends with `children`.

    :param throwaway: the data may be lost at any time (tests), so nothing waits for the disk.
    """
    database, owner = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
    redis = os.environ.get("REDIS_URL")
    embedded = database is None
    if database and not owner:
        raise Failure(
            "DATABASE_URL is set but DATABASE_OWNER_URL is not. The portal works as a lesser role than the owner of "
            "its tables: set both (docs/operations.md, section 'Two roles'), or neither to use the embedded server."
        )
    if left := children.sweep():
        with step("Remains of a killed run") as current:
            current.note = f"{left} processes ended"
    if embedded:
        with step("PostgreSQL") as current:
            postgres = Postgres(home, children, throwaway=throwaway)
            postgres.start()
            database, owner = postgres.url(APPLICATION), postgres.url(OWNER)
            current.note = f"127.0.0.1:{postgres.port}, {postgres.how}"
    if redis is None:
        with step("Valkey") as current:
            valkey = Valkey(home, children, throwaway=throwaway)
            valkey.start()
            redis = valkey.url()
            current.note = f"127.0.0.1:{valkey.port}"
    assert database
    assert owner
    return Addresses(database, owner, redis, embedded)
