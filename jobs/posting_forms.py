"""The shape of a posting as an employer writes it."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone

from jobs.form_fields import WordsField
from jobs.industries import LABELS
from jobs.limits import limit
from jobs.models import DEFAULT_DAYS, Posting, Suits
from jobs.pay import too_much
from people import reference
from people.coordinates import metres_between
from people.models import Occupation, Organisation, Region

WELFARE = ["五险", "五险一金", "包吃", "包住", "班车", "双休", "带薪年假", "体检", "节日福利", "白班"]
PERIODS = [
    ("", "请选择"),
    (Posting.Period.MONTH, "每月"),
    (Posting.Period.DAY, "每天"),
    (Posting.Period.HOUR, "每小时"),
    (Posting.Period.PIECE, "每件（计件）"),
    (Posting.Period.YEAR, "每年"),
]
NEEDED = {
    "headcount": "请填写招聘人数。",
    "pay_min": "请写明工资，不能只写“面议”。",
    "pay_period": "请选工资按月、按天还是按小时算。",
    "region": "请选工作地区。",
    "description": "请写明干什么活。",
}
"""What a posting must say before it is shown (人力资源市场暂行条例 24). A draft may leave it out."""


class PostingForm(forms.ModelForm):
    """A posting as an employer writes it. A draft may be unfinished; what is handed in may not."""

    look = forms.CharField(label="换个词找", max_length=40, required=False)
    industry = forms.ChoiceField(
        label="行业", choices=[("", "请选择"), *((code, label) for code, label in LABELS.items())], required=False
    )
    region = forms.ModelChoiceField(Region.objects.none(), label="工作地区", empty_label="请选择")
    education = forms.ChoiceField(label="学历要求", required=False)
    pay_period = forms.ChoiceField(label="按什么算", choices=PERIODS)
    suits = forms.MultipleChoiceField(
        label="欢迎谁来",
        choices=Suits.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "seg"}),
    )
    skills = WordsField(
        label="要会什么",
        most=10,
        longest=24,
        help_text="证书和技能，用顿号隔开，例如：低压电工证、看电路图。求职者能按它搜到。",
    )
    welfare = forms.MultipleChoiceField(
        label="福利",
        choices=[(w, w) for w in WELFARE],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "seg"}),
    )
    valid_days = forms.TypedChoiceField(
        label="展示几天",
        choices=[(days, f"{days} 天") for days in (7, 15, 30, 60, 90)],
        coerce=int,
        initial=30,
        required=False,
        help_text="从发布那天算，到期前可以一键续期。",
    )
    publish_at = forms.DateTimeField(
        label="定时发布",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"],
        help_text="空着就是核验通过马上发布。",
        error_messages={"invalid": "发布时间没有认出来，请写成 2026-11-30 09:00 这样。"},
    )
    GROUPS = (
        ("替谁招", ("employer_name", "on_behalf")),
        ("招什么人", ("title", "occupation", "industry", "kind", "headcount")),
        ("给多少", ("pay_min", "pay_max", "pay_period", "pay_months")),
        ("在哪里、什么时候上班", ("region", "address", "lng", "lat", "shifts")),
        ("活儿和要求", ("description", "requirement", "skills", "education", "experience_min")),
        ("合同和待遇", ("insurance", "contract_months", "probation_months", "probation_pay", "welfare", "suits")),
        ("什么时候发布", ("valid_days", "publish_at")),
    )

    class Meta:
        model = Posting
        fields = [
            "employer_name",
            "on_behalf",
            "title",
            "occupation",
            "industry",
            "kind",
            "headcount",
            "pay_min",
            "pay_max",
            "pay_period",
            "pay_months",
            "region",
            "address",
            "lng",
            "lat",
            "shifts",
            "description",
            "requirement",
            "education",
            "experience_min",
            "insurance",
            "contract_months",
            "probation_months",
            "probation_pay",
            "skills",
            "welfare",
            "suits",
            "valid_days",
            "publish_at",
        ]
        widgets = {
            "title": forms.TextInput(
                attrs={
                    "hx-trigger": "input changed delay:400ms",
                    "hx-target": "#occupations",
                    "hx-get": reverse_lazy("jobs:occupation-choices"),
                }
            ),
            "lng": forms.NumberInput(attrs={"step": "any", "class": "input w-16"}),
            "lat": forms.NumberInput(attrs={"step": "any", "class": "input w-16"}),
            "description": forms.Textarea(attrs={"rows": 6}),
            "requirement": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {"employer_name": "用人单位名称", "on_behalf": "受这个单位委托代招，手里有书面委托"}
        help_texts = {
            "employer_name": "代别的单位招人时，写那个单位营业执照上的全称；自己招人就空着。求职者会看到“由您机构代招”。",
            "title": "写大家常说的名字，例如“低压维修电工”。",
            "pay_min": "税前应发数，不能低于当地最低工资。",
            "lng": "人在上班的地方时，点“用我现在的位置”最准。不填就按区县算远近。",
            "shifts": "例如：白班 8:00–17:00，做六休一。兼职、零工写明每天几个小时。",
            "description": "一行写一件事。",
            "requirement": "只写干这份活用得上的：证书、技能、体力。不要限制性别、户籍和婚育。",
            "experience_min": "不要求就写 0。",
            "probation_months": "没有试用期写 0。",
            "probation_pay": "和上面的工资按同一个周期算，不能少于它的 80%，也不能低于最低工资。",
            "insurance": "例如：五险一金，入职当月缴。",
        }
        error_messages = {"title": {"required": "请填写岗位名称。"}}

    def __init__(self, *args: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        if organisation is not None and organisation.may_speak_for_others:
            self.fields["employer_name"].required = False
            if self.instance.pk and not self.instance.on_behalf:
                self.initial["employer_name"] = ""
        else:
            del self.fields["employer_name"], self.fields["on_behalf"]
        region, education = self.fields["region"], self.fields["education"]
        assert isinstance(region, forms.ModelChoiceField)
        assert isinstance(education, forms.ChoiceField)
        region.queryset = Region.objects.counties().order_by("path")
        education.choices = [("", "不限"), *reference.education_choices()]
        for name, missing in NEEDED.items():
            self.fields[name].required = not self.is_bound or "submit" in self.data
            self.fields[name].error_messages["required"] = missing

    def values(self) -> dict[str, Any]:
        """Return what was written, by the names of the posting's columns."""
        return {name: value for name, value in self.cleaned_data.items() if name != "look"}

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields under the headings of the page."""
        groups = [(title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS]
        return [(title, fields) for title, fields in groups if fields]

    def clean_occupation(self) -> str:
        """Take an occupation of the edition in force only."""
        code: str = self.cleaned_data["occupation"]
        if code and not Occupation.objects.at(4).filter(code=code).exists():
            raise forms.ValidationError("这个职业不在职业分类大典里，请从列出来的里面重新选。")
        return code

    def clean_valid_days(self) -> int:
        """Return the days, the usual ones when nothing was chosen."""
        return int(self.cleaned_data["valid_days"] or DEFAULT_DAYS)

    def clean_publish_at(self) -> datetime | None:
        """Take a time that is still to come, and not too far."""
        at: datetime | None = self.cleaned_data["publish_at"]
        if at is None:
            return None
        if at <= timezone.now():
            if "submit" in self.data:
                raise forms.ValidationError("定时发布的时间已经过了。请选以后的时间，或者空着，核验通过马上发布。")
            return None
        days = limit("publish_ahead_days", on=timezone.localdate())
        if at > timezone.now() + timedelta(days=days):
            raise forms.ValidationError(f"定时发布最多提前 {days} 天，请选近一点的时间。")
        return at

    def _check_point(self, data: dict[str, Any]) -> None:
        """A point has two numbers and lies near the chosen county."""
        lng, lat, region = data.get("lng"), data.get("lat"), data.get("region")
        if {"lng", "lat"} & set(self.errors):
            return
        if (lng is None) != (lat is None):
            self.add_error("lng" if lng is None else "lat", "经度和纬度要一起填，或者都空着。")
        elif lng is not None and lat is not None and not (73 <= lng <= 136 and 3 <= lat <= 54):
            self.add_error("lng", "这个位置不在国内，可能经度和纬度填反了。经度在前，例如 123.36、41.80。")
        elif (
            lng is not None
            and lat is not None
            and region is not None
            and region.lng is not None
            and region.lat is not None
        ):
            off = metres_between((float(lng), float(lat)), (float(region.lng), float(region.lat)))
            if off > limit("point_off_metres", on=timezone.localdate()):
                self.add_error(
                    "lng", f"这个位置离{region.name}中心有 {off / 1000:.0f} 公里。请核对位置，或者改工作地区。"
                )

    def _check_employer(self, data: dict[str, Any]) -> None:
        """Another employer's name comes with the statement that it authorised the agency, and the other way round."""
        name = (data.get("employer_name") or "").strip()
        if self.organisation is not None and name == self.organisation.name:
            name = data["employer_name"] = ""
        if name and not data.get("on_behalf"):
            self.add_error("on_behalf", f"代{name}招人要有它的书面委托，请勾选；没有委托不能发布。")
        elif data.get("on_behalf") and not name and "employer_name" not in self.errors:
            self.add_error("employer_name", "勾选了代招，请写明替哪个单位招；自己招人就不要勾选。")

    def _check_probation(self, data: dict[str, Any]) -> None:
        """A pay for the probation says nothing where there is none."""
        if data.get("probation_pay") is not None and not data.get("probation_months"):
            self.add_error("probation_months", "写了试用期工资，也要写试用期几个月；没有试用期，就把试用期工资空着。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._check_point(data)
        if "on_behalf" in self.fields:
            self._check_employer(data)
        self._check_probation(data)
        low, high = data.get("pay_min"), data.get("pay_max")
        for name in ("pay_min", "pay_max", "probation_pay"):
            if problem := too_much(data.get(name), data.get("pay_period") or ""):
                self.add_error(name, problem)
        if low is not None and high is not None and high < low:
            self.add_error("pay_max", "工资上限不能低于下限，请对调或改正。")
        if low is not None and not data.get("pay_period") and "pay_period" not in self.errors:
            self.add_error("pay_period", NEEDED["pay_period"])
        return data
