"""The monthly contact: the record, and the filters of the list."""

from typing import Any

from django import forms

from people.models import Group, User
from unemployment.forms.fields import day, radio, select, text
from unemployment.models import Answer, ContactChannel, Outcome, ServiceKind, Situation
from unemployment.models.choices import INTENTIONS, REACHED

DETAILS = {
    "job": (("trade", "想做什么"), ("pay", "想要多少钱"), ("place", "想在哪里")),
    "training": (("trade", "想学什么"), ("time", "什么时候有空")),
    "business": (("project", "想做什么"), ("need", "缺什么")),
}
"""What is asked when the answer is yes (§2.5: 工种、薪资、地点；工种、时间；项目、资金和场地)."""
DRAFT_LIMIT = 2000


class ContactForm(forms.Form):
    """One contact. Nothing is preset: what was not asked is said so, with the reason."""

    version = forms.CharField(widget=forms.HiddenInput)
    channel = radio("怎么联系的", ContactChannel.choices, missing="请选怎么联系的。", blocks=True)
    outcome = radio("结果", Outcome.choices, missing="请选联系的结果。", blocks=True)
    situation = select("现在的情况", Situation.choices, missing="请选本人现在的情况。")
    difficulties = text("困难", limit=500, required=False)
    services = forms.MultipleChoiceField(
        label="这次提供了",
        choices=ServiceKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "seg"}),
        error_messages={"invalid_choice": "请从列出的服务里选。"},
    )
    declined = text("没有接受的，为什么", limit=200, required=False)
    note = text("备注", limit=1000, rows=2, required=False)
    next_action = text("下一步", limit=200, required=False)
    next_on = day("下次联系", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = not self.is_bound or self.data.get("outcome") in REACHED
        self.fields["situation"].required = reached
        for code, label in INTENTIONS:
            missing = f"请选“{label}”：有、没有，或者没问到。"
            self.fields[code] = radio(label, Answer.choices, missing=missing, blocks=True, required=reached)
            for key, words in DETAILS[code]:
                self.fields[f"{code}_{key}"] = text(words, limit=80, required=False)
            self.fields[f"{code}_reason"] = text("没问到的原因", limit=80, required=False)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs.pop("class", None)
        self.fields["note"].widget.attrs["data-memo"] = True

    def clean(self) -> dict[str, Any]:
        """Name what is missing at its own field, so that the page can point there."""
        data = super().clean() or {}
        for code, label in INTENTIONS:
            if data.get(code) == Answer.NOT_ASKED and not data.get(f"{code}_reason"):
                self.add_error(f"{code}_reason", f"“{label}”没问到，请写明原因。")
        return data

    def values(self) -> dict[str, Any]:
        """Return what `record_contact` takes."""
        data = self.cleaned_data
        details = {
            code: {
                key: data[f"{code}_{key}"]
                for key in (*(name for name, _ in DETAILS[code]), "reason")
                if data.get(f"{code}_{key}")
            }
            for code, _ in INTENTIONS
        }
        services = [{"kind": kind, "declined": data.get("declined", "")} for kind in data.get("services", [])]
        names = ("channel", "outcome", "situation", "difficulties", "note", "next_action", "next_on")
        return {
            **{name: data.get(name) for name in names},
            **{code: data.get(code, "") for code, _ in INTENTIONS},
            "details": {code: found for code, found in details.items() if found},
            "services": services,
        }

    def intentions(self) -> list[dict[str, Any]]:
        """Return the three questions with their detail fields, for the page."""
        return [
            {
                "code": code,
                "answer": self[code],
                "details": [self[f"{code}_{key}"] for key, _ in DETAILS[code]],
                "reason": self[f"{code}_reason"],
            }
            for code, _ in INTENTIONS
        ]


def draft_values(data: Any) -> dict[str, Any]:
    """Return what was typed so far, as the draft keeps it: known fields only, bounded."""
    names = set(ContactForm().fields) - {"version", "services"}
    found: dict[str, Any] = {name: str(data[name])[:DRAFT_LIMIT] for name in sorted(names) if data.get(name)}
    if services := [kind for kind in data.getlist("services") if kind in ServiceKind.values]:
        found["services"] = services
    return found


class QueueFilter(forms.Form):
    """Which people of the list are shown."""

    kind = forms.ChoiceField(label="人员类别", choices=[("", "全部类别"), *Group.choices], required=False)
    place = forms.CharField(label="社区", max_length=12, required=False)
    mine = forms.ChoiceField(label="责任人", choices=[("", "全部责任人"), ("1", "我负责的")], required=False)
    q = forms.CharField(label="姓名", max_length=20, required=False)


class AssignForm(forms.Form):
    """To whom the chosen people go."""

    worker = forms.ModelChoiceField(
        User.objects.none(), label="换给谁", to_field_name="public_id", error_messages={"required": "请选换给谁。"}
    )
