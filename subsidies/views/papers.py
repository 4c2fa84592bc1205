"""The page of the application where payment receipts are handed in."""

from collections.abc import Callable

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.errors import DomainError
from people.forms.document import DocumentField
from people.models import Document, User
from subsidies import claims
from subsidies.models import Claim

Draw = Callable[..., HttpResponse]


class PapersForm(forms.Form):
    """One receipt: handed in before, or new."""

    paper = DocumentField(kind=Document.Kind.PAYMENT_PROOF, label="缴费凭证")

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["paper"]
        assert isinstance(field, DocumentField)
        field.for_user(user)


def papers_step(request: HttpRequest, claim: Claim, draw: Draw) -> HttpResponse:
    """Hand one receipt in and stay, so that further ones may follow; "go on" leaves when there is one."""
    kept = list(claim.papers.select_related("document"))
    if request.method == "GET":
        return draw(form=PapersForm(user=request.user), papers=kept)
    if "go" in request.POST and kept:
        return redirect("subsidies:claim-confirm", public_id=claim.public_id)
    form = PapersForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        try:
            with transaction.atomic():
                document = form.cleaned_data["paper"].keep(by=request.user, person=claim.person)
                claims.add_paper(claim_id=claim.pk, document=document, material="payment_proof", by=request.user)
        except DomainError as error:
            form.add_error("paper", error.message)
        else:
            return redirect("subsidies:claim-papers", public_id=claim.public_id)
    return draw(form=form, papers=kept, status=422)
