"""What everybody looks for, written so that the database can compare all of it with the new postings at once.

Who saved the same search, or writes the same intention, shares one row: a popular search is looked up once.
"""

import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.db import connection
from django.http import QueryDict

from jobs.forms import read_criteria
from jobs.hits import Criteria
from jobs.models import AlertSetting, Intention, SavedSearch
from jobs.places import Place, find_place
from messaging.models import OptOut

TOPIC = "job_alert"
EVERYTHING = "'*'"
"""A word that every new posting has: a search without words asks for it."""
_ASKED = (
    "CREATE TEMPORARY TABLE asked (id integer, wanted text, pay integer, education smallint, experience smallint,"
    " industries varchar[], suits varchar[], lat double precision, lng double precision, metres integer) ON COMMIT DROP"
)
_ASKER = "CREATE TEMPORARY TABLE asker (asked integer, user_id bigint) ON COMMIT DROP"
Wish = tuple[Any, ...]


def place_word(code: str) -> str:
    """Return the word that a posting in this place, or anywhere below it, has."""
    return f"@{code}"


def kind_word(kind: str) -> str:
    """Return the word that a posting of this kind has."""
    return f"%{kind}"


def wish(criteria: Criteria) -> Wish:
    """Return criteria as a row of `asked`: words, places and kinds as one tsquery, the rest as bounds."""
    parts = [criteria.asked.anywhere] if criteria.text else []
    places = criteria.areas or ((criteria.region,) if criteria.region else ())
    parts.append(_any(place_word(place.code) for place in places))
    parts.append(_any(kind_word(kind) for kind in criteria.kinds))
    point = criteria.point if criteria.within else None
    return (
        " & ".join(f"({part})" for part in parts if part) or EVERYTHING,
        criteria.pay,
        criteria.education,
        criteria.experience,
        criteria.industries,
        criteria.suits,
        point.lat if point else None,
        point.lng if point else None,
        criteria.within * 1000 if point else None,
    )


def _any(words: Iterable[str]) -> str:
    return " | ".join(f"'{word}'" for word in words)


@lru_cache(maxsize=50_000)
def _wish_of_query(query: str) -> Wish:
    return wish(read_criteria(QueryDict(query)))


@lru_cache(maxsize=50_000)
def _wish_of_intention(title: str, place: Place | None, pay: int, kind: str) -> Wish:
    return wish(Criteria(text=title, region=place, pay=pay, kinds=(kind,)))


def load(frequency: str) -> int:
    """Write everybody who is to be told this often, and what they look for, into temporary tables; return how many.

    Whoever switched the topic off is left out; so is the résumé of those who refused its use (个人信息保护法 24).
    """
    numbers: dict[Wish, int] = {}
    askers = [(numbers.setdefault(found, len(numbers)), user) for user, found in _wishes(frequency)]
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        cursor.execute(_ASKER)
        asked = "".join("\t".join([str(number), *map(_cell, row)]) + "\n" for row, number in numbers.items())
        cursor.copy_from(io.StringIO(asked), "asked")
        cursor.copy_from(io.StringIO("".join(f"{number}\t{user}\n" for number, user in askers)), "asker")
        cursor.execute("ANALYZE asked")
        cursor.execute("ANALYZE asker")
    return len(askers)


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, tuple):  # codes of ours only: nothing in them needs quoting
        return "{" + ",".join(value) + "}"
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")


def _wishes(frequency: str) -> Iterator[tuple[int, Wish]]:
    silent = OptOut.objects.filter(topic=TOPIC).values("user_id")
    searches = SavedSearch.objects.filter(frequency=frequency, user__is_active=True).exclude(user_id__in=silent)
    for user, query in searches.values_list("user_id", "query").iterator(chunk_size=10_000):
        yield user, _wish_of_query(query)
    intentions = Intention.objects.filter(resume__user__is_active=True).exclude(resume__user_id__in=silent)
    chosen = AlertSetting.objects.filter(personalised=frequency).values("user_id")
    if frequency == AlertSetting._meta.get_field("personalised").default:
        others = AlertSetting.objects.exclude(personalised=frequency).values("user_id")
        intentions = intentions.exclude(resume__user_id__in=others)
    else:
        intentions = intentions.filter(resume__user_id__in=chosen)
    columns = ("resume__user_id", "title", "region__code", "pay_min", "kind")
    for user, title, place, pay, kind in intentions.values_list(*columns).iterator(chunk_size=10_000):
        yield user, _wish_of_intention(title, find_place(place), pay or 0, kind)
