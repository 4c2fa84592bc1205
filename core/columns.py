"""Which column of a handed-in table means what: guessed by its names, settled by a person on a form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MAX_COLUMNS = 100
"""More are no table that a person could settle column by column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, what the first rows hold, and what it is taken for ("" for nothing)."""

    name: str
    samples: list[str]
    field: str


def plain_name(name: str) -> str:
    """Return a column's name without what tables put around it: blanks, brackets, a mark that it must be filled in."""
    return re.sub(r"[\s（）()*:：]", "", name).lower().removesuffix("必填")


def guess_columns(header: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return our field -> the column that probably means it, for the columns whose names are known.

    :param names: our field -> what tables call it, the likelier first; the field's own name is always one.
    """
    found = {plain_name(cell): cell for cell in reversed(header) if cell.strip()}
    known = {field: [plain_name(name) for name in (field, *others)] for field, others in names.items()}
    return {
        field: found[next(n for n in called if n in found)]
        for field, called in known.items()
        if found.keys() & set(called)
    }


def columns_of(header: Sequence[str], rows: Sequence[Sequence[str]], settled: Mapping[str, str]) -> list[Column]:
    """Return a file's columns with the first rows' values and what each is taken for.

    :param settled: our field -> the column's name; of two columns with one name the first is meant.
    """
    taken = {name: field for field, name in settled.items()}
    return [
        Column(
            name or f"第 {at + 1} 列（没有列名）",
            [cells[at][:60] for cells in rows if at < len(cells)],
            taken.pop(name, "") if name else "",
        )
        for at, name in enumerate(header)
    ]


class ColumnsForm(forms.Form):
    """One choice for each column of a file; what was chosen stands in `cleaned_data["mapping"]`, field -> column.

    :param meanings: our field -> what people call it.
    """

    def __init__(self, *args: Any, columns: Sequence[Column], meanings: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns, self.meanings = columns, meanings
        for at, column in enumerate(columns):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=f"“{column.name}”是什么",
                choices=[("", "不用这一列"), *meanings.items()],
                required=False,
                initial=column.field,
                error_messages={"invalid_choice": "请从列表里选。"},
            )

    def rows(self) -> list[tuple[Column, Any]]:
        """Return the columns with their fields."""
        return [(column, self[f"column_{at}"]) for at, column in enumerate(self.columns)]

    def clean(self) -> dict[str, Any]:
        """Refuse one meaning for two columns."""
        data: dict[str, Any] = super().clean() or {}
        taken: dict[str, str] = {}
        for at, column in enumerate(self.columns):
            field = data.get(f"column_{at}")
            if not field:
                continue
            if field in taken:
                raise ValidationError(
                    f"“{taken[field]}”和“{column.name}”都选成了{self.meanings[field]}。一项只能来自一列。"
                )
            taken[field] = column.name
        data["mapping"] = taken
        return data
