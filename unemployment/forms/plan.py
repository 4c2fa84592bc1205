"""What is typed about plans and promises."""

from typing import Any

from django import forms
from django.utils import timezone

from jobs.models import Posting
from people.models import Region, User
from unemployment.forms.care import BehalfForm, VersionForm
from unemployment.forms.fields import CommunityField, day, radio, select, text
from unemployment.models import AssistancePlan, PromiseOffer, ServiceKind
from unemployment.models.plan import PLANNERS
from unemployment.promise_offers import named_posting


class ForPersonForm(forms.Form):
    """Something a worker begins for somebody. `person` is a signed handle."""

    person = forms.CharField(widget=forms.HiddenInput)
    region = CommunityField(label="社区或村")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, CommunityField)
        field.offer(Region.objects.open().communities().within(user.regions(*PLANNERS)))

    clean_person = BehalfForm.clean_person


class PlanForm(ForPersonForm):
    """A new plan."""

    kind = select("类别", AssistancePlan.Kind.choices, missing="请选择类别。")
    needs = text("困难和需要", limit=500, rows=3, missing="请写明困难和需要。")


class MeasureForm(VersionForm):
    """One measure of the five kinds."""

    kind = select("哪一类", ServiceKind.choices, missing="请选择措施类别。")
    what = text("做什么", limit=200, missing="请写明做什么。")
    due_on = day("什么时候前", missing="请填写期限。")


class SettleForm(VersionForm):
    """What came of a measure."""

    measure = forms.UUIDField(widget=forms.HiddenInput)
    done = radio("结果", [("1", "做了"), ("0", "不做了")], missing="请选择做了还是不做了。")
    result = text("说明", limit=300, missing="请写明结果。")


class SaidForm(VersionForm):
    """A call-back."""

    said = text("本人怎么说", limit=300, rows=2, missing="请写明本人怎么说。")


class ReviseForm(VersionForm):
    """The month's revision."""

    needs = text("现在的困难和需要", limit=500, rows=2, missing="请写明现在的困难和需要。")
    note = text("这次改了什么", limit=500, missing="请写明这次改了什么。", help_text="没有变化也要写“没有变化”。")


class ClosePlanForm(VersionForm):
    """Why a plan ends."""

    outcome = text("结果", limit=300, missing="请写明结果。")


class PromiseForm(ForPersonForm):
    """The clock is started for somebody who agreed."""

    consent = text(
        "本人怎么同意的", limit=200, missing="请写明本人是怎么同意的。", help_text="例如“电话里念过条款，本人同意”。"
    )


class OwnPromiseForm(forms.Form):
    """One's own yes."""

    region = CommunityField(label="社区或村")
    agreed = forms.BooleanField(label="我看过上面的条款，同意", error_messages={"required": "同意条款才能开始计时。"})

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, CommunityField)
        field.offer(communities)


class OfferForm(forms.Form):
    """An offer that was made."""

    posting = text(
        "本站岗位的编号或网址",
        limit=300,
        required=False,
        help_text="在上面找到点“选这个”，或者把岗位页的网址粘贴过来。不是本站的岗位，这一格空着。",
    )
    what = text(
        "什么工作",
        limit=200,
        required=False,
        help_text="单位、岗位、工资，例如“某物业，保洁，2,600 元”。选了本站岗位可以不写。",
    )
    channel = select("怎么告诉的", PromiseOffer.Channel.choices, missing="请选择怎么告诉的。")

    def clean_posting(self) -> Posting | None:
        given = self.cleaned_data["posting"].strip()
        if not given:
            return None
        found = named_posting(given, on=timezone.localdate())
        if found is None:
            raise forms.ValidationError("没有找到这个岗位，或者已经不招人了。请重新选一个，或者只写什么工作。")
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "posting" in found and found["posting"] is None and not found.get("what") and "what" not in self.errors:
            self.add_error("what", "请选一个岗位，或者写明什么工作。")
        return found


class AnswerOfferForm(forms.Form):
    """The answer to one offer."""

    offer = forms.UUIDField(widget=forms.HiddenInput)
    accepted = forms.ChoiceField(
        choices=[("1", "接受"), ("0", "没有接受")],
        error_messages={"required": "请选择接受还是不接受。", "invalid_choice": "请选择接受还是不接受。"},
    )
    note = text("说明", limit=200, required=False)
