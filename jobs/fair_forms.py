"""The shape of a fair as an officer enters it, and of what is decided about it."""

from typing import Any

from django import forms

from jobs.models import OFFICERS, Fair
from people.models import Region, User

WHEN = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


def _moment(label: str, missing: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=WHEN,
        error_messages={"required": missing, "invalid": "时间没有认出来，请写成 2026-12-05 09:00 这样。"},
    )


class RegionField(forms.ModelChoiceField):
    """Regions by their full names."""

    def label_from_instance(self, obj: Any) -> str:
        """Return what the list calls a region."""
        return str(obj.full_name)


class FairForm(forms.ModelForm):
    """A fair: what, for whom, where, when, who holds it."""

    region = RegionField(
        Region.objects.none(),
        label="地区",
        empty_label="请选择",
        error_messages={"required": "请选地区。", "invalid_choice": "这个地区不归您管。请选您服务的地区。"},
    )
    starts_at = _moment("开始时间", "请填写开始时间。")
    ends_at = _moment("结束时间", "请填写结束时间。")

    class Meta:
        model = Fair
        fields = ["name", "kind", "region", "place", "starts_at", "ends_at", "organiser", "phone", "note"]
        widgets = {
            "kind": forms.RadioSelect(attrs={"class": "seg"}),
            "note": forms.Textarea(attrs={"rows": 3}),
            "phone": forms.TextInput(attrs={"class": "input w-16", "inputmode": "tel"}),
        }
        help_texts = {
            "kind": "专场里的岗位可以写明只招残疾人或者退役军人。",
            "place": "写到能找到的地方，例如“铁西区劳动公园东门广场”。",
            "note": "例如带什么、坐几路车、有没有手语翻译。",
        }
        error_messages = {
            "name": {"required": "请填写招聘会的名称。"},
            "kind": {"required": "请选类型。"},
            "place": {"required": "请填写地点。"},
            "organiser": {"required": "请填写主办单位。"},
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        levels = (Region.Level.CITY, Region.Level.COUNTY)
        field.queryset = Region.objects.open().within(user.regions(*OFFICERS)).filter(level__in=levels).order_by("path")

    def clean(self) -> dict[str, Any]:
        """Put the times in order."""
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "结束时间要晚于开始时间，请改一下。")
        return data


class DecideFairForm(forms.Form):
    """Yes, or no with a reason."""

    accept = forms.ChoiceField(choices=[("1", "公布"), ("0", "不通过")])
    reason = forms.CharField(max_length=200, required=False)


class CancelFairForm(forms.Form):
    """Why a fair is called off."""

    reason = forms.CharField(
        max_length=200,
        error_messages={"required": "请写明取消的理由，参加的单位会看到。", "max_length": "理由最多 200 个字。"},
    )
