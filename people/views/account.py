"""One's own page: what the portal knows, the real-name proof, papers, and what one may ask for."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import audit, registry
from people import documents, proofing, requests
from people.accesses import accesses_of
from people.forms.document import UploadForm
from people.forms.person import ProofForm, RequestForm
from people.models import AccountRequest, Consent, Document
from people.notices import NOTICES, REAL_NAME
from people.reference import education_label


@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What the portal knows of this account and this person, and who looked at it."""
    user = request.user
    person = user.person
    consents = Consent.objects.visible_to(user).filter(user=user).order_by("-pk")
    context = {
        "person": person,
        "education": education_label(person.education) if person else "",
        "groups": person.groups.on(timezone.localdate()).order_by("pk") if person else [],
        "consents": [(NOTICES.get(row.notice), row) for row in consents],
        "papers": Document.objects.of_owner(user).order_by("-pk")[:20],
        "accesses": list(accesses_of(user)),
        "requests": AccountRequest.objects.filter(user=user).order_by("-pk")[:5],
        "links": registry.links("account"),
        "phone_known": bool(user.phone),
    }
    return render(request, "people/account.html", context)


def _next(request: HttpRequest) -> str:
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe and url.startswith("/") else ""


@never_cache
@require_http_methods(["GET", "POST"])
def proof(request: HttpRequest) -> HttpResponse:
    """Prove who one is by name and ID number, or get a code for a counter."""
    if request.user.person_id:
        return redirect(_next(request) or "people:account")
    form = ProofForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            proofing.prove_by_police(
                user=request.user, name=data["name"], id_number=data["id_number"], on=timezone.localdate()
            )
        except proofing.CannotProve as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "核验好了。以后办事，您的信息会自动带出来，不用再填。")
            return redirect(_next(request) or "people:account")
    status = 422 if form.errors else 200
    context = {"form": form, "notice": REAL_NAME, "next": _next(request)}
    return render(request, "people/proof.html", context, status=status)


@never_cache
@require_POST
def counter_code(request: HttpRequest) -> HttpResponse:
    """Show six digits for the officer at the counter (proof, or another phone)."""
    try:
        code = proofing.show_counter_code(request.user)
    except proofing.CannotProve as error:
        messages.error(request, error.message)
        return redirect("people:proof")
    minutes = proofing.CODE_SECONDS // 60
    return render(request, "people/counter_code.html", {"code": code, "minutes": minutes})


@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest) -> HttpResponse:
    """Put a paper into one's own file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            documents.take_document(upload=form.cleaned_data["file"], kind=form.cleaned_data["kind"], by=request.user)
        except documents.CannotTakeDocument as error:
            form.add_error("file", error.message)
        else:
            messages.success(request, "材料存好了，以后办事可以直接选用。")
            return redirect("people:account")
    return render(request, "people/document_new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_GET
def document_show(request: HttpRequest, public_id: UUID) -> HttpResponse | FileResponse:
    """Hand out a paper to those who may see it; what officers open leaves a record."""
    paper = get_object_or_404(Document.objects.visible_to(request.user), public_id=public_id)
    if not Document.objects.of_owner(request.user).filter(pk=paper.pk).exists():
        owner = paper.person or paper.organisation or paper.uploaded_by
        audit.record_access(actor=request.user, action="document:open", subject=owner, reason=f"查看材料：{paper}")
    is_picture = paper.content_type.startswith("image/")
    response = FileResponse(
        documents.read_document(paper),
        as_attachment=not is_picture,
        filename=paper.name,
        content_type=paper.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Ask for a copy, a correction or the closing of the account."""
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            requests.make_request(user=request.user, **form.cleaned_data)
        except requests.CannotRequest as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "收到了。15 个工作日内办好，结果写在“我的”里。")
            return redirect("people:account")
    return render(request, "people/request_new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_POST
def own_copy(request: HttpRequest) -> HttpResponse:
    """Hand somebody all that is on record of them, as a file, at once (个人信息保护法 45)."""
    subject = request.user.person or request.user
    audit.record_access(actor=request.user, action="request:own-copy", subject=subject, reason="本人下载")
    response = JsonResponse(requests.own_copy(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
