"""What is typed on the pages of partners."""

from typing import Any
from urllib.parse import urlsplit

from django import forms

from jobs.models import PartnerFeed, PartnerKey
from jobs.partner_keys import is_taken
from people.models import Organisation, Region

SNAPSHOT = "/api/v1/jobs/snapshot/"


class RevokeForm(forms.Form):
    """Why a key is revoked."""

    reason = forms.CharField(
        label="停用原因", max_length=200, min_length=4, help_text="例如：换系统了，或者密钥可能泄露。"
    )


class NewKeyForm(forms.Form):
    """For which organisation the system administrator makes a key."""

    credit_code = forms.CharField(
        label="统一社会信用代码", max_length=18, min_length=18, help_text="18 位，单位要已经通过核验。"
    )
    scope = forms.ChoiceField(
        label="用来做什么",
        choices=PartnerKey.Scope.choices,
        initial=PartnerKey.Scope.POSTINGS,
        help_text="一把密钥只做一件事。",
        error_messages={"required": "请选这把密钥用来做什么。"},
    )
    region_code = forms.CharField(
        label="管哪个地区",
        max_length=12,
        help_text="报送退出情形的必填：区县 6 位、街道 9 位或社区 12 位代码，例如 210106，只能报送这个地区登记的人。"
        "推送岗位的空着，岗位不限地区。",
        error_messages={"required": "报送退出情形的密钥要写明管哪个地区，请填代码，例如 210106。"},
    )
    use_required_attribute = False
    organisation: Organisation
    region: Region | None = None

    def clean_credit_code(self) -> str:
        code = self.cleaned_data["credit_code"].strip().upper()
        found = Organisation.objects.filter(credit_code=code).first()
        if found is None:
            raise forms.ValidationError("没有登记过这个统一社会信用代码的单位。请核对，或请单位先注册并通过核验。")
        self.organisation = found
        return code

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        code = found.get("region_code", "").strip()
        if found.get("scope") != PartnerKey.Scope.CLOSURES:
            self.errors.pop("region_code", None)
            if code:
                self.add_error("region_code", "推送岗位的密钥不分地区，请把地区空着，或者改选“报送退出情形”。")
            return found
        if not code:
            return found
        self.region = Region.objects.open().filter(code=code).first()
        if self.region is None:
            self.add_error("region_code", "没有这个代码的地区。请填区县、街道或社区的代码，例如 210106。")
        return found


class FeedForm(forms.ModelForm):
    """From which portal postings are fetched."""

    address = forms.URLField(
        label="快照地址", max_length=300, assume_scheme="https", help_text=f"对方的快照地址，以 {SNAPSHOT} 结尾。"
    )

    class Meta:
        model = PartnerFeed
        fields = ("source", "address")
        help_texts = {"source": "岗位上会写明来自这里，定了不能改。"}

    def clean_source(self) -> str:
        name = self.cleaned_data["source"].strip()
        if PartnerFeed.objects.filter(source=name).exists():
            raise forms.ValidationError("这个来源名已经登记过。")
        if is_taken(name):
            raise forms.ValidationError("这个来源名已经有单位在推送，或者导入过岗位。请换一个名称，免得两边互相覆盖。")
        return name

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        found = urlsplit(address)
        if found.scheme not in ("http", "https") or found.query or found.username or not found.path.endswith(SNAPSHOT):
            raise forms.ValidationError(f"请写对方的快照地址，例如 https://jobs.example.gov.cn{SNAPSHOT}。")
        return address
