"""公益性岗位: the posts of one's regions with their holders, one post, the month's roster as a table."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core import audit, keyset, xlsx
from core.errors import DomainError
from core.months import first_day, parse_month
from people import identifiers
from people.lookup import find_by_id_number
from people.models import Organisation, Person, Region
from unemployment import welfare_posts, welfare_reminders
from unemployment.forms.care import AttendanceForm, EndPlacementForm, PlaceForm, PostForm, QuotaForm
from unemployment.models import WelfarePlacement, WelfarePost
from unemployment.models.hardship import LEDGER_READERS
from unemployment.models.welfare_post import PLACERS, POST_KEEPERS, QUOTA_SETTERS

SIZE = 50
HEADER = ("用人单位", "岗位", "所在地", "姓名", "证件号码", "上岗（本月）", "离岗（本月）", "应出勤", "实际出勤")  # fmt: skip


@require_http_methods(["GET", "POST"])
def welfare_post_list(request: HttpRequest) -> HttpResponse:
    """The posts with their holders and the counties' quotas; new posts and quotas are set here."""
    user, today = request.user, timezone.localdate()
    counties = Region.objects.open().counties().within(user.regions(*QUOTA_SETTERS)).order_by("path")
    act = request.POST.get("act", "")
    quota = QuotaForm(request.POST if act == "quota" else None, counties=counties, auto_id="quota_%s")
    communities = Region.objects.open().communities().within(user.regions(*PLACERS))
    new = PostForm(request.POST if act == "post" else None, communities=communities, auto_id="post_%s")
    form: forms.Form = quota if act == "quota" else new
    if request.method == "POST" and form.is_valid():
        try:
            said = _set(request, act, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, said)
            return redirect("unemployment:welfare-post-list")
    current = WelfarePlacement.objects.on(today).select_related("person").order_by("pk")
    rows = WelfarePost.objects.visible_to(user).open().select_related("organisation", "region")
    rows = rows.prefetch_related(Prefetch("placements", queryset=current, to_attr="current"))
    if request.GET.get("view") == "empty":
        holder = current.filter(post=OuterRef("pk")).values("pk")[:1]
        rows = rows.annotate(holder=Subquery(holder)).filter(holder=None)
    if request.GET.get("view") == "ending":
        near = WelfarePlacement.objects.ending(on=today, days=welfare_reminders.days_before(on=today))
        rows = rows.filter(Exists(near.filter(post=OuterRef("pk"))))
    page = keyset.paginate(rows, order=("opened_on", "pk"), cursor=request.GET.get("cursor"), size=SIZE)
    mine = Region.objects.open().counties().within(user.regions(*LEDGER_READERS)).order_by("path")[:20]
    context = {
        "rows": page.items,
        "page": page,
        "view": request.GET.get("view", ""),
        "quotas": _quotas(list(mine)),
        "quota": quota if user.has_role(*QUOTA_SETTERS) else None,
        "new": new if user.has_role(*PLACERS) else None,
        "month": first_day(today),
    }
    return render(request, "unemployment/welfare_post_list.html", context, status=422 if form.errors else 200)


def _quotas(counties: list[Region]) -> list[dict[str, Any]]:
    today = timezone.localdate()
    quotas = welfare_posts.quotas(counties, on=today)
    held = welfare_posts.held_by_county(counties, on=today)
    return [{"region": c, "quota": quotas.get(c.pk), "held": held[c.path]} for c in counties]


def _set(request: HttpRequest, act: str, values: dict[str, Any]) -> str:
    today = timezone.localdate()
    if act == "quota":
        welfare_posts.set_quota(by=request.user, on=today, **values)
        return "数量区间定好了，从今天起算。"
    try:
        code = identifiers.check_credit_code(values.pop("credit_code"))
    except identifiers.InvalidId as error:
        raise welfare_posts.CannotPlace(error.message) from error
    organisation = Organisation.objects.filter(credit_code=code).first()
    if organisation is None:
        raise welfare_posts.CannotPlace("这个单位还没有建档。请先让单位注册，或在就业登记里建档。")
    welfare_posts.open_post(organisation=organisation, by=request.user, on=today, **values)
    return "岗位设好了，可以安置人了。"


@require_http_methods(["GET", "POST"])
def welfare_post_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One post: who holds it until when, the months, and what can be done."""
    user, today = request.user, timezone.localdate()
    rows = WelfarePost.objects.visible_to(user).select_related("organisation", "region")
    post = get_object_or_404(rows, public_id=public_id)
    placements = list(post.placements.select_related("person", "placed_by").prefetch_related("attendance"))
    holder = next((p for p in placements if p.span.lower <= today < p.span.upper), None)
    holder = holder or next((p for p in placements if p.span.upper > today), None)
    act = request.POST.get("act", "")
    shown: dict[str, forms.Form] = {
        "place": PlaceForm(request.POST if act == "place" else None, auto_id="place_%s"),
        "attend": AttendanceForm(
            request.POST if act == "attend" else None, auto_id="attend_%s", initial={"month": f"{today:%Y-%m}"}
        ),
        "end": EndPlacementForm(request.POST if act == "end" else None, auto_id="end_%s"),
    }
    failed = None
    if request.method == "POST":
        form = shown.get(act)
        if form is None or (act != "place" and holder is None):
            messages.error(request, "请按页面上的按钮操作。")
            return redirect("unemployment:welfare-post-work", public_id)
        if form.is_valid():
            try:
                said = _act(request, post, holder, act, dict(form.cleaned_data))
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, said)
                return redirect("unemployment:welfare-post-work", public_id)
        failed = form
    context = {
        "post": post,
        "placements": placements,
        "holder": holder,
        "forms": shown,
        "failed": failed,
        "may_place": user.serves(post.region.path, *PLACERS),
        "may_attend": user.serves(post.region.path, *POST_KEEPERS),
    }
    return render(request, "unemployment/welfare_post_work.html", context, status=422 if failed else 200)


def _act(
    request: HttpRequest, post: WelfarePost, holder: WelfarePlacement | None, act: str, values: dict[str, Any]
) -> str:
    user, today = request.user, timezone.localdate()
    if act == "place":
        hit = find_by_id_number(values.pop("number"), by=user, reason="公益性岗位安置")
        person = Person.objects.filter(public_id=hit.public_id).first() if hit else None
        if person is None:
            raise welfare_posts.CannotPlace("没有找到这个人的档案。请核对号码。")
        made = welfare_posts.place(post_id=post.pk, person=person, by=user, on=today, **values)
        return f"安置好了，{made.basis}，到 {made.last_day}。"
    assert holder is not None
    if act == "attend":
        welfare_posts.record_attendance(placement_id=holder.pk, by=user, on=today, **values)
        return "考勤记好了。"
    welfare_posts.end_placement(placement_id=holder.pk, by=user, **values)
    return "离岗办好了，岗位可以再安置人。"


@require_GET
def welfare_roster(request: HttpRequest) -> HttpResponse | FileResponse:
    """The month's roster as the subsidy reads it, ID numbers masked; who took it is on record."""
    try:
        month = parse_month(request.GET.get("month", f"{timezone.localdate():%Y-%m}"))
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("unemployment:welfare-post-list")
    rows = welfare_posts.roster(month=month, paths=request.user.regions(*LEDGER_READERS))

    def lines() -> Iterator[tuple[Any, ...]]:
        for r in rows:
            person, post = r.person, r.post
            yield (
                r.organisation.name,
                post.title,
                post.region.full_name,
                person.name,
                person.masked_id,
                r.first_day,
                r.last_day,
                r.days_due,
                r.days_worked,
            )

    audit.record_access(
        actor=request.user, action="export:welfare_posts", subject="roster", reason=f"导出公益性岗位名册 {month:%Y-%m}"
    )
    file = xlsx.write(lines(), HEADER, sheet=f"公益性岗位名册 {month:%Y-%m}")
    return FileResponse(file, as_attachment=True, filename=f"公益性岗位名册-{month:%Y-%m}.xlsx")
