import io

import pytest
from django.conf import settings
from django.utils import timezone

from core import xlsx
from people.identifiers import credit_check_character
from people.middleware import SECOND_FACTOR_KEY
from people.models import Organisation
from tests import factories
from tests.unemployment.test_rosters import upload
from unemployment import exports, roster
from unemployment.forms import handle
from unemployment.models import Employment, Export, Roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(client):
    """Sign somebody in, their second factor given."""

    def enter(user):
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session[SECOND_FACTOR_KEY] = timezone.now().timestamp()
        session.save()
        return client

    return enter


def code(body="91210100MA0000012"):
    return body + credit_check_character(body)


def told(person=None, **changes):
    return {
        "person": handle(person.pk) if person else "",
        "kind": "unit",
        "credit_code": code(),
        "employer_name": "演示新单位",
        "region": factories.community().code,
        "started_on": timezone.localdate().isoformat(),
        "card_seen": "on",
        **changes,
    }


def test_takes_a_hire_down_with_a_person_and_an_employer_that_are_new(enter, caseworker):
    client = enter(caseworker)
    values = told(name="吴新人", number=factories.id_number(), phone="13900001234")
    response = client.post("/work/employments/new/register/", values)
    row = Employment.objects.select_related("person", "employer").get()
    assert response["Location"] == f"/work/employments/{row.public_id}/"
    assert (row.person.name, row.employer.status) == ("吴新人", Organisation.Status.PENDING)
    page = client.get(f"/work/employments/{row.public_id}/").content.decode()
    assert "吴新人" not in page
    assert "出具就业登记证明" in page
    for number in (row.number, "JY0"):
        old = client.get(f"/unemployment/employment/{number}/")
        assert (old.status_code, old["Location"]) == (301, "/unemployment/papers/verify/")


def test_says_in_the_form_what_is_missing_and_keeps_nothing(enter, caseworker):
    client = enter(caseworker)
    for values, said in (
        (told(factories.person(), credit_code=""), "单位就业要填"),
        (told(factories.person(), employer_name=""), "还没有建档"),
        (told(factories.person(), kind="flexible", credit_code=""), "请写在哪里做"),
        (told(factories.person(), started_on="2099-01-01"), "不能晚于今天"),
        ({**told(), "person": "forged"}, "已经过期"),
    ):
        response = client.post("/work/employments/new/register/", values)
        assert response.status_code == 422
        assert said in response.content.decode()
    assert not Employment.objects.exists()


def test_an_agent_hands_a_roster_in_looks_at_it_and_reads_the_outcome(enter):
    employer = factories.organisation(credit_code=code())
    client, number = enter(factories.agent(employer)), factories.id_number()
    file = upload(("郑名册", number, timezone.localdate().isoformat(), "焊工", "", ""))
    response = client.post("/employer/rosters/", {"credit_code": employer.credit_code, "file": file})
    made = Roster.objects.get()
    address = f"/employer/rosters/{made.public_id}/"
    assert response["Location"] == address
    assert "开始登记" in client.get(address).content.decode()
    assert client.post(address, {"version": made.version}).status_code == 302
    roster.run(roster_id=made.pk)
    rows = list(xlsx.read_rows(io.BytesIO(b"".join(client.get(f"{address}outcomes.xlsx").streaming_content))))
    assert rows[1][1:4] == ["郑*", Employment.objects.get().person.masked_id, "登记上岗"]


def test_shows_a_roster_to_its_employer_alone(enter):
    employer, other = factories.organisation(credit_code=code()), factories.organisation()
    agent = factories.agent(employer)
    file = upload(("郑名册", factories.id_number(), timezone.localdate().isoformat(), "", "", ""))
    made = roster.receive(upload=file, employer=employer, by=agent, on=timezone.localdate())
    client = enter(factories.agent(other))
    assert client.get(f"/employer/rosters/{made.public_id}/").status_code == 404
    response = client.post("/employer/rosters/", {"credit_code": employer.credit_code, "file": file})
    assert response.status_code == 422


def test_makes_a_table_of_ones_own_ledger_and_hands_it_out_to_oneself_alone(enter, registration, worker, caseworker):
    client = enter(worker)
    response = client.post(f"/work/figures/tables/new/?kind=ledger&region={factories.community().parent.code}")
    made = Export.objects.get()
    assert response["Location"] == f"/work/figures/tables/{made.public_id}/"
    assert client.get(f"/work/figures/tables/{made.public_id}.xlsx").status_code == 404
    exports.run(export_id=made.pk)
    rows = list(
        xlsx.read_rows(
            io.BytesIO(b"".join(client.get(f"/work/figures/tables/{made.public_id}.xlsx").streaming_content))
        )
    )
    assert rows[1][0] == registration.person.masked_name
    assert enter(caseworker).get(f"/work/figures/tables/{made.public_id}.xlsx").status_code == 404


def test_gives_a_street_its_people_tasks_and_figures_and_no_names(enter, registration, worker):
    page = enter(worker).get("/work/returns/").content.decode()
    assert registration.person.masked_name in page
    assert registration.person.name not in page
    assert "登记失业人数" in page
    assert enter(worker).get("/work/returns/?region=210102").status_code == 404
