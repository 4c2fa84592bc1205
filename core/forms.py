"""How every form of the portal looks: one template draws each field, and each kind of control has its class."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.CheckboxInput, ""),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (Input, "input"),
)
"""The first kind that fits decides."""


def control_class(widget: forms.Widget) -> str:
    """Return the class of the design system for a control: input, select, textarea or none."""
    return next((name for kind, name in _CLASSES if isinstance(widget, kind)), "")


class UIBoundField(BoundField):
    """A field whose control carries its class; a form adds only what is special (`w-16`)."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        wanted = control_class(widget)
        given = f"{widget.attrs.get('class', '')} {built.get('class', '')}".split()
        if wanted and wanted not in given:
            built["class"] = " ".join([wanted, *given])
        return built


class UIRenderer(TemplatesSetting):
    """Draw fields with `ui/field.html` (label, hint, error, control)."""

    field_template_name = "ui/field.html"
    bound_field_class = UIBoundField
