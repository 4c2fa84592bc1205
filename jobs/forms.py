"""The shape of what visitors, applicants, employers and officers type."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone

from jobs.applications import NEXT
from jobs.finding import EXPERIENCE_STEPS, ORDERS, PAY_STEPS
from jobs.hits import RADII, Criteria, Point
from jobs.industries import SECTIONS
from jobs.models import Application, Posting, PostingReport, Suits
from jobs.places import cities, find_place
from jobs.tokens import MAX_QUERY
from people import reference
from people.models import Region
from stations.models import Station


def read_criteria(asked: QueryDict) -> Criteria:
    """Return what an address asks for. What makes no sense is left out rather than refused: links are shared and grow old."""
    region = find_place(asked.get("region", ""))
    if region is not None and region.level == Region.Level.PROVINCE:
        region = None
    below = region.below() if region else cities()
    education = asked.get("edu", "")
    pay, order, years = asked.get("pay", ""), asked.get("sort", ""), asked.get("exp", "")
    point = read_point(asked)
    within = asked.get("within", "")
    return Criteria(
        text=" ".join(asked.get("q", "").replace("\x00", "").split())[:MAX_QUERY],
        region=region,
        areas=tuple(place for place in below if place.code in asked.getlist("area")),
        pay=int(pay) if pay in map(str, PAY_STEPS) else 0,
        education=reference.education_rank(education) if education in dict(reference.education_choices()) else None,
        experience=int(years) if years in map(str, EXPERIENCE_STEPS) else None,
        point=point,
        within=int(within) if point and within in map(str, RADII) else 0,
        industries=tuple(section for section in SECTIONS if section in asked.getlist("industry")),
        kinds=tuple(kind for kind in Posting.Kind.values if kind in asked.getlist("kind")),
        suits=tuple(code for code in Suits.values if code in asked.getlist("suits")),
        order=order if order in ORDERS and (point or order != "near") else "fit",
    )


PARTS = (
    ("headline", "介绍和住处"),
    ("work", "工作经历"),
    ("education", "教育经历"),
    ("skill", "技能"),
    ("certificate", "证书"),
    ("intention", "求职意向"),
)


def read_point(asked: QueryDict) -> Point | None:
    """Return where an address says somebody stands: a station, or "纬度,经度" within the country; None for anything else."""
    if station := asked.get("station", ""):
        return _station(station)
    lat, _, lng = asked.get("at", "").partition(",")
    try:
        point = Point(lng=round(float(lng), 5), lat=round(float(lat), 5))
    except ValueError:
        return None
    return point if 73 <= point.lng <= 136 and 3 <= point.lat <= 54 else None


def _station(public_id: str) -> Point | None:
    try:
        open_now = Station.objects.open(on=timezone.localdate()).filter(public_id=UUID(public_id), lng__isnull=False)
    except ValueError:
        return None
    found = open_now.values_list("lng", "lat", "name").first()
    return Point(float(found[0]), float(found[1]), found[2], public_id) if found else None


class ApplyForm(forms.Form):
    """What the employer gets to see of an applicant: only what is typed here, and the parts of the résumé chosen here."""

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
    parts = forms.MultipleChoiceField(
        label="一起发出简历的哪些部分",
        choices=PARTS,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "seg"}),
        help_text="单位收到的是现在这一份，以后您再改简历，发出去的不会变。",
    )
    note = forms.CharField(label="想对单位说的话", max_length=300, required=False)

    def __init__(self, *args: Any, has_resume: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("education", "experience") if has_resume else ("parts",):
            del self.fields[name]
        if not has_resume:
            education = self.fields["education"]
            assert isinstance(education, forms.ChoiceField)
            education.choices = [("", "请选择"), *reference.education_choices()]


class ReturnForm(forms.Form):
    """Why a posting goes back; the employer reads it."""

    reason = forms.CharField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="单位会看到这句话：写哪里不对、怎么改。",
        error_messages={"required": "请写明退回原因。"},
    )


class TakeDownForm(forms.Form):
    """Why a posting is taken away; the employer reads it."""

    reason = forms.CharField(
        label="下架原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="单位会看到这句话：哪里不实或者不合法，怎么改。",
        error_messages={"required": "请写明下架原因。"},
    )


class ReportForm(forms.Form):
    """What is wrong with a posting, in the words of whoever met it."""

    reason = forms.ChoiceField(
        label="有什么问题",
        choices=PostingReport.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项。"},
    )
    text = forms.CharField(
        label="说说情况",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如：谁、什么时候、要交多少钱、实际给多少工资。不用写您的姓名和身份证号。",
    )


class SettleForm(forms.Form):
    """What came of a report."""

    outcome = forms.ChoiceField(
        label="结果",
        choices=PostingReport.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选结果。"},
    )
    answer = forms.CharField(
        label="怎么核实的",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="登录后举报的人会看到这句话；选“属实，岗位已下架”时，单位也会看到。",
        error_messages={"required": "请写明怎么核实的、结果怎样。"},
    )


class AnswerForm(forms.Form):
    """An employer's answer to an application; only what may follow the present state is offered.

    Interviews and offers have forms of their own (`jobs.hiring_forms`): they need a time, a place, terms.
    """

    LABELS = {
        Application.Status.VIEWED: "看过，还在考虑",
        Application.Status.SHORTLISTED: "初选通过",
        Application.Status.HIRED: "已录用",
        Application.Status.UNSUITABLE: "不合适",
    }
    USUAL = (
        "岗位已经招满了。",
        "这个岗位要有相应的证书，您还没有。",
        "这个岗位要求的工作经验多一些。",
        "上班时间和您方便的时间对不上。",
        "上班地点离您住的地方太远。",
        "谢谢您来，您的情况更适合我们别的岗位，欢迎再投。",
    )
    status = forms.ChoiceField(
        label="答复",
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        error_messages={"required": "请选一项答复。", "invalid_choice": "这份投递的进展已经变了，请选列出来的一项。"},
    )
    usual = forms.ChoiceField(
        label="常用的话",
        choices=[("", "不用，我自己写"), *((text, text) for text in USUAL)],
        required=False,
    )
    reason = forms.CharField(
        label="对求职者说的话",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="求职者会看到。不合适时要写原因。",
    )
    starts_on = forms.DateField(
        label="上岗日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status = self.fields["status"]
        assert isinstance(status, forms.ChoiceField)
        status.choices = [(code, label) for code, label in self.LABELS.items() if application.status in NEXT[code]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["reason"] = data.get("reason") or data.get("usual") or ""
        if data.get("status") == Application.Status.UNSUITABLE and not data["reason"]:
            self.add_error("reason", "请写一句不合适的原因，或者在“常用的话”里选一句。")
        return data

    def clean_starts_on(self) -> date | None:
        found: date | None = self.cleaned_data["starts_on"]
        if found and not 2000 <= found.year <= 2100:
            raise forms.ValidationError("上岗日期不对，请重新选。")
        return found
