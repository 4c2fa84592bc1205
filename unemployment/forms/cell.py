"""The cells of a community: a new one, another worker, people put into one."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from people.models import User
from unemployment.forms.fields import day, text

WHO = "请从列表里选网格员。"


class CellForm(forms.Form):
    """A new cell: its code, its name, and who works in it."""

    code = text("网格编码", limit=20, missing="请写网格编码，例如 01。", css="w-16")
    name = text("网格名称", limit=60, missing="请写网格名称，例如“东院 1 至 6 号楼”。")
    worker = forms.ModelChoiceField(
        User.objects.none(),
        label="网格员",
        to_field_name="public_id",
        required=False,
        empty_label="没有人",
        widget=forms.Select(attrs={"class": "w-24"}),
        error_messages={"invalid_choice": WHO},
    )

    def __init__(self, *args: Any, workers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["worker"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = workers
        # Evaluated once for all the forms of a page.
        field.widget.choices = [("", "没有人"), *((user.public_id, str(user)) for user in workers)]


class CellChangeForm(CellForm):
    """Another worker of a cell, from a day on."""

    code = None  # type: ignore[assignment]
    name = None  # type: ignore[assignment]
    version = forms.CharField(widget=forms.HiddenInput)
    since = day("从哪天起", missing="请写从哪天起。")


class PutInCellForm(forms.Form):
    """The code of the cell into which people are put; empty takes them out."""

    cell = text("网格编码", limit=20, required=False)
