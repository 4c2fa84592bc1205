"""The three administrators' pages: accounts, roles, logs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import audit
from core.keyset import paginate
from people import administration, history, second_factor
from people.forms.administration import AuditForm, FindAccountForm, GrantForm, NewAccountForm, ReasonForm
from people.models import RoleAssignment, User
from people.roles import Role


@never_cache
@require_http_methods(["GET", "POST"])
def account_list(request: HttpRequest) -> HttpResponse:
    """The system administrator's desk: find an account or make one."""
    new, find = NewAccountForm(), FindAccountForm(request.GET if "login" in request.GET else None)
    made: tuple[User, str] | None = None
    if request.method == "POST":
        new = NewAccountForm(request.POST)
        if new.is_valid():
            try:
                made = administration.create_staff_account(**new.cleaned_data, by=request.user)
                new = NewAccountForm()
            except administration.CannotAdminister as error:
                new.add_error("username", error.message)
    if find.is_bound and find.is_valid():
        return redirect("people:account-show", public_id=find.cleaned_data["login"].public_id)
    recent = User.objects.filter(role_assignments__isnull=False).distinct().order_by("-pk")[:20]
    context = {"new": new, "find": find, "made": made, "recent": recent}
    failed = new.errors or find.errors
    return render(request, "people/account_list.html", context, status=422 if failed else 200)


def _account(request: HttpRequest, public_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    user = get_object_or_404(User, public_id=public_id)
    context = {
        "account": user,
        "enrolled": second_factor.is_enrolled(user),
        "roles": RoleAssignment.objects.filter(user=user).select_related("region", "organisation").order_by("-pk"),
        "reason": ReasonForm(),
        "grant": GrantForm(initial={"start": timezone.localdate()}),
        "password": "",
        "keeps_accounts": request.user.has_role(Role.SYSTEM_ADMIN),
        "grants_roles": request.user.has_role(Role.SECURITY_ADMIN),
        "own": user.pk == request.user.pk,
        "today": timezone.localdate(),
        **more,
    }
    return render(request, "people/account_admin.html", context, status=status)


@never_cache
@require_GET
def account_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One account: for the system administrator its state, for the security administrator its roles."""
    return _account(request, public_id)


@never_cache
@require_POST
def account_reset(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new first password, and no second factor any more."""
    user = get_object_or_404(User, public_id=public_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            password = administration.reset_account(user_id=user.pk, by=request.user, **form.cleaned_data)
            return _account(request, public_id, password=password)
        except administration.CannotAdminister as error:
            form.add_error("reason", error.message)
    return _account(request, public_id, reason=form, status=422)


@require_POST
def account_switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close an account or open it again."""
    user = get_object_or_404(User, public_id=public_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            administration.set_active(user_id=user.pk, active=not user.is_active, by=request.user, **form.cleaned_data)
            messages.success(request, "账号状态改好了，原来的登录已全部退出。")
            return redirect("people:account-show", public_id=public_id)
        except administration.CannotAdminister as error:
            form.add_error("reason", error.message)
    return _account(request, public_id, reason=form, status=422)


@never_cache
@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """The security administrator's desk: find an account, see who was granted what of late."""
    find = FindAccountForm(request.GET if "login" in request.GET else None)
    if find.is_bound and find.is_valid():
        return redirect("people:account-roles", public_id=find.cleaned_data["login"].public_id)
    recent = RoleAssignment.objects.select_related("user", "region", "organisation").order_by("-pk")[:30]
    context = {"find": find, "recent": recent, "today": timezone.localdate()}
    return render(request, "people/role_list.html", context, status=422 if find.errors else 200)


@require_POST
def role_grant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Grant a role."""
    user = get_object_or_404(User, public_id=public_id)
    form = GrantForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            administration.grant_role(
                user=user,
                role=data["role"],
                region=data["region_code"],
                organisation=data["credit_code"],
                start=data["start"],
                end=data["end"],
                reason=data["reason"],
                by=request.user,
            )
            messages.success(request, "岗位授好了，本人下次登录就能用。")
            return redirect("people:account-roles", public_id=public_id)
        except administration.CannotAdminister as error:
            form.add_error(None, error.message)
    return _account(request, public_id, grant=form, status=422)


@require_POST
def role_end(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """End a role today."""
    row = get_object_or_404(RoleAssignment, pk=pk, user__public_id=public_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            administration.end_role(assignment_id=row.pk, on=timezone.localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, "岗位已经结束，本人原来的登录已全部退出。")
            return redirect("people:account-roles", public_id=public_id)
        except administration.CannotAdminister as error:
            form.add_error("reason", error.message)
    return _account(request, public_id, reason=form, status=422)


@never_cache
@require_http_methods(["GET", "POST"])
def audit_log(request: HttpRequest) -> HttpResponse:
    """The audit administrator's desk: who looked at what, who changed what, and whether the chain of seals is whole.

    A POST searches, so that an ID number stays out of addresses; searching is recorded like any look.
    """
    form = AuditForm(request.POST or None)
    rows: list[Any] = []
    versions: list[Any] = []
    page = None
    if request.method == "POST" and form.is_valid():
        filters = form.filters()
        if filters.id_number:
            audit.record_access(actor=request.user, action="audit:search", subject="access log", reason="审计查询")
        if table := form.cleaned_data["table"]:
            page = paginate(history.history_rows(table, filters), order=("-pgh_id",), cursor=request.POST.get("cursor"))
            versions = [(row, history.values_of(row)) for row in page.items]
        else:
            page = paginate(history.access_rows(filters), order=("-pk",), cursor=request.POST.get("cursor"))
            rows = page.items
    context = {"form": form, "rows": rows, "versions": versions, "page": page, "seal": history.last_seal()}
    return render(request, "people/audit_log.html", context, status=422 if form.errors else 200)
