"""The texts of all messages: read from `data/templates.toml` here and `data/messages.toml` of the other apps."""

import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from core.money import show


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that is optional to hear about."""

    code: str
    name: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of message; see the head of `data/templates.toml` for the fields."""

    code: str
    title: str
    sms: str = ""
    inbox: str = ""
    topic: str = ""
    urgent: bool = False
    secret: bool = False
    minutes: int = 0

    def text(self, channel: str, context: Mapping[str, Any]) -> str:
        """Return the text for a channel with the values filled in.

        :raises KeyError: a value is missing from the context.
        """
        wording = self.sms if channel == "sms" else self.inbox or self.sms
        return wording.format_map({name: shown(value) for name, value in context.items()})

    def has(self, channel: str) -> bool:
        """Tell whether this kind of message is sent by a channel at all."""
        return bool(self.sms) if channel == "sms" else bool(self.inbox)


class UnknownTemplate(KeyError):
    """No file defines this template."""


def get(code: str) -> Template:
    """Return a template.

    :raises UnknownTemplate: no file defines it.
    """
    try:
        return _read()[0][code]
    except KeyError:
        raise UnknownTemplate(f"no message template is called {code!r}; add it to <app>/data/messages.toml") from None


def codes() -> list[str]:
    """Return the codes of all templates."""
    return sorted(_read()[0])


def topics() -> list[Topic]:
    """Return what a person may switch off."""
    return list(_read()[1].values())


def shown(value: Any) -> str:
    """Return a value as people read it: money with two places, dates in words."""
    if isinstance(value, Decimal):
        return show(value)
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{shown(local.date())} {local:%H:%M}"
    if isinstance(value, date):
        return f"{value.year} 年 {value.month} 月 {value.day} 日"
    return str(value)


@lru_cache(maxsize=1)
def _read() -> tuple[dict[str, Template], dict[str, Topic]]:
    templates: dict[str, Template] = {}
    topics: dict[str, Topic] = {}
    for path in _files():
        content = tomllib.loads(path.read_text("utf-8"))
        for row in content.get("topic", []):
            _add(topics, Topic(**row), path)
        for row in content.get("template", []):
            _add(templates, Template(**row), path)
    for template in templates.values():
        _check(template, topics)
    return templates, topics


def _files() -> Iterator[Path]:
    for config in apps.get_app_configs():
        folder = Path(config.path)
        name = "templates.toml" if config.name == "messaging" else "messages.toml"
        if folder.parent == settings.BASE_DIR and (folder / "data" / name).exists():
            yield folder / "data" / name


def _add(found: dict[str, Any], row: Any, path: Path) -> None:
    if row.code in found:
        raise ImproperlyConfigured(f"{path}: {row.code} is defined twice")
    found[row.code] = row


def _check(template: Template, topics: dict[str, Topic]) -> None:
    if not (template.sms or template.inbox):
        raise ImproperlyConfigured(f"message template {template.code} has no text")
    if template.topic and template.topic not in topics:
        raise ImproperlyConfigured(f"message template {template.code} names an unknown topic")
    for text in (template.sms, template.inbox):
        for _, name, spec, conversion in string.Formatter().parse(text):
            # Only plain names: "{user.password}" would read attributes of what the caller hands over.
            if name is not None and (not name.isidentifier() or spec or conversion):
                raise ImproperlyConfigured(f"message template {template.code}: {{{name}}} is not a plain name")
