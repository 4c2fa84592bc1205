"""What an agent hands in for an organisation, and what the county's officer answers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people import documents, identifiers
from people.models import Organisation, Region, User
from people.organisations import Papers

KINDS = [(kind.value, kind.label) for kind in Organisation.SIGNING_UP]


def _text(label: str, missing: str, *, help_text: str = "", css: str = "w-24", **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": css}),
        error_messages={"required": missing},
        **kwargs,
    )


class PaperField(forms.FileField):
    """A photograph or PDF; the clean value was looked into (`documents.Checked`), None when nothing was chosen."""

    def __init__(self, label: str, missing: str = "", help_text: str = "", **kwargs: Any) -> None:
        super().__init__(
            label=label,
            help_text=f"{help_text}{documents.WHAT_IS_TAKEN}",
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": documents.ACCEPT}),
            error_messages={"required": missing},
            required=bool(missing),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> documents.Checked | None:
        """Look into the file."""
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return documents.check(file)
        except documents.CannotTakeDocument as error:
            raise ValidationError(error.message) from error


class _PapersForm(forms.Form):
    agency_licence = _text(
        "人力资源服务许可证编号",
        "",
        help_text="只有经营性人力资源服务机构要填，许可证正面的编号。",
        required=False,
        max_length=64,
    )

    def papers(self) -> Papers:
        """Return what was handed in."""
        data = self.cleaned_data
        return Papers(
            licence=data.get("licence"),
            authorisation=data.get("authorisation"),
            agency_paper=data.get("agency_paper"),
            agency_licence=data.get("agency_licence", ""),
        )


class OrganisationForm(_PapersForm):
    """An agent asks to act for an organisation. An account with real-name proof types neither name nor number."""

    kind = forms.ChoiceField(
        label="单位类型",
        choices=KINDS,
        widget=forms.RadioSelect(attrs={"class": "seg"}),
        initial=Organisation.Kind.EMPLOYER,
        help_text="替别的单位招人、做劳务派遣的，选经营性人力资源服务机构；机关和街道办事处，选政府部门。",
        error_messages={"required": "请选单位类型。"},
    )
    credit_code = _text(
        "统一社会信用代码", "请填写统一社会信用代码。", help_text="营业执照上的 18 位代码。", max_length=24
    )
    name = _text("单位名称", "请填写单位名称。", help_text="和营业执照上的一样。", css="", max_length=128)
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label="所在区县",
        empty_label="请选择",
        widget=forms.Select(attrs={"class": "w-24"}),
        error_messages={"required": "请选所在区县。"},
    )
    address = _text("地址", "请填写地址。", css="", max_length=255)
    licence = PaperField(
        "营业执照", "请上传营业执照的照片或 PDF。", "事业单位交法人证书，政府部门交统一社会信用代码证书。"
    )
    agency_paper = PaperField("人力资源服务许可证", "", "只有经营性人力资源服务机构要交。")
    agent_name = _text("经办人姓名", "请填写经办人姓名。", css="w-16", max_length=64)
    agent_id = _text(
        "经办人身份证号",
        "请填写经办人身份证号。",
        help_text="加密保存，平时只显示头尾几位；工作人员要看全号，先写原因并留下记录。",
        max_length=24,
    )
    authorisation = PaperField(
        "授权书", "请上传单位盖章的授权书。", "单位盖章、写明您的姓名和身份证号，公共就业服务机构不用交。"
    )
    field_order = (
        "kind",
        "credit_code",
        "name",
        "region",
        "address",
        "licence",
        "agency_licence",
        "agency_paper",
        "agent_name",
        "agent_id",
        "authorisation",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Region.objects.counties().statutory().order_by("path")
        field.label_from_instance = lambda region: region.full_name  # type: ignore[attr-defined, method-assign]
        self.user = user
        if user.person is not None:
            del self.fields["agent_id"], self.fields["agent_name"]

    def clean_credit_code(self) -> str:
        """Check the code (GB 32100)."""
        try:
            return identifiers.check_credit_code(self.cleaned_data["credit_code"])
        except identifiers.InvalidId as error:
            raise ValidationError(error.message) from error

    def clean_agent_id(self) -> str:
        """Check the number (GB 11643)."""
        try:
            return identifiers.check_id_number(self.cleaned_data["agent_id"]).number
        except identifiers.InvalidId as error:
            raise ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        """Ask for what the type of organisation needs."""
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        if kind == Organisation.Kind.HR_AGENCY:
            if not data.get("agency_licence"):
                self.add_error("agency_licence", "人力资源服务机构请填写许可证编号，没有许可证不能替别人招人。")
            if not data.get("agency_paper") and "agency_paper" not in self.errors:
                self.add_error("agency_paper", "人力资源服务机构请上传人力资源服务许可证。")
        if kind == Organisation.Kind.PUBLIC_AGENCY and not self.files.get("authorisation"):
            self.errors.pop("authorisation", None)
        return data

    def asked(self) -> dict[str, Any]:
        """Return what the application says, as `apply_for_organisation` takes it."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("credit_code", "name", "region", "address", "kind")},
            "agent_name": data.get("agent_name") or (self.user.person.name if self.user.person else ""),
            "agent_id": data.get("agent_id", ""),
            "papers": self.papers(),
        }


class RecheckForm(_PapersForm):
    """Papers for the half-yearly re-check; what did not change is left out."""

    licence = PaperField("新的营业执照", "", "没有换证的不用交。")
    agency_paper = PaperField("新的人力资源服务许可证", "", "没有换证的不用交。")
    authorisation = PaperField("新的授权书", "", "原来的还有效的不用交。")
    note = forms.CharField(
        label="想说明的",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如地址、经营范围有没有变化。",
    )
    field_order = ("licence", "agency_licence", "agency_paper", "authorisation", "note")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organisation.kind != Organisation.Kind.HR_AGENCY:
            del self.fields["agency_licence"], self.fields["agency_paper"]
        if organisation.status == Organisation.Status.SUSPENDED:
            note = self.fields["note"]
            note.required, note.label = True, "您的意见"
            note.help_text = "写明暂停的理由哪里不对，或者已经怎么改正。"
            note.error_messages["required"] = "请写明您的意见。"


class DecisionForm(forms.Form):
    """An officer accepts what an agent handed in, or sends it back."""

    accept = forms.ChoiceField(
        label="核验结果",
        choices=[("1", "材料相符，通过"), ("0", "退回补充")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选核验结果。"},
    )
    reason = forms.CharField(
        label="退回的原因（单位会看到）",
        max_length=255,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
