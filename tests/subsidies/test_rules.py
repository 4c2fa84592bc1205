"""The rules of every programme file: its own cases, and what must hold for any facts."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import to_fen
from subsidies.programme_files import programme_files, read_programme, run_case
from subsidies.rules import BadTerms, Facts, Finding, Month, Terms, Verdict, assess, checked_fen, names_in

PROGRAMMES = [read_programme(path) for path in programme_files()]
CASES = [pytest.param(p, c, id=f"{p.code}: {c.name}") for p in PROGRAMMES for c in p.cases]
FLEXIBLE = next(p for p in PROGRAMMES if p.code == "flexible_insurance")
VERSION = next(v for v in FLEXIBLE.versions if v.key == "liaoning-2026")
TERMS = Terms.from_dict(VERSION.terms)
GOOD = FLEXIBLE.cases[0].facts
fen = st.integers(min_value=0, max_value=500_000)


@pytest.mark.parametrize(("programme", "case"), CASES)
def test_answers_the_cases_of_its_data_file(programme, case):
    outcome = run_case(programme, case)
    assert outcome.verdict == case.expect
    assert {v.rule for v in outcome.failed} == set(case.failed)
    assert {v.rule for v in outcome.unknown} == set(case.unknown)
    if case.amount:
        assert outcome.amount == Decimal(case.amount)


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.code)
def test_has_a_failing_or_asking_case_for_every_rule(programme):
    tried = {code for case in programme.cases for code in (*case.failed, *case.unknown)}
    rules = {rule["code"] for version in programme.versions for rule in version.terms["rules"]}
    assert rules - tried <= {"flexible", "past_months"}, "write a case for these rules"


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.code)
def test_names_a_source_and_says_what_is_unconfirmed(programme):
    for version in programme.versions:
        assert version.source
        assert version.confidence in "SFK"
        assert version.confidence != "K" or "示例，待地方确认" in version.note
        assert version.content["process"]["publicity_working_days"] >= 5


@pytest.mark.parametrize("name", sorted(TERMS.needs()))
def test_never_approves_when_a_fact_is_missing(name):
    values = {k: v for k, v in GOOD.values.items() if k != name}
    outcome = assess(TERMS, Facts(values, GOOD.months))
    if name in ("months_to_retirement_at_first",):  # only asked when retirement is near
        assert outcome.verdict is Verdict.MET
    else:
        assert outcome.verdict is Verdict.UNKNOWN
        assert not outcome.failed


@given(st.lists(st.tuples(fen, fen), min_size=1, max_size=36))
def test_never_gives_more_than_two_thirds_of_what_was_paid(paid):
    months = tuple(Month(f"m{i}", {"pension_fen": p, "medical_fen": m}) for i, (p, m) in enumerate(paid))
    outcome = assess(TERMS, Facts({**GOOD.values, "months_claimed": 1}, months))
    total = sum(p + m for p, m in paid)
    assert outcome.amount is not None
    assert Fraction(to_fen(outcome.amount)) <= Fraction(2 * total, 3)
    assert Fraction(2 * total, 3) - to_fen(outcome.amount) < len(paid)
    assert outcome.amount == sum(outcome.months.values())


@given(fen, fen, fen)
def test_gives_no_less_for_paying_more(pension, medical, more):
    def amount(p: int) -> Decimal | None:
        month = Month("2026-07", {"pension_fen": p, "medical_fen": medical})
        return assess(TERMS, Facts(GOOD.values, (month,))).amount

    assert amount(pension + more) >= amount(pension)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(TERMS.needs())),
        st.one_of(
            st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.sampled_from(["", "hardship", "是"])
        ),
        max_size=6,
    )
)
def test_answers_any_facts_without_an_exception(values):
    outcome = assess(TERMS, Facts(values, GOOD.months))
    assert len(outcome.trace) == len(TERMS.rules)
    assert all(v.sentence for v in outcome.trace)


def test_lets_a_person_settle_what_is_unknown():
    facts = Facts({**GOOD.values, "has_licence": None}, GOOD.months)
    finding = Finding("no_licence", Verdict.MET, "已在窗口查看，市场监管窗口证明无执照。", "李审核")
    outcome = assess(TERMS, facts, [finding])
    assert outcome.verdict is Verdict.MET
    assert next(v for v in outcome.trace if v.rule == "no_licence").by_person == "李审核"


def test_lets_nobody_settle_what_the_data_decides():
    facts = Facts({**GOOD.values, "has_licence": True}, GOOD.months)
    outcome = assess(TERMS, facts, [Finding("no_licence", Verdict.MET, "看过了。", "李审核")])
    assert [v.rule for v in outcome.failed] == ["no_licence"]


def test_keeps_the_facts_and_the_engine_with_the_verdict():
    stored = assess(TERMS, GOOD).as_dict()
    assert stored["engine"].startswith("zen-engine 2.")
    assert stored["amount"] == "1986.00"
    assert next(r for r in stored["rules"] if r["rule"] == "within_cap")["facts"]["months_cap"] == 36
    assert Facts.from_dict(GOOD.as_dict()) == GOOD


def test_names_the_facts_that_changed():
    changed = Facts({**GOOD.values, "has_licence": True}, GOOD.months[:2])
    assert GOOD.changes_to(changed) == ["has_licence", "months"]
    assert GOOD.changes_to(GOOD) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 2.0**53, True, None, "5"])
def test_refuses_what_is_no_amount(value):
    with pytest.raises(ValueError, match="金额"):
        checked_fen(value, rounding="down")


def test_hides_the_binary_tail_before_rounding():
    assert checked_fen(0.1 + 0.2 + 0.7, rounding="down") == 1
    assert checked_fen(66200.9999999999, rounding="down") == 66200
    assert checked_fen(0.5, rounding="half_up") == 1


def test_refuses_money_that_is_not_whole_fen():
    with pytest.raises(TypeError, match="fen"):
        Facts({"amount": 1.5})


def _changed(**rule):
    rules = [{**VERSION.terms["rules"][0], **rule}, *VERSION.terms["rules"][1:]]
    return {**VERSION.terms, "rules": rules}


def test_refuses_an_expression_that_reads_an_unlisted_fact():
    with pytest.raises(BadTerms, match="needs"):
        Terms.from_dict(_changed(expression="category != 'none' and salary < 3"))


def test_refuses_an_expression_that_does_not_parse():
    with pytest.raises(BadTerms, match="写错了"):
        Terms.from_dict(_changed(expression="category =="))


def test_reads_names_but_not_words_or_calls():
    assert names_in("a == 'b c' and not (d in [\"e\"]) or round(f) > 1") == {"a", "d", "f"}
