"""Every form that somebody can see: found by opening each page as each of its people, and read from its HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.urls import Resolver404, resolve, reverse

from tests.portal.objects import address_of, every_door
from tests.portal.routes import every_route
from tests.portal.stage import Stage

SKIPPED = ("csrfmiddlewaretoken", "_once")


@dataclass
class Form:
    """A form as a browser sees it: where it goes, and what it would send untouched."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    guessed: bool = False
    """Whether no page shows this form: some fields that forms often have, sent to an address that may take none."""


class FormReader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self._area = path, [], ""
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(got.get("action") or self.path, got.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        name = got.get("name", "")
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and (got.get("value") and self._select not in self._form.values):
            self._form.values[self._select] = got["value"]
        if not name or name in SKIPPED:
            return
        if tag == "input" and got.get("type") == "file":
            self._form.files.append(name)
        elif tag in ("input", "button", "textarea", "select"):
            self._form.values.setdefault(name, got.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""


def people_of(name: str, audience: Any, *, has_parameters: bool) -> list[tuple[str, Any]]:
    """Return who opens a route, with the door for it: its own people, or one account of the audience."""
    if has_parameters:
        return [(actor, door) for door in every_door()[name] for actor in (door.opens_to or door.reads)[:1]]
    if audience.kind in ("public", "key"):
        return [("visitor", None)]
    if audience.kind in ("any_user", "verified"):
        return [("citizen", None)]
    if audience.kind == "office":
        return [("caseworker", None)]
    return [(sorted(audience.roles)[0], None)]


def visits(stage: Stage) -> list[tuple[str, str, str]]:
    """Return (route name, actor, address) of each page and each of its people."""
    found = []
    for route in every_route():
        if route.audience is None or (route.parameters and route.name not in every_door()):
            continue
        for actor, door in people_of(route.name, route.audience, has_parameters=bool(route.parameters)):
            found.append((route.name, actor, reverse(route.name, kwargs=address_of(stage, door) if door else {})))
    return found


def forms_of(stage: Stage) -> dict[tuple[str, str], Form]:
    """Open each page once and return its forms by (route name of the action, actor); of forms that are alike, one.

    A route whose form no page shows gets a guess.
    """
    forms: dict[tuple[str, str], Form] = {}
    for name, actor, path in visits(stage):
        with stage.scene():
            response = stage.client(actor).get(path)
        if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
            reader = FormReader(path)
            reader.feed(response.content.decode())
            for form in reader.forms:
                try:
                    target = resolve(form.action.split("?")[0])
                except Resolver404:
                    continue
                key = (f"{form.method} {target.view_name}", actor)
                if key not in forms or len(form.values) > len(forms[key].values):
                    forms[key] = form
        if not any(key[0] == f"post {name}" for key in forms):
            forms[f"post {name}", actor] = Form(path, "post", {"note": "", "reason": "", "version": "1"}, guessed=True)
    alike: dict[tuple[str, frozenset[str]], tuple[str, str]] = {}
    for key, form in forms.items():
        alike.setdefault((key[0], frozenset(form.values)), key)
    return {key: forms[key] for key in alike.values()}
