import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from redis.exceptions import ConnectionError as RedisConnectionError

from portal import ops


def test_is_alive_without_asking_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_is_ready_with_database_cache_and_current_schema(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "ok", "cache": "ok", "schema": "ok"}


@pytest.mark.django_db
def test_is_not_ready_while_a_migration_is_missing(client, monkeypatch):
    monkeypatch.setattr(ops, "_schema_is_current", False)
    monkeypatch.setattr("portal.ops.MigrationExecutor.migration_plan", lambda executor, targets: ["one"])
    response = client.get("/readyz")
    assert (response.status_code, response.json()["schema"]) == (503, "failed")


@pytest.mark.django_db
def test_is_not_ready_without_its_servers_and_tells_no_details(client, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("server 10.0.0.1 is gone")

    def lost(*args, **kwargs):
        raise RedisConnectionError("server 10.0.0.2 is gone")

    monkeypatch.setattr(connection, "cursor", gone)
    monkeypatch.setattr(cache, "get", lost, raising=False)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": "failed", "cache": "failed", "schema": "failed"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_refuses_to_be_written_to(client, path, db):
    assert client.post(path).status_code in (403, 405)


class TestMetrics:
    def test_is_closed_by_default(self, client):
        assert client.get("/metrics").status_code == 404

    def test_opens_to_the_token(self, client, settings):
        settings.METRICS_TOKEN = "right"
        response = client.get("/metrics", headers={"Authorization": "Bearer right"})
        assert response.status_code == 200
        assert b"django_http_requests" in response.content

    @pytest.mark.parametrize("given", ["Bearer wrong", "Bearer ", "", "Bearer 中"])
    def test_stays_closed_to_another_token(self, client, settings, given):
        settings.METRICS_TOKEN = "right"
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404

    def test_opens_to_a_named_network_but_not_through_a_proxy(self, client, settings):
        settings.METRICS_ALLOWED_IPS = ["10.1.0.0/16"]
        assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
        assert client.get("/metrics", REMOTE_ADDR="10.2.2.3").status_code == 404
        assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 404
