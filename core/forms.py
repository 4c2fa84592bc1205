"""How every form of the portal looks: one template draws each field, and controls get their classes by kind."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

INPUT_CLASSES = {
    "textarea": "textarea",
    "select": "select",
    "input": "input",
    "text": "input",
    "number": "input",
    "email": "input",
    "url": "input",
    "password": "input",
    "date": "input",
    "datetime": "input",
    "time": "input",
    "search": "input",
    "tel": "input",
    "color": "input",
    "file": "file",
    "clearable_file_input": "file",
}


class UIRenderer(TemplatesSetting):
    """Draw fields with `ui/field.html` (label, hint, error, control); plain Django widgets come out styled.

    A class that the form gave stays: `attrs={"class": "w-16"}` becomes `input w-16`. On radio buttons and check boxes
    `attrs={"class": "seg"}` draws blocks beside each other instead of a list.
    """

    field_template_name = "ui/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Give the widget its classes, then draw it."""
        if "widget" in context:
            dress(context["widget"])
        return str(super().render(template_name, context, request))


def dress(widget: dict[str, Any]) -> None:
    """Add the class of its kind to a widget's context; a date gets the browser's calendar."""
    kind = widget["template_name"].rpartition("/")[2].removesuffix(".html")
    names = str(widget["attrs"].get("class", "")).split()
    if kind in INPUT_CLASSES and INPUT_CLASSES[kind] not in names:
        names.insert(0, INPUT_CLASSES[kind])
        widget["attrs"]["class"] = " ".join(names)
    if kind == "date" and widget["type"] == "text":
        widget["type"] = "date"
    if kind in ("radio", "checkbox_select"):
        widget["layout"] = "seg" if "seg" in names else "choices"
        for _group, options, _index in widget["optgroups"]:
            for option in options:
                option["attrs"].pop("class", None)
