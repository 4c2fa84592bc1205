"""What is typed to move a registration, and to answer."""

from typing import Any

from django import forms
from django.core import signing

from people.models import Region
from unemployment.forms.fields import CommunityField, CountyField, text
from unemployment.forms.office import COUNTER_MINUTES, SALT


class CountyForm(forms.Form):
    """First the county: the communities of the whole province are too many for one list."""

    county = CountyField(label="转到哪个区县")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["county"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Region.objects.counties().order_by("path")


class TransferForm(forms.Form):
    """Where to, and why."""

    target = CommunityField(label="新的社区或村")
    reason = text("为什么转", limit=200, missing="请写明为什么转，例如“搬家”。", help_text="例如“搬家”“在新地方租房”。")

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, CommunityField)
        field.offer(places)


class TakeInForm(TransferForm):
    """转入 at the new place's counter: the person who stands there is named by the signed handle of the search."""

    person = forms.CharField(widget=forms.HiddenInput)
    card_seen = forms.BooleanField(
        label="本人在场，已验看身份证或社保卡",
        error_messages={"required": "请验看本人的身份证或社保卡，再勾选。"},
    )

    def clean_person(self) -> int:
        try:
            return int(signing.loads(self.cleaned_data["person"], salt=SALT, max_age=COUNTER_MINUTES * 60))
        except signing.BadSignature as error:
            raise forms.ValidationError("查找结果已经过期，请重新输入号码查一次。") from error


class AnswerForm(forms.Form):
    """Agree, or say why not."""

    version = forms.CharField(widget=forms.HiddenInput)
    note = text("不同意的理由", limit=200, required=False, help_text="不同意才要写，本人会收到这句话。")
