"""What is typed about those who need more help."""

from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone

from core.months import parse_month
from people.models import Region, User
from unemployment.care_rules import exit_grounds
from unemployment.forms.fields import Choices, CommunityField, CountyField, day, not_in_future, select, text
from unemployment.forms.office import COUNTER_MINUTES, SALT
from unemployment.models import HouseholdMember
from unemployment.models.hardship import CHECKERS, HANDLERS


class VersionForm(forms.Form):
    """A step with the version of the row that the page showed."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)


class StepForm(VersionForm):
    """What was found out at a step, or why it is refused."""

    note = text("核实情况和意见", limit=500, rows=3, missing="请写明核实情况和意见。")


class OwnHardshipForm(forms.Form):
    """The person's own application."""

    category = forms.ChoiceField(
        label="您属于哪一类",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择您属于哪一类。", "invalid_choice": "请选择列出的类别。"},
    )
    region = CommunityField(label="社区或村")
    circumstances = text(
        "说说您的情况",
        limit=500,
        rows=3,
        missing="请说说您的情况。",
        help_text="例如“低保家庭，去年 9 月起没有工作”。只用写，不用交材料，能查到的由工作人员去查。",
    )

    def __init__(self, *args: Any, categories: Choices, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]
        field = self.fields["region"]
        assert isinstance(field, CommunityField)
        field.offer(communities)


class BehalfForm(OwnHardshipForm):
    """An application that a community worker takes down. `person` is a signed handle."""

    person = forms.CharField(widget=forms.HiddenInput)
    consent = text(
        "本人怎么同意的", limit=200, missing="请写明本人是怎么同意的。", help_text="例如“11 月 3 日在社区当面签字”。"
    )

    def __init__(self, *args: Any, user: User, categories: Choices, **kwargs: Any) -> None:
        communities = Region.objects.communities().within(user.regions(*CHECKERS))
        super().__init__(*args, categories=categories, communities=communities, **kwargs)
        self.fields["category"].label = "类别"
        self.fields["circumstances"].label = "情况和核实经过"

    def clean_person(self) -> int:
        try:
            return int(signing.loads(self.cleaned_data["person"], salt=SALT, max_age=COUNTER_MINUTES * 60))
        except signing.BadSignature as error:
            raise forms.ValidationError("查找结果已经过期，请重新输入号码查一次。") from error


class ExitForm(forms.Form):
    """Why somebody should leave the ledger."""

    ground = select("退出情形", [(g.code, g.label) for g in exit_grounds().values()], missing="请选择退出情形。")
    happened_on = day("哪天发生的", missing="请填写发生的日期。")
    evidence = text("证据和核实经过", limit=1000, rows=3, missing="请写明证据。")

    def clean_happened_on(self) -> Any:
        return not_in_future(self.cleaned_data["happened_on"], timezone.localdate(), "发生日期")


class WishForm(forms.Form):
    """One's own words, where none are needed."""

    reason = text("说明（可以不填）", limit=300, rows=2, required=False)


# Households


class DeclareForm(forms.Form):
    """A household in which nobody has work: who declares it, where, who lives there."""

    region = CommunityField(label="社区或村")
    note = text(
        "家里的情况",
        limit=500,
        rows=3,
        missing="请写明家里的情况。",
        help_text="家里有谁、谁能劳动、谁没有工作。例如“夫妻二人，都 45 岁左右，去年一起下岗，没有铺面和出租房”。",
    )

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, CommunityField)
        field.offer(communities)


class DeclareForOtherForm(DeclareForm):
    """The same, by a worker. `person` is a signed handle."""

    person = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        communities = Region.objects.communities().within(user.regions(*HANDLERS))
        super().__init__(*args, communities=communities, **kwargs)

    clean_person = BehalfForm.clean_person


class MemberForm(VersionForm):
    """Somebody who lives there, found by the full ID number."""

    number = forms.CharField(
        label="身份证号码",
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input--num w-24", "autocomplete": "off"}),
        error_messages={"required": "请输入身份证号码。", "max_length": "身份证号码应是 18 位。请对照证件逐位核对。"},
    )
    relation = select("与申报人的关系", HouseholdMember.Relation.choices[1:], missing="请选择关系。")
    able = forms.BooleanField(label="有劳动能力", required=False, initial=True)
    wants_work = forms.BooleanField(label="想找工作", required=False, initial=True)


class MemberChangeForm(VersionForm):
    """What changed of a member."""

    member = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**53)
    able = forms.BooleanField(label="有劳动能力", required=False)
    wants_work = forms.BooleanField(label="想找工作", required=False)
    leaves = forms.BooleanField(label="已不在这个家庭", required=False)
    reason = text("为什么改", limit=200, missing="请写明为什么改。")


class VerifyForm(VersionForm):
    """What a visit found."""

    business_income = forms.BooleanField(label="有经营性或投资性收入（营业执照、出租房、股份等）", required=False)
    note = text("核实经过", limit=500, rows=2, missing="请写明怎么核实的。")


class ClearForm(VersionForm):
    """Who is employed since when, and the evidence."""

    member_id = forms.TypedChoiceField(
        label="谁就业了",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择就业的是哪位成员。", "invalid_choice": "请选择就业的是哪位成员。"},
    )
    employed_on = day("哪天上岗", missing="请填写上岗日期。")
    evidence = text(
        "就业证据", limit=500, rows=2, missing="请写明就业证据。", help_text="例如“10 月 8 日签劳动合同，社保已参保”。"
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member_id"].choices = [(m.pk, f"{m.person.name}（{m.get_relation_display()}）") for m in members]  # type: ignore[attr-defined]

    def clean_employed_on(self) -> Any:
        return not_in_future(self.cleaned_data["employed_on"], timezone.localdate(), "上岗日期")


class LeaveForm(VersionForm):
    """Why a household no longer meets the definition."""

    reason = text("为什么不再符合", limit=300, rows=2, missing="请写明为什么不再符合。")


# Public-welfare posts


class QuotaForm(forms.Form):
    """A county's range."""

    region = CountyField(label="区县")
    least = forms.IntegerField(
        label="最少", min_value=0, max_value=100_000, widget=forms.NumberInput(attrs={"class": "w-16"})
    )
    most = forms.IntegerField(
        label="最多", min_value=0, max_value=100_000, widget=forms.NumberInput(attrs={"class": "w-16"})
    )
    reason = text("依据", limit=200, missing="请写明依据。")

    def __init__(self, *args: Any, counties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, CountyField)
        field.queryset = counties


class PostForm(forms.Form):
    """A new post: at whose, where, what is done."""

    credit_code = forms.CharField(
        label="用人单位的统一社会信用代码",
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input--num w-24", "autocomplete": "off"}),
        error_messages={"required": "请填写统一社会信用代码。", "max_length": "统一社会信用代码应是 18 位。"},
    )
    region = CommunityField(label="岗位所在的社区或村")
    title = text("岗位", limit=60, missing="请填写岗位名称。", help_text="例如“社区保洁”。")
    duties = text("做什么", limit=300, missing="请写明做什么。")

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, CommunityField)
        field.offer(communities)


class PlaceForm(forms.Form):
    """Who is placed, from when."""

    number = forms.CharField(
        label="就业困难人员的身份证号码",
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input--num w-24", "autocomplete": "off"}),
        error_messages={"required": "请输入身份证号码。", "max_length": "身份证号码应是 18 位。请对照证件逐位核对。"},
    )
    starts_on = day("哪天上岗", missing="请填写上岗日期。")


class AttendanceForm(forms.Form):
    """A month's days."""

    month = forms.CharField(
        label="月份",
        max_length=10,
        widget=forms.TextInput(attrs={"class": "input--num w-16", "placeholder": "2026-11"}),
        error_messages={"required": "请填写月份，写成 2026-11 这样。"},
    )
    days_due = forms.IntegerField(
        label="应出勤（天）", min_value=0, max_value=31, widget=forms.NumberInput(attrs={"class": "w-16"})
    )
    days_worked = forms.IntegerField(
        label="实际出勤（天）", min_value=0, max_value=31, widget=forms.NumberInput(attrs={"class": "w-16"})
    )
    note = text("说明", limit=200, required=False)

    def clean_month(self) -> Any:
        try:
            return parse_month(self.cleaned_data["month"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class EndPlacementForm(forms.Form):
    """Why somebody leaves a post before the time."""

    last_day = day("在岗最后一天", missing="请填写在岗最后一天。")
    reason = text("为什么提前离岗", limit=200, missing="请写明为什么提前离岗。")
