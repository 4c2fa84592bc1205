from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.errors import StaleVersion
from core.models import QueryLog
from messaging.models import InboxMessage
from subsidies import claims, review
from subsidies.claims import CannotClaim
from subsidies.models import Claim, ClaimMonth, Step
from subsidies.models.claim import county_of
from tests import factories
from tests.subsidies.world import World

Status = Claim.Status


def test_fills_in_what_the_departments_know_and_says_why_it_asked(world):
    user = world.citizen()
    claim = claims.start_claim(person=user.person, programme=world.programme, by=user, on=world.on)
    assert [m.month for m in claim.months.all()] == world.months()
    assert {m.source for m in claim.months.all()} == {"system"}
    assert claim.months.first().pension == Decimal("744.75")
    assert set(QueryLog.objects.values_list("purpose", flat=True)) == {"预填补贴申请"}


def test_returns_the_draft_that_is_there(world):
    user = world.citizen()
    first = claims.start_claim(person=user.person, programme=world.programme, by=user, on=world.on)
    assert claims.start_claim(person=user.person, programme=world.programme, by=user, on=world.on) == first


def test_takes_over_the_account_on_record(world):
    user = world.citizen()
    user.person.bank_name, user.person.bank_account = "盛京银行", "6210810730004206208"
    user.person.save()
    claim = claims.start_claim(person=user.person, programme=world.programme, by=user, on=world.on)
    assert (claim.bank_tail, claim.bank_account.open()) == ("6208", "6210810730004206208")


def test_hands_in_with_version_facts_trace_and_amount(world):
    claim = world.submitted()
    assert claim.status == Status.SUBMITTED
    assert claim.amount == Decimal("1986.00")
    assert claim.programme_version.key == "liaoning-2026-registers"
    assert claim.trace["verdict"] == "met"
    assert claim.trace["engine"].startswith("zen-engine")
    assert claim.facts["sources"]["has_licence"] == "市场监管登记"
    assert claim.receipt_number.startswith("210106")
    assert [m.amount for m in claim.months.all()] == [Decimal("662.00")] * 3
    assert InboxMessage.objects.filter(user=claim.person.account, template="claim_received").count() == 1


@pytest.mark.parametrize(
    ("account", "sentence"), [("622848001234567", "15 位"), ("6228 4800 1234 5678 9012 345", "23 位")]
)
def test_says_what_is_wrong_with_a_card_number(world, account, sentence):
    claim = world.draft(world.citizen())
    with pytest.raises(CannotClaim, match=sentence):
        claims.save_account(claim_id=claim.pk, bank_name="盛京银行", account=account, by=claim.person.account)


def test_refuses_to_hand_in_without_the_pledge(world):
    claim = world.draft(world.citizen())
    with pytest.raises(CannotClaim, match="承诺"):
        claims.submit_claim(claim_id=claim.pk, pledged=False, by=claim.person.account, on=world.on)


def test_refuses_to_hand_in_half_filled(world):
    user = world.citizen()
    claim = claims.start_claim(person=user.person, programme=world.programme, by=user, on=world.on)
    with pytest.raises(CannotClaim, match="还差2项"):
        claims.submit_claim(claim_id=claim.pk, pledged=True, by=user, on=world.on)


def test_lets_nobody_else_touch_a_claim(world):
    claim, other = world.draft(world.citizen()), world.citizen()
    with pytest.raises(CannotClaim, match="不是您的"):
        claims.save_account(claim_id=claim.pk, bank_name="盛京银行", account="6" * 16, by=other)
    assert not Claim.objects.visible_to(other).filter(pk=claim.pk).exists()


def test_tells_a_stale_page_instead_of_merging(world):
    claim = world.draft(world.citizen())
    with pytest.raises(StaleVersion):
        claims.save_account(
            claim_id=claim.pk, bank_name="盛京银行", account="6" * 16, by=claim.person.account, version=1
        )


def test_refuses_a_month_that_is_not_over(world):
    claim = world.draft(world.citizen())
    with pytest.raises(CannotClaim, match="没过完"):
        claims.save_months(
            claim_id=claim.pk, months=[date(2026, 11, 1)], declared={}, by=claim.person.account, on=world.on
        )


def test_asks_amounts_for_a_month_without_a_record(world):
    claim = world.draft(world.citizen())
    may = date(2026, 5, 1)
    with pytest.raises(CannotClaim, match="2026 年 5 月的缴费记录"):
        claims.save_months(claim_id=claim.pk, months=[may], declared={}, by=claim.person.account, on=world.on)
    claims.save_months(
        claim_id=claim.pk,
        months=[may],
        declared={may: (Decimal("700.00"), Decimal("200.00"))},
        by=claim.person.account,
        on=world.on,
    )
    assert claims.missing_parts(world.fresh(claim)) == ["papers"]


def test_refuses_a_month_that_a_unit_paid(world):
    user = world.citizen()
    world.pay(user.person, date(2026, 6, 1), capacity="101单位")
    claim = world.draft(user)
    with pytest.raises(CannotClaim, match="单位给您缴"):
        claims.save_months(claim_id=claim.pk, months=[date(2026, 6, 1)], declared={}, by=user, on=world.on)


def test_pays_a_month_once_across_claims_in_the_database(world):
    first = world.submitted()
    second = Claim.objects.create(
        person=first.person, programme=first.programme, programme_version=first.programme_version, region=first.region
    )
    ClaimMonth.objects.create(claim=second, person=first.person, programme=first.programme, month=world.months()[0])
    with pytest.raises(IntegrityError, match="claim_month_paid_once"), transaction.atomic():
        Claim.objects.filter(pk=second.pk).update(status=Status.SUBMITTED)


def test_frees_the_months_of_a_claim_that_was_taken_back(world):
    claim = world.submitted()
    assert ClaimMonth.objects.holding().filter(claim=claim).count() == 3
    claims.withdraw_claim(claim_id=claim.pk, by=claim.person.account)
    assert not ClaimMonth.objects.holding().filter(claim=claim).exists()
    again = world.submitted(claim.person.account)
    assert again.status == Status.SUBMITTED


def test_binds_a_month_to_the_person_of_its_claim(world):
    claim, other = world.draft(world.citizen()), factories.person()
    row = ClaimMonth.objects.create(claim=claim, person=other, programme=claim.programme, month=date(2026, 1, 1))
    row.refresh_from_db()
    assert row.person == claim.person


def test_cannot_take_an_approved_claim_back(world):
    claim = world.approved()
    with pytest.raises(CannotClaim, match="不能撤回"):
        claims.withdraw_claim(claim_id=claim.pk, by=claim.person.account)


def test_corrects_once_and_goes_on_where_it_was(world):
    claim = world.submitted()
    review.ask_correction(
        claim_id=claim.pk, note="请把现在的工作写清楚，写到做什么、在哪里做。", by=world.intake, on=world.on
    )
    claims.save_work(
        claim_id=claim.pk,
        work="在兴华街道跑外卖",
        since=date(2025, 3, 1),
        retirement_age=None,
        by=claim.person.account,
        on=world.on,
    )
    claims.submit_claim(claim_id=claim.pk, pledged=True, by=claim.person.account, on=world.on)
    claim = world.fresh(claim)
    assert claim.status == Status.SUBMITTED
    assert list(claim.steps.values_list("kind", flat=True)) == [
        Step.Kind.SUBMIT,
        Step.Kind.ASK_CORRECTION,
        Step.Kind.CORRECT,
    ]
    with pytest.raises(review.CannotAccept, match="只能要求一次"):
        review.ask_correction(claim_id=claim.pk, note="再补一份缴费凭证，写清楚哪个月。", by=world.intake, on=world.on)


def test_steps_cannot_be_rewritten(world):
    claim = world.submitted()
    with pytest.raises(Exception, match=r"only grows|permission denied"), transaction.atomic():
        Step.objects.filter(claim=claim).update(note="改写")


def test_shows_claims_to_officers_only_from_their_step_on_and_in_their_region(world):
    claim = world.submitted()
    elsewhere = factories.staff("subsidy_intake", at="210202")
    seen = Claim.objects.visible_to
    assert seen(world.intake).filter(pk=claim.pk).exists()
    assert not seen(world.reviewer).filter(pk=claim.pk).exists()
    assert not seen(elsewhere).filter(pk=claim.pk).exists()
    review.accept_claim(claim_id=claim.pk, by=world.intake, on=world.on)
    assert seen(world.reviewer).filter(pk=claim.pk).exists()
    assert not seen(world.payer).filter(pk=claim.pk).exists()


def test_numbers_a_claim_after_the_zone_that_handles_it(db, today, as_staff):
    zone = World(at="21SF01")
    claim = zone.submitted()
    assert claim.region.code.startswith(("210112", "210404"))
    assert claim.receipt_number.startswith("21SF01261123")
    found = as_staff(zone.intake).get("/work/claims/", {"view": "all", "q": claim.spaced_receipt.lower()})
    assert claim.person.name in found.content.decode()


@pytest.mark.parametrize(
    ("code", "county"), [("210106", "210106"), ("2101", "2101"), ("21", "21"), ("21SF01", "21SF01")]
)
def test_names_the_county_or_zone_or_the_place_itself_above(db, code, county):
    assert county_of(factories.region(code)) == county
    if len(code) == 6:
        assert county_of(factories.community(county=code)) == county
