"""Saving a search, and choosing how one is told of new postings."""

from django.db import IntegrityError, transaction
from django.http import QueryDict

from core.errors import DomainError
from jobs.models import MOST_SEARCHES, AlertSetting, Frequency, SavedSearch
from jobs.presenting import kept
from people.models import User

LONGEST = 500


class CannotSave(DomainError):
    """The search was not saved."""


def normal(asked: QueryDict) -> str:
    """Return the conditions of an address in one fixed order, without page and order: what a saved search keeps."""
    found = QueryDict(mutable=True)
    for name, value in kept(asked):
        if value not in found.getlist(name):
            found.appendlist(name, value)
    return found.urlencode()


@transaction.atomic
def save_search(*, asked: QueryDict, by: User) -> SavedSearch:
    """Keep a search. The same search twice is one.

    :raises CannotSave: nothing narrows it, it is too long, or there are twenty already.
    """
    query = normal(asked)
    if not query:
        raise CannotSave("先选一个条件再保存，例如想做什么、在哪里。")
    if len(query) > LONGEST:
        raise CannotSave("这次搜索的条件太多，存不下。请去掉几个条件再保存。")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two tabs count one after the other
    if by.saved_searches.filter(query=query).exists():
        return by.saved_searches.get(query=query)
    if by.saved_searches.count() >= MOST_SEARCHES:
        raise CannotSave(f"最多保存 {MOST_SEARCHES} 个搜索。请先删掉一个不用的。")
    try:
        with transaction.atomic():
            return SavedSearch.objects.create(user=by, query=query)
    except IntegrityError:
        return by.saved_searches.get(query=query)


@transaction.atomic
def change_frequency(*, search: SavedSearch, frequency: str) -> None:
    """Choose how often a saved search is told of."""
    search.frequency = Frequency(frequency)
    search.save(update_fields=["frequency"])


@transaction.atomic
def forget_search(*, search: SavedSearch) -> None:
    """Drop a saved search; nothing is told of it any more."""
    search.delete()


def setting_of(user: User) -> AlertSetting:
    """Return how an account is told; the defaults while nothing was chosen (not saved)."""
    return AlertSetting.objects.filter(user=user).first() or AlertSetting(user=user)


@transaction.atomic
def choose(*, by: User, personalised: str, by_sms: bool, by_email: bool) -> AlertSetting:
    """Choose whether one's intentions are used, and by which channels one is told."""
    setting, _ = AlertSetting.objects.update_or_create(
        user=by, defaults={"personalised": Frequency(personalised), "by_sms": by_sms, "by_email": by_email}
    )
    return setting


@transaction.atomic
def stop_personalised(*, by: User) -> None:
    """Switch off pushing by one's résumé in one click (个人信息保护法 24); saved searches and the open list stay."""
    AlertSetting.objects.update_or_create(user=by, defaults={"personalised": Frequency.OFF})
