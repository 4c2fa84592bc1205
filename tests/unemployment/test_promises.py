from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import events
from messaging.models import InboxMessage, Outbox
from people.roles import Role
from tests import factories
from tests.jobs import factories as jobs
from tests.unemployment.care import TODAY
from tests.unemployment.conftest import page, registered
from unemployment import deregistration, promise_offers, promises
from unemployment.deregistration import CannotDeregister
from unemployment.models import Attempt, Escalation, JobPromise
from unemployment.promises import CannotPromise

NOON = datetime(2026, 11, 3, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def after(hours):
    return NOON + timedelta(hours=hours)


@pytest.fixture
def helper(db):
    return factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)


def begun(helper, person=None, at=NOON, county="210106"):
    return promises.begin(
        person=person or factories.person(),
        region=factories.community(county=county),
        by=helper,
        at=at,
        consent="电话里念过条款，同意",
    )


def offered(promise, helper, at):
    return promises.offer(promise_id=promise.pk, what="某物业，保洁，2,600 元", channel="phone", by=helper, at=at)


def test_keeps_the_version_of_the_terms_and_starts_the_clock(helper):
    promise = begun(helper)
    assert promise.terms_version.startswith("promise.conditions@21@2025-05-16")
    assert promise.due_at == after(24)
    with pytest.raises(CannotPromise, match="已经在计时"):
        begun(helper, promise.person)
    with pytest.raises(CannotPromise, match="怎么同意"):
        promises.begin(person=factories.person(), region=factories.community(), by=helper, at=NOON)


def test_stops_at_an_accepted_offer_and_logs_every_one(helper):
    promise = begun(helper)
    first, second = offered(promise, helper, after(1)), offered(promise, helper, after(2))
    promises.answer(offer_id=second.pk, accepted=True, note="", by=helper, at=after(5))
    promise.refresh_from_db()
    assert (promise.status, promise.hours(after(99))) == ("kept", 5.0)
    assert promise.offers.count() == 2
    with pytest.raises(CannotPromise, match="找到工作了"):
        promises.answer(offer_id=first.pk, accepted=True, note="", by=helper, at=after(6))
    with pytest.raises(IntegrityError, match="one_accepted"), transaction.atomic():
        promise.offers.update(answer="accepted", answered_at=NOON, answered_by=helper)


def test_never_counts_a_refused_offer_as_refusing_service(helper, caseworker):
    person = factories.person()
    registration = registered(by=caseworker, person=person)
    for hour in range(3):
        promise = begun(helper, person, at=after(hour))
        offer = offered(promise, helper, after(hour))
        promises.answer(offer_id=offer.pk, accepted=False, note="太远", by=helper, at=after(hour))
    events.run_consumers()
    registration.refresh_from_db()
    assert registration.status == "active"
    assert not registration.deregistrations.exists()
    assert not Escalation.objects.filter(registration=registration).exists()
    assert not Attempt.objects.filter(follow_up__registration=registration).exists()
    assert registration.follow_ups.get().services == []
    assert set(JobPromise.objects.filter(person=person).values_list("status", flat=True)) == {"refused"}
    with pytest.raises(CannotDeregister, match="不得仅以"):
        deregistration.propose(
            registration_id=registration.pk,
            ground="311",
            evidence="连续三次没有接受承诺推荐",
            happened_on=TODAY,
            by=caseworker,
            on=TODAY,
        )
    assert not JobPromise.objects.breached(at=after(99)).exists(), "an ended promise is no breach"


def test_shows_breaches_to_the_county_and_the_province(helper):
    running, late, kept = begun(helper), begun(helper), begun(helper)
    for promise, hours in ((late, 30), (kept, 3)):
        offer = offered(promise, helper, after(1))
        promises.answer(offer_id=offer.pk, accepted=True, note="", by=helper, at=after(hours))
    chief = factories.staff(Role.COUNTY_SUPERVISOR)
    seen = JobPromise.objects.for_staff(chief).breached(at=after(25))
    assert set(seen) == {running, late}
    assert not JobPromise.objects.for_staff(factories.staff(Role.COUNTY_SUPERVISOR, at="210102")).exists()


def test_tells_the_percentiles_of_each_county(helper):
    for hours in (2, 4, 10, 26):
        promise = begun(helper)
        offer = offered(promise, helper, after(1))
        promises.answer(offer_id=offer.pk, accepted=True, note="", by=helper, at=after(hours))
    begun(factories.staff(Role.CASEWORKER, at="210102"), county="210102")
    lines = promises.times(paths=["21"], since=NOON - timedelta(days=1), now=after(25))
    here, there = sorted(lines, key=lambda line: -line.kept)
    assert (here.county, here.promises, here.kept, here.breached) == ("铁西区", 4, 4, 1)
    assert (here.median, here.ninetieth) == (7.0, 21.2)
    assert (there.kept, there.breached, there.median) == (0, 1, None)
    assert promises.times(paths=["21/2102"], since=NOON, now=NOON) == []


def test_lets_the_person_end_it_and_nobody_else(helper):
    citizen = factories.citizen()
    promise = promises.begin(person=citizen.person, region=factories.community(), by=citizen, at=NOON)
    with pytest.raises(CannotPromise, match="自己的"):
        promises.withdraw(promise_id=promise.pk, by=factories.citizen(), at=after(1))
    assert promises.withdraw(promise_id=promise.pk, by=citizen, at=after(1)).status == "withdrawn"


def test_offers_an_open_posting_and_tells_the_person_in_writing(helper):
    citizen = factories.citizen()
    promise = begun(helper, citizen.person, at=timezone.now())
    posting = jobs.posting(title="小区保洁")
    given = {"promise_id": promise.pk, "by": helper, "at": timezone.now()}
    offer = promises.offer(what="", channel="sms", posting=posting, **given)
    assert (offer.posting, "小区保洁" in offer.what, posting.pay_label in offer.what) == (posting, True, True)
    message = Outbox.objects.get(key=promises.message_key(offer))
    assert (message.channel, message.template) == ("sms", "promise_offer")
    assert "小区保洁" in InboxMessage.objects.get(user=citizen).text
    assert promises.messages_of([offer]) == {str(offer.public_id): "待发送"}
    posting.status = "filled"
    posting.save()
    with pytest.raises(CannotPromise, match="不招人了"):
        promises.offer(what="", channel="sms", posting=posting, **given)
    with pytest.raises(CannotPromise, match="什么工作"):
        promises.offer(what="", channel="phone", **given)
    promise.person.phone = ""
    promise.person.save()
    with pytest.raises(CannotPromise, match="没有留手机号"):
        promises.offer(what="某物业，保洁", channel="sms", **given)
    assert promises.offer(what="某物业，保洁", channel="phone", **given).posting is None


def test_finds_the_posting_by_words_number_or_pasted_address(helper, enter):
    promise = begun(helper, at=timezone.now())
    posting, away = (
        jobs.posting(title="仓库理货员"),
        jobs.posting(title="仓库理货员", region=factories.region("210202")),
    )
    client, address = enter(helper), f"/work/promises/{promise.public_id}/"
    shown = client.get(address).content.decode()
    assert "24 小时就业承诺，2025" in shown
    assert "辽人社建〔2025〕21号" in shown
    assert "promise.conditions" not in shown
    listed = page(client.get(address, {"q": "理货员"}))
    assert (str(posting.public_id) in listed, str(away.public_id) in listed) == (True, False)
    assert f'value="{posting.public_id}"' in page(client.get(address, {"pick": str(posting.public_id)}))
    pasted = f"https://jobs.example.cn/jobs/{posting.public_id}/?from=wechat"
    assert promise_offers.named_posting(pasted, on=timezone.localdate()) == posting
    data = {"act": "offer", "channel": "sms", "what": ""}
    assert "没有找到这个岗位" in page(client.post(address, data | {"posting": "A1"}), 422)
    assert "请选一个岗位" in page(client.post(address, data), 422)
    assert client.post(address, data | {"posting": pasted}).status_code == 302
    shown = page(client.get(address))
    assert ("短信待发送" in shown, f"/jobs/{posting.public_id}/" in shown) == (True, True)
