"""Reads docker-compose.yml the way Compose does, as far as the tests need it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

FILE: Path = settings.BASE_DIR / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<kind>:[?-])(?P<rest>[^}]*))?\}")


def read() -> dict[str, Any]:
    """Parse the file; anchors and merges are resolved, variables are not."""
    return dict(yaml.safe_load(FILE.read_text()))


def variables() -> dict[str, str]:
    """Map each variable to what happens without it: ":?" refused, ":-" a default, "" silently empty."""
    return {match["name"]: match["kind"] or "" for match in _VARIABLE.finditer(FILE.read_text())}


def fill(text: object, values: Mapping[str, str]) -> str:
    """Put values in, as Compose would; a required one that is missing is a KeyError."""

    def value(match: re.Match[str]) -> str:
        return values.get(match["name"], match["rest"]) if match["kind"] == ":-" else values[match["name"]]

    return _VARIABLE.sub(value, str(text)).replace("$$", "$")


def environment(service: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return a service's environment with the values put in."""
    return {name: fill(text, values) for name, text in read()["services"][service]["environment"].items()}
