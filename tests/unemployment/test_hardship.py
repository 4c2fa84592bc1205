from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core import audit, events, registry
from people.models import Group, GroupMembership
from people.roles import Role
from tests import factories
from tests.unemployment.care import TODAY, WORDS, Street
from tests.unemployment.conftest import later, registered
from unemployment import deregistration, hardship, hardship_exits
from unemployment.hardship import CannotApply, CannotHandle
from unemployment.models import HardshipExit, HardshipRecognition, HardshipStep


@pytest.fixture
def street(db):
    return Street()


def in_group(person, on=TODAY):
    return GroupMembership.objects.filter(person=person, group=Group.HARDSHIP).on(on).exists()


def test_lists_the_categories_with_their_source_and_marks_the_unconfirmed(db):
    found = hardship.categories(on=TODAY)
    assert list(found)[:4] == ["zero_employment", "minimum_living", "older", "disabled"]
    assert found["disabled"].confirmed
    assert "鞍山" in found["disabled"].source
    assert found["long_term_jobless"].title.endswith("（示例，待地方确认）")
    assert "long_term_jobless" not in hardship.categories(on=TODAY.replace(year=2023))


def test_takes_a_person_through_community_street_and_county(street):
    citizen = factories.citizen()
    row = hardship.apply(
        person=citizen.person,
        category="older",
        region=factories.community(),
        circumstances=WORDS,
        by=citizen,
        on=TODAY,
    )
    assert (row.status, row.due_on) == ("community", later(3))
    row = hardship.check(recognition_id=row.pk, note="已上门核实", version=row.version, by=street.worker, on=TODAY)
    row = hardship.review(recognition_id=row.pk, note="材料在册", version=row.version, by=street.reviewer, on=TODAY)
    street.posted(row)
    assert row.steps.count() == 4
    assert set(row.steps.values_list("office", flat=True)) == {"", "community", "street"}
    with pytest.raises(CannotHandle, match="公示"):
        hardship.recognise(recognition_id=row.pk, note="", version=row.version, by=street.supervisor, on=TODAY)


def test_recognises_with_a_number_a_day_to_look_again_and_the_group(street):
    row = street.recognised()
    assert row.number.startswith("KN210106")
    assert row.valid_until == TODAY.replace(year=2027)
    assert in_group(row.person, on=TODAY.replace(year=2028)), "nobody leaves the group without a decision"
    assert [s.kind for s in row.steps.order_by("pk")] == ["apply", "review", "publish", "end_publicity", "recognise"]


def test_lets_nobody_take_two_steps_of_one_recognition(street):
    both = factories.staff(Role.CASEWORKER)
    row = hardship.apply(
        person=factories.person(),
        category="older",
        region=factories.community(),
        circumstances=WORDS,
        consent="电话录音同意",
        by=both,
        on=TODAY,
    )
    assert hardship.step_for(both, row) == ""
    with pytest.raises(CannotHandle, match="不同的人"):
        hardship.review(recognition_id=row.pk, note="材料在册", version=row.version, by=both, on=TODAY)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        HardshipStep.objects.create(recognition=row, kind="review", office="street", by=both)


def test_refuses_steps_out_of_turn_out_of_place_and_on_oneself(street):
    row = street.applied()
    with pytest.raises(CannotHandle, match="不归您办"):
        hardship.review(
            recognition_id=row.pk,
            note="材料在册",
            version=row.version,
            by=factories.staff(Role.CASEWORKER, at="210102"),
            on=TODAY,
        )
    only_here = factories.staff(Role.COMMUNITY_WORKER, at=factories.community())
    with pytest.raises(CannotHandle, match="不归您办"):
        hardship.review(recognition_id=row.pk, note="材料在册", version=row.version, by=only_here, on=TODAY)
    with pytest.raises(CannotApply, match="怎么同意"):
        street.applied(consent="")
    with pytest.raises(CannotApply, match="列出的类别"):
        street.applied(category="poor")
    street.reviewer.person = row.person
    with pytest.raises(CannotHandle, match="自己"):
        hardship.review(recognition_id=row.pk, note="材料在册", version=row.version, by=street.reviewer, on=TODAY)


def test_tells_why_it_refuses_and_how_to_object(street):
    row = street.applied()
    with pytest.raises(CannotHandle, match="至少 10 个字"):
        hardship.refuse(recognition_id=row.pk, reason="不符", version=row.version, by=street.reviewer, on=TODAY)
    row = hardship.refuse(
        recognition_id=row.pk,
        reason="民政名册里没有低保记录，补办后可以再申请。",
        version=row.version,
        by=street.reviewer,
        on=TODAY,
    )
    assert "行政复议" in row.refusal_reason
    assert street.applied(row.person).status == "street", "a refused person may apply again"


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_several_applications_win_the_race(transactional_db):
    person, region = factories.person(), factories.community()
    workers = [factories.staff(Role.COMMUNITY_WORKER, at=region.parent) for _ in range(4)]

    def attempt(worker):
        try:
            with audit.context(channel="test", actor=worker):
                hardship.apply(
                    person=person,
                    category="older",
                    region=region,
                    circumstances=WORDS,
                    consent="当面签字",
                    by=worker,
                    on=TODAY,
                )
            return "applied"
        except CannotApply as error:
            return error.message
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, workers))
    assert answers.count("applied") == 1
    assert HardshipRecognition.objects.filter(person=person).count() == 1


def test_ends_nothing_when_the_time_is_up(street):
    row = street.recognised()
    late = row.valid_until + (later(1) - TODAY)
    assert list(HardshipRecognition.objects.to_renew(on=late)) == [row]
    row = hardship.renew(recognition_id=row.pk, note="仍在低保名册", version=row.version, by=street.worker, on=late)
    assert row.status == "recognised"
    assert not HardshipRecognition.objects.to_renew(on=late).exists()


def test_lets_data_propose_an_exit_and_a_person_decide(street, caseworker, supervisor):
    row = street.recognised()
    found = registered(by=caseworker, person=row.person)
    proposal = deregistration.propose(
        registration_id=found.pk, ground="11", evidence="单位已为本人参保", happened_on=TODAY, by=caseworker, on=TODAY
    )
    heard = proposal.heard_until + timedelta(days=1)
    deregistration.decide(proposal_id=proposal.pk, note="", version=proposal.version, by=supervisor, on=heard)
    events.run_consumers()
    exit_ = HardshipExit.objects.get(recognition=row)
    assert (exit_.source, exit_.ground, exit_.status) == ("data", "employed", "proposed")
    row.refresh_from_db()
    assert row.status == "recognised"
    with pytest.raises(CannotHandle, match="区县业务主管"):
        hardship_exits.decide(exit_id=exit_.pk, note="已核实过", version=exit_.version, by=street.worker, on=TODAY)
    hardship_exits.decide(
        exit_id=exit_.pk, note="社保已参保三个月", version=exit_.version, by=street.supervisor, on=TODAY
    )
    row.refresh_from_db()
    assert (row.status, row.exit_ground) == ("exited", "employed")
    assert not in_group(row.person, on=later(1))
    assert street.recognised(row.person).status == "recognised", "who left may be recognised again"


def test_keeps_the_group_while_another_category_holds(street):
    first = street.recognised()
    street.recognised(first.person, category="older")
    exit_ = hardship_exits.propose(
        recognition_id=first.pk,
        ground="category_ended",
        evidence="民政通知 10 月起停发低保",
        happened_on=TODAY,
        by=street.worker,
        on=TODAY,
    )
    hardship_exits.decide(exit_id=exit_.pk, note="民政已核对", version=exit_.version, by=street.supervisor, on=TODAY)
    assert in_group(first.person, on=later(1))


@pytest.mark.parametrize("ground", ["311", "32", "refused", "unreachable"])
def test_knows_no_exit_for_refusals_or_silence(street, ground):
    row = street.recognised()
    with pytest.raises(CannotHandle, match="都不是退出台账的理由"):
        hardship_exits.propose(
            recognition_id=row.pk,
            ground=ground,
            evidence="连续三次拒绝推荐岗位",
            happened_on=TODAY,
            by=street.worker,
            on=TODAY,
        )


def test_lets_the_person_ask_to_leave_and_an_officer_keep_them(street):
    citizen = factories.citizen()
    row = street.recognised(citizen.person)
    exit_ = hardship_exits.request(recognition_id=row.pk, reason="找到工作了", by=citizen, on=TODAY)
    hardship_exits.reject(exit_id=exit_.pk, note="本人改变主意", version=exit_.version, by=street.worker)
    row.refresh_from_db()
    assert row.status == "recognised"
    with pytest.raises(CannotHandle, match="自己退出"):
        hardship_exits.request(recognition_id=row.pk, reason="", by=factories.citizen(), on=TODAY)


def test_shows_what_is_on_record_so_that_no_paper_is_asked_again(street, caseworker):
    person = factories.person(birth=TODAY.replace(year=1966))
    registered(by=caseworker, person=person)
    shown = {fact.label: fact.value for fact in hardship.facts(person, on=TODAY)}
    assert "在 5 年以内" in shown["距法定退休年龄"]
    assert "2026-11-03 登记" in shown["失业登记"]


def test_gives_people_a_copy_of_what_the_ledger_holds_of_them(street):
    citizen = factories.citizen()
    row = street.recognised(citizen.person)
    (line,) = registry.own_copy(citizen)["就业困难人员认定"]
    assert (line["认定编号"], line["状态"]) == (row.number, "已认定")
    assert registry.own_copy(factories.citizen())["就业困难人员认定"] == []
