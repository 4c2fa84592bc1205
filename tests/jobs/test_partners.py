"""Postings that an organisation's own system hands over: the key, the outcome of each row, nothing done twice."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from core import bearer, events
from core.errors import DomainError
from core.models import AnsweredRequest
from jobs import employers, feed, partner_keys, partners, postings, trust
from jobs.indexing import index_postings
from jobs.models import PartnerKey, Posting
from messaging.models import InboxMessage
from people.models import Organisation
from people.roles import Role
from tests import factories as people
from tests.jobs import factories

pytestmark = pytest.mark.django_db
BATCH = "/api/v1/partner/postings/"


@pytest.fixture
def employer() -> Organisation:
    return people.organisation()


@pytest.fixture
def token(employer: Organisation) -> str:
    return partner_keys.make_key(organisation_id=employer.pk, by=people.agent(employer))[1]


@pytest.fixture
def ask(client: Client, token: str) -> Any:
    def send(method: str, address: str, data: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {token}"} | {name.replace("_", "-"): v for name, v in headers.items()}
        return getattr(client, method)(address, data, content_type="application/json", headers=given)

    return send


@pytest.fixture(autouse=True)
def known(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let officers know every organisation, save where a test is about strangers."""
    if "stranger" not in request.fixturenames:
        monkeypatch.setattr(trust, "limit", lambda code, *, on: 0)


@pytest.fixture
def stranger() -> None:
    """The organisation is new here: the officers know nothing of it yet."""


def row(number: str = "A1", **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": "低压维修电工",
        "headcount": 3,
        "pay": {"min": "6500", "max": "8000", "period": "month"},
        "place": {"code": "210106", "address": "演示路 1 号"},
        "description": "负责车间低压电路的日常检修和保养，填写记录。",
        "requirement": "有低压电工作业证。",
        "welfare": ["五险一金"],
        "skills": ["氩弧焊证"],
        "probation_months": 1,
        "probation_pay": "6000",
        "suits": ["over_45"],
    } | fields


def one(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content.decode()
    (result,) = answer.json()["results"]
    return result


def test_publishes_what_is_lawful_under_the_name_of_the_organisation(ask, employer: Organisation, client: Client):
    result = one(ask("post", BATCH, {"postings": [row()]}))
    assert (result["result"], result["status"], result["problems"]) == ("added", "published", [])
    posting = Posting.objects.get(public_id=result["posting"])
    assert (posting.source_site, posting.source_id, posting.organisation) == (employer.name, "A1", employer)
    assert (posting.monthly_min, posting.monthly_max, posting.region.code) == (6500, 8000, "210106")
    assert client.get("/api/v1/jobs/", {"q": "电工"}).json()["results"][0]["source"]["id"] == "A1"
    shown = client.get("/api/v1/jobs/", {"q": "氩弧焊"}).json()["results"][0]
    assert (shown["skills"], shown["probation_pay"]) == (["氩弧焊证"], "6000.00")


def test_changes_nothing_when_a_message_is_repeated(ask):
    ask("post", BATCH, {"postings": [row(), row("A2", title="保洁员")]})
    before = list(Posting.objects.order_by("pk").values())
    answer = ask("post", BATCH, {"postings": [row(), row("A2", title="保洁员")]}).json()
    assert (answer["unchanged"], answer["added"], answer["changed"]) == (2, 0, 0)
    assert list(Posting.objects.order_by("pk").values()) == before


def test_answers_each_row_for_itself(ask):
    rows = [
        row(),
        row("A2", title=""),
        row("A3", description="只招男性，女性勿扰。负责车间低压电路的检修。"),
        row("A4", pay={"min": None, "period": ""}),
        row("A5", place={"code": "999999"}),
        row("A1", title="别的"),
        "乱写",
        row("A6", valid_until="2020-01-01"),
        row("A7", pay={"min": "3000000000", "max": None, "period": "month"}),
        row("A8", probation_months=1, probation_pay="5000"),
    ]
    answer = ask("post", BATCH, {"postings": rows}).json()
    assert [result["result"] for result in answer["results"]] == ["added", *["refused"] * 9]
    problems = ["".join(result["problems"]) for result in answer["results"]]
    wanted = (
        "",
        "title",
        "妇女权益保障法",
        "第二十四条",
        "没有代码为“999999”的地区",
        "编号重复",
        "JSON 对象",
        "有效期",
        "最多写",
        "80%",
    )
    assert [word in text for word, text in zip(wanted, problems, strict=True)] == [True] * 10
    assert Posting.objects.filter(source_id__startswith="A").count() == 1


def test_lets_a_person_look_at_what_is_doubtful(ask):
    result = one(ask("post", BATCH, {"postings": [row(requirement="35岁以下优先。")]}))
    assert (result["result"], result["status"]) == ("added", "submitted")
    assert "核验" in result["problems"][0]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"postings": "x"}, "postings"),
        ([], "postings"),
        ({"postings": [{}] * 501}, "一次最多 500 个岗位"),
    ],
)
def test_saves_nothing_of_a_message_it_cannot_read(ask, body: Any, sentence: str):
    answer = ask("post", BATCH, body)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Posting.objects.exists()


def test_reads_no_message_that_is_too_large(ask, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = ask("post", BATCH, {"postings": [row()]})
    assert (answer.status_code, "分成几批" in answer.json()["detail"]) == (413, True)
    kept = ask("post", BATCH, {"postings": [row()]}, Idempotency_Key="k1")
    assert kept.status_code == 400
    assert not Posting.objects.exists()


def test_puts_changes_and_removes_one(ask):
    address = f"{BATCH}A1/"
    given = {name: value for name, value in row().items() if name != "id"}
    assert ask("put", address, given).status_code == 201
    changed = ask("put", address, given | {"headcount": 5})
    assert (changed.status_code, changed.json()["result"]) == (200, "changed")
    refused = ask("put", address, given | {"description": "只招男性。"})
    assert refused.status_code == 422
    assert "妇女权益保障法" in refused.json()["detail"]
    assert Posting.objects.get(source_id="A1").headcount == 5
    assert ask("get", address).json()["status"] == "published"
    assert ask("delete", f"{address}?reason=filled").json()["result"] == "removed"
    posting = Posting.objects.get(source_id="A1")
    assert (posting.status, posting.status_reason) == ("filled", "来源：已招满。")
    assert ask("delete", address).json()["result"] == "unchanged"
    assert ask("put", address, given).status_code == 422
    assert ask("delete", f"{address}?reason=why").status_code == 400
    assert ask("delete", f"{BATCH}nobody/").status_code == 404
    assert ask("get", f"{BATCH}nobody/").status_code == 404


def test_shows_again_what_it_took_back_but_never_what_an_officer_took_down(ask):
    ask("post", BATCH, {"postings": [row(), row("A2", title="保洁员")]})
    ask("delete", f"{BATCH}A1/")
    again = one(ask("post", BATCH, {"postings": [row()]}))
    assert (again["result"], again["status"]) == ("changed", "published")
    Posting.objects.filter(source_id="A2").update(status="taken_down", status_reason="不实")
    never = one(ask("post", BATCH, {"postings": [row("A2", title="保洁员兼绿化")]}))
    assert (never["result"], never["status"]) == ("refused", "taken_down")
    assert Posting.objects.get(source_id="A2").title == "保洁员"


def test_shows_nothing_again_that_its_employer_withdrew_here(ask, employer: Organisation):
    ask("post", BATCH, {"postings": [row()]})
    postings.withdraw_posting(posting_id=Posting.objects.get().pk, by=people.agent(employer))
    for title in ("低压维修电工", "低压维修电工（急招）"):
        again = one(ask("post", BATCH, {"postings": [row(title=title)]}))
        assert (again["result"], again["status"]) == ("refused", "withdrawn")
        assert "单位已经在本站撤回这个岗位" in again["problems"][0]
    assert Posting.objects.get().title == "低压维修电工"


def test_takes_an_employers_own_postings_only(ask, employer: Organisation):
    Organisation.objects.filter(pk=employer.pk).update(name="沈阳演示（铁西）厂")
    rows = [row("A1", employer="别家纺织厂"), row("A2", employer="沈阳演示(铁西)厂 "), row("A3", employer="")]
    results = ask("post", BATCH, {"postings": rows}).json()["results"]
    assert [result["result"] for result in results] == ["refused", "added", "added"]
    assert "只能推送本单位的岗位" in results[0]["problems"][0]
    assert {(p.employer_name, p.organisation_id) for p in Posting.objects.all()} == {
        ("沈阳演示（铁西）厂", employer.pk)
    }


@pytest.mark.parametrize("kind", ["hr_agency", "public_agency"])
def test_lets_agencies_and_public_bodies_speak_for_others(ask, employer: Organisation, kind: str):
    Organisation.objects.filter(pk=employer.pk).update(kind=kind, agency_licence="演示许可证")
    assert one(ask("post", BATCH, {"postings": [row(employer="别家纺织厂")]}))["status"] == "published"
    posting = Posting.objects.get()
    assert (posting.employer_name, posting.organisation) == ("别家纺织厂", None)


@pytest.mark.parametrize("agency", [False, True])
def test_has_officers_look_at_what_strangers_hand_over(stranger, ask, employer: Organisation, agency: bool):
    named = {"employer": "别家纺织厂"} if agency else {}
    if agency:
        Organisation.objects.filter(pk=employer.pk).update(kind="hr_agency", agency_licence="演示许可证")
    batch = {"postings": [row(f"A{number}", title=f"{number}号电工", **named) for number in range(5)]}
    results = ask("post", BATCH, batch).json()["results"]
    assert {(result["result"], result["status"]) for result in results} == {("added", "submitted")}
    assert results[0]["problems"] == [partners.UNKNOWN]
    officer, today = people.staff(Role.CASEWORKER), timezone.localdate()
    waiting = list(Posting.objects.to_review(officer))
    postings.return_posting(posting_id=waiting[4].pk, reason="写清楚上班时间。", by=officer)
    assert one(ask("post", BATCH, {"postings": [row("A0", title="0号电工", **named)]}))["status"] == "submitted"
    for posting in waiting[:3]:
        postings.publish_posting(posting_id=posting.pk, by=officer, on=today)
    # Known now: what only waited for that is shown with the next message; what was sent back waits for the officer.
    mended = row("A4", title="4号电工", shifts="白班", **named)
    again = ask("post", BATCH, {"postings": [*batch["postings"][:4], mended, row("A9", title="班长", **named)]})
    said = {result["id"]: (result["result"], result["status"]) for result in again.json()["results"]}
    assert said["A3"] == ("changed", "published")
    assert (said["A4"], said["A9"]) == (("changed", "submitted"), ("added", "published"))
    assert one(ask("post", BATCH, {"postings": [mended]}))["status"] == "submitted"
    welfare = one(ask("post", BATCH, {"postings": [row("B1", kind="public_welfare", **named)]}))
    assert welfare["status"] == "submitted"
    Posting.objects.filter(source_id="A9").update(status="taken_down")
    assert one(ask("post", BATCH, {"postings": [row("B2", title="质检员", **named)]}))["status"] == "submitted"


def test_leaves_what_an_officer_let_pass_when_it_is_only_shown_longer(ask):
    doubtful = row(requirement="35岁以下优先。")
    ask("post", BATCH, {"postings": [doubtful]})
    posting, today = Posting.objects.get(), timezone.localdate()
    officer = people.staff(Role.CASEWORKER)
    postings.publish_posting(posting_id=posting.pk, by=officer, on=today, mistaken="看过了，没有问题。")
    Posting.objects.update(valid_until=today + timedelta(days=10))
    again = one(ask("post", BATCH, {"postings": [doubtful]}))
    posting.refresh_from_db()
    assert (again["result"], posting.status, posting.decided_by) == ("changed", "published", officer)
    assert posting.valid_until == today + timedelta(days=30)


def test_prolongs_what_is_still_handed_over_after_half_its_time(ask):
    ask("post", BATCH, {"postings": [row()]})
    today = timezone.localdate()
    Posting.objects.update(valid_until=today + timezone.timedelta(days=10))
    assert one(ask("post", BATCH, {"postings": [row()]}))["result"] == "changed"
    assert Posting.objects.get().valid_until == today + timezone.timedelta(days=30)


def test_answers_a_repeated_key_with_the_first_answer(ask):
    first = ask("post", BATCH, {"postings": [row()]}, Idempotency_Key="k1")
    again = ask("post", BATCH, {"postings": [row()]}, Idempotency_Key="k1")
    assert again.json() == first.json()
    assert again["Idempotent-Replay"] == "true"
    other = ask("post", BATCH, {"postings": [row("A9")]}, Idempotency_Key="k1")
    assert other.status_code == 422
    assert not Posting.objects.filter(source_id="A9").exists()


def test_opens_only_to_a_live_key_of_a_verified_organisation(client: Client, ask, employer: Organisation):
    assert client.post(BATCH, {}, content_type="application/json").status_code == 401
    wrong = client.get(f"{BATCH}A1/", headers={"Authorization": "Bearer sx_wrong"})
    assert (wrong.status_code, "密钥" in wrong.json()["detail"]) == (401, True)
    client.force_login(people.agent(employer))
    assert client.post(BATCH, {"postings": []}, content_type="application/json").status_code == 401
    client.logout()
    assert ask("post", BATCH, {"postings": []}).status_code == 200
    Organisation.objects.update(status="suspended")
    assert ask("post", BATCH, {"postings": []}).status_code == 401


def test_takes_nothing_from_an_organisation_suspended_while_its_message_came(employer: Organisation):
    source = partners.Source(employer.name, employer)
    Organisation.objects.update(status="suspended")
    with pytest.raises(partners.NotTaken, match="已被暂停"):
        partners.take([], source=source, on=timezone.localdate())


def test_hides_what_a_suspended_partner_handed_over_for_others_until_it_is_lifted(
    ask, employer: Organisation, client: Client, django_capture_on_commit_callbacks
):
    Organisation.objects.filter(pk=employer.pk).update(kind="hr_agency", agency_licence="演示许可证")
    for number, title in (("A1", "验布工"), ("A2", "验布组长"), ("A3", "验布班长")):
        ask("post", BATCH, {"postings": [row(number, title=title, employer="别家纺织厂")]})
    theirs, over, doubtful = Posting.objects.order_by("source_id")
    other = factories.posting(title="验布学徒")
    Posting.objects.filter(pk=doubtful.pk).update(status="submitted")
    index_postings([doubtful.pk])
    waiting = factories.application(posting=theirs)
    officer, today = people.staff(Role.CASEWORKER), timezone.localdate()
    page, mirror = f"/jobs/{theirs.public_id}/", f"/api/v1/jobs/{theirs.public_id}/"
    assert client.get(page).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        employers.suspend_employer(organisation_id=employer.pk, reason="收取求职者押金，已立案。", by=officer, on=today)
    found = client.get("/jobs/?q=验布").content.decode()
    assert ("别家纺织厂" in found, other.title in found) == (False, True)
    assert (client.get(page).status_code, client.get(mirror).status_code) == (410, 410)
    theirs.refresh_from_db()
    assert (theirs.status, feed._reason(theirs, today)) == ("paused", "suspended")
    with pytest.raises(postings.CannotPublish, match="推送这个岗位的单位已被暂停"):
        postings.publish_posting(posting_id=doubtful.pk, by=officer, on=today, mistaken="看过了，没有问题。")
    events.run_consumers()
    assert InboxMessage.objects.get(template="employer_suspended").user == waiting.applicant

    Posting.objects.filter(pk=over.pk).update(valid_until=today - timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        employers.lift_employer(organisation_id=employer.pk, reason="已改正。", by=officer, on=today)
    assert client.get(page).status_code == 200
    assert "别家纺织厂" in client.get("/jobs/?q=验布").content.decode()
    over.refresh_from_db()
    assert over.status == "expired"


def test_never_touches_another_partners_posting(ask):
    ask("post", BATCH, {"postings": [row()]})
    other = people.organisation()
    _, token = partner_keys.make_key(organisation_id=other.pk, by=people.agent(other))
    theirs = {"Authorization": f"Bearer {token}"}
    client = Client()
    assert client.get(f"{BATCH}A1/", headers=theirs).status_code == 404
    assert client.delete(f"{BATCH}A1/", headers=theirs).status_code == 404


def test_revokes_a_key_with_its_kept_answers(ask, token: str):
    ask("post", BATCH, {"postings": [row()]}, Idempotency_Key="k1")
    key = PartnerKey.objects.get()
    assert AnsweredRequest.objects.count() == 1
    assert key.last_used_on == timezone.localdate()
    partner_keys.revoke_key(key_id=key.pk, reason="换系统了", by=people.staff(Role.SYSTEM_ADMIN))
    assert ask("post", BATCH, {"postings": [row()]}, Idempotency_Key="k1").status_code == 401
    assert not AnsweredRequest.objects.exists()
    with pytest.raises(DomainError, match="已经停用"):
        partner_keys.revoke_key(key_id=key.pk, reason="换系统了", by=people.staff(Role.SYSTEM_ADMIN))


def test_keeps_only_the_digest_of_a_key(token: str):
    key = PartnerKey.objects.get()
    assert key.digest == bearer.digest(token)
    assert token.startswith(key.prefix)
    assert len(token) > 40
    assert token not in str(PartnerKey.objects.values().get())


def test_makes_one_key_for_a_verified_organisation_by_its_own_people(employer: Organisation, token: str):
    with pytest.raises(DomainError, match="已经有一把"):
        partner_keys.make_key(organisation_id=employer.pk, by=people.agent(employer))
    with pytest.raises(DomainError, match="只有系统管理员"):
        partner_keys.make_key(organisation_id=employer.pk, by=people.agent(people.organisation()))
    fresh = people.organisation(verified=False)
    with pytest.raises(DomainError, match="没有通过核验"):
        partner_keys.make_key(organisation_id=fresh.pk, by=people.agent(fresh))


def test_gives_nobody_the_name_of_another_source():
    named = people.organisation()
    factories.posting(organisation=None, imported_at=timezone.now(), source_site=named.name, source_id="1")
    key, _ = partner_keys.make_key(organisation_id=named.pk, by=people.agent(named))
    assert key.source != named.name
    assert key.source.startswith(named.name)
    partner_keys.revoke_key(key_id=key.pk, reason="换系统了", by=people.agent(named))
    again, _ = partner_keys.make_key(organisation_id=named.pk, by=people.agent(named))
    assert again.source == key.source


def test_shows_a_new_key_once_and_never_again(as_staff, employer: Organisation):
    client = as_staff(people.agent(employer))
    client.post(f"/employer/key/{employer.public_id}/make/")
    first, second = (client.get("/employer/key/").content.decode() for _ in range(2))
    assert ("只显示这一次" in first, "只显示这一次" in second) == (True, False)
    assert PartnerKey.objects.get().prefix in second


@pytest.mark.django_db(transaction=True)
def test_takes_a_batch_once_when_it_comes_twice_at_once(employer: Organisation, token: str):
    given = {"postings": [row(f"A{number}", title=f"电工{number}") for number in range(5)]}
    start, answers = threading.Barrier(2), []

    def push() -> None:
        try:
            start.wait()
            headers = {"Authorization": f"Bearer {token}"}
            answers.append(Client().post(BATCH, given, content_type="application/json", headers=headers).json())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=push) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((answer["added"], answer["unchanged"]) for answer in answers) == [(0, 5), (5, 0)]
    assert Posting.objects.filter(source_site=employer.name).count() == 5


@pytest.mark.parametrize("who", ["visitor", "partner"])
def test_asks_whoever_asks_too_often_to_wait(settings, client: Client, token: str, who: str):
    settings.API_LIMITS = {"visitor": 2, "partner": 3}
    headers = {"Authorization": f"Bearer {token}"} if who == "partner" else {}
    address = f"{BATCH}A1/" if who == "partner" else "/api/v1/jobs/"
    codes = [client.get(address, headers=headers).status_code for _ in range(4)]
    assert codes.index(429) == settings.API_LIMITS[who]
    assert int(client.get(address, headers=headers)["Retry-After"]) <= 60
