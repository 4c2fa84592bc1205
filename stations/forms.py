"""The shape of what is typed at a station's counter and in the search for stations."""

from typing import Any

from django import forms
from django.core import signing

from people.models import Region, User
from stations.models import Function, ServiceLog, Station

SALT = "stations.walk-in"
COUNTER_MINUTES = 30


class NearForm(forms.Form):
    """Where a visitor is, and what they look for."""

    place = forms.CharField(label="在哪里", max_length=40, required=False)
    function = forms.ChoiceField(label="要办什么", choices=[("", "都可以"), *Function.choices], required=False)
    lng = forms.FloatField(min_value=73, max_value=136, required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(min_value=3, max_value=54, required=False, widget=forms.HiddenInput)

    def point(self) -> tuple[float, float] | None:
        """Return the visitor's own point, when the browser gave one."""
        lng, lat = self.cleaned_data.get("lng"), self.cleaned_data.get("lat")
        return (lng, lat) if lng is not None and lat is not None else None


class FindForm(forms.Form):
    """Who stands at the counter."""

    who = forms.CharField(
        label="身份证号或手机号",
        max_length=24,
        help_text="输入完整号码，或者刷身份证。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "inputmode": "text"}),
        error_messages={"required": "请输入身份证号或手机号。"},
    )


class ServiceForm(forms.Form):
    """What was done for them. `person` is a signed handle from the search, so that nobody can name another row."""

    person = forms.CharField(widget=forms.HiddenInput)
    station = forms.ModelChoiceField(
        Station.objects.none(), label="服务站", error_messages={"required": "请选服务站。"}
    )
    kind = forms.ChoiceField(
        label="做了什么",
        choices=ServiceLog.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项服务内容。"},
    )
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["station"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Station.objects.serving(user).filter(closed_on=None).order_by("name", "pk")

    def clean_person(self) -> int:
        """Open the signed handle; it counts for half an hour."""
        try:
            return int(signing.loads(self.cleaned_data["person"], salt=SALT, max_age=COUNTER_MINUTES * 60))
        except signing.BadSignature as error:
            raise forms.ValidationError("查找结果已经过期，请重新输入号码查一次。") from error


def handle(person_id: int) -> str:
    """Return the signed handle by which the form names the person found."""
    return signing.dumps(person_id, salt=SALT)


def region_choices() -> list[tuple[str, str]]:
    """Return the counties for the search without a map."""
    return [(r.code, r.full_name) for r in Region.objects.counties().order_by("path")]
