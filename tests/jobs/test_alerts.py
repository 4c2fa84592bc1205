from datetime import date, datetime, time, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from jobs import alerting, searches
from jobs.models import Alert, AlertRun, AlertSetting, Frequency, Posting, SavedSearch
from jobs.postings import publish_posting
from messaging.models import InboxMessage, OptOut, Outbox
from people.models import Organisation
from people.roles import Role
from tests import factories
from tests.jobs import factories as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.staff(Role.CASEWORKER)


DAY = date(2026, 11, 24)


def at(day: date, hour: int = 7) -> datetime:
    return datetime.combine(day, time(hour), timezone.get_current_timezone())


def vacancy(*, on: datetime | None = None, **fields: object) -> Posting:
    row = made.posting(**fields)
    Posting.objects.filter(pk=row.pk).update(posted_at=on or at(DAY, 3), shown_at=on or at(DAY, 3))
    return row


def saved(query: str = "q=电工", *, frequency: str = Frequency.DAILY, **fields: object) -> SavedSearch:
    user = factories.citizen()
    AlertSetting.objects.create(user=user, personalised=Frequency.OFF, **fields)
    search = searches.save_search(asked=QueryDict(query), by=user)
    searches.change_frequency(search=search, frequency=frequency)
    return search


def found(search: SavedSearch, **when: object) -> list[int]:
    alerting.match(frequency=search.frequency, **({"on": DAY, "now": at(DAY)} | when))
    alert = Alert.objects.filter(user=search.user).order_by("-pk").first()
    return alert.postings if alert else []


@pytest.mark.parametrize(
    "query",
    [
        "q=电工",
        "q=维修电工",
        "region=2101",
        "q=电工&region=210106",
        "area=2101",
        "pay=6000",
        "edu=61",
        "exp=0",
        "kind=full_time&kind=gig",
        "suits=over_45",
        "at=41.80,123.40&within=20",
    ],
)
def test_finds_what_the_search_itself_finds(query):
    posting = vacancy(suits=["over_45"], lng="123.4", lat="41.8")
    assert found(saved(query)) == [posting.pk]


@pytest.mark.parametrize(
    "query",
    ["q=会计", "region=2102", "pay=10000", "kind=gig", "suits=disabled", "industry=A", "at=40.00,122.00&within=20"],
)
def test_leaves_out_what_the_search_itself_leaves_out(query):
    vacancy(suits=["over_45"], lng="123.4", lat="41.8")
    assert found(saved(query)) == []


def test_says_nothing_of_old_unpaid_ended_or_suspended_postings():
    vacancy(on=at(DAY - timedelta(days=2)))
    vacancy(imported_at=timezone.now(), employer_name="某厂", pay_min=None, pay_max=None, pay_period="")
    Organisation.objects.filter(pk=vacancy().organisation_id).update(status=Organisation.Status.SUSPENDED)
    vacancy(valid_until=DAY - timedelta(days=1))
    assert found(saved()) == []


def test_tells_of_an_imported_posting_when_it_first_became_public():
    held, old = (vacancy(imported_at=timezone.now(), employer_name="某厂", status="submitted") for _ in range(2))
    for row, shown_at in ((held, at(DAY, 3)), (old, at(DAY - timedelta(days=4)))):
        Posting.objects.filter(pk=row.pk).update(posted_at=at(date(2026, 9, 1)), shown_at=shown_at)
        Posting.objects.filter(pk=row.pk).update(created_at=at(date(2026, 9, 1)))
    assert found(saved()) == [held.pk]


def test_tells_of_a_posting_that_officers_let_pass_after_the_next_run(officer):
    search, posting = saved(), made.posting(published=False, status="submitted", submitted_at=timezone.now())
    start = timezone.now() - timedelta(hours=1)
    assert found(search, on=start.date(), now=start) == []
    publish_posting(posting_id=posting.pk, by=officer, on=timezone.localdate())
    posting.refresh_from_db()
    assert posting.shown_at is not None
    later = start + timedelta(days=1)
    assert found(search, on=later.date(), now=later) == [posting.pk]
    posting.shown_at, posting.title = None, "电工班长"  # an old copy in memory takes nothing back
    posting.save()
    posting.refresh_from_db()
    assert posting.shown_at is not None


def test_pushes_piecework_that_names_its_price():
    posting = vacancy(pay_min=3, pay_max=None, pay_period="piece")
    assert found(saved()) == [posting.pk]
    assert found(saved("q=电工&pay=3000"), on=DAY + timedelta(days=1)) == []


def test_tells_each_posting_once_over_the_days():
    search, first = saved(), vacancy()
    assert found(search) == [first.pk]
    second = vacancy(on=at(DAY, 9))
    later = DAY + timedelta(days=1)
    assert found(search, on=later, now=at(later)) == [second.pk]


def test_looks_back_over_days_that_nobody_ran():
    search = saved()
    found(search)
    posting = vacancy(on=at(DAY + timedelta(days=1)))
    later = DAY + timedelta(days=3)
    assert found(search, on=later, now=at(later)) == [posting.pk]


def test_runs_once_a_day_however_often_it_is_asked():
    saved(), vacancy()
    assert alerting.match(frequency=Frequency.DAILY, on=DAY, now=at(DAY)) is not None
    assert alerting.match(frequency=Frequency.DAILY, on=DAY, now=at(DAY, 8)) is None
    assert (AlertRun.objects.count(), Alert.objects.count()) == (1, 1)


def test_makes_one_alert_of_several_searches():
    search = saved("q=电工")
    searches.save_search(asked=QueryDict("region=2101"), by=search.user)
    posting, other = vacancy(), vacancy(title="保洁员")
    assert found(search) == [other.pk, posting.pk]


def test_counts_no_further_than_it_shows():
    search = saved()
    for _ in range(22):
        vacancy()
    found(search)
    alert = Alert.objects.get()
    assert (len(alert.postings), alert.count_text) == (20, "20 多")


def test_keeps_daily_and_weekly_apart():
    weekly, _ = saved(frequency=Frequency.WEEKLY), saved(frequency=Frequency.OFF)
    vacancy(on=at(DAY - timedelta(days=5)))
    alerting.match(frequency=Frequency.DAILY, on=DAY, now=at(DAY))
    assert Alert.objects.count() == 0
    assert len(found(weekly)) == 1


def test_pushes_by_the_intentions_of_a_resume():
    made.resume()
    posting = vacancy()
    vacancy(title="保洁员")
    alerting.match(frequency=Frequency.WEEKLY, on=DAY, now=at(DAY))
    assert Alert.objects.get().postings == [posting.pk]


@pytest.mark.parametrize("how", ["personalised", "topic", "closed"])
def test_pushes_nothing_to_whoever_refused(how):
    user = made.resume().user
    if how == "personalised":
        searches.stop_personalised(by=user)
    elif how == "topic":
        OptOut.objects.create(user=user, topic="job_alert")
    else:
        user.is_active = False
        user.save()
    vacancy()
    for frequency in (Frequency.DAILY, Frequency.WEEKLY):
        alerting.match(frequency=frequency, on=DAY, now=at(DAY))
    assert not Alert.objects.exists()


def test_pushes_daily_to_whoever_chose_that():
    user = made.resume().user
    searches.choose(by=user, personalised=Frequency.DAILY, by_sms=False, by_email=False)
    vacancy()
    alerting.match(frequency=Frequency.WEEKLY, on=DAY, now=at(DAY))
    assert not Alert.objects.exists()
    alerting.match(frequency=Frequency.DAILY, on=DAY, now=at(DAY))
    assert Alert.objects.get().user == user


def test_writes_each_message_once_by_the_chosen_channels():
    quiet, loud = saved(), saved(by_sms=True)
    vacancy()
    found(quiet)
    assert (alerting.tell(size=1), alerting.tell(), alerting.tell()) == (1, 1, 0)
    assert InboxMessage.objects.filter(template="job_alert").count() == 2
    assert [row.user for row in Outbox.objects.filter(template="job_alert")] == [loud.user]


def test_asks_as_often_for_many_subscribers_as_for_few(django_assert_max_num_queries):
    for _ in range(30):
        saved()
    vacancy()
    with django_assert_max_num_queries(30):
        alerting.match(frequency=Frequency.DAILY, on=DAY, now=at(DAY))
        alerting.tell()
    assert InboxMessage.objects.filter(template="job_alert").count() == 30


def test_saves_the_same_search_once_whatever_its_order():
    user = factories.citizen()
    one = searches.save_search(asked=QueryDict("q=电工&region=2101&sort=pay&cursor=x"), by=user)
    two = searches.save_search(asked=QueryDict("region=2101&q=电工"), by=user)
    assert one == two


def test_refuses_a_search_without_conditions_and_a_twenty_first():
    user = factories.citizen()
    with pytest.raises(searches.CannotSave, match="先选一个条件"):
        searches.save_search(asked=QueryDict("sort=new"), by=user)
    for number in range(20):
        searches.save_search(asked=QueryDict(f"q=电工{number}"), by=user)
    with pytest.raises(searches.CannotSave, match="最多保存 20 个"):
        searches.save_search(asked=QueryDict("q=会计"), by=user)


def test_saves_from_the_results_page_and_shows_it(client):
    user = factories.citizen()
    client.force_login(user)
    made.posting()
    assert "/jobs/searches/new/?q=" in client.get("/jobs/?q=电工").content.decode()
    client.post("/jobs/searches/new/?q=电工", {"frequency": "weekly"})
    assert SavedSearch.objects.get(user=user).frequency == Frequency.WEEKLY
    assert "电工" in client.get("/jobs/searches/").content.decode()


def test_answers_a_wrong_choice_with_a_sentence(client):
    client.force_login(factories.citizen())
    page = client.post("/jobs/alerts/settings/", {"personalised": "daily", "by_email": "on"})
    assert page.status_code == 422
    assert "还没有电子邮箱" in page.content.decode()
    assert not AlertSetting.objects.exists()


def test_shows_an_alert_to_its_own_person_without_what_ended(client):
    search, kept, gone = saved(), vacancy(), vacancy()
    found(search)
    Posting.objects.filter(pk=gone.pk).update(status=Posting.Status.FILLED)
    client.force_login(search.user)
    text = client.get(f"/jobs/alerts/{Alert.objects.get().public_id}/").content.decode()
    assert "其中 1 个已经不招了" in text
    assert str(kept.public_id) in text
    assert str(gone.public_id) not in text
