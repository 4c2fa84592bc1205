"""How every form of the portal looks: one template draws each field."""

from django.forms.renderers import TemplatesSetting


class UIRenderer(TemplatesSetting):
    """Draw fields with `ui/field.html` (label, hint, error, control)."""

    field_template_name = "ui/field.html"
