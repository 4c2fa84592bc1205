import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.models import Application, Posting
from people.roles import Role
from stations.models import Station
from tests import factories
from tests.jobs.factories import application, posting

pytestmark = pytest.mark.django_db
WAITING = {"published": False, "status": Posting.Status.SUBMITTED}


def login(client, user):
    """Sign in as `user`, with the second factor given."""
    from tests.browser.conftest import session_of

    client.cookies["sessionid"] = session_of(user)
    return client


@pytest.mark.parametrize("status", ["filled", "expired", "withdrawn", "taken_down"])
def test_an_ended_posting_answers_410_with_similar_ones_and_no_data_block(client, status):
    other = posting(title="高压电工")
    ended = posting(title="低压电工")
    Posting.objects.filter(pk=ended.pk).update(status=status)
    page = client.get(f"/jobs/{ended.public_id}/")
    assert page.status_code == 410
    assert "ld+json" not in page.text
    assert other.title in page.text


def test_a_posting_past_its_day_answers_410_before_the_task_has_run(client):
    late = posting(valid_until=timezone.localdate() - timezone.timedelta(days=1))
    assert client.get(f"/jobs/{late.public_id}/").status_code == 410


def test_a_draft_that_was_never_shown_is_nowhere_for_a_visitor(client):
    hidden = posting(published=False)
    assert client.get(f"/jobs/{hidden.public_id}/").status_code == 404
    Posting.objects.filter(pk=hidden.pk).update(status="withdrawn")
    assert client.get(f"/jobs/{hidden.public_id}/").status_code == 404


def test_an_open_posting_carries_its_data_for_search_engines(client):
    page = client.get(f"/jobs/{posting().public_id}/")
    assert '"@type": "JobPosting"' in page.text or '"@type":"JobPosting"' in page.text


def test_an_imported_posting_without_pay_says_so_and_leads_to_its_source(client):
    made = posting(
        organisation=None,
        employer_name="某公司",
        pay_min=None,
        pay_max=None,
        pay_period="",
        source_site="某招聘网",
        source_id="1",
        source_url="https://example.org/1",
        imported_at=timezone.now(),
    )
    page = client.get(f"/jobs/{made.public_id}/").text
    assert "薪资未标明" in page
    assert "https://example.org/1" in page
    assert "投简历" not in page


def test_lists_escape_what_employers_write(client):
    posting(title="电工<script>alert(1)</script>")
    page = client.get("/jobs/").text
    assert "电工&lt;script&gt;" in page
    assert '<li class="card job">' in page
    assert '<fieldset class="facet">' in page


def test_lists_show_how_many_applied(client):
    made = posting()
    application(posting=made)
    application(posting=made, status="withdrawn")
    assert "已投 1 人" in client.get("/jobs/").text


def test_an_applicant_is_told_what_to_mend_and_nothing_is_saved(client):
    made = posting()
    login(client, factories.citizen())
    page = client.post(f"/jobs/{made.public_id}/apply/", {"name": "张三", "phone": "123"})
    assert page.status_code == 422
    assert "手机" in page.text or "电话" in page.text
    assert not Application.objects.exists()


def test_another_persons_application_cannot_be_withdrawn(client):
    sent = application(posting=posting())
    login(client, factories.citizen())
    assert client.post(f"/jobs/applications/{sent.public_id}/withdraw/").status_code == 404


def test_another_employer_sees_neither_the_posting_nor_its_applicants(client):
    sent = application(posting=posting())
    login(client, factories.agent(factories.organisation()))
    for path in (
        f"/employer/postings/{sent.posting.public_id}/",
        f"/employer/postings/{sent.posting.public_id}/applicants/",
        f"/employer/applications/{sent.public_id}/",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/employer/postings/{sent.posting.public_id}/pause/").status_code == 404


def test_the_employer_sees_what_was_typed_and_no_group_of_the_person(client):
    who = factories.citizen(name="孙求职")
    sent = application(posting=posting(), applicant=who, name="孙自填")
    login(client, factories.agent(sent.posting.organisation))
    page = client.get(f"/employer/applications/{sent.public_id}/").text
    assert "孙自填" in page
    assert "孙求职" not in page
    assert who.person.id_mask not in page


def test_a_draft_may_be_unfinished_and_what_is_handed_in_may_not(client):
    employer = factories.organisation()
    login(client, factories.agent(employer))
    typed = {"title": "电工", "kind": "full_time", "pay_months": "12", "experience_min": "0", "version": ""}
    refused = client.post("/employer/postings/new/", typed | {"submit": "1"})
    assert refused.status_code == 422
    for sentence in ("请填写招聘人数。", "请写明工资，不能只写“面议”。", "请写明干什么活。"):
        assert sentence in refused.text
    assert client.post("/employer/postings/new/", typed).status_code == 302
    assert Posting.objects.get().status == Posting.Status.DRAFT


def test_the_employer_reads_which_words_are_unlawful_and_how_to_put_them(client):
    employer = factories.organisation()
    draft = posting(organisation=employer, published=False, requirement="限男性，已婚已育优先。")
    login(client, factories.agent(employer))
    page = client.get(f"/employer/postings/{draft.public_id}/").text
    assert "妇女权益保障法" in page
    done = client.post(f"/employer/postings/{draft.public_id}/submit/", follow=True)
    assert "请去掉性别要求" in done.text
    draft.refresh_from_db()
    assert draft.status == Posting.Status.DRAFT


def test_the_officer_gets_an_empty_reason_back_as_a_sentence(client):
    made = posting(**WAITING)
    login(client, factories.staff(Role.CASEWORKER))
    page = client.post(f"/work/jobs/{made.public_id}/decide/", {"decision": "return", "reason": " "})
    assert page.status_code == 422
    assert "请写明退回原因。" in page.text


def test_a_refusal_without_words_stays_with_its_posting_also_from_a_later_page(client):
    for number in range(31):
        made = posting(title=f"岗位 {number}", **WAITING)
    login(client, factories.staff(Role.CASEWORKER))
    page = client.post(f"/work/jobs/{made.public_id}/decide/", {"decision": "return"})
    assert page.status_code == 422
    assert f"/work/jobs/{made.public_id}/decide/" in page.text


def test_an_officer_of_another_county_finds_nothing_to_review(client):
    made = posting(**WAITING)
    login(client, factories.staff(Role.CASEWORKER, at="210202"))
    assert made.title not in client.get("/work/jobs/").text
    assert client.post(f"/work/jobs/{made.public_id}/decide/", {"decision": "publish"}).status_code == 404


def test_the_province_takes_down_what_no_county_answers_for(client):
    made = posting(
        region=None, place_text="某开发区", employer_name="某厂", imported_at=timezone.now(), source_site="某网"
    )
    path = f"/work/jobs/{made.public_id}/take-down/"
    login(client, factories.staff(Role.CASEWORKER, at="2101"))
    assert "没认出地区" not in client.get("/work/jobs/").text
    assert made.title not in client.get("/work/jobs/?unplaced").text
    assert client.post(path, {"reason": "核实后发现要收押金。"}).status_code == 403
    login(client, factories.staff(Role.CASEWORKER, at="21"))
    assert "没认出地区" in client.get("/work/jobs/").text
    assert "某开发区" in client.get("/work/jobs/?unplaced").text
    assert "下架" in client.get(f"/jobs/{made.public_id}/").text
    assert client.post(path, {"reason": "核实后发现要收押金。"}).status_code == 302
    made.refresh_from_db()
    assert made.status == "taken_down"
    assert "某开发区" not in client.get("/work/jobs/?unplaced").text


def test_an_officer_takes_an_untrue_posting_down_with_a_reason(client):
    made = posting()
    login(client, factories.staff(Role.CASEWORKER))
    assert "下架" in client.get(f"/jobs/{made.public_id}/").text
    path = f"/work/jobs/{made.public_id}/take-down/"
    assert client.post(path, {"reason": ""}).status_code == 422
    assert client.post(path, {"reason": "核实后发现要收押金。"}).status_code == 302
    client.logout()
    assert client.get(f"/jobs/{made.public_id}/").status_code == 410
    assert made.title not in client.get("/jobs/").text


def test_an_officer_of_another_county_may_not_take_it_down(client):
    made = posting()
    login(client, factories.staff(Role.CASEWORKER, at="210202"))
    assert "下架" not in client.get(f"/jobs/{made.public_id}/").text
    assert client.post(f"/work/jobs/{made.public_id}/take-down/", {"reason": "x"}).status_code == 403


def test_only_answers_that_may_follow_are_offered(client):
    sent = application(posting=posting(), status="interview")
    login(client, factories.agent(sent.posting.organisation))
    page = client.get(f"/employer/applications/{sent.public_id}/").text
    assert 'value="hired"' in page
    assert 'value="shortlisted"' not in page


def test_a_usual_sentence_is_enough_for_a_no(client):
    sent = application(posting=posting())
    login(client, factories.agent(sent.posting.organisation))
    typed = {"status": "unsuitable", "version": sent.version, "usual": "岗位已经招满了。", "reason": ""}
    assert client.post(f"/employer/applications/{sent.public_id}/", typed).status_code == 302
    sent.refresh_from_db()
    assert sent.reason == "岗位已经招满了。"


def test_the_employers_list_needs_no_more_queries_for_many_rows_than_for_one(client):
    employer = factories.organisation()
    login(client, factories.agent(employer))
    assert _queries(client, "/employer/", lambda n: application(posting=posting(organisation=employer))) <= 9


def test_the_review_queue_needs_no_more_queries_for_many_rows_than_for_one(client):
    login(client, factories.staff(Role.CASEWORKER))
    _queries(client, "/work/jobs/", lambda n: posting(title=f"岗位{n}", **WAITING))


def test_ones_own_applications_need_no_more_queries_for_many_rows_than_for_one(client):
    who = factories.citizen()
    login(client, who)
    assert _queries(client, "/jobs/applications/", lambda n: application(posting=posting(), applicant=who)) <= 7


def _queries(client, path, make) -> int:
    """Open a list with one row and with twelve; return the number of queries, which must be the same."""
    counts = []
    for rows in (1, 11):
        for n in range(rows):
            make(n)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    return counts[0]


def test_lists_what_is_near_a_station_and_says_how_far(client):
    station = Station.objects.create(
        name="测试站",
        region=factories.community(),
        address="演示路 1 号",
        functions=["policy"],
        lng=123.4,
        lat=41.8,
        opened_on=timezone.localdate(),
    )
    posting(title="近的岗位", lng="123.41", lat="41.80")
    posting(title="远的岗位", lng="123.90", lat="41.80")
    page = client.get(f"/jobs/?station={station.public_id}&within=5&sort=near").text
    assert "近的岗位" in page
    assert "远的岗位" not in page
    assert f"离{station.name}近" in page
    assert "离您 830 米" in page


@pytest.mark.parametrize(
    "query", ["station=x", "at=1", "at=a,b", "at=nan,nan", "at=999,1&within=5", "at=41.8,123.4&within=7"]
)
def test_ignores_a_point_that_is_none(client, query):
    posting()
    assert client.get(f"/jobs/?{query}&sort=near").status_code == 200


def test_home_shows_the_postings_of_each_city_in_a_grid(client):
    posting()
    page = client.get("/").text
    assert 'class="cities"' in page
    assert "region=2101" in page
