"""What is typed on the pages of partners."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms

from jobs.import_files import FIELDS, REQUIRED
from jobs.models import PartnerFeed, PartnerKey
from jobs.partner_keys import is_taken
from people.models import Organisation, Region

SNAPSHOT = "/api/v1/jobs/snapshot/"
REGION_ONLY = re.compile(r"(?:region=\d{2,12})?")


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
    """From which portal postings are fetched, and where it speaks a format of its own, what its columns mean."""

    address = forms.URLField(
        label="地址",
        max_length=300,
        assume_scheme="https",
        help_text=f"和本站一样的，写以 {SNAPSHOT} 结尾的快照地址，只要一个地区的再加 ?region=2101；别的格式，写能直接下载列表的地址。",
    )
    columns = forms.CharField(
        label="列的对应",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="别的格式才用。一行一项，写成“岗位名称 = 对方的列名”，里层的用点连起来，例如“单位名称 = company.name”。"
        f"可以写：{'、'.join(FIELDS.values())}。空着就按常见的列名猜。",
    )

    class Meta:
        model = PartnerFeed
        fields = ("source", "format", "address", "rows_path", "is_full")
        labels = {"is_full": "列表是对方的全部岗位：以前有、这次没有的到期"}
        help_texts = {
            "source": "岗位上会写明来自这里，定了不能改。别的格式的来源再填一次，就是改它的地址和列。",
            "rows_path": "JSON 里岗位列表在哪一项，例如 data.list；列表就在最外层的空着。",
        }

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        # A list's address and columns change: its source is entered again.
        named = str((data or {}).get("source", "")).strip()
        known = PartnerFeed.objects.filter(source=named, format=PartnerFeed.Format.LIST).first() if named else None
        is_list = (data or {}).get("format") == PartnerFeed.Format.LIST
        super().__init__(data, instance=known if is_list else None, **kwargs)

    def clean_source(self) -> str:
        name = self.cleaned_data["source"].strip()
        if self.instance.pk is not None:
            return name
        if PartnerFeed.objects.filter(source=name).exists():
            raise forms.ValidationError("这个来源名已经登记过。")
        if is_taken(name):
            raise forms.ValidationError("这个来源名已经有单位在推送，或者导入过岗位。请换一个名称，免得两边互相覆盖。")
        return name

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        found = urlsplit(address)
        if found.scheme not in ("http", "https") or found.username:
            raise forms.ValidationError("请写 https 开头的完整网址，里面不带账号和密码。")
        return address

    def clean_columns(self) -> dict[str, str]:
        """Read the lines “our name = theirs”."""
        called = {label: name for name, label in FIELDS.items()} | {name: name for name in FIELDS}
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["columns"].splitlines(), 1):
            if not line.strip():
                continue
            ours, sign, theirs = (part.strip() for part in line.replace("＝", "=").partition("="))
            name = called.get(ours)
            if not sign or not theirs or name is None:
                raise forms.ValidationError(
                    f"第 {number} 行没有认出：“{line.strip()[:40]}”。请写成“岗位名称 = 对方的列名”。"
                )
            if name in found:
                raise forms.ValidationError(f"第 {number} 行：{FIELDS[name]}写了两次。")
            found[name] = theirs
        if found and (missing := [label for name, label in REQUIRED.items() if name not in found]):
            raise forms.ValidationError(f"还要写明{'、'.join(missing)}是对方的哪一列。")
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("format") != PartnerFeed.Format.PORTAL:
            return data
        found = urlsplit(data.get("address", ""))
        if "address" in data and not (REGION_ONLY.fullmatch(found.query) and found.path.endswith(SNAPSHOT)):
            self.add_error("address", f"请写对方的快照地址，例如 https://jobs.example.gov.cn{SNAPSHOT}。")
        data["columns"], data["rows_path"], data["is_full"] = {}, "", True
        return data
