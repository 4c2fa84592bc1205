from datetime import date

import pytest
from django.db import IntegrityError, transaction

from subsidies import publicity
from subsidies.models import Claim, Objection, PublicityBatch, PublicityLine
from subsidies.tasks import end_publicities
from tests import factories

CONTENT = "此人 7 月起在某公司上班，有单位给他缴社保。"


def test_shows_masked_lines_only(world):
    user = world.citizen(name="张建国")
    line = world.posted(world.ready(user)).lines.get()
    number = user.person.id_number.open()
    assert line.name == "张*"
    assert number not in line.id_number
    assert line.id_number.startswith("219")
    assert "***" in line.id_number
    assert line.amount == line.claim.amount


def test_refuses_an_unmasked_line_in_the_database(world):
    claim = world.ready()
    batch = world.posted(claim)
    with pytest.raises(IntegrityError, match=r"masked|once"), transaction.atomic():
        PublicityLine.objects.create(
            batch=batch, claim=claim, number=2, name="张建国", id_number="2" * 18, months="7 月", standard="x", amount=1
        )


def test_stops_a_disputed_line_and_lets_the_others_go(world):
    disputed, other = world.ready(), world.ready()
    batch = world.posted(disputed, other)
    line = batch.lines.get(claim=disputed)
    objection = publicity.record_objection(batch=batch, line=line, content=CONTENT, on=world.on, contact_phone="139")
    publicity.end_publicity(batch_id=batch.pk, on=world.after_publicity())
    assert world.fresh(other).status == Claim.Status.APPROVAL
    assert world.fresh(disputed).status == Claim.Status.PUBLICITY
    publicity.answer_objection(
        objection_id=objection.pk,
        upheld=False,
        finding="核对了社保记录，7 月到 9 月没有单位缴费。",
        by=world.second,
        on=world.after_publicity(),
    )
    assert world.fresh(disputed).status == Claim.Status.APPROVAL


def test_sends_a_claim_back_when_the_objection_is_right(world):
    claim = world.ready()
    batch = world.posted(claim)
    objection = publicity.record_objection(batch=batch, line=batch.lines.get(), content=CONTENT, on=world.on)
    publicity.answer_objection(
        objection_id=objection.pk, upheld=True, finding="单位确实给他缴了 8 月的社保。", by=world.second, on=world.on
    )
    assert world.fresh(claim).status == Claim.Status.REVIEW
    with pytest.raises(publicity.CannotObject, match="已经有结论"):
        publicity.answer_objection(
            objection_id=objection.pk, upheld=False, finding="重新核对，没有问题，放行。", by=world.second, on=world.on
        )


def test_records_objections_only_while_the_notice_hangs(world):
    batch = world.posted(world.ready())
    with pytest.raises(publicity.CannotObject, match="已经结束"):
        publicity.record_objection(batch=batch, line=None, content=CONTENT, on=world.after_publicity())


def test_seals_the_phone_of_whoever_objects(world):
    batch = world.posted(world.ready())
    publicity.record_objection(batch=batch, line=None, content=CONTENT, on=world.on, contact_phone="13900001111")
    stored = Objection.objects.get()
    assert "13900001111" not in str(stored.contact_phone)
    assert stored.contact_phone.open() == "13900001111"


def test_posts_a_claim_once(world):
    claim = world.ready()
    world.posted(claim)
    with pytest.raises(publicity.CannotPublish, match=r"没有可以公示|不在待公示|另一个公示"):
        world.posted(claim)


def test_takes_due_notices_down_every_night_and_catches_up(world):
    claim = world.ready()
    batch = world.posted(claim)
    end_publicities(on="2026-11-30")
    assert PublicityBatch.objects.get(pk=batch.pk).closed_at is None
    end_publicities(on="2026-12-05")
    assert world.fresh(claim).status == Claim.Status.APPROVAL


def test_is_public_masked_unindexed_and_gone_afterwards(world, client):
    batch = world.posted(world.ready())
    address = f"/subsidies/publicity/{batch.public_id}/"
    answer = client.get(address)
    assert answer.status_code == 200
    assert "noindex" in answer["X-Robots-Tag"]
    assert client.get("/subsidies/publicity/").status_code == 200
    PublicityBatch.objects.filter(pk=batch.pk).update(starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 10))
    gone = client.get(address)
    assert gone.status_code == 410
    assert batch.lines.get().name not in gone.content.decode()


def test_takes_an_objection_from_a_visitor_but_not_a_flood(world, client):
    batch = world.posted(world.ready())
    address = f"/subsidies/publicity/{batch.public_id}/objection/"
    for _ in range(5):
        assert client.post(address, {"line": "1", "content": CONTENT}).status_code == 302
    refused = client.post(address, {"line": "1", "content": CONTENT})
    assert refused.status_code == 422
    assert "提得太多" in refused.content.decode()
    assert Objection.objects.count() == 5


def test_keeps_notices_of_other_counties_from_officers(world, client):
    batch = world.posted(world.ready())
    other = factories.staff("subsidy_second_reviewer", at="210202")
    assert not PublicityBatch.objects.visible_to(other).filter(pk=batch.pk).exists()
