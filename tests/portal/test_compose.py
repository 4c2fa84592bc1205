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


def _mounts(name: str) -> dict[str, str]:
    """Map each place in a container to its volume, as it is without a value in .env."""
    volumes = [compose.fill(volume, {}) for volume in compose.read()["services"][name]["volumes"]]
    return {place: source for source, place in (volume.split(":")[:2] for volume in volumes)}


@pytest.mark.parametrize("name", OURS)
def test_keeps_papers_on_a_volume_of_all_services(name, repository):
    assert _mounts(name)["/srv/private"] == "private"
    assert "PRIVATE_ROOT=/srv/private" in (repository / "Dockerfile").read_text()


def test_gives_the_worker_places_for_audit_heads_and_department_files():
    mounts, values = _mounts("worker"), compose.read()["services"]["worker"]["environment"]
    assert mounts[values["AUDIT_HEADS_FILE"].rpartition("/")[0]] == "audit"
    assert mounts[values["CONNECTOR_DIR"]] == "departments"
    assert all("/srv/audit" not in _mounts(name) for name in ("web", "beat", "migrate"))


def test_may_put_both_places_on_folders_of_the_machine():
    volumes = compose.read()["services"]["worker"]["volumes"]
    own = {"AUDIT_HEADS_DIR": "/mnt/heads", "CONNECTOR_DIR": "/mnt/departments"}
    filled = [compose.fill(volume, own) for volume in volumes]
    assert filled[1:] == ["/mnt/heads:/srv/audit", "/mnt/departments:/srv/departments"]


def test_declares_every_volume_and_lets_the_portals_user_write_there(repository):
    ours = {source: place for name in OURS for place, source in _mounts(name).items()}
    assert ours.keys() <= compose.read()["volumes"].keys()
    made = next(line for line in (repository / "Dockerfile").read_text().splitlines() if line.startswith("RUN mkdir"))
    assert all(made.count(place) == 2 for place in ours.values())
