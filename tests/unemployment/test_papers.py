import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import audit
from messaging.models import InboxMessage
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, form_values, later, page, registered, submitted
from tests.unemployment.test_employments import end, hire
from unemployment import deregistration, papers
from unemployment import registration as workflow
from unemployment.models import Paper, PaperStep
from unemployment.papers import CannotIssue, CannotServe
from unemployment.rules import paper_kinds

pytestmark = pytest.mark.django_db
LONG_REASON = "本人确认仍在原单位上班，没有失业。"


def kinds_of(registration):
    return sorted(registration.papers.values_list("kind", flat=True))


def test_issues_every_paper_in_the_step_it_tells_of(caseworker, colleague):
    found = submitted(by=caseworker)
    assert kinds_of(found) == ["pledge", "receipt"]
    workflow.ask_correction(
        registration_id=found.pk, items=[("cause", "请再选一次")], version=found.version, by=caseworker, on=TODAY
    )
    found.refresh_from_db()
    workflow.refuse(registration_id=found.pk, reason=LONG_REASON, version=found.version, by=caseworker, on=TODAY)
    assert kinds_of(found) == ["correction", "pledge", "receipt", "refusal"]
    refusal = found.papers.get(kind="refusal")
    assert "60 日内申请行政复议" in refusal.content["remedy"]
    assert "6 个月内" in refusal.content["remedy"]
    assert found.papers.get(kind="correction").content["items"] == [{"label": "失业原因", "text": "请再选一次"}]


def test_leaves_no_paper_of_a_step_that_failed(caseworker):
    found = submitted(by=caseworker)
    before = kinds_of(found)
    with pytest.raises(workflow.CannotDecide), transaction.atomic():
        workflow.refuse(registration_id=found.pk, reason="短", version=found.version, by=caseworker, on=TODAY)
    assert kinds_of(found) == before


def test_numbers_without_gaps_by_county_year_and_kind(caseworker):
    first, second = submitted(by=caseworker), submitted(by=caseworker)
    with transaction.atomic():
        submitted(by=caseworker)
        transaction.set_rollback(True)
    third = submitted(by=caseworker, on=date(2027, 1, 5))
    fourth = submitted(by=caseworker)
    elsewhere = submitted(by=factories.staff(Role.CASEWORKER, at="210202"), region=factories.community(county="210202"))
    numbers = [row.papers.get(kind="receipt").number for row in (first, second, third, fourth, elsewhere)]
    assert numbers == [
        "沈阳市铁西区人社失受〔2026〕1号",
        "沈阳市铁西区人社失受〔2026〕2号",
        "沈阳市铁西区人社失受〔2027〕1号",
        "沈阳市铁西区人社失受〔2026〕3号",
        "大连市中山区人社失受〔2026〕1号",
    ]


def test_withdraws_the_certificate_when_the_registration_ends(registration, caseworker, colleague):
    certificate = registration.papers.get(kind="certificate")
    assert certificate.status == Paper.Status.VALID
    proposal = deregistration.propose(
        registration_id=registration.pk,
        ground="26",
        evidence="民政死亡登记",
        happened_on=TODAY,
        by=caseworker,
        on=TODAY,
    )
    decided = deregistration.decide(proposal_id=proposal.pk, note="", version=1, by=caseworker, on=TODAY)
    certificate.refresh_from_db()
    assert (certificate.status, certificate.withdrawn_on) == (Paper.Status.WITHDRAWN, TODAY)
    end = registration.papers.get(kind="end")
    assert end.number == decided.notice_number
    assert (end.content["ground"], end.content["citation"]) == ("死亡", "人社厅发〔2020〕3号第（十）项")


@pytest.mark.parametrize(
    "change",
    [
        {"content": {"name": "别人"}},
        {"number": "伪造〔2026〕9号"},
        {"issued_on": date(2020, 1, 1)},
        {"agency": "别的单位"},
        {"token": "X" * 16},
    ],
    ids=lambda change: next(iter(change)),
)
def test_freezes_a_paper_in_the_database(registration, change):
    with pytest.raises(IntegrityError, match="stays as it was issued"), transaction.atomic():
        registration.papers.filter(kind="certificate").update(**change)


def test_lets_no_paper_go_and_brings_none_back(registration, caseworker):
    with pytest.raises(IntegrityError, match="stays as it was issued"), transaction.atomic():
        registration.papers.all().delete()
    papers.withdraw(registration=registration, kinds=("certificate",), reason="开错了", by=caseworker, on=TODAY)
    with pytest.raises(IntegrityError, match="stays as it was issued"), transaction.atomic():
        registration.papers.filter(kind="certificate").update(status="valid")


def test_prints_the_same_again_after_the_person_changed(enter, registration, caseworker):
    client = enter(caseworker)
    url = f"/work/registrations/papers/{registration.papers.get(kind='certificate').public_id}/"
    before = page(client.get(url))
    person = registration.person
    person.name = "改过名"
    person.save()
    assert page(client.get(url)) == before
    assert "请在此处加盖实体印章" in before


def test_has_a_layout_for_every_kind(enter, caseworker, registration):
    """Every kind can be printed with what the workflows put on it; here with the words that all have and their own."""
    client = enter(caseworker)
    facts = {
        "items": [{"label": "失业原因", "text": "请再选一次"}],
        **dict.fromkeys(
            ("heard", "heard_until", "hearing_days", "ground", "citation", "evidence", "happened_on", "decided_on"),
            "演示",
        ),
        **dict.fromkeys(("reason", "remedy", "submitted_on", "decide_by", "correction_by", "registered_on"), "演示"),
        **dict.fromkeys(("pledge_version", "cause", "worker"), "演示"),
    }
    for kind in [code for code in paper_kinds() if code != "employment"]:
        paper = registration.papers.filter(kind=kind).first() or papers.issue(
            registration=registration, kind=kind, by=caseworker, on=TODAY, facts=facts
        )
        text = page(client.get(f"/work/registrations/papers/{paper.public_id}/"))
        assert paper.number in text
        assert paper.agency in text
        assert paper.shown_token in text


def test_shows_whoever_checks_that_it_is_genuine_and_the_masked_name_only(client, registration, caseworker):
    paper = registration.papers.get(kind="certificate")
    text = page(client.get(f"/unemployment/papers/verify/{paper.token}/"))
    for word in ("现在有效", "失业登记凭证", paper.number, paper.agency, registration.person.masked_name):
        assert word in text
    assert registration.person.name not in text
    assert registration.person.masked_id not in text
    assert registration.receipt_number not in text
    papers.withdraw(registration=registration, kinds=("certificate",), reason="登记已注销", by=caseworker, on=TODAY)
    assert "已经失效" in page(client.get(f"/unemployment/papers/verify/{paper.token}/"))
    svg = client.get(f"/unemployment/papers/code/{paper.token}.svg")
    assert svg["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize("token", ["A" * 16, "short", "一二三四", "0" * 16])
def test_tells_nothing_by_a_code_that_is_none(client, registration, token):
    text = page(client.get(f"/unemployment/papers/verify/{token}/"), 404)
    assert "没有查到这份文书" in text


def test_takes_number_and_code_typed_by_hand_and_limits_the_tries(client, registration):
    paper = registration.papers.get(kind="certificate")
    typed = {"number": paper.number.replace("〔", "[").replace("〕", "]"), "token": paper.shown_token.lower()}
    assert "现在有效" in page(client.post("/unemployment/papers/verify/", typed))
    other = {**typed, "number": "沈阳市铁西区人社失证〔2026〕999号"}
    assert "没有查到" in page(client.post("/unemployment/papers/verify/", other), 422)
    assert "16 位" in page(client.post("/unemployment/papers/verify/", {**typed, "token": "ABC"}), 422)
    for _ in range(17):
        client.post("/unemployment/papers/verify/", other)
    assert "查得太勤" in page(client.post("/unemployment/papers/verify/", other), 429)


def test_writes_down_delivery_and_signature_with_the_scan(enter, registration, caseworker):
    paper = registration.papers.get(kind="certificate")
    client, url = enter(caseworker), f"/work/registrations/papers/{paper.public_id}/steps/"
    page(client.get(url))
    on = timezone.localdate().isoformat()
    assert "请选" in page(client.post(url, {"on": on}), 422)
    assert "见证人" in page(client.post(url, {"way": "declined", "on": on}), 422)
    assert client.post(url, {"way": "in_person", "on": on}).status_code == 302
    scan = SimpleUploadedFile("签字.pdf", b"%PDF-1.4\n%%EOF", content_type="application/pdf")
    answer = client.post(url, {"way": "on_paper", "on": on, "scan_file": scan})
    assert answer.status_code == 302, re.findall(r"field__error.*?</p>", answer.content.decode())
    delivered, signed = PaperStep.objects.order_by("pk")
    assert (delivered.step, delivered.way, delivered.by) == ("delivered", "in_person", caseworker)
    assert (signed.step, signed.way, signed.document.person) == ("signed", "on_paper", registration.person)
    assert "已签收" in page(client.get(f"/work/registrations/{registration.public_id}/"))


def test_refuses_a_delivery_before_the_paper_and_by_strangers(registration, caseworker):
    paper = registration.papers.get(kind="certificate")
    step = {"paper_id": paper.pk, "way": "in_person", "today": later(3)}
    with pytest.raises(CannotServe, match="早于"):
        papers.record_step(**step, on=later(-1), by=caseworker)
    with pytest.raises(CannotServe, match="晚于今天"):
        papers.record_step(**step, on=later(9), by=caseworker)
    with pytest.raises(CannotServe, match="不归您"):
        papers.record_step(**step, on=TODAY, by=factories.staff(Role.CASEWORKER, at="210202"))


def test_counts_a_paper_in_ones_account_as_delivered_and_lets_one_confirm_it(enter):
    citizen = factories.citizen()
    draft = workflow.start_draft(person=citizen.person, by=citizen)
    for step in workflow.STEPS:
        values = {name: form_values()[name] for name in workflow.REQUIRED[step]}
        draft = workflow.save_draft(
            registration_id=draft.pk, step=step, values=values, version=draft.version, by=citizen
        )
    workflow.submit(registration_id=draft.pk, pledged=True, by=citizen, on=TODAY)
    paper = draft.papers.get(kind="receipt")
    assert [(row.step, row.way) for row in paper.steps.all()] == [("delivered", "online")]
    client = enter(citizen)
    text = page(client.get(f"/unemployment/{draft.public_id}/"))
    assert "失业登记受理通知书" in text
    assert paper.number in page(client.get(f"/unemployment/papers/{paper.public_id}/"))
    assert client.post(f"/unemployment/papers/{paper.public_id}/received/").status_code == 302
    assert paper.steps.get(step="signed").way == "confirmed"
    with pytest.raises(CannotServe, match="已经签收"):
        papers.confirm_receipt(paper_id=paper.pk, by=citizen, on=TODAY)
    stranger = enter(factories.citizen())
    assert stranger.get(f"/unemployment/papers/{paper.public_id}/").status_code == 404
    assert stranger.post(f"/unemployment/papers/{paper.public_id}/received/").status_code == 404


def test_gives_one_valid_certificate_at_a_time(enter, registration, caseworker):
    with pytest.raises(CannotIssue, match="已经有一份"):
        papers.issue_certificate(registration_id=registration.pk, by=caseworker, on=TODAY)
    papers.withdraw(registration=registration, kinds=("certificate",), reason="换地方了", by=caseworker, on=TODAY)
    client = enter(caseworker)
    assert "开登记凭证" in page(client.get(f"/work/registrations/{registration.public_id}/"))
    assert client.post(f"/work/registrations/{registration.public_id}/certificate/").status_code == 302
    assert registration.papers.valid().filter(kind="certificate").count() == 1


@pytest.mark.django_db(transaction=True)
def test_gives_no_number_twice_to_counters_that_issue_at_once():
    officers = [factories.staff(Role.CASEWORKER) for _ in range(3)]
    people = [factories.person() for _ in range(3)]

    def issue(number):
        with audit.context(channel="test"):
            registered(by=officers[number], person=people[number])
        connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(issue, range(3)))
    assert sorted(Paper.objects.filter(kind="receipt").values_list("serial", flat=True)) == [1, 2, 3]


def test_issues_the_proof_of_an_employment_that_is_void_when_it_ends(enter, caseworker, client):
    citizen = factories.citizen()
    row = hire(by=caseworker, person=citizen.person)
    address = f"/work/employments/{row.public_id}/"
    office = enter(caseworker)
    assert "出具就业登记证明" in page(office.get(address))
    assert office.get(f"{address}proof/").status_code == 405
    printed = page(office.post(f"{address}proof/", follow=True))
    proof = row.papers.get()
    assert "人社就证〔" in proof.number
    for word in ("就业登记证明", proof.number, proof.shown_token, row.employer.name, "（盖章处）"):
        assert word in printed
    assert "出具就业登记证明" not in page(office.get(address))
    with pytest.raises(CannotIssue, match="已经有一份"):
        papers.issue_proof(employment_id=row.pk, by=caseworker, on=TODAY)
    paper_page = f"/work/registrations/papers/{proof.public_id}/"
    handed = {"way": "in_person", "on": f"{timezone.localdate()}", "note": ""}
    assert office.post(f"{paper_page}steps/", handed).url == address
    assert office.get(paper_page).status_code == 200
    away = factories.staff(Role.CASEWORKER, at="210202")
    assert enter(away).get(paper_page).status_code == 404
    assert InboxMessage.objects.get(template="employment_proof").user == citizen
    own = f"/unemployment/papers/{proof.public_id}/"
    assert proof.number in page(enter(citizen).get(own))
    assert client.post(f"{own}received/").status_code == 302
    assert enter(factories.citizen()).get(own).status_code == 404
    checked = f"/unemployment/papers/verify/{proof.token}/"
    client.logout()
    assert "现在有效" in page(client.get(checked))
    end(row, by=caseworker)
    text = page(client.get(checked))
    assert ("已经失效" in text, "解除备案" in text, citizen.person.name in text) == (True, True, False)
    again = papers.issue_proof(employment_id=row.pk, by=caseworker, on=TODAY)
    assert (again.serial, again.content["end_reason"]) == (proof.serial + 1, "用人单位解除")


def test_lets_nobody_issue_their_own_proof_or_one_of_another_place(caseworker):
    row = hire(by=caseworker)
    for other in (factories.staff(Role.CASEWORKER, at="210202"), factories.user(person=row.person)):
        with pytest.raises(CannotIssue, match="不归您办"):
            papers.issue_proof(employment_id=row.pk, by=other, on=TODAY)
    proof = papers.issue_proof(employment_id=row.pk, by=caseworker, on=TODAY)
    with pytest.raises(IntegrityError, match="paper_about_one_thing"), transaction.atomic():
        Paper.objects.create(
            kind="receipt",
            employment=row,
            county=proof.county,
            year=2026,
            serial=9,
            number="9",
            token="9",
            agency=proof.agency,
            issued_on=TODAY,
            issued_by=caseworker,
            template="receipt-1",
        )
