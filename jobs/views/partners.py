"""Keys of organisations that hand over postings by machine, and portals from which postings are fetched."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import feed, partner_keys, pulling
from jobs.models import PartnerFeed, PartnerKey
from jobs.partner_forms import FeedForm, NewKeyForm, RevokeForm
from jobs.partner_serializers import MOST
from jobs.pulling_lists import save_feed
from people.models import Organisation
from people.roles import Role

SHOWN_ONCE = "partner_key_made"
"""In the session: a key that was just made, until the page has shown it once."""


CHANGES = Path(__file__).parent.parent / "data" / "api_changes.toml"


@cache
def changes() -> list[dict[str, Any]]:
    """Return the dated change log of the API, the newest first."""
    return list(tomllib.loads(CHANGES.read_text(encoding="utf-8"))["change"])


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """What the API offers, how often it may be asked, and what changed when."""
    context = {"changes": changes(), "limits": settings.API_LIMITS, "most": MOST, "feed_most": feed.MOST}
    return render(request, "jobs/api_about.html", context)


@never_cache
@require_GET
def own_keys(request: HttpRequest) -> HttpResponse:
    """An organisation's own key."""
    return _own(request, RevokeForm())


def _own(request: HttpRequest, revoke: RevokeForm, *, status: int = 200) -> HttpResponse:
    organisations = Organisation.objects.filter(pk__in=request.user.organisation_ids(Role.EMPLOYER_AGENT))
    keys = PartnerKey.objects.visible_to(request.user).filter(organisation__in=organisations)
    rows = list(keys.select_related("made_by", "revoked_by", "organisation", "region").order_by("-pk")[:50])
    with_key = {row.organisation_id for row in rows if row.is_live and row.scope == PartnerKey.Scope.POSTINGS}
    context = {
        "keys": rows,
        "without": [one for one in organisations.order_by("pk") if one.pk not in with_key],
        "token": request.session.pop(SHOWN_ONCE, ""),
        "revoke": revoke,
        "back": "own",
    }
    return render(request, "jobs/partner_own.html", context, status=status)


@require_POST
def own_key_make(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make one's organisation's key."""
    mine = Organisation.objects.filter(pk__in=request.user.organisation_ids(Role.EMPLOYER_AGENT))
    organisation = get_object_or_404(mine, public_id=public_id)
    try:
        _, token = partner_keys.make_key(organisation_id=organisation.pk, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        request.session[SHOWN_ONCE] = token
    return redirect("jobs:partner-own")


@require_POST
def key_revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a key open nothing any more."""
    key = get_object_or_404(PartnerKey.objects.visible_to(request.user), public_id=public_id)
    form = RevokeForm(request.POST)
    keeps_all = request.user.has_role(Role.SYSTEM_ADMIN)
    if not form.is_valid():
        return _desk(request, revoke=form, status=422) if keeps_all else _own(request, form, status=422)
    try:
        partner_keys.revoke_key(key_id=key.pk, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "已停用，从现在起这把密钥打不开接口。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("jobs:partner-list" if keeps_all else "jobs:partner-own")


@never_cache
def partner_list(request: HttpRequest) -> HttpResponse:
    """The system administrator's desk: all keys, all portals from which postings are fetched."""
    if request.method != "POST":
        return _desk(request)
    form = NewKeyForm(request.POST)
    if form.is_valid():
        try:
            _, token = partner_keys.make_key(
                organisation_id=form.organisation.pk,
                by=request.user,
                scope=form.cleaned_data["scope"],
                region=form.region,
            )
        except DomainError as error:
            form.add_error("credit_code", error.message)
        else:
            request.session[SHOWN_ONCE] = token
            return redirect("jobs:partner-list")
    return _desk(request, new=form, status=422)


def _desk(
    request: HttpRequest,
    *,
    new: NewKeyForm | None = None,
    fetch: FeedForm | None = None,
    revoke: RevokeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    keys = PartnerKey.objects.visible_to(request.user).select_related("organisation", "region", "made_by", "revoked_by")
    context = {
        "page": paginate(keys, order=("-made_at", "-pk"), cursor=request.GET.get("cursor"), size=30),
        "feeds": PartnerFeed.objects.visible_to(request.user).order_by("source")[:100],
        "token": request.session.pop(SHOWN_ONCE, ""),
        "new": new or NewKeyForm(),
        "feed": fetch or FeedForm(),
        "revoke": revoke or RevokeForm(),
    }
    return render(request, "jobs/partner_list.html", context, status=status)


@require_POST
def feed_add(request: HttpRequest) -> HttpResponse:
    """Fetch postings from one more portal."""
    form = FeedForm(request.POST)
    if not form.is_valid():
        return _desk(request, fetch=form, status=422)
    is_new = form.instance.pk is None
    save_feed(form.instance, columns=form.cleaned_data["columns"], by=request.user)
    messages.success(request, "登记好了，一刻钟内开始拉取。" if is_new else "改好了，下一次照这样读。")
    return redirect("jobs:partner-list")


@require_POST
def feed_switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop fetching from a portal, or go on where it stopped."""
    row = get_object_or_404(PartnerFeed.objects.visible_to(request.user), public_id=public_id)
    try:
        switched = pulling.switch(feed_id=row.pk, version=request.POST.get("version"))
        messages.success(request, "已启用。" if switched.is_on else "已停用，收进来的岗位不变。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("jobs:partner-list")
