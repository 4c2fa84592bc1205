"""The shape of an import: a file with its source, then what each of its columns means."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core import columns
from jobs.import_files import FIELDS
from jobs.import_rows import CLOSED
from jobs.models.partners import machine_sources


class UploadForm(forms.Form):
    """A file of postings and where it is from."""

    source = forms.CharField(
        label="岗位从哪里来",
        max_length=40,
        help_text="网站或单位的名称，例如“某某人才网”。同一个来源每次写一样的名称，列的对应会记住。",
        widget=forms.TextInput(attrs={"class": "w-24"}),
        error_messages={"required": "请写来源的名称。", "max_length": "来源的名称最多 40 个字。"},
    )
    file = forms.FileField(
        label="岗位文件",
        help_text="CSV、XLSX 或 JSON，最大 20 MB。第一行写列名，一行一个岗位。",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json,.jsonl"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请选择有内容的文件。"},
    )

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"].strip()
        if "\x00" in source or not source.isprintable():
            raise ValidationError("来源的名称里有不能用的字符，请重新写。")
        if source in machine_sources():
            raise ValidationError(CLOSED.format(source=source))
        return source


class ColumnsForm(columns.ColumnsForm):
    """One choice for each column of a file of postings."""

    full = forms.BooleanField(label="文件是这个来源的全部岗位：以前有、这次没有的，今天到期", required=False)

    def __init__(self, *args: Any, full: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, meanings=FIELDS, **kwargs)
        self.fields["full"].initial = full
