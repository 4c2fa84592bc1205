from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core.errors import StaleVersion
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, contact, page, registered
from unemployment import followups, quality
from unemployment.models import QualityCheck, VisitProof
from unemployment.quality import CannotCheck, CannotProve

pytestmark = pytest.mark.django_db
DECEMBER = date(2026, 12, 2)


@pytest.fixture
def done(follow_up, worker):
    followups.record_contact(
        follow_up_id=follow_up.pk, values=contact(), version=follow_up.version, by=worker, on=TODAY
    )
    return follow_up


def draw():
    return quality.draw(region_id=factories.region("210106").pk, month=TODAY, on=DECEMBER)


def record(check, by, *, outcome="true", note="", version=None):
    return quality.record_check(check_id=check.pk, outcome=outcome, note=note, version=version or check.version, by=by)


def test_draws_a_part_of_what_was_done_and_draws_it_once(done, caseworker):
    registered(by=caseworker)  # not contacted yet: nothing to ask about
    assert draw() == 1
    assert draw() == 0
    check = QualityCheck.objects.get()
    assert (check.follow_up, check.recorded_by) == (done, done.registration.worker)


def test_has_somebody_else_call_back(done, caseworker, worker):
    draw()
    check = QualityCheck.objects.get()
    with pytest.raises(CannotCheck, match="自己记的"):
        record(check, worker)
    with pytest.raises(CannotCheck, match="不归您"):
        record(check, factories.staff(Role.CASEWORKER, at="210202"))
    with pytest.raises(CannotCheck, match="哪里不符"):
        record(check, caseworker, outcome="invented")
    with pytest.raises(StaleVersion):
        record(check, caseworker, version=9)
    found = record(check, caseworker, outcome="invented", note="本人说这个月没接过电话")
    assert (found.status, found.done_by) == ("done", caseworker)
    with pytest.raises(CannotCheck, match="已经抽查过"):
        record(found, caseworker)


def test_holds_the_second_person_in_the_database(done, worker):
    draw()
    with pytest.raises(IntegrityError, match="quality_second_person"), transaction.atomic():
        QualityCheck.objects.update(status="done", outcome="true", done_by=worker, done_at=done.opened_at)


def test_lists_what_was_drawn_and_takes_the_result(enter, done, caseworker):
    draw()
    check, client = QualityCheck.objects.get(), enter(caseworker)
    assert done.registration.person.name in page(client.get("/work/followups/quality/"))
    url = f"/work/followups/quality/{check.public_id}/"
    client.post(url, {"version": check.version, "outcome": "true", "note": ""})
    check.refresh_from_db()
    assert check.outcome == "true"
    assert "没有等着抽查的" in page(client.get("/work/followups/quality/"))
    assert enter(factories.staff(Role.CASEWORKER, at="210202")).post(url).status_code == 404


def test_keeps_place_and_photo_of_a_visit_only_with_consent(enter, follow_up, worker):
    client, url = enter(worker), f"/work/followups/{follow_up.public_id}/visit/"
    page(client.get(url))
    assert "同意不同意" in page(client.post(url, {"lat": "41.8", "lng": "123.4"}), 422)
    assert "拍一张照片" in page(client.post(url, {"consented": "on"}), 422)
    assert client.post(url, {"consented": "on", "lat": "41.8", "lng": "123.4"}).status_code == 302
    assert VisitProof.objects.get().by == worker
    with pytest.raises(IntegrityError, match="visit_proof_consent"), transaction.atomic():
        VisitProof.objects.update(consented=False)
    with pytest.raises(CannotProve, match="不归您"):
        quality.keep_proof(
            follow_up_id=follow_up.pk,
            consented=True,
            lat=41,
            lng=123,
            by=factories.staff(Role.COMMUNITY_WORKER, at=factories.community(county="210202")),
        )
