"""What is typed about a paper: how it was handed over or signed, and the code by which anybody checks it."""

from typing import Any

from django import forms
from django.utils import timezone

from people.forms.document import DocumentField
from people.models import Document, User
from unemployment.forms.fields import EMPTY, day, text
from unemployment.models import PaperStep
from unemployment.papers import CODE_LENGTH, PLAIN

Way = PaperStep.Way
WAYS = [
    ("送达", [(way.value, way.label) for way in PaperStep.DELIVERY if way != Way.ONLINE]),
    ("签收", [(way.value, way.label) for way in PaperStep.SIGNATURE if way != Way.CONFIRMED]),
]


class PaperStepForm(forms.Form):
    """送达 or 签收, with the scan of the sheet that was signed by hand."""

    way = forms.ChoiceField(
        label="怎么送达、怎么签收",
        choices=[*EMPTY, *WAYS],
        widget=forms.Select(attrs={"class": "w-24"}),
        error_messages={"required": "请选送达或者签收的方式。", "invalid_choice": "请从列表里选一种方式。"},
    )
    on = day("哪一天", missing="请填写日期。")
    note = text("说明", limit=200, required=False, help_text="留置送达、拒绝签收要写明情况和见证人。")
    scan = DocumentField(kind=Document.Kind.EVIDENCE, label="签字件的照片或扫描件", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        scan = self.fields["scan"]
        assert isinstance(scan, DocumentField)
        scan.for_user(user, papers=[])


class PaperCheckForm(forms.Form):
    """The number and the check code that stand under the QR code of a paper."""

    number = text("文书号", limit=64, missing="请填写文书号，例如“沈阳市铁西区人社失证〔2026〕1号”。")
    token = text(
        "校验码",
        limit=32,
        missing="请填写二维码下面的 16 位校验码。",
        help_text="在二维码下面，16 位字母和数字，空格可以不填。",
    )

    def clean_number(self) -> str:
        typed = "".join(str(self.cleaned_data["number"]).split())
        return typed.replace("[", "〔").replace("]", "〕").replace("（", "〔").replace("）", "〕")

    def clean_token(self) -> str:
        plain = "".join(str(self.cleaned_data["token"]).upper().split()).replace("-", "")
        if len(plain) != CODE_LENGTH or not set(plain) <= set(PLAIN):
            raise forms.ValidationError(f"校验码是 {CODE_LENGTH} 位字母和数字，请照二维码下面的再填一次。")
        return plain
