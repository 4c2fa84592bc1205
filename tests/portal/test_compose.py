import json
import re

import jsonschema
import pytest

from tests.portal import compose

SECRET = re.compile(r"PASSWORD|SECRET|KEY")
OURS = ("migrate", "web", "worker", "beat")


def test_is_a_valid_compose_file(repository):
    schema = json.loads((repository / "tests" / "data" / "compose-spec.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(compose.read())


def test_refuses_to_start_without_each_secret():
    variables = compose.variables()
    assert {name: kind for name, kind in variables.items() if SECRET.search(name) and kind != ":?"} == {}
    assert {"ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"} <= {name for name, kind in variables.items() if kind == ":?"}
    assert "" not in variables.values()


def test_names_every_variable_in_the_example_without_giving_a_secret(repository):
    lines = [line for line in (repository / ".env.example").read_text().splitlines() if line and line[0] != "#"]
    example = dict(line.split("=", 1) for line in lines)
    assert example.keys() == compose.variables().keys()
    assert set(example.values()) == {""}


def test_shows_the_owners_password_to_the_database_and_the_migration_only():
    services = compose.read()["services"]
    knowing = {name for name, service in services.items() if "OWNER_DB_PASSWORD" in json.dumps(service)}
    assert knowing == {"db", "migrate"}


@pytest.mark.parametrize("name", ["db", "cache", "web", "worker", "beat"])
def test_checks_the_health_of_what_runs(name):
    service = compose.read()["services"][name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_runs_the_portal_without_rights_it_does_not_need(name):
    service = compose.read()["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_keeps_servers_off_the_network():
    services = compose.read()["services"]
    assert all("ports" not in services[name] for name in ("db", "cache", "worker", "beat"))
    assert services["web"]["ports"][0].startswith("127.0.0.1:")
    assert services["db"]["networks"] == services["cache"]["networks"] == ["inside"]


def test_builds_an_image_that_runs_as_an_ordinary_user(repository):
    lines = (repository / "Dockerfile").read_text().splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER portal"]
    command = next(line for line in lines if line.startswith("CMD "))
    assert json.loads(command.removeprefix("CMD ")) == compose.read()["services"]["web"]["command"]


def test_uses_the_same_locale_as_the_embedded_server(repository):
    embedded = (repository / "script" / "portal_dev" / "postgres.py").read_text()
    options = compose.read()["services"]["db"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert [option for option in options if not option.startswith("--auth") and option not in embedded] == []
