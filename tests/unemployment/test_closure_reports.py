"""Ends of registrations that a department's or a street's system reports: proposed with facts, never decided by it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.models.audit import AccessLog
from jobs import partner_keys
from jobs.models import PartnerKey
from people.models import Organisation
from people.persons import create_person
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import registered
from unemployment import deregistration
from unemployment.models import ClosureReport, Deregistration, Registration

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/partner/closures/"
QUOTE = "绝不能简单以连续3次拒绝接受公共就业服务、连续6个月无法取得联系为由注销失业登记"


def make_key(county: str = "210106") -> str:
    office = factories.organisation(name="街道便民服务中心", kind=Organisation.Kind.PUBLIC_AGENCY)
    return partner_keys.make_key(
        organisation_id=office.pk,
        by=factories.staff(Role.SYSTEM_ADMIN, at=None),
        scope=PartnerKey.Scope.CLOSURES,
        region=factories.region(county),
    )[1]


def asking(token: str) -> Any:
    def ask(method: str, address: str = ADDRESS, data: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {token}"} | {name.replace("_", "-"): v for name, v in headers.items()}
        return getattr(Client(), method)(address, data, content_type="application/json", headers=given)

    return ask


@pytest.fixture
def ask(db) -> Any:
    return asking(make_key())


@pytest.fixture
def report(caseworker, worker) -> dict[str, Any]:
    """A report about somebody registered in the key's county."""
    number = factories.id_number()
    person = create_person(name="周登记", id_number=number, residence_region=factories.community())
    registered(by=caseworker, person=person)
    return {
        "id": "A1",
        "name": person.name,
        "id_number": number,
        "ground": "11",
        "facts": "10 月 8 日与演示机械厂签劳动合同，已上岗。",
        "happened_on": "2026-10-08",
    }


def one(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content.decode()
    (found,) = answer.json()["results"]
    return found


def send(ask: Any, report: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return one(ask("post", data={"closures": [report | changes]}))


def test_proposes_with_the_facts_and_leaves_the_decision_to_two_people(ask, report, caseworker, colleague):
    assert send(ask, report) == {"id": "A1", "result": "proposed", "status": "proposed", "problems": []}
    proposal = Deregistration.objects.get()
    assert (proposal.source, proposal.proposed_by, proposal.ground) == ("partner", None, "11")
    assert "演示机械厂" in proposal.evidence
    assert "街道便民服务中心" in proposal.evidence
    assert proposal.registration.status == Registration.Status.ACTIVE
    with pytest.raises(deregistration.CannotDeregister, match="先有一位工作人员核实"):
        deregistration.decide(
            proposal_id=proposal.pk, note="属实", version=proposal.version, by=caseworker, on=timezone.localdate()
        )
    assert ask("get", f"{ADDRESS}A1/").json()["status"] == "proposed"
    assert AccessLog.objects.filter(action="lookup:id_number", actor=None, reason__contains="A1").exists()


def test_changes_nothing_when_a_message_is_repeated(ask, report):
    send(ask, report)
    assert send(ask, report)["result"] == "unchanged"
    assert "编号" in send(ask, report, facts="换了一种说法的事实")["problems"][0]
    assert "已经有一份注销在办" in send(ask, report, id="A2")["problems"][0]
    assert (Deregistration.objects.count(), ClosureReport.objects.count()) == (1, 1)
    first, again = (ask("post", data={"closures": []}, Idempotency_Key="k") for _ in range(2))
    assert (again.json(), again["Idempotent-Replay"]) == (first.json(), "true")


@pytest.mark.parametrize("ground", ["311", "32"])
def test_refuses_the_forbidden_grounds_with_the_article(ask, report, ground):
    refused = send(ask, report, ground=ground)
    assert refused["result"] == "refused"
    assert QUOTE in refused["problems"][0]
    assert "辽人社建〔2025〕21号" in refused["problems"][0]
    assert not Deregistration.objects.exists()


def test_gives_one_answer_for_whoever_is_not_registered_in_its_region(ask, report):
    elsewhere = asking(make_key("210102"))
    unknown = send(ask, report, id_number=factories.id_number())
    renamed = send(ask, report, name="周登机")
    away = send(elsewhere, report)
    send(ask, report)
    later = send(elsewhere, report)
    said = {(row["result"], row["status"], *row["problems"]) for row in (unknown, renamed, away, later)}
    assert len(said) == 1
    assert "本地区没有这个姓名和号码" in unknown["problems"][0]
    assert elsewhere("get", f"{ADDRESS}A1/").status_code == 404
    PartnerKey.objects.update(region=factories.region("210102"))
    assert ask("get", f"{ADDRESS}A1/").status_code == 404
    assert send(ask, report)["result"] == "refused"


def test_asks_again_only_for_a_later_event_than_an_officer_did_not_accept(ask, report, caseworker):
    send(ask, report)
    proposal = Deregistration.objects.get()
    deregistration.reject(proposal_id=proposal.pk, note="同名不同人，已核对", version=proposal.version, by=caseworker)
    assert ask("get", f"{ADDRESS}A1/").json()["status"] == "rejected"
    assert "已经有人核实过" in send(ask, report, id="A2")["problems"][0]
    assert send(ask, report, id="A3", happened_on="2026-10-20")["result"] == "proposed"


def test_answers_each_row_for_itself_and_saves_nothing_of_what_it_cannot_read(ask, report):
    tomorrow = f"{timezone.localdate() + timedelta(days=1)}"
    rows = [
        "乱写",
        report | {"id": "B1", "facts": "短"},
        report | {"id": "B2", "happened_on": tomorrow},
        report | {"id": "B3", "ground": "99x"},
        report | {"id": "B4", "ground": "80"},
        report | {"id": report["id_number"]},
        report,
    ]
    answer = ask("post", data={"closures": rows}).json()
    assert (answer["proposed"], answer["refused"]) == (1, 6)
    problems = ["".join(row["problems"]) for row in answer["results"]]
    wanted = ("JSON 对象", "facts", "不能晚于今天", "法定注销情形", "是撤销", "编号不能用身份证号码", "")
    assert [word in text for word, text in zip(wanted, problems, strict=True)] == [True] * 7
    assert report["id_number"] not in str(answer)
    for body in ({"closures": "x"}, [], {"closures": [{}] * 201}):
        assert ask("post", data=body).status_code == 400


def test_opens_only_to_a_key_made_for_it(client: Client, report):
    assert client.post(ADDRESS, {}, content_type="application/json").status_code == 401
    employer = factories.organisation()
    _, token = partner_keys.make_key(organisation_id=employer.pk, by=factories.agent(employer))
    refused = asking(token)("post", data={"closures": [report]})
    assert (refused.status_code, "推送岗位" in refused.json()["detail"]) == (403, True)
    assert asking(make_key())("post", "/api/v1/partner/postings/", {"postings": []}).status_code == 403
    client.force_login(factories.staff(Role.COUNTY_SUPERVISOR))
    assert client.post(ADDRESS, {"closures": [report]}, content_type="application/json").status_code == 401
    assert not Deregistration.objects.exists()


def test_gives_keys_for_people_to_offices_only_and_only_by_the_administrator():
    office = factories.organisation(kind=Organisation.Kind.PUBLIC_AGENCY)
    admin = factories.staff(Role.SYSTEM_ADMIN, at=None)
    given = {"scope": PartnerKey.Scope.CLOSURES, "region": factories.region()}
    with pytest.raises(partner_keys.CannotChangeKey, match="只能由系统管理员开通"):
        partner_keys.make_key(organisation_id=office.pk, by=factories.agent(office), **given)
    with pytest.raises(partner_keys.CannotChangeKey, match="这个单位不是"):
        partner_keys.make_key(organisation_id=factories.organisation().pk, by=admin, **given)
    with pytest.raises(partner_keys.CannotChangeKey, match="管哪个地区"):
        partner_keys.make_key(organisation_id=office.pk, by=admin, **(given | {"region": None}))
    partner_keys.make_key(organisation_id=office.pk, by=admin)
    assert partner_keys.make_key(organisation_id=office.pk, by=admin, **given)[0].region == factories.region()


def test_makes_such_a_key_on_the_administrators_page(enter):
    office = factories.organisation(kind=Organisation.Kind.PUBLIC_AGENCY, credit_code="91210106MA0000001X")
    client = enter(factories.staff(Role.SYSTEM_ADMIN, at=None))
    values = {"credit_code": office.credit_code, "scope": "closures", "region_code": "nowhere"}
    assert "没有这个代码的地区" in client.post("/work/partners/", values).content.decode()
    empty = client.post("/work/partners/", values | {"region_code": ""}).content.decode()
    assert "报送退出情形的密钥要写明管哪个地区" in empty
    for_postings = client.post("/work/partners/", values | {"scope": "postings"}).content.decode()
    assert "推送岗位的密钥不分地区" in for_postings
    assert "可不填" not in for_postings.split("给这个单位开通密钥")[0]
    client.post("/work/partners/", values | {"region_code": "210106"})
    shown = client.get("/work/partners/").content.decode()
    assert "报送退出情形，" in shown
    assert PartnerKey.objects.get(organisation=office).region.code == "210106"
    assert client.post("/work/partners/", values | {"scope": "postings", "region_code": ""}).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("numbers", [("A1", "A1"), ("A1", "A2")])
def test_proposes_once_when_two_messages_come_at_once(report, numbers):
    token = make_key()
    ready = Barrier(2)

    def attempt(number: str) -> str:
        ready.wait(10)
        try:
            return str(send(asking(token), report, id=number)["result"])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(attempt, numbers))
    assert results == ["proposed", "unchanged" if numbers[0] == numbers[1] else "refused"]
    assert (Deregistration.objects.count(), ClosureReport.objects.count()) == (1, 1)
