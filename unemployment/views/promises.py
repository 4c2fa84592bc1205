"""24 小时就业承诺: the office's list with breaches and the counties' times, one promise, and one's own page."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core import keyset
from core.errors import DomainError
from jobs.models import Posting
from people.models import Person
from unemployment import promise_offers, promises
from unemployment.forms import FindForm
from unemployment.forms.plan import AnswerOfferForm, OfferForm, OwnPromiseForm, PromiseForm
from unemployment.models import JobPromise, PromiseOffer
from unemployment.models.household import VIEWERS
from unemployment.models.promise import PROMISE_READERS, PROMISERS
from unemployment.present import Badge
from unemployment.views.hardship_own import own_communities
from unemployment.views.plans import begun_for, look_up

SIZE = 50
YEAR = timedelta(days=365)


def badge(row: JobPromise) -> Badge:
    """Return where a promise stands."""
    if row.is_breached(timezone.now()):
        return Badge("bd", "超过 24 小时")
    tones = {"running": "wn", "kept": "ok"}
    return Badge(tones.get(row.status, "none"), row.get_status_display())


@require_GET
def promise_list(request: HttpRequest) -> HttpResponse:
    """The promises of one's regions; those that were not kept in time can be seen alone."""
    user, now = request.user, timezone.now()
    rows = JobPromise.objects.for_staff(user)
    view = request.GET.get("view", "")
    if view == "late":
        rows = rows.breached(at=now)
    elif view == "all":
        rows = rows.all()
    else:
        view, rows = "running", rows.running()
    listed = rows.select_related("person", "region")
    page = keyset.paginate(listed, order=("-accepted_at", "-pk"), cursor=request.GET.get("cursor"), size=SIZE)
    context = {
        "rows": [{"p": p, "badge": badge(p), "hours": p.hours(now)} for p in page.items],
        "page": page,
        "view": view,
        "views": [("running", "计时中"), ("late", "超时的"), ("all", "全部")],
        "may": user.has_role(*PROMISERS),
    }
    return render(request, "unemployment/promise_list.html", context)


@require_GET
def promise_times(request: HttpRequest) -> HttpResponse:
    """How long people wait for work in each county, and how many too long; no names. The province sees all of them."""
    now = timezone.now()
    paths = request.user.regions(*VIEWERS, *PROMISE_READERS)
    lines = promises.times(paths=paths, since=now - YEAR, now=now)
    return render(request, "unemployment/promise_times.html", {"lines": lines, "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
def promise_new(request: HttpRequest) -> HttpResponse:
    """Start the clock for somebody who agreed: first the full ID number, then how they agreed."""
    find, form, person, notice = FindForm(), None, None, ""
    now = timezone.now()
    if request.method == "POST" and "number" in request.POST:
        find = FindForm(request.POST)
        person, notice = look_up(request, find, reason="24 小时就业承诺")
        if person:
            form = PromiseForm(user=request.user, initial=begun_for(request, person))
    elif request.method == "POST":
        form = PromiseForm(request.POST, user=request.user)
        if form.is_valid():
            values = form.cleaned_data
            person = get_object_or_404(Person, pk=values.pop("person"))
            try:
                made = promises.begin(person=person, by=request.user, at=now, **values)
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "开始计时。推荐了什么工作，都要记在下面。")
                return redirect("unemployment:promise-work", made.public_id)
    context = {
        "find": find,
        "form": form,
        "person": person,
        "notice": notice,
        "conditions": promises.conditions(at=now),
    }
    wrong = find.errors or (form is not None and form.errors)
    return render(request, "unemployment/promise_new.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def promise_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One promise with every offer; offers are written down, answers too."""
    user, now = request.user, timezone.now()
    rows = JobPromise.objects.for_staff(user).select_related("person", "region", "accepted_by")
    promise = get_object_or_404(rows, public_id=public_id)
    act = request.POST.get("act", "")
    found, picked = _choices(request, promise) if request.method == "GET" else ([], {})
    form: forms.Form = OfferForm(request.POST if act == "offer" else None, initial=picked)
    given = AnswerOfferForm(request.POST) if act == "answer" else None
    failed: forms.Form | None = None
    if request.method == "POST":
        failed = given if given is not None else form
        if failed.is_bound and failed.is_valid():
            try:
                if given is not None:
                    _answer(request, promise, given)
                else:
                    promises.offer(promise_id=promise.pk, by=user, at=now, **form.cleaned_data)
            except DomainError as error:
                failed.add_error(None, error.message)
            else:
                messages.success(request, "记好了。")
                return redirect("unemployment:promise-work", public_id)
        elif not failed.is_bound:
            messages.error(request, "请按页面上的按钮操作。")
            return redirect("unemployment:promise-work", public_id)
    offers = list(promise.offers.select_related("offered_by", "answered_by", "posting").order_by("offered_at", "pk"))
    sent = promises.messages_of(offers)
    context = {
        "promise": promise,
        "accepted": promises.accepted_terms(promise),
        "person": promise.person,
        "badge": badge(promise),
        "hours": promise.hours(now),
        "offers": [{"o": row, "sms": sent.get(str(row.public_id), "")} for row in offers],
        "q": request.GET.get("q", "")[:40],
        "found": found,
        "form": form,
        "failed": failed,
        "may": promise.status == "running" and user.serves(promise.region.path, *PROMISERS),
    }
    return render(request, "unemployment/promise_work.html", context, status=422 if failed else 200)


def _choices(request: HttpRequest, promise: JobPromise) -> tuple[list[Posting], dict[str, str]]:
    """Return the open postings that were searched for, and what the form begins with where one was picked."""
    today = timezone.localdate()
    picked = promise_offers.named_posting(request.GET.get("pick", ""), on=today)
    begun = {"posting": str(picked.public_id), "what": promise_offers.words(picked), "channel": "sms"} if picked else {}
    return promise_offers.search_postings(request.GET.get("q", ""), near=promise.region, on=today), begun


def _answer(request: HttpRequest, promise: JobPromise, form: AnswerOfferForm) -> PromiseOffer:
    offer = promise.offers.filter(public_id=form.cleaned_data["offer"]).first()
    if offer is None:
        raise promises.CannotPromise("没有找到这份推荐。请刷新页面再看。")
    return promises.answer(
        offer_id=offer.pk,
        accepted=form.cleaned_data["accepted"] == "1",
        note=form.cleaned_data["note"],
        by=request.user,
        at=timezone.now(),
    )


@require_http_methods(["GET", "POST"])
def promise_own(request: HttpRequest) -> HttpResponse:
    """One's own promise: read the terms, start the clock, answer offers, end it."""
    user, now = request.user, timezone.now()
    promise = JobPromise.objects.own(user).select_related("region").order_by("-pk").first()
    act = request.POST.get("act", "")
    home = user.person.residence_region
    form: Any = OwnPromiseForm(
        request.POST if act == "begin" else None,
        communities=own_communities(user),
        initial={"region": home.code if home else None},
    )
    given = AnswerOfferForm(request.POST) if act == "answer" else None
    failed: forms.Form | None = None
    if request.method == "POST":
        failed = given if given is not None else form
        try:
            if act == "begin" and form.is_valid():
                promises.begin(person=user.person, region=form.cleaned_data["region"], by=user, at=now)
                return redirect("unemployment:promise-own")
            if promise is not None and given is not None and given.is_valid():
                _answer(request, promise, given)
                return redirect("unemployment:promise-own")
            if promise is not None and act == "end":
                promises.withdraw(promise_id=promise.pk, by=user, at=now)
                return redirect("unemployment:promise-own")
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("unemployment:promise-own")
        if not failed.errors:
            messages.error(request, "请按页面上的按钮操作。")
            return redirect("unemployment:promise-own")
    context = {
        "promise": promise,
        "badge": badge(promise) if promise else None,
        "offers": promise.offers.select_related("posting").order_by("offered_at", "pk") if promise else [],
        "running": promise is not None and promise.status == "running",
        "conditions": promises.conditions(at=now),
        "form": form,
        "failed": failed,
    }
    return render(request, "unemployment/promise_own.html", context, status=422 if failed else 200)
