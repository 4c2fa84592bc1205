import random
from datetime import timedelta

import pytest
from django.db.models import Value
from django.db.models.functions import Length
from django.utils import timezone

from core import audit
from core.keyset import paginate
from core.models import AccessLog
from tests.audited.models import Mass, Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    random.seed(7)
    Mass.objects.bulk_create(Mass(number=random.randrange(6), text=random.choice("abc")) for _ in range(53))


def walk(order, size=10, queryset=None):
    queryset = Mass.objects.all() if queryset is None else queryset
    pages, cursor = [], None
    while True:
        page = paginate(queryset, order=order, cursor=cursor, size=size)
        pages.append(page)
        if not page.next:
            return pages
        cursor = page.next


@pytest.mark.parametrize("order", [("-number", "-pk"), ("number", "-text", "pk"), ("text", "-number"), ("-pk",)])
@pytest.mark.parametrize("size", [1, 7, 53, 100])
def test_walks_every_row_once_in_both_directions(rows, order, size):
    pages = walk(order, size)
    seen = [row.pk for page in pages for row in page.items]
    full_order = order if order[-1].lstrip("-") == "pk" else (*order, "-pk")
    assert seen == list(Mass.objects.order_by(*full_order).values_list("pk", flat=True))
    back, page = [], pages[-1]
    while page.previous:
        page = paginate(Mass.objects.all(), order=order, cursor=page.previous, size=size)
        back = [row.pk for row in page.items] + back
    assert back + [row.pk for row in pages[-1].items] == seen
    assert pages[0].previous is None


def test_orders_by_annotations_dates_and_ids(rows):
    pages = walk(("-length", "public_id"), 2, notes().annotate(length=Length("text")))
    assert [len(row.text) for page in pages for row in page.items] == [5, 4, 3, 2, 1]
    log = AccessLog.objects.annotate(one=Value(True))
    audit.record_access(actor=None, action="a", subject="x", reason="r")
    audit.record_access(actor=None, action="a", subject="y", reason="r")
    assert [row.subject for page in walk(("one", "-recorded_at"), 1, log) for row in page.items] == ["y", "x"]


def notes():
    for length in range(1, 6):
        Note.objects.create(text="x" * length)
    return Note.objects.all()


def test_takes_rows_as_dictionaries(rows):
    pages = walk(("-number", "pk"), 10, Mass.objects.values("pk", "number"))
    assert sum(len(page.items) for page in pages) == 53


def test_keeps_its_place_when_rows_come_and_go(rows):
    first = paginate(Mass.objects.all(), order=("-pk",), size=10)
    last_seen = first.items[-1].pk
    Mass.objects.create(number=1)
    Mass.objects.filter(pk=last_seen).delete()
    assert paginate(Mass.objects.all(), order=("-pk",), cursor=first.next, size=10).items[0].pk == last_seen - 1


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "字", "a" * 5000, "%%%", None])
def test_shows_the_first_page_for_a_wrong_cursor(rows, cursor):
    page = paginate(Mass.objects.all(), order=("-pk",), cursor=cursor, size=10)
    assert page == paginate(Mass.objects.all(), order=("-pk",), size=10)


def test_shows_the_first_page_for_the_cursor_of_another_list_or_order(rows):
    other = paginate(Mass.objects.all(), order=("-number", "-pk"), size=10).next
    assert paginate(Mass.objects.all(), order=("-pk",), cursor=other, size=10).previous is None


def test_starts_again_when_nothing_is_left_beyond_the_cursor(rows):
    cursor = paginate(Mass.objects.all(), order=("pk",), size=50).next
    Mass.objects.filter(pk__in=[row.pk for row in Mass.objects.order_by("-pk")[:3]]).delete()
    assert len(paginate(Mass.objects.all(), order=("pk",), cursor=cursor, size=50).items) == 50


def test_shows_no_row_number_in_the_cursor(rows):
    import base64

    page = paginate(Mass.objects.all(), order=("-pk",), size=10)
    assert str(page.items[-1].pk).encode() not in base64.urlsafe_b64decode(page.next + "==")


def test_bounds_the_size_of_a_page(rows):
    assert len(paginate(Mass.objects.all(), order=("-pk",), size=0).items) == 1
    Mass.objects.bulk_create(Mass(number=1) for _ in range(200))
    assert len(paginate(Mass.objects.all(), order=("-pk",), size=10**6).items) == 200


def test_refuses_columns_that_may_be_null(rows):
    with pytest.raises(ValueError, match="never null"):
        paginate(Note.objects.all(), order=("author", "-pk"))


def test_needs_one_query_a_page(rows, django_assert_num_queries):
    cursor = paginate(Mass.objects.all(), order=("-number", "-pk"), size=10).next
    with django_assert_num_queries(1):
        paginate(Mass.objects.all(), order=("-number", "-pk"), cursor=cursor, size=10)


def test_keeps_the_microseconds_of_a_moment():
    now = timezone.now()
    for step in range(4):
        AccessLog.objects.create(action="a", reason="r", subject=str(now + timedelta(microseconds=step)))
    assert sum(len(page.items) for page in walk(("recorded_at", "pk"), 1, AccessLog.objects.all())) == 4
