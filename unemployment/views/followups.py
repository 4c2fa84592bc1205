"""The community worker's day: the month's list on the left, the person on the right."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core import keyset
from core.errors import DomainError
from core.months import first_day, last_day
from core.workdays import working_days_between
from people.models import Group, GroupMembership, User
from people.reveal import open_for_task
from unemployment import assignment, followups, present, queue
from unemployment.forms import AssignForm, ContactForm, QueueFilter, draft_values
from unemployment.models import Escalation, FollowUp, Outcome, ReplyLink
from unemployment.models.followup import WORKERS
from unemployment.permissions import can_record, has_task

KEPT = ("view", "kind", "place", "mine", "q")
SHORT = {
    Outcome.SELF: "联系上",
    Outcome.FAMILY: "联系上家属",
    Outcome.NO_ANSWER: "没人接",
    Outcome.DEAD_NUMBER: "号码停了",
    Outcome.DECLINED: "不愿说",
}
QUICK = ("要求白班", "要照顾家人", "已约来站面谈", "已推荐岗位", "想学技能")


def _filters(data: Any) -> dict[str, str]:
    """Return the part of a query string that says which list is shown."""
    form = QueueFilter(data)
    form.is_valid()
    found = {name: form.cleaned_data.get(name) or "" for name in KEPT if name != "view"}
    view = data.get("view", "pending")
    return {"view": view if view in queue.follow_up_views(timezone.localdate()) else "pending", **found}


def _back(filters: dict[str, str], follow_up: FollowUp | None = None) -> str:
    query = {name: value for name, value in filters.items() if value}
    if follow_up is not None:
        query["id"] = str(follow_up.public_id)
    return f"{reverse('unemployment:follow-up-list')}?{urlencode(query)}"


@require_GET
def follow_up_list(request: HttpRequest) -> HttpResponse:
    """The month's list with its tabs, filters and progress; the panel of whoever is chosen."""
    return _list(request)


def _list(request: HttpRequest, *, failed: ContactForm | None = None, chosen: FollowUp | None = None) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    filters = _filters(request.POST if failed else request.GET)
    opened = chosen or _chosen(request)
    if request.htmx and opened and not failed:
        context = {"filters": filters, "back": _back(filters), **_panel(request, opened)}
        return _vary(render(request, "unemployment/_follow_up_panel.html", context))
    everything = queue.follow_ups(user, on=today)
    rows = queue.narrowed(everything, filters, user=user, on=today)
    conditions = queue.follow_up_views(today)
    views = queue.counted(rows, queue.FOLLOW_UP_VIEWS, conditions)
    listed = queue.with_people(rows.filter(conditions[filters["view"]]), on=today)
    page = keyset.paginate(listed, order=("due_on", "pk"), cursor=request.GET.get("cursor"), size=queue.SIZE)
    counts = {view.code: view.count for view in views}
    current = opened or (page.items[0] if page.items else None)
    context = {
        "filters": filters,
        "back": _back(filters),
        "views": views,
        "page": page,
        "rows": [_line(row, today) for row in page.items],
        "kinds": Group.choices,
        "places": queue.places(user),
        "month": today,
        "done": counts["done"],
        "total": counts["done"] + counts["pending"],
        "days_left": working_days_between(today, last_day(today)),
        "assign": _assign_form(user),
        "current": current,
        "is_open": opened is not None,
        "may_print": user.has_role(*WORKERS),
        **(_panel(request, current, failed=failed, chosen=opened is not None) if current else {"follow_up": None}),
    }
    return _vary(render(request, "unemployment/follow_up_list.html", context, status=422 if failed else 200))


def _vary(response: HttpResponse) -> HttpResponse:
    response["Vary"] = "HX-Request"
    return response


def _line(row: Any, today: Any) -> dict[str, Any]:
    person = row.registration.person
    groups = [group.get_group_display() for group in person.current_groups]
    last = SHORT.get(row.last_outcome, "首次联系" if row.is_first else "还没有记录")
    return {
        "f": row,
        "person": person,
        "age": person.age(today),
        "kind": groups[0] if groups else "登记失业",
        "badge": present.follow_up_badge(row, today),
        "last_at": row.last_at,
        "last": f"{last}，第 {row.failed_attempts} 次" if row.failed_attempts else last,
    }


def _chosen(request: HttpRequest) -> FollowUp | None:
    try:
        public_id = UUID(request.GET.get("id", ""))
    except ValueError:
        return None
    return _find(request, public_id)


def _find(request: HttpRequest, public_id: UUID) -> FollowUp:
    rows = FollowUp.objects.visible_to(request.user).select_related(
        "registration__person", "registration__worker", "region", "assignee", "done_by"
    )
    return get_object_or_404(rows, public_id=public_id)


def _panel(
    request: HttpRequest, follow_up: FollowUp, *, failed: ContactForm | None = None, chosen: bool = True
) -> dict[str, Any]:
    user, today = request.user, timezone.localdate()
    registration, person = follow_up.registration, follow_up.registration.person
    phone = address = ""
    if chosen and has_task(user, follow_up):
        # Opening one's own open task is a standing reason to see the phone; it leaves a record each time.
        phone = open_for_task(person=person, field="phone", by=user, task=f"跟踪调查 {follow_up.month:%Y-%m}")
        address = person.address.open() if person.address else ""
    draft = follow_up.draft or {}
    form = failed or ContactForm(initial={**draft, "version": follow_up.version})
    return {
        "follow_up": follow_up,
        "registration": registration,
        "person": person,
        "age": person.age(today),
        "badge": present.follow_up_badge(follow_up, today),
        "groups": GroupMembership.objects.filter(person=person).on(today).order_by("pk"),
        "months": registration.months_out_of_work(today),
        "phone": phone,
        "address": address,
        "form": form,
        "may_record": can_record(user, follow_up) and follow_up.status == FollowUp.Status.OPEN,
        "log": present.log_of(registration),
        "link": ReplyLink.objects.filter(follow_up=follow_up).order_by("-sent_at", "-pk").first(),
        "matter": Escalation.objects.open().filter(registration=registration, kind="unreachable").first(),
        "quick": QUICK,
    }


@require_POST
def contact_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write the contact down and go on to the next person of the list."""
    follow_up = _find(request, public_id)
    filters, today = _filters(request.POST), timezone.localdate()
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _list(request, failed=form, chosen=follow_up)
    try:
        follow_up = followups.record_contact(
            follow_up_id=follow_up.pk,
            values=form.values(),
            version=form.cleaned_data["version"],
            by=request.user,
            on=today,
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return _list(request, failed=form, chosen=follow_up)
    done = follow_up.status == FollowUp.Status.DONE
    name = follow_up.registration.person.masked_name
    messages.success(request, f"{name}：本月联系记好了。" if done else f"{name}：这次没联系上，记好了，还在名单里。")
    target = follow_up
    if request.POST.get("go") == "next":
        rows = queue.narrowed(queue.follow_ups(request.user, on=today), filters, user=request.user, on=today)
        rows = rows.filter(queue.follow_up_views(today)[filters["view"]])
        following = queue.next_after(rows, follow_up)
        return redirect(_back(filters, following))
    return redirect(_back(filters, target))


@require_POST
def contact_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what was typed so far; answers the time for the panel's foot."""
    follow_up = _find(request, public_id)
    try:
        follow_up = followups.save_contact_draft(
            follow_up_id=follow_up.pk, values=draft_values(request.POST), by=request.user
        )
    except DomainError as error:
        return HttpResponse(error.message, status=422, content_type="text/plain; charset=utf-8")
    saved = timezone.localtime(follow_up.draft_saved_at)
    return HttpResponse(f"草稿 {saved:%H:%M} 已自动存", content_type="text/plain; charset=utf-8")


def back_to_list(request: HttpRequest) -> str:
    """Return the address of the list as it was filtered when its form was sent."""
    return _back(_filters(request.POST))


def picked(request: HttpRequest) -> list[int]:
    """Return those ticked in the list that the user may see."""
    ids = []
    for text in request.POST.getlist("pick"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return list(FollowUp.objects.visible_to(request.user).filter(public_id__in=ids).values_list("pk", flat=True))


@require_POST
def print_list(request: HttpRequest) -> HttpResponse:
    """Make the visiting list of those chosen, or of the whole list as filtered."""
    filters, today = _filters(request.POST), timezone.localdate()
    ids = picked(request)
    if not ids:
        rows = queue.narrowed(queue.follow_ups(request.user, on=today), filters, user=request.user, on=today)
        rows = rows.filter(queue.follow_up_views(today)[filters["view"]]).order_by("due_on", "pk")
        ids = list(rows.values_list("pk", flat=True)[: followups.MAX_PRINTED + 1])
    try:
        printed = followups.print_list(
            follow_up_ids=ids, month=first_day(today), filters=_words(filters), by=request.user, on=today
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(_back(filters))
    return redirect("unemployment:visiting-list", printed.public_id)


def _words(filters: dict[str, str]) -> str:
    view = next(view.label for view in queue.FOLLOW_UP_VIEWS if view.code == filters["view"])
    kind = dict(Group.choices).get(filters["kind"], "")
    return "，".join(filter(None, [view, kind, "我负责的" if filters["mine"] else ""]))


def _assign_form(user: User, data: Any = None) -> AssignForm:
    form = AssignForm(data)
    serving = {pk for pks in assignment.workers_of(user.regions(), on=timezone.localdate()).values() for pk in pks}
    field = form.fields["worker"]
    field.queryset = User.objects.filter(pk__in=serving).order_by("name", "pk")  # type: ignore[attr-defined]
    return form


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give the chosen people to another worker."""
    filters = _filters(request.POST)
    form = _assign_form(request.user, request.POST)
    ids = picked(request)
    if not ids or not form.is_valid():
        messages.error(request, "请先勾选人，再选换给谁。")
        return redirect(_back(filters))
    worker = form.cleaned_data["worker"]
    try:
        count = assignment.reassign(follow_up_ids=ids, worker_id=worker.pk, by=request.user, on=timezone.localdate())
        messages.success(request, f"{count} 个人换给{worker.get_full_name()}了。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(_back(filters))
