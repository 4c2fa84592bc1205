"""Choosing a paper that is there already, or handing in a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people import documents
from people.models import Document, Organisation, Person, User


@dataclass(frozen=True)
class Handed:
    """What came with the form: a paper that was there, or a checked new file."""

    kind: str
    existing: Document | None = None
    upload: documents.Checked | None = None
    name: str = ""

    def keep(self, *, by: User, person: Person | None = None, organisation: Organisation | None = None) -> Document:
        """Return the paper, taking a new one in. Call it in the transaction of the matter that needs it."""
        if self.existing:
            return self.existing
        assert self.upload is not None
        return documents.take_document(
            upload=self.upload, kind=self.kind, by=by, name=self.name, person=person, organisation=organisation
        )


class DocumentInput(forms.MultiWidget):
    """A list of one's papers of this kind, and a file box; with nothing on record only the file box."""

    template_name = "people/document_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        picture = {"accept": documents.ACCEPT}
        super().__init__({"chosen": forms.Select(), "file": forms.FileInput(attrs=picture)}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [str(value.public_id) if isinstance(value, Document) else None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen, file = context["widget"]["subwidgets"]
        for part, css in ((chosen, "select"), (file, "file")):
            part["attrs"]["class"] = css
            part["attrs"].pop("required", None)
        return {**context, "has_papers": len(self.widgets[0].choices) > 1, "hint": documents.WHAT_IS_TAKEN}  # type: ignore[attr-defined]


class DocumentField(forms.MultiValueField):
    """`DocumentField(kind=…)`; call `for_user(request.user)` in the form's `__init__`; the clean value is `Handed`."""

    widget = DocumentInput

    def __init__(self, *, kind: str, label: str = "", required: bool = True, **kwargs: Any) -> None:
        self.kind = kind
        self._papers: dict[str, Document] = {}
        kwargs.setdefault("error_messages", {"required": "请选一份已有的材料，或上传一份。"})
        fields = (forms.ChoiceField(required=False), forms.FileField(required=False, allow_empty_file=True))
        super().__init__(
            fields=fields,
            label=label or Document.Kind(kind).label,
            required=required,
            require_all_fields=False,
            **kwargs,
        )

    def for_user(self, user: User, *, papers: Sequence[Document] | None = None) -> None:
        """Offer this user's papers of the kind (or the given ones, e.g. the applicant's at a counter)."""
        found = documents.reusable(by=user, kind=self.kind) if papers is None else list(papers)
        self._papers = {str(paper.public_id): paper for paper in found}
        choices = [("", "上传一份新的" if found else "")]
        choices += [(key, f"{paper.name}（{paper.created_at:%Y-%m-%d} 交过）") for key, paper in self._papers.items()]
        self.fields[0].choices = choices
        self.widget.widgets[0].choices = choices

    def clean(self, value: Any) -> Handed | None:
        """Check the choice or the new file; a new file counts more than a choice."""
        chosen, file = value if value else (None, None)
        if file:
            try:
                return Handed(self.kind, upload=documents.check(file), name=file.name)
            except documents.CannotTakeDocument as error:
                raise ValidationError(error.message) from error
        if chosen:
            paper = self._papers.get(chosen)
            if paper is None:
                raise ValidationError("这份材料不在了。请重新选一份，或上传一份。")
            return Handed(self.kind, existing=paper)
        if self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return None


class UploadForm(forms.Form):
    """One paper for one's own file, outside any matter."""

    kind = forms.ChoiceField(
        label="这是什么材料",
        choices=[("", "请选择"), *Document.Kind.choices],
        widget=forms.Select(attrs={"class": "w-24"}),
        error_messages={"required": "请选材料的种类。"},
    )
    file = forms.FileField(
        label="文件",
        help_text=documents.WHAT_IS_TAKEN,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": documents.ACCEPT}),
        error_messages={"required": "请选一个文件。"},
    )
