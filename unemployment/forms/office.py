"""What officers type: at the counter, when they decide, when they end a registration."""

from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone

from people import identifiers, reference
from people.forms.document import DocumentField
from people.models import Document, Region, User
from unemployment.forms.fields import CommunityField, day, not_in_future, radio, select, text
from unemployment.models import Check, PlaceKind, Registration, YesNo
from unemployment.registration import CORRECTABLE, COUNTER
from unemployment.rules import FORBIDDEN, guard_sentence, lawful_grounds

SALT = "unemployment.counter"
COUNTER_MINUTES = 60


def handle(person_id: int) -> str:
    """Return the signed handle by which the counter's form names the person who was found."""
    return signing.dumps(person_id, salt=SALT)


class FindForm(forms.Form):
    """Who stands at the counter."""

    number = forms.CharField(
        label="身份证号码",
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input--num w-24", "autocomplete": "off", "autofocus": True}),
        help_text="18 位，照着本人出示的身份证或社保卡输入，或者刷卡。",
        error_messages={"required": "请输入身份证号码。", "max_length": "身份证号码应是 18 位。请对照证件逐位核对。"},
    )


class NewPersonForm(forms.Form):
    """A person without a record yet: name, number and phone from the card shown."""

    name = text("姓名", limit=64, missing="请填写姓名。")
    number = forms.CharField(
        label="身份证号码",
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input--num w-24", "autocomplete": "off"}),
        error_messages={"required": "请输入身份证号码。", "max_length": "身份证号码应是 18 位。请对照证件逐位核对。"},
    )
    phone = forms.CharField(
        label="手机号",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "input--num w-24", "autocomplete": "off", "inputmode": "tel"}),
        help_text="以后每月联系要用。没有手机的，写家属的，在备注里说明。",
        error_messages={"max_length": "手机号应是 11 位数字。请再核对一遍。"},
    )

    def clean_number(self) -> str:
        try:
            return identifiers.check_id_number(self.cleaned_data["number"], on=timezone.localdate()).number
        except identifiers.InvalidId as error:
            raise forms.ValidationError(error.message) from error

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        try:
            return identifiers.check_phone(phone) if phone else ""
        except identifiers.InvalidId as error:
            raise forms.ValidationError(error.message) from error


class CounterForm(forms.Form):
    """The whole registration form on one page. `person` is a signed handle, so that nobody can name another row."""

    person = forms.CharField(widget=forms.HiddenInput, required=False)
    place_kind = radio("按哪个地方登记", PlaceKind.choices, missing="请选择按哪个地方登记。", initial="residence")
    region = CommunityField(label="管理地（社区、村）")
    unemployed_on = day("失业时间", missing="请填写失业时间。")
    cause = select("失业原因", reference.joblessness_choices(), missing="请选择失业原因。")
    previous_employer = text("原工作单位", limit=128, required=False)
    claims_benefit = radio("是否申领失业保险金", YesNo.choices, missing="请选择是否申领失业保险金。")
    education = select("学历", reference.education_choices(), missing="请选择学历。")
    household_kind = select("户口性质", reference.household_choices(), missing="请选择户口性质。")
    nation = select("民族", reference.nation_choices(), missing="请选择民族。")
    political = select("政治面貌", reference.political_choices(), required=False)
    health = select("健康状况", reference.health_choices(), missing="请选择健康状况。")
    skill = text("职业资格、等级或职称", limit=128, required=False)
    wants_job = radio("求职意愿", YesNo.choices, missing="请问一问有没有求职意愿。")
    job_wish = text("想找什么工作", limit=200, required=False)
    wants_training = radio("培训意愿", YesNo.choices, missing="请问一问有没有培训意愿。")
    training_wish = text("想学什么", limit=200, required=False)
    wants_business = radio("创业意愿", YesNo.choices, missing="请问一问有没有创业意愿。")
    business_wish = text("想做什么", limit=200, required=False)
    note = text("其他情况", limit=500, rows=2, required=False)
    presence = radio(
        "本人来了吗",
        [("self", "本人在场"), ("behalf", "本人没来，由我代办")],
        missing="请选本人来了没有。",
        initial="self",
        required=False,
    )
    consent = DocumentField(kind=Document.Kind.CONSENT, label="本人签字的委托书照片", required=False)
    code = text("本人手机收到的验证码", limit=6, required=False, css="w-16")
    card_seen = forms.BooleanField(
        label="已验看本人身份证或社保卡", error_messages={"required": "请验看本人的身份证或社保卡，再勾选。"}
    )
    pledged = forms.BooleanField(
        label="本人已看过承诺书并签字", error_messages={"required": "请让本人看过承诺书并签字，再勾选。"}
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, CommunityField)
        field.offer(Region.objects.communities().within(user.regions(*COUNTER)))
        consent = self.fields["consent"]
        assert isinstance(consent, DocumentField)
        consent.for_user(user, papers=[])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("presence") == "behalf" and not data.get("consent") and not data.get("code"):
            self.add_error("code", "代办要有本人的委托：填本人手机收到的验证码，或者上传签字委托书的照片。")
        return data

    def clean_person(self) -> int | None:
        sealed = self.cleaned_data["person"]
        if not sealed:
            return None
        try:
            return int(signing.loads(sealed, salt=SALT, max_age=COUNTER_MINUTES * 60))
        except signing.BadSignature as error:
            raise forms.ValidationError("查找结果已经过期，请重新输入号码查一次。") from error

    def clean_unemployed_on(self) -> date:
        return not_in_future(self.cleaned_data["unemployed_on"], timezone.localdate(), "失业时间")

    def values(self) -> dict[str, Any]:
        """Return what goes into the registration."""
        return {name: value for name, value in self.cleaned_data.items() if name in CORRECTABLE}


class CheckForm(forms.Form):
    """What a person found out about a hit."""

    review = forms.ChoiceField(
        label="核实结论",
        choices=[choice for choice in Check.Review.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择核实的结论。", "invalid_choice": "请选择核实的结论。"},
    )
    note = text("怎么核实的", limit=255, missing="请写明怎么核实的。", help_text="例如“电话问原单位，9 月已停保”。")


class NoteForm(forms.Form):
    """A decision with a note."""

    version = forms.CharField(widget=forms.HiddenInput)
    note = text("说明", limit=500, required=False, rows=2)


class RefuseForm(forms.Form):
    """不予登记: the reason is what the person will read."""

    version = forms.CharField(widget=forms.HiddenInput)
    reason = text(
        "不予登记的理由",
        limit=800,
        rows=4,
        missing="请写明理由。",
        help_text="本人会收到这段话。写三件事：哪一条不符合，依据什么，可以怎么办。",
    )


class CorrectionForm(forms.Form):
    """一次性补正: one line for each field of the form that has to be mended."""

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in sorted(CORRECTABLE, key=_position):
            label = Registration.label_of(name)
            self.fields[f"item_{name}"] = text(label, limit=200, required=False)

    def items(self) -> list[tuple[str, str]]:
        """Return (field, what is wrong) for the lines that were written."""
        return [
            (name.removeprefix("item_"), value)
            for name, value in self.cleaned_data.items()
            if name.startswith("item_") and value.strip()
        ]


def _position(name: str) -> int:
    return [field.name for field in Registration._meta.fields].index(name)


class EndForm(forms.Form):
    """拟注销: the ground, when it happened, and the evidence."""

    ground = forms.ChoiceField(
        label="法定情形",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一种法定注销情形。", "invalid_choice": "请选择列出的法定注销情形。"},
    )
    happened_on = day("这件事是哪天发生的", missing="请填写发生的日期。")
    evidence = text("证据和核实经过", limit=1000, rows=4, required=False, help_text="谁、什么时候、从哪里查到什么。")
    document = forms.ModelChoiceField(
        Document.objects.none(),
        label="已有的材料",
        required=False,
        empty_label="不附材料",
        widget=forms.Select(attrs={"class": "w-24"}),
    )

    def __init__(self, *args: Any, registration: Registration, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(g.code, g.label) for g in lawful_grounds()]  # type: ignore[attr-defined]
        if self.is_bound and self.data.get("ground") in FORBIDDEN:
            self.fields["ground"].error_messages["invalid_choice"] = guard_sentence()
        field = self.fields["document"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Document.objects.visible_to(user).filter(person=registration.person).order_by("-pk")

    def clean_happened_on(self) -> date:
        return not_in_future(self.cleaned_data["happened_on"], timezone.localdate(), "发生日期")


class RevokeForm(forms.Form):
    """撤销: the facts that speak against the pledge."""

    evidence = text(
        "哪一条承诺不实，事实是什么",
        limit=1000,
        rows=5,
        missing="请写明哪一条承诺不实、事实是什么。",
        help_text="谁、什么时候、从哪里查到。这段话本人会看到。",
    )


class HearForm(forms.Form):
    """What the person says to an intended end."""

    statement = text("您的意见", limit=1000, rows=4, required=False, help_text="哪里不对、事情是怎样的。不用开证明。")


class MatterForm(forms.Form):
    """What came of a matter that was raised."""

    result = text("处理结果", limit=500, missing="请写明处理结果。")
    found = forms.BooleanField(label="已经找到本人", required=False)
