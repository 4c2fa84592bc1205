"""What a person answers by the link in a text message."""

from typing import Any

from django import forms

from unemployment.forms.fields import text
from unemployment.models import Said


class ReplyForm(forms.Form):
    """The question of the month, short enough for a phone. Nothing is ticked beforehand."""

    said = forms.MultipleChoiceField(
        label="您现在的情况",
        choices=Said.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="可以选几项。",
        error_messages={"required": "请选您现在的情况。", "invalid_choice": "请从列出的几项里选。"},
    )
    wish = text("还有什么要我们帮忙的", limit=200, rows=3, required=False)
    tail = forms.RegexField(
        r"^\s*\d{3}[\dXx]\s*$",
        label="证件号码后四位",
        widget=forms.TextInput(attrs={"class": "input--num w-10", "autocomplete": "off"}),
        help_text="最后一位是字母的，填 X。只用来确认是您本人。",
        error_messages={"required": "请填写证件号码后四位。", "invalid": "请填 4 位，例如 123X。"},
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two answers that cannot both be true, at their own field."""
        data = super().clean() or {}
        if {Said.SEEKING, Said.FOUND} <= set(data.get("said", ())):
            self.add_error("said", "“还在找工作”和“找到工作了”只能选一个。")
        return data
