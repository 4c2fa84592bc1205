"""Components that every template may use without `{% load %}`."""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static as address_of
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.ids import uuid7
from core.money import show

register = template.Library()
SPRITE = "vendor/tabler-icons/icons.svg"
CALLOUT_ICONS = {"info": "info-circle", "wn": "alert-triangle", "bd": "alert-circle", "ok": "circle-check"}
MARKS = {
    "ok": "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z",
    "wn": "M8 .8L15.2 8L8 15.2L.8 8z",
    "bd": "M8 1.5L15.5 14.5H.5z",
}
WEEKDAYS = "一二三四五六日"
_JSON_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.simple_tag
@lru_cache(maxsize=1024)
def static(path: str) -> str:
    """{% static "js/app.js" %}: where a file of ours is served; worked out once, every page draws a dozen of them."""
    return address_of(path)


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """{% icon "search" %} is decoration; {% icon "search" "搜索" %} stands alone and is read out."""
    classes, href = f"icon {css}".strip(), static(SPRITE)
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>', classes, label, href, name
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', classes, href, name
    )


@register.simple_tag
def status(kind: str, text: str) -> SafeString:
    """A state shown by shape, words and colour. kind: ok, wn, bd, info or none."""
    return format_html('<span class="status status--{}">{}</span>', kind, text)


@register.simple_block_tag
def callout(content: str, kind: str = "info", title: str = "", level: str = "h2") -> SafeString:
    """A box that says what to do. kind: info, wn, bd or ok."""
    head = format_html("<{0}>{1}</{0}>", level, title) if title else ""
    return format_html(
        '<div class="callout callout--{}">{}<div>{}{}</div></div>', kind, icon(CALLOUT_ICONS[kind]), head, content
    )


@register.simple_tag
def mark(kind: str, label: str = "") -> SafeString:
    """A warning light as a shape: "ok" blue circle (safe), "wn" yellow diamond (risk), "bd" red triangle (high risk)."""
    hidden = format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true")
    return format_html(
        '<svg class="mk mk--{0}" viewBox="0 0 16 16" {1}><path d="{2}"/></svg>', kind, hidden, MARKS[kind]
    )


@register.simple_tag
def error_summary(form: BaseForm | None) -> SafeString | str:
    """What has to be mended, above the form, each linked to its field; nothing when the form is clean."""
    if not form or not form.errors:
        return ""
    general = [*form.non_field_errors()] + [e for bound in form.hidden_fields() for e in bound.errors]
    linked = [(field_anchor(bound), e) for bound in form.visible_fields() for e in bound.errors]
    return format_html(
        '<div class="error-summary" role="alert" tabindex="-1" data-error-summary>'
        "<h2>{}有 {} 处要改</h2><ul>{}{}</ul></div>",
        icon("alert-circle"),
        len(general) + len(linked),
        format_html_join("", "<li>{}</li>", ((e,) for e in general)),
        format_html_join("", '<li><a href="#{}">{}</a></li>', linked),
    )


def field_anchor(bound: BoundField) -> str:
    """The id of the control that a link to this field goes to: the first of several radio buttons or check boxes."""
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.simple_tag
def once() -> SafeString:
    """The token that makes a form sent twice count once (`core.idempotency`)."""
    return format_html('<input type="hidden" name="_once" value="{}">', uuid7())


@register.simple_tag
def ld_json(data: dict[str, Any]) -> SafeString:
    """A JSON-LD data block; brackets are escaped so that no value can close the tag."""
    text = SafeString(json.dumps(data, ensure_ascii=False, default=str).translate(_JSON_ESCAPES))
    return format_html('<script type="application/ld+json">{}</script>', text)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own query string with some parameters changed; None or "" takes one away."""
    request: HttpRequest = context["request"]
    params = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        elif isinstance(value, list | tuple):
            params.setlist(name, [str(v) for v in value])
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.filter
def spaced(value: Any) -> str:
    """48216 → 48,216."""
    return f"{value:,}" if value not in (None, "") else ""


@register.filter
def yuan(value: Decimal | None) -> str:
    """An amount in 元 with two places: 1,986.00."""
    return show(value) if value is not None else ""


@register.filter
def metres(value: float | None) -> str:
    """A distance in metres: 800 米, 2.3 公里."""
    if value is None:
        return ""
    return f"{round(value / 10) * 10:.0f} 米" if value < 1000 else f"{value / 1000:.1f} 公里"


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def cn_date(value: date | datetime | None) -> str:
    """11 月 27 日（周五）, with the year when it is not this one."""
    if not value:
        return ""
    day = _local(value)
    year = "" if day.year == timezone.localdate().year else f"{day.year} 年 "
    return f"{year}{day.month} 月 {day.day} 日（周{WEEKDAYS[day.weekday()]}）"


@register.filter
def cn_datetime(value: datetime | None) -> str:
    """11 月 27 日（周五）10:42."""
    return f"{cn_date(value)}{timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def short_date(value: date | datetime | None) -> str:
    """11-27, for tables; with the year when it is not this one: 2025-11-27."""
    if not value:
        return ""
    day = _local(value)
    return f"{day:%m-%d}" if day.year == timezone.localdate().year else f"{day:%Y-%m-%d}"


@register.filter
def cn_month(value: date | None) -> str:
    """2026 年 7 月."""
    return f"{value.year} 年 {value.month} 月" if value else ""


@register.simple_tag
def is_demo_site() -> bool:
    """Whether pages must say that all data is made up."""
    return bool(settings.DEBUG)


@register.simple_tag(takes_context=True)
def query_for(context: Context, name: str, value: str) -> str:
    """Like `query` for a parameter whose name the template has in a variable; a new filter begins at the first page."""
    return query(context, **{"cursor": None, name: value})
