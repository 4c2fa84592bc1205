"""The shape of what employers and applicants type around an application."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from jobs.models import Application, CallBack, Interview, Posting
from jobs.places import Place, cities
from jobs.resume_forms import DayField
from people import reference


def _text(label: str, length: int, missing: str = "", *, rows: int = 0, **kwargs: Any) -> forms.CharField:
    if rows:
        kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=length, required=bool(missing), error_messages={"required": missing}, **kwargs
    )


class InterviewForm(forms.Form):
    """When and where an interview is."""

    day = DayField(
        label="哪天", error_messages={"required": "请选面试日期。", "invalid": "日期请写成“2026-11-30”这样的格式。"}
    )
    time = forms.TimeField(
        label="几点",
        widget=forms.TimeInput(attrs={"type": "time", "class": "w-10"}, format="%H:%M"),
        error_messages={"required": "请选面试时间。", "invalid": "时间请写成“09:30”这样的格式。"},
    )
    minutes = forms.TypedChoiceField(
        label="大约多久",
        coerce=int,
        choices=[(20, "20 分钟"), (30, "30 分钟"), (60, "1 小时"), (120, "2 小时"), (240, "半天")],
        initial=30,
        widget=forms.Select(attrs={"class": "w-10"}),
        error_messages={"invalid_choice": "请选列出来的时长。"},
    )
    mode = forms.ChoiceField(
        label="方式",
        choices=Interview.Mode.choices,
        initial=Interview.Mode.ONSITE,
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        error_messages={"required": "请选面试方式。", "invalid_choice": "请选列出来的方式。"},
    )
    place = _text("地点或号码", 160, "请写面试地点；电话、视频面试写怎么接通。")
    contact = _text("找谁", 60)
    bring = _text("带什么", 200, help_text="例如：身份证、电工证原件。")
    version = forms.CharField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """Return the interview's fields."""
        data = {name: self.cleaned_data[name] for name in ("minutes", "mode", "place", "contact", "bring")}
        starts_at = datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return data | {"starts_at": timezone.make_aware(starts_at)}

    @staticmethod
    def initial_of(interview: Interview | None, application: Application) -> dict[str, Any]:
        """Return what the form begins with: the interview that is still to come, else the posting's address."""
        if interview is None:
            return {"version": application.version, "place": application.posting.address}
        start = timezone.localtime(interview.starts_at)
        kept = {name: getattr(interview, name) for name in ("minutes", "mode", "place", "contact", "bring")}
        return kept | {"version": application.version, "day": start.date(), "time": start.time()}


class InterviewReplyForm(forms.Form):
    """Whether one comes."""

    choice = forms.ChoiceField(
        label="去不去",
        choices=[("accept", "去"), ("other", "想换个时间"), ("decline", "不去了")],
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        error_messages={"required": "请选去不去。", "invalid_choice": "请选列出来的一项。"},
    )
    text = _text("想说的话", 200, help_text="想换时间的，写您什么时候方便。")


class OfferForm(forms.Form):
    """From when, for what pay, on what terms."""

    starts_on = DayField(
        label="哪天上岗", error_messages={"required": "请选上岗日期。", "invalid": "日期请写成“2026-12-01”这样的格式。"}
    )
    pay_text = _text("工资", 60, "请写工资，例如“每月 6,500 元，次月 10 日发”。")
    terms = _text("其他约定", 500, rows=3, help_text="试用期、合同期、社会保险、上班时间等。")
    answer_by = DayField(
        label="请哪天以前答复",
        error_messages={"required": "请选答复期限。", "invalid": "日期请写成“2026-11-30”这样的格式。"},
    )
    version = forms.CharField(widget=forms.HiddenInput)


class OfferReplyForm(forms.Form):
    """Whether one takes the work."""

    accept = forms.ChoiceField(
        label="去不去这家单位",
        choices=[("1", "接受，到时候去上岗"), ("0", "不去了")],
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        error_messages={"required": "请选去不去。", "invalid_choice": "请选列出来的一项。"},
    )
    text = _text("想说的话", 200)


class MessageForm(forms.Form):
    """A line to the other side."""

    text = _text("留言", 500, "请写下要说的话再发。", rows=3)


class NoteForm(forms.Form):
    """A note for one's own organisation."""

    text = _text("备注", 500, "请写下备注再存。", rows=2, help_text="只有您单位的人看得到。")


class BulkForm(forms.Form):
    """One answer for several applicants; `chosen` holds "id.version" of each."""

    chosen = forms.MultipleChoiceField(required=False)
    status = forms.ChoiceField(
        choices=[("viewed", "看过了"), ("shortlisted", "初选通过"), ("unsuitable", "不合适")],
        error_messages={"required": "请选要怎么答复。", "invalid_choice": "请选列出来的一项答复。"},
    )
    reason = _text("原因", 300)


def _with_counties(city: Place) -> list[tuple[str, str]]:
    counties = [(county.code, county.name) for county in city.below()]
    return [(city.code, f"{city.name}全市" if counties else city.name), *counties]


class TalentForm(forms.Form):
    """What an employer looks for in people."""

    q = _text("找什么人", 40, help_text="例如：电工、叉车、会计。")
    region = forms.ChoiceField(label="想在哪里干", required=False)
    kind = forms.ChoiceField(label="用工形式", required=False, choices=[("", "不限"), *Posting.Kind.choices])
    edu = forms.ChoiceField(label="学历不低于", required=False)
    pay = forms.IntegerField(
        label="每月最多给多少元",
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region, education = self.fields["region"], self.fields["edu"]
        assert isinstance(region, forms.ChoiceField)
        assert isinstance(education, forms.ChoiceField)
        region.choices = [("", "全省"), *((city.name, _with_counties(city)) for city in cities())]
        education.choices = [("", "不限"), *reference.education_choices()]


class InviteForm(forms.Form):
    """Which posting, and a word to the person."""

    posting = forms.ModelChoiceField(
        Posting.objects.none(),
        label="邀请应聘哪个岗位",
        to_field_name="public_id",
        empty_label="请选择",
        error_messages={"required": "请选岗位。", "invalid_choice": "请选一个正在招人的本单位岗位。"},
    )
    text = _text("想说的话", 300, rows=3, help_text="不要写手机号；本人答应以后，您会看到对方的电话。")

    def __init__(self, *args: Any, postings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["posting"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = postings


class InvitationAnswerForm(forms.Form):
    """What one says to an invitation."""

    choice = forms.ChoiceField(
        choices=[("apply", "投简历"), ("decline", "不感兴趣"), ("block", "不让这家单位再找到我")],
        error_messages={"required": "请选一项。", "invalid_choice": "请选列出来的一项。"},
    )


class CallBackForm(forms.Form):
    """What was heard in a call-back."""

    situation = forms.ChoiceField(
        label="在不在岗",
        choices=CallBack.Situation.choices,
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        error_messages={"required": "请选在不在岗。", "invalid_choice": "请选列出来的一项。"},
    )
    fit = forms.ChoiceField(
        label="岗位适应",
        choices=CallBack.Fit.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        help_text="在岗的要选。",
        error_messages={"invalid_choice": "请选列出来的一项。"},
    )
    pay = forms.ChoiceField(
        label="待遇落实",
        choices=CallBack.Pay.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        help_text="在岗的要选。拖欠的，告诉本人可以打 12333 或到劳动监察投诉。",
        error_messages={"invalid_choice": "请选列出来的一项。"},
    )
    left_on = DayField(label="哪天离开的", required=False, help_text="已经离开的要写。")
    note = _text("记录", 500, rows=3)
    version = forms.CharField(widget=forms.HiddenInput)
