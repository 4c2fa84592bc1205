"""What is typed about those who need more help."""

from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone

from people.models import Region, User
from unemployment.care_rules import exit_grounds
from unemployment.forms.fields import Choices, CommunityField, day, not_in_future, select, text
from unemployment.forms.office import COUNTER_MINUTES, SALT
from unemployment.models.hardship import CHECKERS


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
