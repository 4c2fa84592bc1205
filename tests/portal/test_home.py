import pytest
from django.test import Client
from django.urls import reverse

from core import registry
from people.models import User
from subsidies.models import Claim, Programme
from tests import factories
from tests.jobs import factories as made
from unemployment.models import Registration

pytestmark = pytest.mark.django_db


def test_every_link_of_the_home_page_opens(client: Client):
    for place in ("main", "tabbar", "matters", "seeking", "about"):
        for link, url in registry.links(place):
            assert client.get(url).status_code in (200, 302), link.code


def test_every_tile_opens(client: Client):
    for tile, url in registry.tiles():
        assert client.get(url).status_code in (200, 302), tile.code


def test_marks_where_one_is(client: Client):
    page = client.get("/").content.decode()
    assert '<a href="/" aria-current="page">首页</a>' in page


def test_searches_the_postings(client: Client):
    page = client.get("/").content.decode()
    assert 'role="search"' in page
    assert "沈阳市" in page


def _busy(name: str) -> User:
    user = factories.citizen(name=name)
    made.application(posting=made.posting(title=f"{name}的岗位"), applicant=user)
    Registration.objects.create(person=user.person)
    programme = Programme.objects.get(code="flexible_insurance")
    Claim.objects.create(person=user.person, programme=programme, region=factories.region("210106"))
    return user


def _matters(client: Client) -> str:
    return client.get("/").content.decode().split('id="h-track"')[1].split("</section>")[0]


def test_tells_people_what_they_have_under_way(client: Client):
    user = _busy("王小明")
    client.force_login(user)
    box = _matters(client)
    claim, row = Claim.objects.get(person=user.person), Registration.objects.get(person=user.person)
    for said in ("应聘王小明的岗位", "已投递", "失业登记", "您的申请还没有提交", "还没交，接着填就行"):
        assert said in box
    for url in (
        reverse("jobs:application-show", args=[user.applications.get().public_id]),
        reverse("unemployment:registration-show", args=[row.public_id]),
        reverse("subsidies:claim-continue", args=[claim.public_id]),
        reverse("jobs:application-list"),
        reverse("unemployment:mine"),
        reverse("subsidies:claim-list"),
    ):
        assert f'href="{url}"' in box
        assert client.get(url).status_code in (200, 302)


def test_keeps_a_box_private(client: Client):
    _busy("李陌生")
    client.force_login(factories.citizen(name="王小明"))
    box = _matters(client)
    assert "李陌生" not in box
    assert "您现在没有正在办的事" in box
    assert "no-store" in client.get("/")["Cache-Control"]


def test_leaves_out_what_is_over(client: Client):
    user = _busy("王小明")
    user.applications.update(status="withdrawn")
    Claim.objects.filter(person=user.person).update(status="withdrawn")
    Registration.objects.filter(person=user.person).update(status="withdrawn")
    client.force_login(user)
    assert "您现在没有正在办的事" in _matters(client)


def test_tells_a_visitor_where_to_sign_in(client: Client):
    box = _matters(client)
    assert f'href="{reverse("people:login")}?next=/"' in box
    assert f'href="{reverse("unemployment:progress")}"' in box


def test_tells_an_account_without_proof_what_it_applied_for(client: Client):
    user = factories.user(name="没核验")
    made.application(posting=made.posting(title="电工"), applicant=user)
    client.force_login(user)
    assert "应聘电工" in _matters(client)


@pytest.mark.parametrize("code", sorted(registry._progress))
def test_asks_once_for_each_kind_of_matter(code: str, django_assert_num_queries):
    user = User.objects.get(pk=_busy("王小明").pk)
    with django_assert_num_queries(1):
        assert len(registry._progress[code].running(user)) == 1
