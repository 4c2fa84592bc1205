from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core import events
from core.months import add_months
from people.models import Document
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, contact, later, page, registered
from unemployment import deregistration, escalations, followups
from unemployment.deregistration import CannotDeregister
from unemployment.escalations import CannotClose
from unemployment.models import Deregistration, Escalation, FollowUp, Registration
from unemployment.rules import FORBIDDEN, lawful_grounds

pytestmark = pytest.mark.django_db
EVIDENCE = "社保系统 2026-11 起单位参保，电话问本人属实"


def propose(registration, by, *, ground="11", **changes):
    values = {"evidence": EVIDENCE, "happened_on": TODAY, **changes}
    return deregistration.propose(registration_id=registration.pk, ground=ground, by=by, on=TODAY, **values)


HEARD = later(8)
"""The first day after the 5 working days for 陈述申辩."""


def decide(proposal, by, **changes):
    values = {"note": "", "version": proposal.version, "on": HEARD, **changes}
    return deregistration.decide(proposal_id=proposal.pk, by=by, **values)


def test_ends_a_registration_by_two_officers_and_cancels_the_open_task(registration, caseworker, colleague):
    decided = decide(propose(registration, caseworker), colleague)
    registration.refresh_from_db()
    assert (registration.status, registration.ended_ground) == (Registration.Status.DEREGISTERED, "11")
    task = registration.follow_ups.get()
    assert (task.status, task.cancel_reason) == (FollowUp.Status.CANCELLED, "登记已注销：被用人单位录用")
    assert "行政复议" in decided.remedy
    assert decided.notice_number


def test_wants_a_second_person(registration, caseworker):
    proposal = propose(registration, caseworker)
    with pytest.raises(CannotDeregister, match="另一位"):
        decide(proposal, caseworker)


def test_holds_the_second_person_in_the_database(registration, caseworker):
    proposal = propose(registration, caseworker)
    with pytest.raises(IntegrityError, match="deregistration_second_person"), transaction.atomic():
        Deregistration.objects.filter(pk=proposal.pk).update(
            status="decided",
            decided_by=caseworker,
            decided_at=proposal.proposed_at,
            decided_on=HEARD,
            notice_number="X",
        )


@pytest.mark.parametrize("ground", sorted(FORBIDDEN))
def test_refuses_to_close_for_refusals_or_silence_alone(registration, caseworker, ground):
    with pytest.raises(CannotDeregister, match="不得仅以") as caught:
        propose(registration, caseworker, ground=ground, evidence="三次拒绝，半年联系不上，均有记录")
    assert "辽人社建〔2025〕21号" in caught.value.message


@pytest.mark.parametrize("ground", ["311", "32", "22"])
def test_holds_the_forbidden_grounds_in_the_database(registration, ground):
    with pytest.raises(IntegrityError, match="deregistration_forbidden_ground"), transaction.atomic():
        Deregistration.objects.create(registration=registration, ground=ground, evidence=EVIDENCE, happened_on=TODAY)
    with pytest.raises(IntegrityError, match=r"registration_forbidden_ground|lawful ground"), transaction.atomic():
        Registration.objects.filter(pk=registration.pk).update(
            status="deregistered", ended_ground=ground, ended_on=TODAY
        )


def test_cannot_pass_a_case_off_as_history(registration):
    with pytest.raises(IntegrityError, match="keeps its person and its origin"), transaction.atomic():
        Registration.objects.filter(pk=registration.pk).update(
            status="deregistered", ended_ground="32", ended_on=TODAY, imported_history=True, channel="import"
        )


def test_ends_nothing_without_a_decision_on_the_same_ground(registration, caseworker):
    propose(registration, caseworker)
    with pytest.raises(IntegrityError, match="lawful ground"), transaction.atomic():
        Registration.objects.filter(pk=registration.pk).update(status="deregistered", ended_ground="11", ended_on=TODAY)


def test_takes_over_closed_history_with_the_old_grounds():
    old = Registration.objects.create(
        person=factories.person(),
        status="deregistered",
        channel="import",
        imported_history=True,
        ended_on=date(2019, 5, 1),
        ended_ground="32",
    )
    assert old.ground_label.startswith("连续 6 个月")


def test_wants_evidence(registration, caseworker):
    with pytest.raises(CannotDeregister, match="证据"):
        propose(registration, caseworker, evidence="有")


def test_refuses_a_second_proposal_and_a_future_day(registration, caseworker):
    with pytest.raises(CannotDeregister, match="不能晚于今天"):
        propose(registration, caseworker, happened_on=date(2027, 1, 1))
    propose(registration, caseworker)
    with pytest.raises(CannotDeregister, match="已经有一份"):
        propose(registration, caseworker)


def test_lets_one_officer_close_after_a_death(registration, caseworker):
    proposal = propose(registration, caseworker, ground="26", evidence="民政死亡登记 2026-10-30")
    assert decide(proposal, caseworker).status == Deregistration.Status.DECIDED


def test_lets_one_officer_close_on_the_persons_own_request():
    citizen = factories.citizen()
    officer = factories.staff(Role.CASEWORKER)
    registration = registered(by=officer, person=citizen.person)
    proposal = deregistration.request_own_end(
        registration_id=registration.pk, reason="11 月 3 日上班了", by=citizen, on=TODAY
    )
    assert decide(proposal, officer).ground == "31"


def test_wants_a_second_person_for_a_request_that_only_an_officer_wrote_down(registration, caseworker):
    spoken = propose(registration, caseworker, ground="31", evidence="本人电话里说不用登记了")
    with pytest.raises(CannotDeregister, match="另一位"):
        decide(spoken, caseworker)
    deregistration.reject(proposal_id=spoken.pk, note="撤回重提", version=spoken.version, by=caseworker)
    paper = Document.objects.create(
        kind="evidence",
        person=registration.person,
        uploaded_by=caseworker,
        name="申请书.jpg",
        storage_key="k1",
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
    )
    signed = propose(registration, caseworker, ground="31", evidence="本人签字申请书", document=paper)
    assert decide(signed, caseworker).status == Deregistration.Status.DECIDED


def test_leaves_other_reasons_to_the_supervisor(registration, caseworker, colleague, supervisor):
    proposal = propose(registration, caseworker, ground="90", evidence="迁往外省并已在当地登记，查函 2026-11")
    with pytest.raises(CannotDeregister, match="业务主管"):
        decide(proposal, colleague)
    assert decide(proposal, supervisor).status == Deregistration.Status.DECIDED


def test_starts_again_with_a_new_row_after_the_end(registration, caseworker, colleague):
    decide(propose(registration, caseworker), colleague)
    again = registered(by=caseworker, person=registration.person, on=HEARD)
    assert again.pk != registration.pk
    assert registration.person.registrations.count() == 2


def test_tells_the_person_what_is_intended_and_waits_five_working_days(registration, caseworker, colleague):
    proposal = propose(registration, caseworker)
    assert proposal.heard_until == date(2026, 11, 10)
    intent = registration.papers.get(kind="intent")
    assert intent.content["heard_until"] == "2026 年 11 月 10 日"
    with pytest.raises(CannotDeregister, match="2026-11-10 期满"):
        decide(proposal, colleague, on=proposal.heard_until)
    decide(proposal, colleague)
    assert registration.papers.get(kind="end").content["heard"] == "期限内没有提出不同意见"


def test_holds_the_hearing_in_the_database(registration, caseworker, colleague):
    proposal = propose(registration, caseworker)
    changes = {"status": "decided", "decided_by": colleague, "decided_at": proposal.proposed_at, "notice_number": "X"}
    for early in ({"decided_on": TODAY}, {"decided_on": None}, {"heard_until": None, "decided_on": HEARD}):
        with pytest.raises(IntegrityError, match="deregistration_heard"), transaction.atomic():
            Deregistration.objects.filter(pk=proposal.pk).update(**changes, **early)


def test_answers_what_the_person_said_in_the_decision(caseworker, colleague):
    citizen = factories.citizen()
    registration = registered(by=caseworker, person=citizen.person)
    proposal = propose(registration, caseworker)
    with pytest.raises(CannotDeregister, match="不同意的理由"):
        deregistration.hear(proposal_id=proposal.pk, statement="", agrees=False, by=citizen)
    heard = deregistration.hear(proposal_id=proposal.pk, statement="这份工作我没有去", agrees=False, by=citizen)
    heard = deregistration.hear(proposal_id=heard.pk, statement="电话里又说没去", agrees=False, by=caseworker)
    assert "记录" in heard.statement
    with pytest.raises(CannotDeregister, match="采纳不采纳"):
        decide(heard, colleague)
    decide(heard, colleague, note="单位工资表和考勤都有本人签字，不采纳。")
    assert "不采纳" in registration.papers.get(kind="end").content["heard"]


def test_waits_no_longer_when_the_person_agrees_and_only_the_person_can(caseworker, colleague):
    citizen = factories.citizen()
    proposal = propose(registered(by=caseworker, person=citizen.person), caseworker)
    by_officer = deregistration.hear(proposal_id=proposal.pk, statement="", agrees=True, by=caseworker)
    with pytest.raises(CannotDeregister, match="期满"):
        decide(by_officer, colleague, on=TODAY)
    agreed = deregistration.hear(proposal_id=proposal.pk, statement="", agrees=True, by=citizen)
    assert decide(agreed, colleague, on=TODAY).status == "decided"
    with pytest.raises(CannotDeregister, match="不归您办"):
        deregistration.hear(proposal_id=proposal.pk, statement="别人的事", agrees=False, by=factories.citizen())


def test_lets_the_person_speak_on_their_own_page(enter, caseworker):
    citizen = factories.citizen()
    registration = registered(by=caseworker, person=citizen.person)
    propose(registration, caseworker)
    client, url = enter(citizen), f"/unemployment/{registration.public_id}/"
    assert "没有意见" in page(client.get(url))
    assert client.post(f"{url}hearing/", {"act": "state", "statement": "这份工作我没有去"}).status_code == 302
    assert "这份工作我没有去" in page(client.get(url))
    client.post(f"{url}hearing/", {"act": "agree"})
    assert registration.deregistrations.get().waived_at


def test_revokes_for_a_false_pledge_as_a_decision_of_its_own(registration, caseworker, colleague, supervisor):
    with pytest.raises(CannotDeregister, match="撤销"):
        propose(registration, caseworker, ground="80", evidence="登记那天就在原单位上班，工资表为证")
    with pytest.raises(CannotDeregister, match="哪一条不实"):
        deregistration.propose_revocation(registration_id=registration.pk, evidence="假的", by=caseworker, on=TODAY)
    proposal = deregistration.propose_revocation(
        registration_id=registration.pk, evidence="登记那天就在原单位上班，工资表为证", by=caseworker, on=TODAY
    )
    with pytest.raises(CannotDeregister, match="业务主管"):
        decide(proposal, colleague)
    decide(proposal, supervisor)
    registration.refresh_from_db()
    assert (registration.status, registration.ended_ground) == (Registration.Status.REVOKED, "80")
    paper = registration.papers.get(kind="revocation")
    assert "人社失撤" in paper.number
    assert "行政复议" in paper.content["remedy"]
    assert not registration.papers.filter(kind="end").exists()


def test_proposes_a_revocation_on_a_page_of_its_own(enter, registration, caseworker):
    client, url = enter(caseworker), f"/work/registrations/{registration.public_id}/revoke/"
    assert "撤销不是注销" in page(client.get(url))
    assert "至少 10 个字" in page(client.post(url, {"evidence": "假的"}), 422)
    assert client.post(url, {"evidence": "登记那天就在原单位上班，工资表为证"}).status_code == 302
    assert "80" not in [ground.code for ground in lawful_grounds()]


def hired(registration):
    person = registration.person
    return events.append("jobs.hired", subject=f"person:{person.public_id}", payload={"starts_on": "2026-11-02"})


def test_lets_a_hire_propose_only(registration, caseworker, colleague):
    hired(registration)
    events.run_consumers()
    proposal = registration.deregistrations.get()
    assert (proposal.source, proposal.ground, proposal.proposed_by) == ("data", "11", None)
    assert proposal.happened_on == date(2026, 11, 2)
    registration.refresh_from_db()
    assert registration.status == Registration.Status.ACTIVE
    with pytest.raises(CannotDeregister, match="先有一位工作人员核实"):
        decide(proposal, caseworker)
    taken = deregistration.take_up(
        proposal_id=proposal.pk, evidence="电话问本人，已到岗", version=proposal.version, by=caseworker, on=TODAY
    )
    with pytest.raises(CannotDeregister, match="另一位"):
        decide(taken, caseworker)
    assert decide(taken, colleague).status == Deregistration.Status.DECIDED


def test_takes_a_hire_of_somebody_unregistered_calmly(registration, caseworker, colleague):
    decide(propose(registration, caseworker), colleague)
    hired(registration)
    events.run_consumers()
    assert registration.deregistrations.count() == 1


def test_walks_the_search_step_by_step_and_leaves_the_person_registered(follow_up, worker):
    for _ in range(2):
        follow_up.refresh_from_db()
        followups.record_contact(
            follow_up_id=follow_up.pk,
            values=contact(outcome="no_answer"),
            version=follow_up.version,
            by=worker,
            on=TODAY,
        )
    for step in ("data", "visit", "community"):
        matter = Escalation.objects.open().get()
        assert matter.step == step
        with pytest.raises(CannotClose, match="处理结果"):
            escalations.close_step(escalation_id=matter.pk, result="", by=worker)
        escalations.close_step(escalation_id=matter.pk, result="没有找到", by=worker)
    assert not Escalation.objects.open().exists()
    assert follow_up.registration.is_open


def test_raises_what_is_late_once_and_tells_the_supervisor(registration, supervisor):
    county = factories.region("210106")
    late = date(2026, 11, 30)
    assert escalations.raise_overdue(region_id=county.pk, on=late) == {"first_contact": 1}
    assert escalations.raise_overdue(region_id=county.pk, on=late) == {}
    assert Escalation.objects.visible_to(supervisor).get().kind == "first_contact"


class RefusalsAndSilences(RuleBasedStateMachine):
    """Whatever a worker hears or does not hear, month after month, the person stays registered."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.officer = factories.staff(Role.CASEWORKER)
        self.worker = factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)
        self.registration = registered(by=self.officer)
        self.month = date(2026, 11, 1)

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def _task(self):
        return FollowUp.objects.pending().filter(registration=self.registration).order_by("-month").first()

    @rule(outcome=st.sampled_from(["no_answer", "dead_number", "declined"]))
    def silence(self, outcome):
        if task := self._task():
            followups.record_contact(
                follow_up_id=task.pk, values=contact(outcome=outcome), version=task.version, by=self.worker, on=TODAY
            )

    @rule(reason=st.sampled_from(["不想去", "太远", "再说"]))
    def refusal(self, reason):
        if task := self._task():
            values = contact(situation="paused", services=[{"kind": "placement", "declined": reason}])
            followups.record_contact(
                follow_up_id=task.pk, values=values, version=task.version, by=self.worker, on=TODAY
            )

    @rule()
    def next_month(self):
        self.month = add_months(self.month, 1)
        followups.open_month(region_id=factories.region("210106").pk, month=self.month)

    @rule()
    def supervision(self):
        escalations.raise_overdue(region_id=factories.region("210106").pk, on=add_months(self.month, 1))

    @rule()
    def fruitless_search(self):
        if matter := Escalation.objects.open().filter(registration=self.registration, kind="unreachable").first():
            escalations.close_step(escalation_id=matter.pk, result="没有找到本人", by=self.worker)

    @rule(ground=st.sampled_from([*sorted(FORBIDDEN), "22", ""]))
    def attempt_to_close(self, ground):
        with pytest.raises(CannotDeregister):
            propose(self.registration, self.officer, ground=ground)

    @rule(ground=st.sampled_from([g.code for g in lawful_grounds() if g.second_person]))
    def attempt_to_close_alone(self, ground):
        found = self.registration.deregistrations.filter(status="proposed").first()
        with pytest.raises(CannotDeregister):
            decide(found or propose(self.registration, self.officer, ground=ground), self.officer)

    @rule()
    def housekeeping(self):
        followups.cancel_orphans()
        events.run_consumers()

    @invariant()
    def stays_registered(self):
        self.registration.refresh_from_db()
        assert self.registration.status == Registration.Status.ACTIVE
        assert not Deregistration.objects.filter(registration=self.registration, status="decided").exists()


def test_never_closes_a_case_by_any_sequence_of_refusals_and_silences(db):
    run_state_machine_as_test(
        RefusalsAndSilences,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
