"""What is typed about a person: by themselves for their proof, by officers at a counter and on their page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people import identifiers, reference
from people.models import AccountRequest, Person

ID_ATTRS = {"autocomplete": "off", "inputmode": "text", "maxlength": "24", "class": "w-24"}


def _id_number(help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label="身份证号",
        max_length=24,
        help_text=help_text,
        widget=forms.TextInput(attrs=ID_ATTRS),
        error_messages={"required": "请填写身份证号。"},
    )


def _name(help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label="姓名",
        max_length=64,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-16"}),
        error_messages={"required": "请填写姓名。"},
    )


def _code() -> forms.CharField:
    return forms.CharField(
        label="本人手机上的 6 位核验码",
        max_length=6,
        help_text="请本人登录后打开“实名核验”，点“到窗口核验”，念给您听。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "w-10"}),
        error_messages={"required": "请填写本人手机上的 6 位核验码。"},
    )


class ProofForm(forms.Form):
    """Name and ID number, and the agreement to the notice."""

    name = _name("和身份证上的一样，中间有点的也要写。")
    id_number = _id_number("18 位，最后一位可能是 X。")
    agree = forms.BooleanField(
        label="我看过上面的告知书，同意用姓名和身份证号做实名核验",
        error_messages={"required": "同意告知书才能在网上核验。不同意的，请带身份证到服务站办。"},
    )


class CounterProofForm(forms.Form):
    """The card in an officer's hand and the code on the person's phone."""

    id_number = _id_number("照身份证输入，或用读卡器。")
    name = _name("和身份证上的一样。")
    code = _code()
    card_seen = forms.BooleanField(
        label="我看过身份证原件，人和证一致", error_messages={"required": "请先验看身份证原件，再勾选。"}
    )


class RebindForm(forms.Form):
    """The card, the code on the new phone, and why."""

    id_number = _id_number("照身份证输入，或用读卡器。")
    code = _code()
    reason = forms.CharField(
        label="为什么换绑",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w-24"}),
        help_text="例如“原手机丢失”“号码停用”“原来用的是家里人的手机”。",
        error_messages={"required": "请写明换绑的原因。"},
    )
    card_seen = forms.BooleanField(
        label="我看过身份证原件，人和证一致", error_messages={"required": "请先验看身份证原件，再勾选。"}
    )


class PersonSearchForm(forms.Form):
    """One box: a name, a full phone number or a full ID number."""

    q = forms.CharField(
        label="姓名、完整手机号或完整身份证号",
        max_length=64,
        help_text="按姓名和手机号只找本辖区的人；完整身份证号全省都能查，会留记录。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": "请输入姓名、手机号或身份证号。"},
    )


class PersonForm(forms.Form):
    """The data of a person that officers keep up to date. Sealed values are typed anew, never shown for editing."""

    version = forms.CharField(widget=forms.HiddenInput)
    phone = forms.CharField(
        label="新手机号",
        max_length=20,
        required=False,
        help_text="不改就空着。本人登录用的手机号要在“换绑手机号”里改。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel", "class": "w-16"}),
    )
    address = forms.CharField(
        label="新的常住地址",
        max_length=200,
        required=False,
        help_text="不改就空着。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    education = forms.ChoiceField(label="学历", required=False, widget=forms.Select(attrs={"class": "w-24"}))
    health = forms.ChoiceField(label="健康状况", required=False, widget=forms.Select(attrs={"class": "w-24"}))
    political = forms.ChoiceField(label="政治面貌", required=False, widget=forms.Select(attrs={"class": "w-24"}))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"version": person.version})
        for name in ("education", "health", "political"):
            kwargs["initial"].setdefault(name, getattr(person, name))
        super().__init__(*args, **kwargs)
        tables = {
            "education": reference.education_choices(full=True),
            "health": reference.health_choices(),
            "political": reference.political_choices(),
        }
        for name, choices in tables.items():
            self.fields[name].choices = [("", "没有登记"), *choices]  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """Bring the number to its one form; empty means no change."""
        text = self.cleaned_data["phone"]
        try:
            return identifiers.check_phone(text) if text else ""
        except identifiers.InvalidId as error:
            raise ValidationError(error.message) from error


class RevealForm(forms.Form):
    """Which sealed value, and why."""

    field = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="查看原因", max_length=200, error_messages={"required": "请写明查看原因，例如“电话核对材料”。"}
    )


class RequestForm(forms.Form):
    """What somebody asks about their own data."""

    kind = forms.ChoiceField(
        label="您要办什么",
        choices=AccountRequest.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项。"},
    )
    text = forms.CharField(
        label="说明",
        max_length=500,
        required=False,
        help_text="更正的，写明哪一项、改成什么。不要写完整身份证号。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """The officer's answer to such a request."""

    done = forms.ChoiceField(
        label="办了吗",
        choices=[("1", "已经办好"), ("0", "不能办")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项。"},
    )
    answer = forms.CharField(
        label="答复本人的话",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写答复，本人会看到。"},
    )
