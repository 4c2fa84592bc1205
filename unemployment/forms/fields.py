"""Fields and widgets that this app's forms share."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from people.models import Region

Choices = Iterable[tuple[str, str]] | Callable[[], Iterable[tuple[str, str]]]
EMPTY = [("", "请选择")]


def radio(label: str, choices: Choices, *, missing: str, blocks: bool = False, **options: Any) -> forms.ChoiceField:
    """Return a choice of one among few."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect(attrs={"class": "seg"} if blocks else None),
        error_messages={"required": missing, "invalid_choice": missing},
        **options,
    )


def select(label: str, choices: list[tuple[str, str]], *, missing: str = "", **options: Any) -> forms.ChoiceField:
    """Return a choice of one among many."""
    return forms.ChoiceField(
        label=label,
        choices=EMPTY + choices,
        widget=forms.Select(attrs={"class": "w-24"}),
        error_messages={"required": missing, "invalid_choice": missing or "请从列表里选一项。"},
        **options,
    )


def text(
    label: str, *, limit: int, missing: str = "", rows: int = 0, css: str = "w-24", **options: Any
) -> forms.CharField:
    """Return a line of text, or some lines of it."""
    widget: forms.Widget = (
        forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"class": css, "autocomplete": "off"})
    )
    messages = {"required": missing, "max_length": f"最多 {limit} 个字，请写短一些。"}
    return forms.CharField(label=label, max_length=limit, widget=widget, error_messages=messages, **options)


def day(label: str, *, missing: str = "", css: str = "w-16", **options: Any) -> forms.DateField:
    """Return a day."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"class": css}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"],
        error_messages={"required": missing, "invalid": "日期请写成 2026-11-03 这样。"},
        **options,
    )


class CountyField(forms.ModelChoiceField):
    """One of the counties, by city."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Region.objects.none(),
            to_field_name="code",
            empty_label="请选择",
            widget=forms.Select(attrs={"class": "w-24"}),
            error_messages={"required": "请选择区县。", "invalid_choice": "请从列表里选一个区县。"},
            **options,
        )

    def label_from_instance(self, obj: Region) -> str:
        return obj.full_name.removeprefix("辽宁省")


class CommunityField(forms.ModelChoiceField):
    """One of the communities of a county or of an officer's places, under their streets."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Region.objects.none(),
            to_field_name="code",
            widget=forms.Select(attrs={"class": "w-24"}),
            error_messages={"required": "请选择社区或村。", "invalid_choice": "请从列表里选一个社区或村。"},
            **options,
        )

    def offer(self, communities: QuerySet[Region]) -> None:
        """Offer these communities, grouped by street."""
        self.queryset = communities
        groups: dict[str, list[tuple[str, str]]] = {}
        for code, name, street in communities.order_by("path").values_list("code", "name", "parent__name"):
            groups.setdefault(street or "其他", []).append((code, name))
        self.widget.choices = [*EMPTY, *groups.items()]


def not_in_future(value: date, today: date, what: str) -> date:
    """Refuse a day after today."""
    if value > today:
        raise forms.ValidationError(f"{what}不能晚于今天，您填的是 {value:%Y 年 %-m 月 %-d 日}。请改正。")
    return value
