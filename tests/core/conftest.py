import os
from collections.abc import Iterator

import environ
import psycopg2
import pytest
from django.db import connections


@pytest.fixture
def owner_connection(transactional_db: None) -> Iterator["psycopg2.extensions.connection"]:
    """A connection of the owner to this process's test database; every statement commits."""
    url = environ.Env.db_url_config(os.environ["DATABASE_OWNER_URL"])
    connection = psycopg2.connect(
        dbname=connections["default"].settings_dict["NAME"],
        host=url["HOST"],
        port=url["PORT"] or None,
        user=url["USER"],
        password=url["PASSWORD"],
    )
    connection.autocommit = True
    yield connection
    connection.close()
