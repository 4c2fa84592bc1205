"""What officers type about employers."""

from typing import Any

from django import forms

STATES = [
    ("", "全部"),
    ("recheck", "待复核"),
    ("pending", "待核验"),
    ("verified", "已核验"),
    ("suspended", "已暂停"),
]


class FindEmployerForm(forms.Form):
    """Words of the name or the credit code, and a state. What makes no sense finds everything: links grow old."""

    q = forms.CharField(label="单位名称或统一社会信用代码", max_length=64, required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)


class WhyForm(forms.Form):
    """The written reason of a decision about an employer; its agents read it."""

    reason = forms.CharField(
        label="理由",
        max_length=255,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由，单位会看到。"},
    )

    def __init__(self, *args: Any, act: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{act}_%s", **kwargs})
        hints = {
            "suspend": ("暂停的原因和依据", "写清事实和依据，至少 10 个字。经办人会看到，并可以提出异议。"),
            "lift": ("解除暂停的理由", "例如“已改正并重新核对过”。"),
            "rename": ("更正的依据", "例如“照营业执照更正”。单位会看到。"),
            "recheck": ("怎么核的", "例如“在市场监管系统里查了，状态存续，地址没有变”。"),
        }
        if act in hints:
            self.fields["reason"].label, self.fields["reason"].help_text = hints[act]


class RenameForm(WhyForm):
    """The name as the licence says, and the ground."""

    name = forms.CharField(
        label="更正后的名称",
        max_length=128,
        help_text="和执照上的一样。统一社会信用代码不变。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填更正后的名称。"},
    )
    field_order = ("name", "reason")
