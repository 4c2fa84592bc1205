"""The shape of what a person types into their résumé."""

from datetime import date
from typing import Any

from django import forms

from core.months import parse_month
from jobs.models import Posting, Resume, Skill
from people import reference
from people.models import Region

EARLIEST = 1940


class MonthField(forms.CharField):
    """A month, typed or picked as 2021-09; its value is the first day."""

    def __init__(self, *, missing: str = "", **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "month", "class": "w-16", "placeholder": "2021-09"})
        super().__init__(max_length=10, widget=widget, error_messages={"required": missing}, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            month = parse_month(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if not EARLIEST <= month.year <= 2100:
            raise forms.ValidationError("年份不对，请重新选月份。")
        return month


class DayField(forms.DateField):
    """A day that somebody alive may mean."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": "日期请写成“2026-11-30”这样的格式。"})
        super().__init__(widget=forms.DateInput(attrs={"type": "date", "class": "w-16"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> date | None:
        found: date | None = super().clean(value)
        if found and not EARLIEST <= found.year <= 2100:
            raise forms.ValidationError("日期不对，请重新选。")
        return found


def _text(label: str, length: int, missing: str = "", **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), error_messages={"required": missing}, **kwargs
    )


def _region(label: str, *, required: bool, help_text: str = "") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Region.objects.none(),
        label=label,
        required=required,
        empty_label="请选择",
        help_text=help_text,
        error_messages={"required": "请选地区。", "invalid_choice": "请选列出来的地区。"},
        widget=forms.Select(attrs={"class": "w-24"}),
    )


class ProfileForm(forms.Form):
    """The head of a résumé and who may find it."""

    headline = _text("一句话介绍自己", 120, help_text="例如：干过六年电工，能看图纸，能上夜班。")
    region = _region("现在住在哪个区县", required=False)
    visibility = forms.ChoiceField(
        label="谁能找到我",
        choices=Resume.Visibility.choices,
        widget=forms.RadioSelect,
        help_text="随时可以改，改了马上生效。写在工作经历里的单位，永远找不到您。",
        error_messages={"required": "请选谁能找到您。", "invalid_choice": "请选列出来的一项。"},
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "region", Region.objects.counties().order_by("path"))


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


class _SpellForm(forms.Form):
    started = MonthField(label="从哪个月", missing="请选从哪个月开始。")
    ended = MonthField(label="到哪个月", required=False, help_text="还在继续的，空着不填。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("started"), data.get("ended")
        if start and end and end < start:
            self.add_error("ended", "结束的月份不能早于开始的月份，请对调或改正。")
        return data


class WorkForm(_SpellForm):
    """A job somebody had."""

    title = _text("岗位", 60, "请填写做什么工作，例如“维修电工”。")
    employer = _text("单位", 80, "请填写在哪家单位，打零工写“零工”。")
    duties = _text(
        "主要做什么", 600, widget=forms.Textarea(attrs={"rows": 4}), help_text="一行写一件事。不要写手机号和身份证号。"
    )
    field_order = ("title", "employer", "started", "ended", "duties")


class EducationForm(_SpellForm):
    """A school somebody went to."""

    level = forms.ChoiceField(
        label="学历",
        error_messages={"required": "请选学历。", "invalid_choice": "请选列出来的一项。"},
        widget=forms.Select(attrs={"class": "w-24"}),
    )
    school = _text("学校", 60, "请填写学校名称。")
    major = _text("专业", 60)
    field_order = ("level", "school", "major", "started", "ended")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        assert isinstance(level, forms.ChoiceField)
        level.choices = [("", "请选择"), *reference.education_choices()]


class SkillForm(forms.Form):
    """Something somebody can do."""

    name = _text("会什么", 40, "请填写会什么，例如“开叉车”。")
    grade = forms.ChoiceField(
        label="熟练程度",
        choices=Skill.Grade.choices,
        initial=Skill.Grade.GOOD,
        widget=forms.RadioSelect,
        error_messages={"required": "请选熟练程度。", "invalid_choice": "请选列出来的一项。"},
    )


class CertificateForm(forms.Form):
    """A certificate; its number is not asked for."""

    name = _text("证书名称", 60, "请填写证书名称，例如“低压电工作业证”。", help_text="证书编号不用写。")
    issuer = _text("发证单位", 60)
    issued_on = DayField(label="发证日期", required=False)
    valid_until = DayField(label="有效期到", required=False, help_text="长期有效的，空着不填。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("issued_on"), data.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", "有效期不能早于发证日期，请改正。")
        return data


class IntentionForm(forms.Form):
    """A kind of work somebody looks for."""

    title = _text("想做什么", 40, "请填写想做什么，例如“保洁”。", help_text="写大家常说的名字，一个意向写一种活。")
    region = _region("想在哪里干", required=True, help_text="选到市，全市都算；选到区县，只算那个区县。")
    kind = forms.ChoiceField(
        label="用工形式",
        choices=Posting.Kind.choices,
        initial="full_time",
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        error_messages={"required": "请选用工形式。", "invalid_choice": "请选列出来的一项。"},
    )
    pay_min = forms.IntegerField(
        label="每月至少多少元",
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text="不填就是面谈。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-10"}),
        error_messages={
            "invalid": "请写整数，例如 4500。",
            "min_value": "请写大于 0 的整数。",
            "max_value": "数字太大了，请核对是不是每月的钱。",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = (Region.Level.CITY, Region.Level.COUNTY)
        _offer(self, "region", Region.objects.open().filter(level__in=levels).order_by("path"))
        self.fields["region"].label_from_instance = _place_label  # type: ignore[attr-defined]


def _place_label(region: Region) -> str:
    return region.full_name.removeprefix("辽宁省")


FORMS: dict[str, type[forms.Form]] = {
    "intention": IntentionForm,
    "work": WorkForm,
    "education": EducationForm,
    "skill": SkillForm,
    "certificate": CertificateForm,
}
