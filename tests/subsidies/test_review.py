from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from people.models import Group, RoleAssignment, User
from subsidies import publicity, review
from subsidies.assessment import Request, collect
from subsidies.models import Claim, Office, Step
from subsidies.transitions import NotYourDuty
from tests import factories
from tests.subsidies.world import World

Status = Claim.Status
LICENCE = ("market_regulation", "registrations")


def test_walks_from_intake_to_approval_with_a_step_each(world):
    claim = world.approved()
    assert claim.status == Status.APPROVED
    assert claim.amount == Decimal("1986.00")
    offices = list(claim.steps.exclude(office="").order_by("pk").values_list("office", "actor"))
    actors = [actor for _, actor in offices]
    assert {o for o, _ in offices} == {"applicant", "intake", "review", "second_review", "approval"}
    assert len({a for o, a in offices}) == 5, actors


def test_keeps_what_is_needed_to_explain_the_decision(world):
    claim = world.approved()
    assert claim.decision["amount"] == "1986.00"
    assert claim.decision["version"] == "liaoning-2026-registers"
    assert "60 日" in claim.decision["reconsideration"]
    assert "6 个月" in claim.decision["lawsuit"]
    assert {r["verdict"] for r in claim.trace["rules"]} == {"met"}
    assert claim.facts["values"]["category"] == "hardship"


def test_refuses_the_same_eyes_twice_in_code(world):
    claim = world.reviewed()
    both = _grant(world.reviewer, "subsidy_second_reviewer")
    with pytest.raises(NotYourDuty, match="初审"):
        review.pass_second_review(claim_id=claim.pk, by=both, on=world.on)


def test_refuses_the_same_eyes_twice_in_the_database(world):
    claim = world.reviewed()
    with pytest.raises(IntegrityError, match="step_four_eyes"), transaction.atomic():
        _step(claim, office=Office.SECOND_REVIEW, actor=world.reviewer)
    with pytest.raises(IntegrityError, match="step_four_eyes"), transaction.atomic():
        _step(claim, office=Office.PAYMENT, actor=world.intake)
    with pytest.raises(IntegrityError, match="his own"), transaction.atomic():
        _step(claim, office=Office.APPROVAL, actor=claim.person.account)


def test_lets_nobody_decide_on_a_claim_of_his_own(world):
    claim = world.submitted()
    officer = _grant(claim.person.account, "subsidy_intake")
    with pytest.raises(NotYourDuty, match="本人的申请"):
        review.accept_claim(claim_id=claim.pk, by=officer, on=world.on)
    assert not Claim.objects.for_officer(officer).filter(pk=claim.pk).exists()
    other_account_step = Step(claim=claim, office=Office.INTAKE, actor=officer, kind=Step.Kind.ACCEPT)
    other_account_step.from_status = other_account_step.to_status = Status.SUBMITTED
    other_account_step.at = timezone.now()
    with pytest.raises(IntegrityError, match=r"own|four_eyes"), transaction.atomic():
        other_account_step.save()


@pytest.mark.parametrize(("role", "at"), [("subsidy_reviewer", "210202"), ("subsidy_intake", "210106")])
def test_refuses_another_region_and_another_office(world, role, at):
    claim = world.accepted()
    with pytest.raises(NotYourDuty, match="不是这个地区"):
        review.pass_review(claim_id=claim.pk, by=factories.staff(role, at=at), on=world.on)


def test_approves_once(world):
    claim = world.approved()
    with pytest.raises(review.CannotApprove, match="待拨付"):
        review.approve_claim(claim_id=claim.pk, by=world.approver, on=world.on)


def test_cannot_approve_before_the_publicity_is_over(world):
    claim = world.ready()
    world.posted(claim)
    with pytest.raises(review.CannotApprove, match="公示"):
        review.approve_claim(claim_id=claim.pk, by=world.approver, on=world.on)


def test_does_not_approve_on_stale_facts(world):
    claim = world.publicised()
    world.say(LICENCE, claim.person, state="存续", since=date(2026, 11, 1), name="演示小吃店")
    with pytest.raises(review.FactsChanged, match="名下营业执照"):
        review.approve_claim(claim_id=claim.pk, by=world.approver, on=world.on)
    review.send_back(claim_id=claim.pk, note="营业执照有变化", by=world.approver, on=world.on)
    assert world.fresh(claim).status == Status.REVIEW
    review.recheck(claim_id=claim.pk, by=world.reviewer, on=world.on)
    assert [r["rule"] for r in world.fresh(claim).rule_rows if r["verdict"] == "failed"] == ["no_licence"]


def test_keeps_the_amount_of_an_approved_claim(world):
    claim = world.approved()
    with pytest.raises(IntegrityError, match="keeps its amount"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(amount=Decimal("9999.00"))


def test_does_not_pass_while_a_rule_is_open(world):
    world.files[LICENCE].delete()
    claim = world.accepted()
    with pytest.raises(review.CannotReview, match="还有 1 条没查清"):
        review.pass_review(claim_id=claim.pk, by=world.reviewer, on=world.on)
    review.settle_rule(
        claim_id=claim.pk,
        rule="no_licence",
        verdict="met",
        reason="市场监管窗口出具了无登记证明",
        by=world.reviewer,
    )
    review.pass_review(claim_id=claim.pk, by=world.reviewer, on=world.on)
    row = next(r for r in world.fresh(claim).trace["rules"] if r["rule"] == "no_licence")
    assert row["by_person"] == str(world.reviewer)


def test_forgets_a_finding_when_its_facts_change(world):
    file = world.files[LICENCE]
    file.delete()
    claim = world.accepted()
    review.settle_rule(
        claim_id=claim.pk, rule="no_licence", verdict="met", reason="看了无登记证明原件", by=world.reviewer
    )
    world.files[LICENCE] = world._file(*LICENCE)
    world.say(LICENCE, claim.person, state="存续", since=date(2025, 1, 1), name="演示小吃店")
    review.recheck(claim_id=claim.pk, by=world.reviewer, on=world.on)
    assert next(r for r in world.fresh(claim).rule_rows)["verdict"] == "failed"


def test_cannot_settle_what_the_data_decides(world):
    claim = world.accepted()
    with pytest.raises(review.CannotReview, match="已经有结论"):
        review.settle_rule(
            claim_id=claim.pk, rule="no_licence", verdict="failed", reason="听说他开了店铺", by=world.reviewer
        )


def test_refuses_by_a_person_with_rule_article_and_remedy(world):
    user = world.citizen()
    world.say(LICENCE, user.person, state="存续", since=date(2025, 1, 1), name="演示小吃店")
    claim = world.accepted(user)
    assert claim.status == Status.ACCEPTED, "a failed rule refuses nobody by itself"
    review.refuse_claim(
        claim_id=claim.pk,
        rule="no_licence",
        reason="您名下有正在营业的演示小吃店，这项补贴不给经营者。",
        by=world.reviewer,
        on=world.on,
    )
    claim = world.fresh(claim)
    assert claim.status == Status.REFUSED
    assert claim.decision["rule"] == "no_licence"
    assert "注销" in claim.decision["remedy"]
    assert "60 日" in claim.decision["reconsideration"]


@pytest.mark.parametrize("rule", ["no_pension", "nonsense"])
def test_cannot_refuse_for_a_rule_that_is_met(world, rule):
    claim = world.accepted()
    with pytest.raises(review.CannotRefuse, match="不符合的条款"):
        review.refuse_claim(
            claim_id=claim.pk, rule=rule, reason="不符合条件，请以后再来申请。", by=world.reviewer, on=world.on
        )


def test_fails_whoever_is_in_no_category_and_counts_the_months_outside(world):
    claim = world.accepted(world.citizen(group=""))
    failed = [r for r in claim.rule_rows if r["verdict"] == "failed"]
    assert [r["rule"] for r in failed] == ["category", "within_cap"] or [r["rule"] for r in failed] == ["category"]


def test_asks_a_person_when_the_applicant_is_still_registered_as_unemployed(world, monkeypatch):
    monkeypatch.setattr("subsidies.assessment.is_registered_unemployed", lambda person: True)
    claim = world.submitted()
    [row] = [r for r in claim.rule_rows if r["verdict"] != "met"]
    assert (row["rule"], row["verdict"]) == ("registration", "unknown")
    assert "失业登记注销" in row["remedy"]


def test_takes_a_graduate_for_a_graduate(world):
    claim = world.submitted(world.citizen(group=Group.LEFT_SCHOOL_JOBLESS, birth=date(2003, 5, 1)))
    assert claim.facts["values"]["category"] == "graduate"
    assert claim.trace["derived"]["months_cap"] == 24


def test_lengthens_the_term_near_retirement(world):
    claim = world.submitted(world.citizen(birth=date(1968, 3, 1)))
    assert claim.facts["values"]["near_retirement_at_first"] is True
    assert claim.trace["derived"]["months_cap"] == claim.facts["values"]["months_to_retirement_at_first"]


def test_does_not_guess_a_womans_retirement_age(world):
    old = world.submitted(world.citizen(birth=date(1978, 3, 1), male=False))
    assert old.facts["values"]["near_retirement_at_first"] is None
    assert [r["rule"] for r in old.rule_rows if r["verdict"] == "unknown"] == ["within_cap"]
    young = world.submitted(world.citizen(birth=date(1995, 3, 1), male=False))
    assert young.facts["values"]["near_retirement_at_first"] is False
    assert young.trace["verdict"] == "met"


def test_counts_a_month_that_the_records_do_not_reach_as_unknown(world):
    user = world.citizen()
    file = world.files["social_insurance", "contributions"]
    file.as_of = date(2026, 9, 30)
    file.save()
    month = date(2026, 10, 1)
    facts = collect(Request(person=user.person, version=_version(world), months=[month]), on=world.on, purpose="测试")
    assert facts.values["unit_paid_months"] is None
    march = Request(person=user.person, version=_version(world), months=[date(2026, 3, 1)])
    assert collect(march, on=world.on, purpose="测试").values["unpaid_months"] == 1


def test_uses_the_version_of_the_place(world):
    benxi = World(at="210502")
    claim = benxi.submitted(benxi.citizen())
    assert claim.programme_version.key == "benxi-2024"
    assert claim.amount == Decimal("1787.40")


def test_ends_publicity_only_after_five_working_days(world):
    claim = world.ready()
    batch = world.posted(claim)
    assert batch.ends_on == date(2026, 11, 30)
    with pytest.raises(publicity.CannotPublish, match="不能提前"):
        publicity.end_publicity(batch_id=batch.pk, on=date(2026, 11, 30))
    publicity.end_publicity(batch_id=batch.pk, on=date(2026, 12, 1))
    assert world.fresh(claim).status == Status.APPROVAL
    publicity.end_publicity(batch_id=batch.pk, on=date(2026, 12, 2))
    assert claim.steps.filter(kind=Step.Kind.END_PUBLICITY).count() == 1


def _version(world):
    return world.programme.version_for(world.region, on=world.on)


def _grant(user, role):
    RoleAssignment.objects.create(
        user=user, role=role, region=factories.region("210106"), valid=(date(2020, 1, 1), None)
    )
    fresh = User.objects.get(pk=user.pk)
    fresh.activate_roles()
    return fresh


def _step(claim, *, office, actor):
    return Step.objects.create(
        claim=claim,
        kind=Step.Kind.PASS_SECOND,
        office=office,
        actor=actor,
        from_status=claim.status,
        to_status=claim.status,
        at=timezone.now(),
    )
