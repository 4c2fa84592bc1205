from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from core import audit
from core.errors import StaleVersion
from core.models import Term
from people.models import Person
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, form_values, registered, submitted
from unemployment import registration as workflow
from unemployment.models import Check, Registration
from unemployment.registration import CannotCorrect, CannotDecide, CannotRegister, CannotWithdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen():
    return factories.citizen()


def fill(citizen, **changes):
    draft = workflow.start_draft(person=citizen.person, by=citizen)
    values = form_values(**changes)
    for step, names in workflow.REQUIRED.items():
        part = {name: values[name] for name in names}
        draft = workflow.save_draft(registration_id=draft.pk, step=step, values=part, version=draft.version, by=citizen)
    return draft


def test_keeps_one_draft_of_a_person_and_prefills_it(citizen):
    Person.objects.filter(pk=citizen.person_id).update(education="31", nation="02")
    citizen.person.refresh_from_db()
    draft = workflow.start_draft(person=citizen.person, by=citizen)
    assert (draft.education, draft.nation) == ("31", "02")
    assert workflow.start_draft(person=citizen.person, by=citizen) == draft


def test_tells_the_second_tab_that_the_first_one_saved(citizen):
    draft = workflow.start_draft(person=citizen.person, by=citizen)
    save = {"registration_id": draft.pk, "step": "job", "values": {"cause": "20"}, "by": citizen}
    workflow.save_draft(version=draft.version, **save)
    with pytest.raises(StaleVersion):
        workflow.save_draft(version=draft.version, **save)


def test_hands_in_with_a_number_and_three_working_days(citizen):
    handed_in = workflow.submit(registration_id=fill(citizen).pk, pledged=True, by=citizen, on=date(2026, 11, 6))
    assert handed_in.status == Registration.Status.SUBMITTED
    assert handed_in.decide_by == date(2026, 11, 11)
    assert len(handed_in.receipt_number) == 18
    assert handed_in.receipt_number.startswith("210106261106")


def test_wants_the_pledge_and_every_page(citizen):
    draft = fill(citizen)
    with pytest.raises(CannotRegister, match="承诺"):
        workflow.submit(registration_id=draft.pk, pledged=False, by=citizen, on=TODAY)
    Registration.objects.filter(pk=draft.pk).update(cause="")
    with pytest.raises(CannotRegister, match="失业原因"):
        workflow.submit(registration_id=draft.pk, pledged=True, by=citizen, on=TODAY)


def test_refuses_a_child_with_the_day_from_which_it_works():
    child = factories.citizen(birth=date(2012, 5, 1))
    with pytest.raises(CannotRegister, match="2028 年 5 月 1 日"):
        workflow.submit(registration_id=fill(child).pk, pledged=True, by=child, on=TODAY)


def test_registers_at_a_counter_and_takes_over_the_draft_begun_at_home(citizen, caseworker):
    draft = workflow.start_draft(person=citizen.person, by=citizen)
    assert not Registration.objects.for_staff(caseworker).exists()
    taken = submitted(by=caseworker, person=citizen.person)
    assert taken.pk == draft.pk
    assert taken.channel == Registration.Channel.COUNTER


def test_registers_nobody_twice_in_the_province(caseworker):
    person = factories.person()
    submitted(by=caseworker, person=person)
    elsewhere = factories.staff(Role.CASEWORKER, at="210202")
    with pytest.raises(CannotRegister, match="全省已经有一份"):
        submitted(by=elsewhere, person=person, region=factories.community(county="210202"))


def test_lets_an_officer_register_only_for_his_own_places(caseworker):
    with pytest.raises(CannotRegister, match="您负责的社区"):
        submitted(by=caseworker, region=factories.community(county="210202"))


def test_never_lets_officers_act_on_their_own_registration(colleague):
    own = factories.person()
    colleague.person = own
    colleague.save()
    with pytest.raises(CannotRegister, match="不能给自己办"):
        submitted(by=colleague, person=own)
    other = factories.staff(Role.CASEWORKER)
    found = submitted(by=other, person=own)
    with pytest.raises(CannotDecide, match="不归您办"):
        workflow.accept(registration_id=found.pk, version=found.version, by=colleague, on=TODAY)
    assert found not in Registration.objects.for_staff(colleague)


def test_takes_on_behalf_only_with_the_consent(caseworker):
    with pytest.raises(CannotRegister, match="委托"):
        workflow.register_at_counter(
            person=factories.person(), values=form_values(), pledged=True, by=caseworker, on=TODAY, channel="on_behalf"
        )


def test_accepts_and_owes_the_first_contact_in_five_working_days(caseworker, worker):
    found = registered(by=caseworker, on=date(2026, 11, 6))
    assert found.status == Registration.Status.ACTIVE
    assert found.first_contact_by == date(2026, 11, 13)
    assert found.worker == worker
    [task] = found.follow_ups.all()
    assert (task.month, task.due_on, task.is_first, task.assignee) == (
        date(2026, 11, 1),
        date(2026, 11, 13),
        True,
        worker,
    )


def hit(registration, kind="insurance"):
    check, _ = Check.objects.update_or_create(
        registration=registration, kind=kind, defaults={"verdict": Check.Verdict.HIT, "detail": "有单位参保"}
    )
    return check


def test_never_accepts_over_a_hit_that_nobody_looked_into(caseworker):
    found = submitted(by=caseworker)
    check = hit(found)
    with pytest.raises(CannotDecide, match="单位参保"):
        workflow.accept(registration_id=found.pk, version=found.version, by=caseworker, on=TODAY)
    workflow.review_check(check_id=check.pk, review="explained", note="原单位 9 月已停保", by=caseworker)
    found.refresh_from_db()
    assert workflow.accept(registration_id=found.pk, version=found.version, by=caseworker, on=TODAY).is_open


def test_never_refuses_for_a_hit_alone(caseworker):
    found = submitted(by=caseworker)
    hit(found)
    with pytest.raises(CannotDecide, match="比中本身不是不予登记的理由"):
        workflow.refuse(
            registration_id=found.pk,
            reason="系统比中单位参保，不予登记",
            version=found.version,
            by=caseworker,
            on=TODAY,
        )


def test_refuses_with_the_reason_and_the_remedy(caseworker):
    found = submitted(by=caseworker)
    refused = workflow.refuse(
        registration_id=found.pk,
        reason="本人当面确认仍在原单位上班，没有失业。",
        version=found.version,
        by=caseworker,
        on=TODAY,
    )
    assert "60 日内申请行政复议" in refused.refusal_reason
    assert not refused.is_open


def test_checks_again_only_what_stands_open(caseworker):
    found = submitted(by=caseworker)
    check = hit(found)
    workflow.review_check(check_id=check.pk, review="explained", note="已经停保", by=caseworker)
    workflow.check_again(registration_id=found.pk, by=caseworker, on=TODAY)
    check.refresh_from_db()
    assert check.review == "explained"
    assert check.verdict == Check.Verdict.HIT


def test_marks_what_no_department_has_sent_as_unknown_and_goes_on(caseworker):
    found = submitted(by=caseworker)
    assert set(found.checks.values_list("verdict", flat=True)) == {"unknown"}
    assert workflow.accept(registration_id=found.pk, version=found.version, by=caseworker, on=TODAY).is_open


def ask(found, caseworker, items=(("cause", "请选离职的真实原因"),), on=TODAY):
    return workflow.ask_correction(registration_id=found.pk, items=items, version=found.version, by=caseworker, on=on)


def test_asks_for_a_correction_once_and_for_form_fields_only(citizen, caseworker):
    found = workflow.submit(registration_id=fill(citizen).pk, pledged=True, by=citizen, on=TODAY)
    with pytest.raises(CannotCorrect, match="不能要求补交材料"):
        ask(found, caseworker, items=[("解除劳动关系证明", "请上传")])
    asked = ask(found, caseworker, on=date(2026, 11, 4))
    mended = workflow.save_draft(
        registration_id=asked.pk, step="job", values={"cause": "10"}, version=asked.version, by=citizen
    )
    back = workflow.resubmit(registration_id=mended.pk, by=citizen, on=date(2026, 11, 9))
    assert back.decide_by == date(2026, 11, 11)
    with pytest.raises(CannotCorrect, match="一次性"):
        ask(back, caseworker)


@pytest.mark.parametrize(("pauses", "decide_by"), [(True, date(2026, 11, 11)), (False, date(2026, 11, 6))])
def test_stops_the_clock_during_a_correction_only_where_the_dated_terms_of_the_place_say_so(
    citizen, caseworker, pauses, decide_by
):
    Term.objects.create(
        code="unemployment.correction_pauses_clock",
        region="210106",
        effective_from=date(2026, 11, 9),
        value=pauses,
        note="示例，待地方确认",
        source="示例文件",
        confidence="K",
    )
    found = workflow.submit(registration_id=fill(citizen).pk, pledged=True, by=citizen, on=TODAY)
    asked = ask(found, caseworker, on=date(2026, 11, 4))
    assert asked.decide_by == date(2026, 11, 6)
    back = workflow.resubmit(registration_id=asked.pk, by=citizen, on=date(2026, 11, 9))
    assert back.decide_by == decide_by


def test_lets_people_withdraw_before_the_decision_only(citizen, caseworker):
    found = workflow.submit(registration_id=fill(citizen).pk, pledged=True, by=citizen, on=TODAY)
    with pytest.raises(CannotWithdraw):
        workflow.withdraw(registration_id=found.pk, by=factories.citizen())
    assert workflow.withdraw(registration_id=found.pk, by=citizen).status == "withdrawn"
    again = workflow.start_draft(person=citizen.person, by=citizen)
    assert again.pk != found.pk


def test_shows_a_registration_to_its_own_county_only(caseworker):
    found = submitted(by=caseworker)
    assert found in Registration.objects.visible_to(caseworker)
    assert found not in Registration.objects.visible_to(factories.staff(Role.CASEWORKER, at="210202"))
    assert found in Registration.objects.visible_to(factories.staff(Role.CITY_SUPERVISOR, at="2101"))
    assert found not in Registration.objects.visible_to(factories.citizen())


def test_holds_one_open_registration_in_the_database(caseworker):
    found = submitted(by=caseworker)
    with pytest.raises(IntegrityError, match="registration_one_open"), transaction.atomic():
        Registration.objects.create(person=found.person)


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_several_counters_win_the_race(transactional_db):
    person = factories.person()
    officers = [factories.staff(Role.CASEWORKER) for _ in range(5)]
    values = form_values()

    def attempt(officer):
        try:
            with audit.context(channel="test", actor=officer):
                workflow.register_at_counter(person=person, values=dict(values), pledged=True, by=officer, on=TODAY)
            return "registered"
        except CannotRegister as error:
            return error.message
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(attempt, officers))
    assert answers.count("registered") == 1
    assert sum("全省已经有一份" in answer for answer in answers) == 4
    assert Registration.objects.open().filter(person=person).count() == 1
