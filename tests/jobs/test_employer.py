"""Agencies that recruit for other employers, and agents who act for several."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from jobs import postings
from jobs.models import Posting
from people.models import RoleAssignment
from people.roles import Role
from tests import factories
from tests.jobs.factories import TODAY, posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db
CLIENT = "演示机械有限公司"


@pytest.fixture
def agency():
    return factories.organisation(name="演示人力", kind="hr_agency", agency_licence="210106001")


@pytest.fixture
def agent(client, agency):
    account = factories.agent(agency)
    client.force_login(account)
    return account


def test_lets_an_agency_name_the_employer_that_authorised_it_and_says_so_everywhere(client, agency, agent, asked):
    asked |= {"employer_name": CLIENT, "on_behalf": "on"}
    assert client.post("/employer/postings/new/", asked).status_code == 302
    row = Posting.objects.get()
    assert (row.employer_name, row.on_behalf, row.status) == (CLIENT, True, "submitted")
    login(client, factories.staff(Role.CASEWORKER))
    assert f"由 {agency.name} 代招" in client.get("/work/jobs/").content.decode()
    postings.publish_posting(posting_id=row.pk, by=factories.staff(Role.CASEWORKER), on=TODAY)
    client.logout()
    page = client.get(f"/jobs/{row.public_id}/").content.decode()
    assert f"由 {agency.name} 代招" in page
    assert "营业执照已核验" not in page
    assert "中介代招" in client.get("/jobs/").content.decode()
    shown = client.get("/api/v1/jobs/").json()["results"][0]
    assert (shown["employer"], shown["agency"]) == (CLIENT, agency.name)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"employer_name": CLIENT}, "书面委托"),
        ({"on_behalf": "on"}, "写明替哪个单位招"),
    ],
)
def test_wants_the_name_and_the_statement_together(client, agent, asked, more, said):
    page = client.post("/employer/postings/new/", asked | more)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Posting.objects.exists()


def test_publishes_for_the_agency_itself_without_either(client, agency, agent, asked):
    client.post("/employer/postings/new/", asked | {"employer_name": agency.name})
    row = Posting.objects.get()
    assert (row.employer_name, row.on_behalf, row.agency) == (agency.name, False, "")


def test_lets_no_plain_employer_recruit_for_another(client, asked):
    employer = factories.organisation()
    account = factories.agent(employer)
    client.force_login(account)
    assert 'name="on_behalf"' not in client.get("/employer/postings/new/").content.decode()
    client.post("/employer/postings/new/", asked | {"employer_name": CLIENT, "on_behalf": "on"})
    assert Posting.objects.get().employer_name == employer.name
    values = {"on_behalf": True, "employer_name": CLIENT}
    with pytest.raises(postings.CannotEditPosting, match="许可证"):
        postings.save_draft(posting=None, organisation=employer, values=values, by=account)
    made = posting(organisation=employer, published=False)
    Posting.objects.filter(pk=made.pk).update(on_behalf=True, employer_name=CLIENT)
    with pytest.raises(postings.CannotPublish, match="许可证"):
        postings.submit_posting(posting_id=made.pk, by=account, on=TODAY)
    with pytest.raises(IntegrityError, match="posting_on_behalf_names_both"), transaction.atomic():
        Posting.objects.filter(pk=made.pk).update(employer_name="")


def test_lets_an_agent_of_two_employers_choose_for_which_one_to_publish(client, asked):
    first, second = factories.organisation(), factories.organisation()
    account = factories.agent(first)
    RoleAssignment.objects.create(
        user=account, role=Role.EMPLOYER_AGENT, organisation=second, valid=(date(2020, 1, 1), None)
    )
    client.force_login(account)
    page = client.get("/employer/postings/new/").content.decode()
    address = f"?organisation={second.public_id}"
    assert address in page
    client.post(f"/employer/postings/new/{address}", asked)
    assert Posting.objects.get().organisation == second
    copied = client.get(f"/employer/postings/new/?copy={Posting.objects.get().public_id}").content.decode()
    assert f'<b aria-current="true">{second.name}</b>' in copied
