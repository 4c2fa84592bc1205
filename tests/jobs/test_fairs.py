from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from jobs import fairs, tasks
from jobs.checking import check
from jobs.models import Fair, FairPosting, Posting, PostingSearch
from messaging.models import InboxMessage
from people.roles import Role
from tests import factories as people
from tests.jobs.factories import fair, posting

pytestmark = pytest.mark.django_db
ONLY = "只招残疾人，持残疾证。"


@pytest.fixture
def officer():
    return people.staff(Role.CASEWORKER)


def codes(row: Posting) -> list[str]:
    return [finding.code for finding in check(row, on=timezone.localdate())]


def bring(where: Fair, *rows: Posting, by=None) -> int:
    by = by or people.agent(rows[0].organisation)
    return fairs.bring_postings(fair_id=where.pk, postings=rows, by=by, at=timezone.now())


def decide(row: Fair, by, *, accept: bool = True, reason: str = "") -> Fair:
    now = timezone.now()
    return fairs.decide_fair(fair_id=row.pk, version=row.version, accept=accept, reason=reason, by=by, at=now)


def cancel(row: Fair, by, reason: str = "场地停电，改期。") -> Fair:
    return fairs.cancel_fair(fair_id=row.pk, version=row.version, reason=reason, by=by, at=timezone.now())


def test_is_shown_when_another_officer_of_the_region_approved_it(client, officer):
    row = fair(approved=False, made_by=officer, name="铁西区残疾人专场", kind="disabled")
    with pytest.raises(fairs.CannotHoldFair, match="由别人审核"):
        decide(row, officer)
    with pytest.raises(fairs.CannotHoldFair, match="不归您管"):
        decide(row, people.staff(Role.CASEWORKER, at="210202"))
    assert "残疾人专场" not in client.get("/jobs/fairs/").text
    decide(row, people.staff(Role.COUNTY_SUPERVISOR))
    assert "铁西区残疾人专场" in client.get("/jobs/fairs/").text
    with pytest.raises(fairs.CannotHoldFair, match="已经有人审核"):
        decide(Fair.objects.get(), people.staff(Role.COUNTY_SUPERVISOR))


def test_says_why_it_was_not_approved(officer):
    row = fair(approved=False)
    with pytest.raises(fairs.CannotHoldFair, match="理由"):
        decide(row, officer, accept=False, reason="不")
    assert decide(row, officer, accept=False, reason="地点没有落实。").status == "returned"


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"ends_at": "2020-01-01T00:00+08:00"}, "fair_ends_after_it_starts"),
        ({"status": "approved"}, "fair_decided_by_a_person"),
        ({"status": "cancelled", "decided_at": "2026-01-01T00:00+08:00", "decided_by": "maker"}, "fair_says_why_not"),
        (
            {"status": "approved", "decided_at": "2026-01-01T00:00+08:00", "decided_by": "maker"},
            "fair_approved_by_another",
        ),
    ],
)
def test_keeps_nothing_half_decided(wrong, constraint):
    row = fair(approved=False)
    values = {name: row.made_by if value == "maker" else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Fair.objects.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize(
    ("kind", "text", "doubted"),
    [
        ("disabled", ONLY, False),
        ("veterans", "限退役军人。", False),
        ("general", ONLY, True),
        ("veterans", ONLY, True),
        ("disabled", "只招残疾军人。", True),
    ],
)
def test_lets_a_posting_name_the_group_for_which_its_fair_is_kept(kind, text, doubted):
    row = posting(requirement=text)
    assert codes(row) == ["identity_limit"]
    bring(fair(kind=kind), row)
    assert codes(row) == (["identity_limit"] if doubted else [])


@pytest.mark.parametrize(
    "text",
    [
        "残疾人优先。",
        "有残疾人服务工作经验。",
        "不限退役军人身份。",
        "专招残疾人服务中心护理员。",
        "权限军人事务管理系统维护",
    ],
)
def test_finds_no_limit_in_an_invitation_or_a_workplace(text):
    assert "identity_limit" not in codes(posting(requirement=text))


def test_lets_no_fair_excuse_what_is_forbidden_everywhere():
    row = posting(requirement="只招残疾人，限男性，限本地户籍。")
    bring(fair(kind="disabled"), row)
    assert codes(row) == ["sex_limit", "household_origin"]


def test_excuses_nothing_once_the_fair_is_over():
    row, where = posting(requirement=ONLY), fair(kind="disabled")
    bring(where, row)
    bring(where, plain := posting())
    tasks.end_fairs()
    row.refresh_from_db()
    assert row.status == "published"
    over = timezone.now() - timedelta(days=2)
    Fair.objects.filter(pk=where.pk).update(starts_at=over - timedelta(hours=3), ends_at=over)
    assert codes(row) == ["identity_limit"]
    tasks.end_fairs()
    row.refresh_from_db()
    plain.refresh_from_db()
    assert (row.status, plain.status) == ("submitted", "published")


def test_tells_employers_of_a_cancelled_fair_and_looks_again_at_what_only_it_allowed(officer):
    named, plain, where = posting(requirement=ONLY), posting(), fair(kind="disabled")
    for row in (named, plain):
        bring(where, row)
    with pytest.raises(fairs.CannotHoldFair, match="理由"):
        cancel(where, officer, reason="雨")
    cancel(where, officer)
    named.refresh_from_db()
    plain.refresh_from_db()
    assert (named.status, plain.status) == ("submitted", "published")
    assert not PostingSearch.objects.filter(posting=named).exists()
    assert InboxMessage.objects.filter(template="fair_cancelled", text__contains="场地停电").count() == 2
    with pytest.raises(fairs.CannotBring, match="取消"):
        bring(where, plain)


def test_brings_one_s_own_postings_only_and_takes_back_what_is_left_out():
    mine, theirs, where = posting(requirement=ONLY), posting(), fair(kind="disabled")
    agent = people.agent(mine.organisation)
    assert bring(where, mine, theirs, by=agent) == 1
    assert FairPosting.objects.get().posting == mine
    bring(where, theirs)
    assert fairs.bring_postings(fair_id=where.pk, postings=[], by=agent, at=timezone.now()) == 0
    assert FairPosting.objects.get().posting == theirs
    mine.refresh_from_db()
    assert mine.status == "submitted"


def test_goes_from_the_officers_desk_to_the_public_s_page(client, as_staff):
    row = posting(title="仓库理货员", requirement=ONLY)
    desk = as_staff(people.staff(Role.CASEWORKER))
    form = {
        "name": "铁西区残疾人专场招聘会",
        "kind": "disabled",
        "region": people.region().pk,
        "place": "劳动公园东门广场",
        "starts_at": f"{timezone.localtime() + timedelta(days=9):%Y-%m-%dT09:00}",
        "ends_at": f"{timezone.localtime() + timedelta(days=9):%Y-%m-%dT12:00}",
        "organiser": "铁西区就业服务中心",
    }
    assert desk.post("/work/fairs/new/", form | {"ends_at": form["starts_at"]}).status_code == 422
    assert desk.post("/work/fairs/new/", form | {"region": people.region("210202").pk}).status_code == 422
    assert desk.post("/work/fairs/new/", form).status_code == 302
    where = Fair.objects.get()
    yes = {"accept": "1", "version": where.version}
    as_staff(people.staff(Role.COUNTY_SUPERVISOR)).post(f"/work/fairs/{where.public_id}/decide/", yes)
    agent = as_staff(people.agent(row.organisation))
    assert "仓库理货员" in agent.get(f"/employer/fairs/{where.public_id}/").text
    agent.post(f"/employer/fairs/{where.public_id}/", {"posting": [str(row.public_id), "junk"]})
    assert "现在 1 个" in agent.get("/employer/fairs/").text
    page = client.get(f"/jobs/fairs/{where.public_id}/").text
    assert "仓库理货员" in page
    assert "残疾人专场" in page
    with audit.context(channel="test"):
        assert Fair.objects.get().decided_by is not None
