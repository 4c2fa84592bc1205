"""The shape of what people type about claims."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.money import yuan
from core.months import first_day, parse_month
from people.models import Person
from subsidies.claims import known_payment
from subsidies.models import Claim, ClaimMonth

PARTS = (("pension", "养老"), ("medical", "医疗"))
BANKS = [
    ("", "请选择"),
    ("中国工商银行", "中国工商银行"),
    ("中国农业银行", "中国农业银行"),
    ("中国银行", "中国银行"),
    ("中国建设银行", "中国建设银行"),
    ("交通银行", "交通银行"),
    ("中国邮政储蓄银行", "中国邮政储蓄银行"),
    ("盛京银行", "盛京银行"),
    ("辽沈银行", "辽沈银行"),
    ("辽宁农村商业银行", "辽宁农村商业银行"),
    ("其他银行", "其他银行"),
]


class MonthField(forms.CharField):
    """A month typed as 2026-07; gives its first day."""

    widget = forms.TextInput(attrs={"class": "input input--num w-10", "type": "month", "autocomplete": "off"})

    def clean(self, value: Any) -> date | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_month(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class WorkForm(forms.Form):
    """灵活就业申报: what the person does for a living now, and since which month."""

    work = forms.CharField(
        label="现在做什么工作",
        max_length=64,
        help_text="一句话就行，例如：跑外卖、做家政、摆摊、给几家店打零工。",
        widget=forms.TextInput(attrs={"class": "input w-24", "autocomplete": "off"}),
        error_messages={"required": "请填写现在做什么工作。"},
    )
    since = MonthField(
        label="从哪个月开始做",
        help_text="记不清日子没关系，填到月份。",
        error_messages={"required": "请填写从哪个月开始做，例如 2026-03。"},
    )
    retirement_age = forms.TypedChoiceField(
        label="您原来的退休年龄",
        choices=[("50", "50 岁（原来的工人岗位）"), ("55", "55 岁（原来的干部、管理技术岗位）")],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        help_text="离退休不到 5 年的可以领得更久。社保数据里没有这一项，所以问您。",
        error_messages={"required": "请选择 50 岁或 55 岁。拿不准的，拨打 12333 问一下。"},
    )

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {"work": claim.work, "since": claim.work_since, "retirement_age": claim.declared_retirement_age},
        )
        super().__init__(*args, **kwargs)
        if not needs_retirement_age(claim):
            del self.fields["retirement_age"]


def needs_retirement_age(claim: Claim) -> bool:
    """Whether the original age has to be asked: a woman for whom no record says 50 or 55."""
    known = claim.person.original_retirement_age or claim.known.get("original_age")
    return claim.person.sex == Person.Sex.FEMALE and known is None


@dataclass(frozen=True)
class MonthRow:
    """One line of the months page."""

    month: date
    field: Any
    parts: tuple[Any, ...]
    paid: tuple[Decimal, Decimal] | None
    blocked: str


class MonthsForm(forms.Form):
    """Which months: those in the payment records are only ticked, the others want the two amounts."""

    def __init__(self, *args: Any, claim: Claim, months: list[date], taken: set[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim, self.months, self.taken = claim, months, taken
        chosen = {row.month: row for row in claim.months.all()}
        for month in months:
            key = f"{month:%Y_%m}"
            if self._blocked(month):
                continue
            label = f"{month.year} 年 {month.month} 月"
            self.fields[f"m_{key}"] = forms.BooleanField(label=label, required=False, initial=month in chosen)
            if known_payment(claim, month) is None:
                row = chosen.get(month)
                for part, name in PARTS:
                    self.fields[f"{part}_{key}"] = forms.CharField(
                        label=f"{name}缴费（元）",
                        required=False,
                        initial=getattr(row, part, None),
                        widget=forms.TextInput(
                            attrs={"class": "input input--num", "inputmode": "decimal", "autocomplete": "off"}
                        ),
                    )

    def _blocked(self, month: date) -> str:
        paid = known_payment(self.claim, month)
        if month in self.taken:
            return "已在另一份申请里"
        return "单位给您缴的社保" if paid and paid[2] == "unit" else ""

    def _rows(self) -> Iterator[MonthRow]:
        """Yield the months newest first."""
        for month in reversed(self.months):
            key, paid = f"{month:%Y_%m}", known_payment(self.claim, month)
            field = self[f"m_{key}"] if f"m_{key}" in self.fields else None
            parts = tuple(self[name] for name in (f"pension_{key}", f"medical_{key}") if name in self.fields)
            yield MonthRow(month, field, parts, (paid[0], paid[1]) if paid else None, self._blocked(month))

    def known_rows(self) -> list[MonthRow]:
        """Return the months whose payments are on record, and those that cannot be chosen."""
        return [row for row in self._rows() if not row.parts]

    def unknown_rows(self) -> list[MonthRow]:
        """Return the months without a record: the person may type the amounts."""
        return [row for row in self._rows() if row.parts]

    def opens_unknown(self) -> bool:
        """Whether the months without a record are shown at once: nothing else is there, or some are chosen or wrong."""
        rows = self.unknown_rows()
        typed = any(row.field.value() or any(part.errors for part in row.parts) for row in rows)
        return typed or not any(row.field for row in self.known_rows())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = [m for m in self.months if data.get(f"m_{m:%Y_%m}")]
        if not chosen and not self.errors:
            raise forms.ValidationError("请至少选一个月份。")
        declared = {}
        for month in chosen:
            if known_payment(self.claim, month) is not None:
                continue
            amounts = [self._amount(month, part) for part in ("pension", "medical")]
            if None not in amounts:
                declared[month] = tuple(amounts)
                if sum(amounts) == 0:
                    self.add_error(
                        f"pension_{month:%Y_%m}", "养老和医疗都是 0，这个月没有可以补的。请填金额或去掉这个月。"
                    )
        return {**data, "months": chosen, "declared": declared}

    def _amount(self, month: date, part: str) -> Decimal | None:
        name = f"{part}_{month:%Y_%m}"
        text = (self.cleaned_data.get(name) or "").strip().replace(",", "")
        word = "养老" if part == "pension" else "医疗"
        if not text:
            self.add_error(name, f"请填写 {month.month} 月的{word}缴费金额，没缴的填 0。")
            return None
        try:
            amount = yuan(text)
        except ValueError:
            self.add_error(name, f"{month.month} 月的{word}缴费应是数字，例如 744.75。")
            return None
        if not 0 <= amount <= 20_000:
            self.add_error(name, f"{month.month} 月的{word}缴费应在 0 到 20,000 元之间，请对照凭证再看一遍。")
            return None
        return amount


class AccountForm(forms.Form):
    """Where the money goes."""

    bank = forms.ChoiceField(
        label="开户银行",
        choices=BANKS,
        help_text="社保卡上印着银行名字的，就选那家银行。",
        error_messages={"required": "请选择开户银行。"},
        widget=forms.Select(attrs={"class": "select w-24", "autocomplete": "off"}),
    )
    account = forms.CharField(
        label="银行卡号",
        max_length=40,
        help_text="卡正面的一长串数字，中间的空格可以不管。",
        widget=forms.TextInput(attrs={"class": "input input--num w-24", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填写银行卡号。"},
    )

    def clean_account(self) -> str:
        digits = "".join(c for c in self.cleaned_data["account"] if not c.isspace() and c != "-")
        if not digits.isdigit():
            raise forms.ValidationError("银行卡号只能是数字。请对照卡的正面再核对一遍。")
        if not 16 <= len(digits) <= 19:
            raise forms.ValidationError(
                f"银行卡号应是 16 到 19 位数字，您填了 {len(digits)} 位。请对照卡的正面再核对一遍。"
            )
        return digits


class ConfirmForm(forms.Form):
    """The pledge, and handing in."""

    pledge = forms.BooleanField(
        label="我承诺：所填内容属实，现在灵活就业并自己缴社保；情况变了会在 20 个工作日内告知，多领的退回。",
        error_messages={"required": "请先勾选承诺，再提交。"},
    )


class CheckForm(forms.Form):
    """「看我能不能领」: answered from the records; nothing is kept."""

    works = forms.TypedChoiceField(
        label="您现在灵活就业吗？",
        choices=[("1", "是，打零工、摆摊、跑外卖等，没有和单位签合同"), ("0", "不是")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        help_text="其他情况系统会自己查，不用填。",
        error_messages={"required": "请选择是不是灵活就业。"},
    )
    first = MonthField(label="从哪个月开始申请", error_messages={"required": "请填写开始月份，例如 2026-08。"})
    last = MonthField(label="到哪个月为止", error_messages={"required": "请填写结束月份，例如 2026-10。"})

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last:
            if last < first:
                self.add_error("last", "结束月份早于开始月份，请对调。")
            elif (last.year - first.year) * 12 + last.month - first.month >= 36:
                self.add_error("last", "一次最多看 36 个月，请缩短一些。")
            elif last >= first_day(self.on):
                self.add_error("last", "结束月份还没过完。请选上个月或更早的月份。")
        return data


CORRECTIONS = [
    ("缴费凭证看不清金额，请把纸铺平、四个角都拍进去，重新上传。", "缴费凭证看不清"),
    ("缺少申请月份的养老、医疗缴费凭证，请补传，或到社保窗口打印后上传。", "缺缴费凭证"),
    ("银行卡开户名与申请人不一致，请改成您本人名下的卡。", "银行卡不是本人的"),
    ("没有写清现在做什么工作，请补充工作内容和开始月份。", "灵活就业没写清"),
    ("", "其他（在下面写清楚）"),
]


class CorrectionForm(forms.Form):
    """What the applicant has to mend: the sentence chosen is the sentence sent."""

    reason = forms.ChoiceField(
        label="补什么",
        choices=[(str(i), label) for i, (_, label) in enumerate(CORRECTIONS)],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个原因。"},
    )
    extra = forms.CharField(
        label="补充说明", max_length=600, required=False, widget=forms.Textarea(attrs={"class": "textarea", "rows": 2})
    )

    def sentence(self) -> str:
        """Return what is sent to the applicant."""
        chosen = CORRECTIONS[int(self.cleaned_data["reason"])][0]
        return " ".join(part for part in (chosen, self.cleaned_data["extra"].strip()) if part)


class NoteForm(forms.Form):
    """A short reason."""

    note = forms.CharField(label="说明", max_length=600, required=False)


class RefuseForm(forms.Form):
    """A refusal names the rule and says why in the applicant's words."""

    rule = forms.CharField(max_length=48, error_messages={"required": "请从不符合的条款里选一条。"})
    reason = forms.CharField(
        label="告诉申请人的话", max_length=600, error_messages={"required": "请写明为什么不符合。"}
    )


class SettleForm(forms.Form):
    """What a person found about an open rule."""

    rule = forms.CharField(max_length=48)
    verdict = forms.ChoiceField(
        choices=[("met", "符合"), ("failed", "不符合")], error_messages={"required": "请选“符合”或“不符合”。"}
    )
    reason = forms.CharField(max_length=255, error_messages={"required": "请写明看了什么、怎么核实的。"})


class ReceiptsForm(forms.Form):
    """What the reviewer reads on the receipts of the months that the records lack."""

    def __init__(self, data: Any, *, rows: list[ClaimMonth]) -> None:
        super().__init__(data)
        self.rows = rows
        for row in rows:
            for part, name in PARTS:
                wrong = f"{row}的{name}金额应是 0 到 20,000 之间的数字，例如 744.75。"
                self.fields[f"{part}_{row.month:%Y_%m}"] = forms.DecimalField(
                    min_value=0,
                    max_value=20_000,
                    decimal_places=2,
                    error_messages=dict.fromkeys(
                        ("required", "invalid", "min_value", "max_value", "max_decimal_places"), wrong
                    ),
                )

    def paid(self) -> dict[date, tuple[Decimal, Decimal]]:
        """Return (pension, medical) by month."""
        data = self.cleaned_data
        return {r.month: (data[f"pension_{r.month:%Y_%m}"], data[f"medical_{r.month:%Y_%m}"]) for r in self.rows}


class ResultFileForm(forms.Form):
    """The bank's answer."""

    file = forms.FileField(
        label="银行回单文件",
        help_text="XLSX 或 CSV，表头：批次号、序号、金额、结果、到账日期、流水号、原因。",
        error_messages={"required": "请选择银行回单文件。", "empty": "文件是空的，请选择有内容的文件。"},
    )
