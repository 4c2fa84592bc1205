"""What administrators type: accounts, roles, what to look for in the logs."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people import identifiers
from people.history import Filters, tracked_tables
from people.models import Organisation, Region, User
from people.roles import Role

REASON = "例如“岗位调整”“新人入职”，会记进审计日志。"


def _text(label: str, missing: str, *, help_text: str = "", css: str = "w-24", **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": css}),
        error_messages={"required": missing},
        **kwargs,
    )


def _reason() -> forms.CharField:
    return _text("原因", "请写明原因，至少 4 个字。", help_text=REASON, max_length=200)


class FindAccountForm(forms.Form):
    """One account by its login name."""

    login = _text("登录名", "请填写登录名。", css="w-16", max_length=64)

    def clean_login(self) -> User:
        """Return the account."""
        user = User.objects.filter(username=self.cleaned_data["login"].strip()).first()
        if user is None:
            raise ValidationError("没有这个登录名。请核对后再查。")
        return user


class NewAccountForm(forms.Form):
    """A new account of somebody who works here."""

    username = _text(
        "登录名",
        "请填写登录名。",
        help_text="4 到 32 位小写字母、数字、点和下划线，例如 tiexi.wang01。",
        css="w-16",
        max_length=32,
    )
    name = _text("姓名", "请填写姓名。", css="w-16", max_length=64)

    def clean_username(self) -> str:
        """Check the form of the name."""
        text = self.cleaned_data["username"].strip()
        if not re.fullmatch(r"[a-z][a-z0-9._]{3,31}", text):
            raise ValidationError("登录名要以小写字母开头，4 到 32 位，只用小写字母、数字、点和下划线。")
        return text


class ReasonForm(forms.Form):
    """Why something is done to an account or a role."""

    reason = _reason()


class GrantForm(forms.Form):
    """A role for an account: where, from when to when, and why."""

    role = forms.ChoiceField(
        label="岗位",
        choices=[("", "请选择"), *((r.value, r.label) for r in Role if r != Role.EMPLOYER_AGENT)],
        widget=forms.Select(attrs={"class": "w-24"}),
        error_messages={"required": "请选岗位。"},
    )
    region_code = _text(
        "负责地区的代码",
        "请填写地区代码。",
        help_text="2 到 12 位行政区划代码，例如 210106 是沈阳市铁西区。三员可以不填。",
        css="w-16",
        required=False,
        max_length=12,
    )
    credit_code = _text(
        "所在单位的统一社会信用代码",
        "",
        help_text="院校、银行、培训机构等要填。",
        css="w-24",
        required=False,
        max_length=18,
    )
    start = forms.DateField(
        label="从哪天起",
        widget=forms.DateInput(attrs={"type": "date", "class": "w-16"}),
        error_messages={"required": "请选开始日期。"},
    )
    end = forms.DateField(
        label="最后一天",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-16"}),
        help_text="不填就一直有效。",
    )
    reason = _reason()

    def clean_region_code(self) -> Region | None:
        """Return the region."""
        code = self.cleaned_data["region_code"].strip()
        if not code:
            return None
        region = Region.objects.open().filter(code=code).first()
        if region is None:
            raise ValidationError("没有这个地区代码。请对照行政区划代码核对。")
        return region

    def clean_credit_code(self) -> Organisation | None:
        """Return the organisation."""
        code = self.cleaned_data["credit_code"].strip().upper()
        if not code:
            return None
        found = Organisation.objects.filter(credit_code=code).first()
        if found is None:
            raise ValidationError("没有这个单位。请核对统一社会信用代码，或先让单位申请。")
        return found


class AuditForm(forms.Form):
    """What to look for in the logs."""

    actor = _text("谁做的（登录名）", "", css="w-16", required=False, max_length=64)
    id_number = _text("查谁（完整身份证号）", "", css="w-24", required=False, max_length=24)
    start = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date", "class": "w-16"}))
    end = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date", "class": "w-16"}))
    table = forms.ChoiceField(label="看什么", required=False, widget=forms.Select(attrs={"class": "w-24"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["table"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "查阅记录（谁看了什么）"), *tracked_tables()]

    def clean_id_number(self) -> str:
        """Check the number."""
        text = self.cleaned_data["id_number"].strip()
        try:
            return identifiers.check_id_number(text).number if text else ""
        except identifiers.InvalidId as error:
            raise ValidationError(error.message) from error

    def filters(self) -> Filters:
        """Return what was asked."""
        data = self.cleaned_data
        return Filters(actor=data["actor"].strip(), id_number=data["id_number"], start=data["start"], end=data["end"])
