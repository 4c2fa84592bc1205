from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from core import audit
from core.errors import StaleVersion
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, later, page, registered
from unemployment import deregistration, escalations, transfers
from unemployment.forms import handle
from unemployment.models import FollowUp, Registration, Transfer
from unemployment.transfers import CannotTransfer

pytestmark = pytest.mark.django_db
THERE = "210202"


def target():
    return factories.community(county=THERE)


@pytest.fixture
def receiver(db):
    return factories.staff(Role.CASEWORKER, at=THERE)


@pytest.fixture
def receiving_worker(db):
    return factories.staff(Role.COMMUNITY_WORKER, at=target().parent)


def ask(registration, by, **changes):
    values = {"target": target(), "reason": "搬家", **changes}
    return transfers.request_transfer(registration_id=registration.pk, by=by, on=TODAY, **values)


def accept(transfer, by, **changes):
    values = {"version": transfer.version, "on": TODAY, **changes}
    return transfers.accept_transfer(transfer_id=transfer.pk, by=by, **values)


def test_moves_the_person_and_what_is_open_when_the_new_place_agrees(
    registration, caseworker, receiver, receiving_worker, worker
):
    task = registration.follow_ups.get()
    asked = ask(registration, caseworker)
    assert (asked.direction, asked.answer_by) == ("out", date(2026, 11, 6))
    registration.refresh_from_db()
    assert (registration.region, registration.worker) == (factories.community(), worker)
    accept(asked, receiver)
    registration.refresh_from_db()
    task.refresh_from_db()
    assert (registration.region, registration.worker) == (target(), receiving_worker)
    assert (task.region, task.assignee, task.status) == (target(), receiving_worker, FollowUp.Status.OPEN)
    assert not Registration.objects.for_staff(caseworker).exists()
    certificates = registration.papers.filter(kind="certificate").order_by("pk")
    assert [(row.county, row.status) for row in certificates] == [("210106", "withdrawn"), (THERE, "valid")]


def test_lets_the_person_ask_and_take_it_back(caseworker, receiver):
    citizen = factories.citizen()
    registration = registered(by=caseworker, person=citizen.person)
    asked = ask(registration, citizen)
    assert (asked.by_person, asked.direction) == (True, "out")
    with pytest.raises(CannotTransfer, match="只能撤回自己"):
        transfers.withdraw_transfer(transfer_id=asked.pk, by=caseworker)
    transfers.withdraw_transfer(transfer_id=asked.pk, by=citizen)
    with pytest.raises(CannotTransfer, match="已经有答复"):
        accept(asked, receiver)


def test_lets_the_old_place_answer_what_was_asked_at_the_new_one(registration, caseworker, receiver):
    asked = ask(registration, receiver)
    assert (asked.direction, asked.answering) == ("in", factories.community())
    with pytest.raises(CannotTransfer, match="对方管理地"):
        accept(asked, receiver)
    with pytest.raises(CannotTransfer, match="对方管理地"):
        accept(asked, factories.staff(Role.CASEWORKER, at=THERE))
    assert accept(asked, caseworker).status == "accepted"


def test_leaves_the_person_where_they_are_with_a_reason(registration, caseworker, receiver):
    asked = ask(registration, caseworker)
    with pytest.raises(CannotTransfer, match="为什么不同意"):
        transfers.refuse_transfer(transfer_id=asked.pk, note="", version=asked.version, by=receiver)
    transfers.refuse_transfer(transfer_id=asked.pk, note="不在本社区居住", version=asked.version, by=receiver)
    registration.refresh_from_db()
    assert registration.region == factories.community()
    assert ask(registration, caseworker).status == "requested"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"reason": ""}, "为什么转"), ({"target": None}, "一样"), ({"target": "210202"}, "社区或村")],
    ids=["no reason", "same place", "no community"],
)
def test_answers_what_cannot_be_asked_with_a_sentence(registration, caseworker, changes, sentence):
    if "target" in changes:
        place = changes["target"]
        changes = {"target": factories.region(place) if place else registration.region}
    with pytest.raises(CannotTransfer, match=sentence):
        ask(registration, caseworker, **changes)


def test_has_one_transfer_under_way(registration, caseworker, receiver):
    ask(registration, caseworker)
    with pytest.raises(CannotTransfer, match="已经有一次"):
        ask(registration, receiver)


def test_tells_the_officer_whose_page_is_old(registration, caseworker, receiver):
    asked = ask(registration, caseworker)
    with pytest.raises(StaleVersion):
        accept(asked, receiver, version=asked.version + 1)


def test_moves_nobody_without_the_other_sides_yes_in_the_database(registration, caseworker):
    ask(registration, caseworker)
    with pytest.raises(IntegrityError, match="only by an accepted transfer"), transaction.atomic():
        Registration.objects.filter(pk=registration.pk).update(region=target())


def test_rises_to_the_supervisor_of_the_place_that_does_not_answer(registration, caseworker, receiver):
    ask(registration, caseworker)
    supervisor = factories.staff(Role.COUNTY_SUPERVISOR, at=THERE)
    county = factories.region(THERE)
    assert escalations.raise_overdue(region_id=county.pk, on=date(2026, 11, 6)) == {}
    assert escalations.raise_overdue(region_id=county.pk, on=date(2026, 11, 9)) == {"transfer": 1}
    matter = registration.escalations.get(kind="transfer")
    assert matter.region == target()
    assert matter in type(matter).objects.visible_to(supervisor)
    accept(registration.transfers.get(), receiver)
    matter.refresh_from_db()
    assert matter.status == "done"


def test_ends_with_the_registration(registration, caseworker):
    asked = ask(registration, caseworker)
    proposal = deregistration.propose(
        registration_id=registration.pk,
        ground="26",
        evidence="民政死亡登记",
        happened_on=TODAY,
        by=caseworker,
        on=TODAY,
    )
    deregistration.decide(proposal_id=proposal.pk, note="", version=proposal.version, by=caseworker, on=TODAY)
    asked.refresh_from_db()
    assert (asked.status, asked.answer_note) == ("withdrawn", "登记已注销")


def test_shows_a_transfer_to_both_sides_and_hides_it_from_outsiders(
    enter,
    registration,
    caseworker,
    receiver,
):
    asked = ask(registration, caseworker)
    url = f"/work/registrations/transfers/{asked.public_id}/"
    assert "撤回申请" in page(enter(caseworker).get(url))
    assert "等对方答复" in page(enter(caseworker).get("/work/registrations/transfers/?view=theirs"))
    client = enter(receiver)
    assert registration.person.name in page(client.get("/work/registrations/transfers/"))
    assert "同意转移" in page(client.get(url))
    assert client.get(f"/work/registrations/{registration.public_id}/").status_code == 404
    outsider = enter(factories.staff(Role.CASEWORKER, at="210302"))
    assert outsider.get(url).status_code == 404
    assert outsider.post(url, {"act": "accept", "version": asked.version}).status_code == 404
    client = enter(receiver)
    assert "为什么不同意" in page(client.post(url, {"act": "refuse", "version": asked.version}), 422)
    assert client.post(url, {"act": "accept", "version": asked.version}).status_code == 302
    assert Transfer.objects.get().status == "accepted"
    assert client.get(f"/work/registrations/{registration.public_id}/").status_code == 200


def test_leads_the_citizen_from_county_to_community(enter, caseworker):
    citizen = factories.citizen()
    registration = registered(by=caseworker, person=citizen.person)
    client, url = enter(citizen), f"/unemployment/{registration.public_id}/move/"
    page(client.get(url))
    assert target().name in page(client.get(f"{url}?county={THERE}"))
    assert client.post(f"{url}?county={THERE}", {"target": target().code, "reason": "搬家"}).status_code == 302
    assert "正在转到别的社区" in page(client.get(f"/unemployment/{registration.public_id}/"))
    assert client.post(f"{url}withdraw/").status_code == 302
    assert enter(factories.citizen()).get(url).status_code == 404


def test_takes_somebody_in_at_the_new_counter(enter, registration, receiver):
    client, number = enter(receiver), registration.person.id_number.open()
    assert "向原管理地申请转入" in page(client.post("/work/registrations/new/find/", {"number": number}))
    data = {"person": handle(registration.person_id), "target": target().code, "reason": "搬家", "card_seen": "on"}
    assert "验看" in page(client.post("/work/registrations/transfers/in/", {**data, "card_seen": ""}), 422)
    assert client.post("/work/registrations/transfers/in/", data).status_code == 302
    assert Transfer.objects.get().direction == "in"


@pytest.mark.django_db(transaction=True)
def test_opens_one_transfer_when_both_sides_ask_at_once():
    officers = [factories.staff(Role.CASEWORKER), factories.staff(Role.CASEWORKER, at=THERE)]
    registration = registered(by=factories.staff(Role.CASEWORKER), on=later(-1))

    def attempt(officer):
        try:
            with audit.context(channel="test"):
                ask(registration, officer)
            return "asked"
        except CannotTransfer as error:
            return error.message
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(attempt, officers))
    assert answers.count("asked") == 1
    assert sum("已经有一次" in answer for answer in answers) == 1
    assert Transfer.objects.count() == 1
