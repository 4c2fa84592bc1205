import pytest
from django.db import IntegrityError, transaction

from messaging.publicity import CannotObject, CannotPublish
from tests import factories
from tests.unemployment.care import TODAY, Street
from tests.unemployment.conftest import later
from unemployment import hardship_publicity as publicity
from unemployment.models import HardshipLine, HardshipNotice

CONTENT = "此人从 7 月起在某公司上班，有单位缴社保。"


@pytest.fixture
def street(db):
    return Street()


@pytest.fixture
def notice(street):
    return street.posted(street.reviewed(), street.reviewed(factories.person(name="李示例")))


def next_day(notice):
    return notice.ends_on + (later(1) - TODAY)


def test_hangs_masked_names_and_communities_and_nothing_else(notice):
    assert {f.name for f in HardshipLine._meta.concrete_fields} == {
        "id",
        "number",
        "name",
        "outcome",
        "notice",
        "recognition",
        "community",
    }
    assert [line.name for line in notice.lines.order_by("number")] == ["张*", "李*"]
    with pytest.raises(IntegrityError, match="masked"), transaction.atomic():
        notice.lines.update(name="张测试")


def test_hangs_seven_working_days_and_comes_down_by_itself(notice):
    assert notice.ends_on == later(9)
    with pytest.raises(CannotPublish, match="不能提前撤下"):
        publicity.end(notice_id=notice.pk, on=notice.ends_on)
    assert list(publicity.over(on=next_day(notice))) == [notice]
    publicity.end(notice_id=notice.pk, on=next_day(notice))
    assert not HardshipNotice.objects.public(on=TODAY).exists()
    assert {line.recognition.status for line in notice.lines.all()} == {"county"}


def test_stops_those_who_are_objected_to_until_somebody_answers(street, notice):
    line = notice.lines.order_by("number").first()
    objection = publicity.object_to(notice=notice, line=line, content=CONTENT, on=TODAY)
    publicity.end(notice_id=notice.pk, on=next_day(notice))
    line.recognition.refresh_from_db()
    assert line.recognition.status == "publicity"
    with pytest.raises(CannotObject, match="至少 10 个字"):
        publicity.answer(objection_id=objection.pk, upheld=False, finding="没有", by=street.reviewer, on=TODAY)
    publicity.answer(
        objection_id=objection.pk, upheld=False, finding="社保没有参保记录，异议不成立。", by=street.reviewer, on=TODAY
    )
    line.recognition.refresh_from_db()
    assert line.recognition.status == "county"


def test_sends_back_to_the_street_whom_an_objection_hits(street, notice):
    line = notice.lines.order_by("number").first()
    objection = publicity.object_to(notice=notice, line=line, content=CONTENT, on=TODAY)
    publicity.answer(
        objection_id=objection.pk, upheld=True, finding="社保有 7 月起的参保记录。", by=street.reviewer, on=TODAY
    )
    line.recognition.refresh_from_db()
    assert line.recognition.status == "street"
    assert line.recognition.steps.last().kind == "send_back"


def test_posts_nobody_twice_and_nothing_of_another_place(street, notice):
    row = notice.lines.first().recognition
    with pytest.raises(CannotPublish, match="另一个公示"):
        street.posted(row)
    with pytest.raises(CannotPublish, match="这个街道"):
        publicity.post(
            region=factories.region("210102"),
            recognition_ids=[street.reviewed().pk],
            by=street.reviewer,
            on=TODAY,
        )
