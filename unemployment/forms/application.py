"""The application, one question a page, and the query of its progress."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from people import reference
from people.models import Person, Region
from unemployment.forms.fields import (
    CommunityField,
    CountyField,
    day,
    not_in_future,
    radio,
    select,
    text,
)
from unemployment.models import PlaceKind, Registration, YesNo

EARLIEST = date(1980, 1, 1)


class StepForm(forms.Form):
    """A page of the application. It carries the version of the draft it was drawn from."""

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        self.registration = registration
        initial = {name: getattr(registration, name) for name in self.base_fields if hasattr(registration, name)}
        kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """Return what goes into the registration."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "county")}


class PlaceForm(StepForm):
    """By which place, and in which county."""

    place_kind = radio(
        "按哪个地方登记",
        PlaceKind.choices,
        missing="请选择按哪个地方登记。",
        help_text="四个地方都可以，选一个方便您的。常住地就是您现在住的地方。",
    )
    county = CountyField(label="在哪个区县")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["county"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Region.objects.counties().order_by("path")
        if place := _known_place(self.registration):
            self.initial.setdefault("county", place.county_code)
        if not self.initial.get("place_kind"):
            self.initial["place_kind"] = PlaceKind.RESIDENCE


class CommunityForm(StepForm):
    """Which community looks after the person."""

    region = CommunityField(
        label="社区或村", help_text="按街道分组。不知道归哪个社区，就选离家最近的，工作人员会核对。"
    )

    def __init__(self, *args: Any, county: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, CommunityField)
        field.offer(county.descendants().communities())
        place = _known_place(self.registration)
        if place and place.path.startswith(f"{county.path}/"):
            self.initial["region"] = place.code
        else:
            self.initial["region"] = None


def _known_place(registration: Registration) -> Region | None:
    person: Person = registration.person
    if registration.region:
        return registration.region
    if registration.place_kind == PlaceKind.HOUSEHOLD:
        return person.household_region
    return person.residence_region or person.household_region


class JobForm(StepForm):
    """Since when, and why."""

    unemployed_on = day("从哪天开始没有工作", missing="请填写从哪天开始没有工作。记不清日子，写大概的一天。")
    cause = radio("为什么没有工作了", reference.joblessness_choices, missing="请选择失业原因。")
    previous_employer = text(
        "原来在哪个单位", limit=128, required=False, help_text="没有上过班，或者不方便说，可以不填。不用交离职证明。"
    )
    claims_benefit = radio(
        "要不要申领失业保险金",
        YesNo.choices,
        missing="请选择要不要申领失业保险金。",
        help_text="选哪个都不影响登记。参加过失业保险满 1 年、不是自己要走的，可以申领。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claims_benefit"].choices = [("yes", "要申领"), ("no", "不申领")]  # type: ignore[attr-defined]

    def clean_unemployed_on(self) -> date:
        found = not_in_future(self.cleaned_data["unemployed_on"], timezone.localdate(), "失业时间")
        if found < EARLIEST:
            raise forms.ValidationError("失业时间太早了，请核对年份。")
        return found


class AboutForm(StepForm):
    """What is on record about the person, to be put right."""

    education = select("学历", reference.education_choices(), missing="请选择学历。")
    household_kind = select("户口性质", reference.household_choices(), missing="请选择户口性质。")
    nation = select("民族", reference.nation_choices(), missing="请选择民族。")
    political = select("政治面貌", reference.political_choices(), required=False)
    health = select("健康状况", reference.health_choices(), missing="请选择健康状况。")
    skill = text("职业资格、等级或职称", limit=128, required=False, help_text="例如“中级焊工”“护士资格”。不用交证书。")


class WishesForm(StepForm):
    """What the person wants: each of the three is asked, none is guessed."""

    wants_job = radio("想不想找工作", YesNo.choices, missing="请选择想不想找工作。")
    job_wish = text(
        "想找什么工作", limit=200, required=False, help_text="工种、工资、地方，例如“焊工，5,000 元左右，铁西区”。"
    )
    wants_training = radio("想不想参加培训", YesNo.choices, missing="请选择想不想参加培训。")
    training_wish = text("想学什么", limit=200, required=False)
    wants_business = radio("想不想自己创业", YesNo.choices, missing="请选择想不想自己创业。")
    business_wish = text("想做什么", limit=200, required=False)
    note = text("还有什么要告诉我们的", limit=500, rows=3, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("wants_job", "wants_training", "wants_business"):
            self.fields[name].choices = [("yes", "想"), ("no", "暂时不想")]  # type: ignore[attr-defined]


class PledgeForm(forms.Form):
    """书面承诺: the only paper besides the identity card."""

    version = forms.CharField(widget=forms.HiddenInput)
    pledged = forms.BooleanField(
        label="我承诺",
        error_messages={"required": "请先看过承诺书，再勾选“我已看过，承诺属实”。"},
    )


class ProgressForm(forms.Form):
    """Where an application stands, without signing in."""

    number = forms.CharField(
        label="受理编号",
        max_length=24,
        widget=forms.TextInput(
            attrs={"class": "input--num w-24", "autocomplete": "off", "autocapitalize": "characters"}
        ),
        help_text="在受理回执的左上角，18 位。空格可以不管。",
        error_messages={"required": "请填写受理编号。", "max_length": "受理编号是 18 位。请对照回执再核对一遍。"},
    )
    tail = forms.RegexField(
        r"^\d{4}$",
        label="手机号后四位",
        widget=forms.TextInput(attrs={"class": "input--num w-10", "autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": "请填写手机号后四位。", "invalid": "手机号后四位应是 4 位数字。请再核对一遍。"},
    )

    def clean_number(self) -> str:
        return "".join(self.cleaned_data["number"].split()).upper()


STEP_FORMS: dict[str, type[StepForm]] = {
    "place": PlaceForm,
    "community": CommunityForm,
    "job": JobForm,
    "about": AboutForm,
    "wishes": WishesForm,
}
__all__ = ["STEP_FORMS", "AboutForm", "CommunityForm", "JobForm", "PlaceForm", "PledgeForm", "ProgressForm"]
