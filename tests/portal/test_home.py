import pytest
from django.test import Client

from core import registry

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
