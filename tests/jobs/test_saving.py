import pytest

from jobs.models import Posting, SavedPosting
from tests import factories
from tests.jobs.factories import posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


def test_keeps_a_posting_once_says_when_it_ended_and_lets_it_go(client):
    made, who = posting(), factories.citizen()
    login(client, who)
    path = f"/jobs/{made.public_id}/save/"
    for _ in range(2):
        assert client.post(path).status_code == 302
    assert SavedPosting.objects.get().user == who
    assert "已收藏" in client.get(f"/jobs/{made.public_id}/").text
    Posting.objects.filter(pk=made.pk).update(status="filled")
    assert "已经不招" in client.get("/jobs/saved/").text
    assert client.post(path, {"keep": "0", "from": "list"})["Location"] == "/jobs/saved/"
    assert not SavedPosting.objects.exists()


def test_keeps_nothing_that_is_not_shown_and_shows_nobody_elses(client):
    hidden = posting(published=False)
    login(client, factories.citizen())
    assert client.post(f"/jobs/{hidden.public_id}/save/").status_code == 404
    SavedPosting.objects.create(user=factories.citizen(), posting=posting(title="别人的"))
    assert "别人的" not in client.get("/jobs/saved/").text
