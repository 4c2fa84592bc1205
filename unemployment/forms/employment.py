"""What is typed about an employment: at the counter, when it ends, about a difference with 社保, with a roster."""

from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone

from people import identifiers
from people.models import Region, User
from unemployment.forms.fields import CommunityField, day, not_in_future, radio, select, text
from unemployment.forms.office import COUNTER_MINUTES, SALT
from unemployment.models import EmploymentKind, EndReason
from unemployment.models.employment import ENTERERS


class CreditCodeForm(forms.Form):
    """An employer by its credit code."""

    credit_code = forms.CharField(
        label="统一社会信用代码",
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input--num w-24", "autocomplete": "off"}),
        help_text="18 位，在营业执照上。",
        error_messages={
            "required": "请填写单位的统一社会信用代码。",
            "max_length": "统一社会信用代码是 18 位。请对照营业执照核对。",
        },
    )

    def clean_credit_code(self) -> str:
        code = self.cleaned_data["credit_code"].strip()
        try:
            return identifiers.check_credit_code(code) if code else ""
        except identifiers.InvalidId as error:
            raise forms.ValidationError(error.message) from error


class EmploymentForm(CreditCodeForm):
    """A hire, flexible work or a business of one's own, as it is told at the counter."""

    person = forms.CharField(widget=forms.HiddenInput, required=False)
    kind = radio("就业形式", EmploymentKind.choices, missing="请选就业形式。")
    employer_name = text("单位名称（还没建档的单位才填）", limit=128, required=False, help_text="照营业执照写全称。")
    work_place = text(
        "在哪里做（灵活就业、个体经营）",
        limit=128,
        required=False,
        help_text="平台、摊位、店名或者街道，例如“某某外卖平台”。",
    )
    region = CommunityField(
        label="工作地（社区、村）", required=False, help_text="单位已经建档的可以不选，按单位所在地算。"
    )
    title = text("岗位、做什么", limit=60, required=False)
    started_on = day("哪天上岗", missing="请填写上岗日期。")
    card_seen = forms.BooleanField(
        label="已验看本人身份证或社保卡", error_messages={"required": "请验看本人的身份证或社保卡，再勾选。"}
    )

    field_order = ("person", "kind", "credit_code", "employer_name", "work_place", "region", "title", "started_on")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credit_code"].required = False
        self.fields["credit_code"].help_text = "单位就业必填，18 位，在营业执照上；个体经营有执照的也填。"
        field = self.fields["region"]
        assert isinstance(field, CommunityField)
        field.offer(Region.objects.communities().within(user.regions(*ENTERERS)))

    def clean_person(self) -> int | None:
        sealed = self.cleaned_data["person"]
        if not sealed:
            return None
        try:
            return int(signing.loads(sealed, salt=SALT, max_age=COUNTER_MINUTES * 60))
        except signing.BadSignature as error:
            raise forms.ValidationError("查找结果已经过期，请重新输入号码查一次。") from error

    def clean_started_on(self) -> date:
        return not_in_future(self.cleaned_data["started_on"], timezone.localdate(), "上岗日期")

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of employment needs."""
        data: dict[str, Any] = super().clean() or {}
        kind = data.get("kind")
        if kind == EmploymentKind.UNIT and "credit_code" in data and not data["credit_code"]:
            self.add_error("credit_code", "单位就业要填用人单位的统一社会信用代码。")
        if kind in (EmploymentKind.FLEXIBLE, EmploymentKind.OWN):
            if not data.get("work_place") and not (kind == EmploymentKind.OWN and data.get("credit_code")):
                self.add_error("work_place", "请写在哪里做，例如平台、摊位或店名。")
            if "region" in data and data["region"] is None and not data.get("credit_code"):
                self.add_error("region", "请选工作地的社区或村。")
        return data


class EndEmploymentForm(forms.Form):
    """解除备案: when and why."""

    version = forms.CharField(widget=forms.HiddenInput)
    ended_on = day("哪天解除的", missing="请填写解除日期。")
    reason = select("解除原因", EndReason.choices, missing="请选解除的原因。")

    def clean_ended_on(self) -> date:
        return not_in_future(self.cleaned_data["ended_on"], timezone.localdate(), "解除日期")


class MatchForm(forms.Form):
    """What was found out about a difference with 社保."""

    version = forms.CharField(widget=forms.HiddenInput)
    day = day("核实到的日期", missing="", required=False)
    reason = select("解除原因", EndReason.choices, required=False)
    note = text("怎么核实的", limit=255, missing="请写明怎么核实的。", help_text="例如“电话问单位，10 月 8 日入职”。")


class RosterForm(CreditCodeForm):
    """A roster of an employer."""

    file = forms.FileField(
        label="名册文件",
        help_text="XLSX 或 CSV，最多 20,000 人。第一行写列名：姓名、身份证号、上岗日期一定要有。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "请选择名册文件。", "empty": "文件是空的，请选择有内容的文件。"},
    )
