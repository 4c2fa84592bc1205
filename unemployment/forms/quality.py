"""What is typed to vouch for a contact: at the door, and at the call-back."""

from typing import Any

from django import forms

from people.forms.document import DocumentField
from people.models import Document, User
from unemployment.forms.fields import text
from unemployment.models import QualityCheck


class VisitProofForm(forms.Form):
    """位置和照片: both optional, the consent is not."""

    consented = forms.BooleanField(
        label="本人同意留下位置或照片",
        error_messages={"required": "请先问本人同意不同意。不同意就不用留，照样可以记走访。"},
    )
    photo = DocumentField(kind=Document.Kind.EVIDENCE, label="走访照片", required=False)
    lat = forms.DecimalField(label="纬度", min_value=3, max_value=54, max_digits=9, decimal_places=6, required=False)
    lng = forms.DecimalField(label="经度", min_value=73, max_value=136, max_digits=9, decimal_places=6, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        photo = self.fields["photo"]
        assert isinstance(photo, DocumentField)
        photo.for_user(user, papers=[])
        for name in ("lat", "lng"):
            self.fields[name].widget.attrs = {"class": "input--num w-16", "step": "any"}
            self.fields[name].error_messages |= {"invalid": "请照手机地图上的数字填，例如 41.805。"}


class QualityForm(forms.Form):
    """What the person said when asked again."""

    version = forms.CharField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="抽查结果",
        choices=[("", "请选择"), *QualityCheck.Outcome.choices],
        widget=forms.Select(attrs={"class": "w-16"}),
        error_messages={"required": "请选抽查的结果。", "invalid_choice": "请从列表里选一项。"},
    )
    note = text("说明", limit=300, required=False, help_text="不属实、没打通的要写。")
