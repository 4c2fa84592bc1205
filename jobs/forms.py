"""The shape of what visitors, applicants, employers and officers type."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from jobs.finding import ORDERS, PAY_STEPS, Criteria
from jobs.models import Application, Posting, Suits
from jobs.places import cities, find_place
from jobs.tokens import MAX_QUERY
from people import reference
from people.models import Region

WELFARE = ["五险", "五险一金", "包吃", "包住", "班车", "双休", "带薪年假", "体检", "节日福利", "白班"]


def read_criteria(asked: QueryDict) -> Criteria:
    """Return what an address asks for. What makes no sense is left out rather than refused: links are shared and grow old."""
    region = find_place(asked.get("region", ""))
    if region is not None and region.level == Region.Level.PROVINCE:
        region = None
    below = region.below() if region else cities()
    education = asked.get("edu", "")
    pay, order = asked.get("pay", ""), asked.get("sort", "")
    return Criteria(
        text=" ".join(asked.get("q", "").replace("\x00", "").split())[:MAX_QUERY],
        region=region,
        areas=tuple(place for place in below if place.code in asked.getlist("area")),
        pay=int(pay) if pay in map(str, PAY_STEPS) else 0,
        education=reference.education_rank(education) if education in dict(reference.education_choices()) else None,
        kinds=tuple(kind for kind in Posting.Kind.values if kind in asked.getlist("kind")),
        suits=tuple(code for code in Suits.values if code in asked.getlist("suits")),
        order=order if order in ORDERS else "fit",
    )


class ApplyForm(forms.Form):
    """What the employer gets to see of an applicant: only what is typed here."""

    name = forms.CharField(label="姓名", max_length=32, error_messages={"required": "请填写姓名。"})
    phone = forms.CharField(
        label="联系电话",
        max_length=20,
        help_text="单位打这个电话联系您。",
        error_messages={"required": "请填写联系电话。"},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    education = forms.ChoiceField(label="学历", required=False)
    experience = forms.CharField(
        label="做过什么",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写一两句就行。",
    )
    note = forms.CharField(label="想对单位说的话", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        education = self.fields["education"]
        assert isinstance(education, forms.ChoiceField)
        education.choices = [("", "请选择"), *reference.education_choices()]


class PostingForm(forms.ModelForm):
    """A posting as an employer writes it."""

    region = forms.ModelChoiceField(Region.objects.none(), label="工作地区", required=False, empty_label="请选择")
    education = forms.ChoiceField(label="学历要求", required=False)
    pay_period = forms.ChoiceField(label="按什么算", choices=[("", "请选择"), *Posting.Period.choices], required=False)
    suits = forms.MultipleChoiceField(
        label="欢迎谁来", choices=Suits.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    welfare = forms.MultipleChoiceField(
        label="福利", choices=[(w, w) for w in WELFARE], required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Posting
        fields = [
            "title",
            "kind",
            "headcount",
            "pay_min",
            "pay_max",
            "pay_period",
            "pay_months",
            "region",
            "address",
            "education",
            "experience_min",
            "description",
            "requirement",
            "shifts",
            "insurance",
            "probation_months",
            "contract_months",
            "welfare",
            "suits",
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 6}), "requirement": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "pay_min": "写实际发到手之前的数，不能低于当地最低工资。",
            "shifts": "例如：白班，8:00–17:00，做六休一。",
            "experience_min": "不要求就写 0。",
        }
        error_messages = {"title": {"required": "请填写岗位名称。"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region, education = self.fields["region"], self.fields["education"]
        assert isinstance(region, forms.ModelChoiceField)
        assert isinstance(education, forms.ChoiceField)
        region.queryset = Region.objects.counties().order_by("path")
        education.choices = [("", "不限"), *reference.education_choices()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("pay_min"), data.get("pay_max")
        if low is not None and high is not None and high < low:
            self.add_error("pay_max", "工资上限不能低于下限，请对调或改正。")
        if low is not None and not data.get("pay_period"):
            self.add_error("pay_period", "请选工资按月、按天还是按小时算。")
        return data


class ReturnForm(forms.Form):
    """Why a posting goes back; the employer reads it."""

    reason = forms.CharField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="单位会看到这句话：写哪里不对、怎么改。",
        error_messages={"required": "请写明退回原因。"},
    )


class AnswerForm(forms.Form):
    """An employer's answer to an application."""

    ANSWERS = (
        (Application.Status.SHORTLISTED, "初选通过"),
        (Application.Status.INTERVIEW, "约面试"),
        (Application.Status.OFFER, "录用意向"),
        (Application.Status.HIRED, "已录用"),
        (Application.Status.UNSUITABLE, "不合适"),
    )
    status = forms.ChoiceField(label="答复", choices=ANSWERS, error_messages={"required": "请选一项答复。"})
    reason = forms.CharField(
        label="对求职者说的话",
        max_length=300,
        required=False,
        help_text="不合适时要写原因；约面试写时间、地点、带什么。",
    )
    starts_on = forms.DateField(
        label="上岗日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    version = forms.CharField(widget=forms.HiddenInput)

    def clean_starts_on(self) -> date | None:
        found: date | None = self.cleaned_data["starts_on"]
        if found and not 2000 <= found.year <= 2100:
            raise forms.ValidationError("上岗日期不对，请重新选。")
        return found
