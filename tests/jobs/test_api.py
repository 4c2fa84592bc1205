"""The open data of postings: who may read it, pages, filters, wrong parameters, the schema."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from jobs.filters import PostingFilter
from jobs.models import Posting
from jobs.serializers import PostingSerializer
from jobs.views.partners import changes
from tests.jobs import factories

pytestmark = pytest.mark.django_db


def get(client: Client, **parameters: object) -> dict:
    answer = client.get(reverse("jobs:api-posting-list"), parameters)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def test_lists_published_postings_to_anybody(client: Client) -> None:
    shown, _ = factories.posting(title="车工"), factories.posting(published=False, title="铣工")
    (row,) = get(client)["results"]
    assert (row["id"], row["title"], row["place"]["code"]) == (str(shown.public_id), "车工", shown.region.code)
    assert row["pay"]["label"] == shown.pay_label


def test_walks_all_pages_once(client: Client) -> None:
    wanted = {str(factories.posting(title=f"岗位{n}").public_id) for n in range(5)}
    seen, page = [], get(client, limit=2)
    while True:
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert len(seen) == 5
    assert set(seen) == wanted


def test_searches_and_filters(client: Client) -> None:
    factories.posting(title="电焊工")
    factories.posting(title="会计")
    assert [row["title"] for row in get(client, q="焊工", region="2101", sort="fit")["results"]] == ["电焊工"]
    assert get(client, region="2102")["results"] == []
    assert len(get(client, kind="full_time", pay=5000)["results"]) == 2
    assert get(client, kind="gig")["results"] == []
    assert get(client, suits="veterans")["results"] == []


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"region": "999999"}, "没有代码为“999999”的地区"),
        ({"pay": "很多"}, "输入一个数字"),
        ({"kind": "night"}, "选择一个有效的选项"),
        ({"limit": "0"}, "1 到 100"),
        ({"limit": "x"}, "1 到 100"),
        ({"sort": "random"}, "排序只能是"),
        ({"colour": "red"}, "不认识的参数：colour"),
    ],
)
def test_answers_a_wrong_parameter_with_a_sentence(client: Client, parameters: dict[str, str], sentence: str) -> None:
    answer = client.get(reverse("jobs:api-posting-list"), parameters)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_shows_one_says_410_when_it_ended_and_404_when_it_was_never_shown(client: Client) -> None:
    posting, draft = factories.posting(), factories.posting(published=False)
    address = reverse("jobs:api-posting-detail", args=[posting.public_id])
    assert client.get(address).json()["title"] == posting.title
    Posting.objects.filter(pk=posting.pk).update(status=Posting.Status.FILLED)
    assert client.get(address).status_code == 410
    assert client.get(reverse("jobs:api-posting-detail", args=[draft.public_id])).status_code == 404


def test_refuses_to_write(client: Client) -> None:
    assert client.post(reverse("jobs:api-posting-list"), {}).status_code in (403, 405)


def test_needs_two_queries_a_page(client: Client, django_assert_num_queries) -> None:
    for number in range(3):
        factories.posting(title=f"岗位{number}")
    with django_assert_num_queries(2):
        get(client)


def test_describes_itself_without_a_warning(client: Client) -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "/api/v1/jobs/{public_id}/" in out.getvalue()
    answer = client.get(reverse("portal:api-schema"))
    assert answer.status_code == 200
    assert "jobs_list" in answer.content.decode()


def test_keeps_expired_postings_out(client: Client) -> None:
    posting = factories.posting()
    assert posting.valid_until >= timezone.localdate()
    Posting.objects.filter(pk=posting.pk).update(valid_until=timezone.localdate().replace(year=2020))
    assert client.get(reverse("jobs:api-posting-detail", args=[posting.public_id])).status_code == 410


KNOWN = (
    "id page title employer agency kind occupation industry headcount pay place education education_label experience_min "
    "experience_max description requirement shifts insurance probation_months probation_pay contract_months skills welfare suits source "
    "posted_at valid_until"
)
PARAMETERS = "q region pay education experience industry lng lat within kind suits"


def test_says_every_change_with_its_date_and_names_only_what_is_there(client: Client) -> None:
    days = [change["on"] for change in changes()]
    assert days == sorted(days, reverse=True)
    assert days[0] <= timezone.localdate()
    told = "".join(change["what"] for change in changes())
    for address in re.findall(r"/api/v1/[a-z/]+", told):
        assert resolve(address).view_name
    # Whoever adds one of these writes it into jobs/data/api_changes.toml, and here.
    assert list(PostingSerializer.Meta.fields) == KNOWN.split()
    assert list(PostingFilter.base_filters) == PARAMETERS.split()
