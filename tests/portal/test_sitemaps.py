import pytest
from django.test import Client
from django.urls import reverse

from jobs.models import Posting
from people.models import Organisation
from tests import factories
from tests.jobs.factories import posting

pytestmark = pytest.mark.django_db


def read(client: Client, section: str) -> str:
    response = client.get(reverse("portal:sitemap", args=[section]))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    return response.content.decode()


def test_lists_a_map_of_each_kind(client):
    index = client.get("/sitemap.xml").content.decode()
    assert [part in index for part in ("/sitemap-pages.xml", "/sitemap-jobs.xml", "/sitemap-stations.xml")] == [
        True
    ] * 3


def test_names_only_postings_that_can_be_applied_to(client):
    shown, filled = posting(), posting(title="已招满")
    Posting.objects.filter(pk=filled.pk).update(status=Posting.Status.FILLED)
    suspended = posting(organisation=factories.organisation())
    Organisation.objects.filter(pk=suspended.organisation_id).update(status=Organisation.Status.SUSPENDED)
    found = read(client, "jobs")
    assert str(shown.public_id) in found
    assert str(filled.public_id) not in found
    assert str(suspended.public_id) not in found


def test_names_only_pages_that_a_visitor_can_open(client):
    for line in read(client, "pages").split("<loc>")[1:]:
        path = line.split("</loc>")[0].split("testserver", 1)[1]
        assert client.get(path).status_code == 200


def test_knows_no_other_map(client):
    assert client.get("/sitemap-people.xml").status_code == 404


def test_keeps_robots_from_names_of_people(client):
    rules = client.get("/robots.txt").content.decode().splitlines()
    assert f"Disallow: {reverse('subsidies:publicity-list')}" in rules
    assert f"Disallow: {reverse('people:account')}" in rules
    assert rules[-1] == "Sitemap: http://testserver/sitemap.xml"
