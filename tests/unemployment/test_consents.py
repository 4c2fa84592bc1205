import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from messaging.models import Outbox
from people.models import Document
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, form_values, page
from tests.unemployment.test_views import counter_data
from unemployment import consents
from unemployment import registration as workflow
from unemployment.consents import CannotAskConsent
from unemployment.forms import handle
from unemployment.models import ConsentCode, Registration
from unemployment.registration import CannotRegister

pytestmark = pytest.mark.django_db


@pytest.fixture
def absent(worker):
    return factories.person(name="缺席人")


def sent_code():
    """Return the code that the last message carries."""
    row = Outbox.objects.filter(template="unemployment_consent").order_by("-pk").first()
    return row.values()["code"]


def apply_for(person, by, **consent):
    return workflow.register_at_counter(
        person=person, values=form_values(), pledged=True, by=by, on=TODAY, channel="on_behalf", **consent
    )


def test_registers_on_behalf_by_the_code_that_the_person_told(absent, worker):
    consents.send_code(person=absent, by=worker, on=TODAY)
    taken = consents.take_code(person=absent, code=sent_code(), by=worker, on=TODAY)
    made = apply_for(absent, worker, consent_code=taken)
    assert (made.channel, made.consent_code) == ("on_behalf", taken)


def test_uses_a_code_once(absent, worker):
    consents.send_code(person=absent, by=worker, on=TODAY)
    code = sent_code()
    taken = consents.take_code(person=absent, code=code, by=worker, on=TODAY)
    with pytest.raises(CannotAskConsent, match="没有可以用的"):
        consents.take_code(person=absent, code=code, by=worker, on=TODAY)
    apply_for(absent, worker, consent_code=taken)
    other = factories.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        apply_for(other, worker, consent_code=taken)


def test_forgets_a_code_that_is_old_or_followed_by_another_or_tried_too_often(absent, worker):
    consents.send_code(person=absent, by=worker, on=TODAY)
    old = sent_code()
    consents.send_code(person=absent, by=worker, on=TODAY)
    fresh = sent_code()
    if old != fresh:
        assert consents.take_code(person=absent, code=old, by=worker, on=TODAY) is None
    for _ in range(5):
        wrong = "000000" if fresh != "000000" else "111111"
        with_tries_left = ConsentCode.objects.order_by("-pk").first().wrong_tries < 5
        if with_tries_left:
            assert consents.take_code(person=absent, code=wrong, by=worker, on=TODAY) is None
    with pytest.raises(CannotAskConsent, match="填错太多次"):
        consents.take_code(person=absent, code=fresh, by=worker, on=TODAY)
    consents.send_code(person=absent, by=worker, on=TODAY)
    ConsentCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(CannotAskConsent, match="过期"):
        consents.take_code(person=absent, code=sent_code(), by=worker, on=TODAY)
    with pytest.raises(CannotAskConsent, match="一天最多"):
        consents.send_code(person=absent, by=worker, on=TODAY)


def test_gives_a_code_to_nobody_but_whoever_had_it_sent(absent, worker):
    consents.send_code(person=absent, by=worker, on=TODAY)
    colleague = factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)
    with pytest.raises(CannotAskConsent):
        consents.take_code(person=absent, code=sent_code(), by=colleague, on=TODAY)


def test_keeps_no_code_in_plain_words(absent, worker):
    made = consents.send_code(person=absent, by=worker, on=TODAY)
    assert sent_code() not in made.code_hash


def test_sends_no_code_to_whoever_has_no_phone(worker):
    with pytest.raises(CannotAskConsent, match="没有登记手机号"):
        consents.send_code(person=factories.person(phone=""), by=worker, on=TODAY)


def test_refuses_on_behalf_without_consent_in_code_and_in_the_database(absent, worker, caseworker):
    with pytest.raises(CannotRegister, match="委托"):
        apply_for(absent, worker)
    made = workflow.register_at_counter(person=absent, values=form_values(), pledged=True, by=caseworker, on=TODAY)
    with pytest.raises(IntegrityError, match="registration_on_behalf_consent"), transaction.atomic():
        Registration.objects.filter(pk=made.pk).update(channel="on_behalf")


def test_takes_no_photo_and_no_code_of_somebody_else(absent, worker):
    other = factories.person()
    photo = Document.objects.create(
        kind="consent",
        person=other,
        uploaded_by=worker,
        name="委托书.jpg",
        storage_key="k",
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
    )
    with pytest.raises(IntegrityError, match="another person's"), transaction.atomic():
        apply_for(absent, worker, consent=photo)
    untold = consents.send_code(person=absent, by=worker, on=TODAY)
    with pytest.raises(IntegrityError, match="never told"), transaction.atomic():
        apply_for(absent, worker, consent_code=untold)


def post(client, person, **changes):
    data = {**counter_data(), "person": handle(person.pk), "presence": "behalf", **changes}
    return client.post("/work/registrations/new/register/", data)


def test_asks_for_the_code_at_the_counter_and_keeps_what_was_typed(enter, absent, worker):
    client = enter(worker)
    text = page(post(client, absent, send_code="1", job_wish="叉车司机"))
    assert "请本人报给您" in text
    assert "叉车司机" in text
    assert "委托" in page(post(client, absent), 422)
    code = sent_code()
    wrong = "123456" if code != "123456" else "654321"
    assert "验证码不对" in page(post(client, absent, code=wrong), 422)
    assert ConsentCode.objects.get().wrong_tries == 1
    answer = post(client, absent, code=code)
    assert answer.status_code == 302, re.findall(r"field__error.*?</p>", answer.content.decode())
    assert Registration.objects.get().channel == "on_behalf"
    assert "手机验证码同意" in page(client.get(answer["Location"]))


def test_takes_the_signed_photo_instead(enter, absent, worker):
    scan = SimpleUploadedFile("委托书.pdf", b"%PDF-1.4\n%%EOF", content_type="application/pdf")
    assert post(enter(worker), absent, consent_file=scan).status_code == 302
    made = Registration.objects.get()
    assert (made.consent.person, made.consent.kind) == (absent, "consent")
