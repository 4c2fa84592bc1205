import base64
import copy
import pickle
import uuid

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from core import crypto
from core.crypto import BadKeys, CannotOpen, EncryptedField, aad_for, keys
from core.crypto.checks import check_keys, check_no_development_keys, check_sealed_models
from core.models import PublicModel

SECOND = base64.b64encode(b"2" * 32).decode()
PHONE = "13812341234"


@pytest.fixture
def two_keys(settings):
    """A ring in the middle of a rotation: the development key is the old one."""
    ring = {**settings.DEVELOPMENT_KEYS, "k2": SECOND}
    old = crypto.encrypt(PHONE, aad="row"), crypto.blind_index(PHONE, purpose="phone")
    settings.DATA_KEYS = settings.INDEX_KEYS = ring
    settings.DATA_KEY_CURRENT = settings.INDEX_KEY_CURRENT = "k2"
    return old


@pytest.fixture
def model():
    with isolate_apps("core"):

        class Holder(PublicModel):
            phone = EncryptedField("手机号", blank=True, default="", index="phone_index", purpose="holder.phone")
            phone_index = models.CharField(max_length=80, blank=True)
            address = EncryptedField("地址")

            class Meta:
                app_label = "core"

        yield Holder


@pytest.mark.parametrize("cipher", ["SM4-GCM", "AES-GCM"])
@given(text=st.text(), aad=st.text())
def test_opens_what_it_sealed(cipher, text, aad):
    from django.test import override_settings

    with override_settings(DATA_CIPHER=cipher):
        token = crypto.encrypt(text, aad=aad)
        assert token.startswith(crypto.current_token_prefix())
    # Tokens carry their cipher: changing the setting later does not lock old values.
    assert crypto.decrypt(token, aad=aad) == text


def test_seals_the_same_text_differently_each_time():
    assert crypto.encrypt(PHONE, aad="a") != crypto.encrypt(PHONE, aad="a")


def test_refuses_a_token_moved_to_another_place():
    with pytest.raises(CannotOpen, match="does not belong"):
        crypto.decrypt(crypto.encrypt(PHONE, aad="a"), aad="b")


@pytest.mark.parametrize(
    "token", ["", "x", "sm4.dev.", "sm4.dev.AAAA", "sm4.gone.AAAA", "rot13.dev.AAAA", "a.b.c.d", "sm4.dev.字"]
)
def test_refuses_a_damaged_token(token):
    with pytest.raises(CannotOpen):
        crypto.decrypt(token, aad="a")


def test_notices_every_changed_character():
    token = crypto.encrypt(PHONE, aad="a")
    head, body = token[:8], token[8:]
    for place in range(len(body) - 1):
        changed = body[:place] + ("A" if body[place] != "A" else "B") + body[place + 1 :]
        with pytest.raises(CannotOpen):
            crypto.decrypt(head + changed, aad="a")


def test_keeps_old_values_readable_and_findable_during_a_rotation(two_keys):
    token, index = two_keys
    assert crypto.decrypt(token, aad="row") == PHONE
    assert crypto.encrypt(PHONE, aad="row").startswith("sm4.k2.")
    assert crypto.blind_indexes(PHONE, purpose="phone") == [crypto.blind_index(PHONE, purpose="phone"), index]


def test_hashes_per_purpose_and_leaves_empty_texts_empty():
    assert crypto.blind_index(PHONE, purpose="a") == crypto.blind_index(PHONE, purpose="a")
    assert crypto.blind_index(PHONE, purpose="a") != crypto.blind_index(PHONE, purpose="b")
    assert len(crypto.blind_index(PHONE, purpose="a")) <= 80
    assert crypto.blind_index("", purpose="a") == ""
    assert crypto.blind_indexes("", purpose="a") == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATA_KEYS", {"dev": "not base64!"}, "not base64"),
        ("DATA_KEYS", {"dev": "AAAA"}, "32 bytes"),
        ("DATA_KEYS", {"d.v": SECOND}, "names no key"),
        ("DATA_KEY_CURRENT", "k9", "names no key"),
        ("INDEX_KEYS", {"dev": SECOND, "a.b": SECOND}, "key ids"),
        ("DATA_CIPHER", "DES", "SM4-GCM"),
    ],
)
def test_says_what_is_wrong_with_the_keys_without_showing_them(settings, name, value, says):
    setattr(settings, name, value)
    with pytest.raises(BadKeys, match=says):
        keys.check_ring()
    [found] = check_keys()
    assert SECOND not in found.msg


def test_refuses_the_development_key_at_deployment(settings):
    assert check_no_development_keys()
    settings.DATA_KEYS = settings.INDEX_KEYS = {"k2": SECOND}
    assert check_no_development_keys() == []


def test_finds_every_sealed_column_on_a_row_with_a_public_id():
    assert check_sealed_models() == []


def test_shows_nothing_of_a_sealed_value(model):
    row = model(phone=PHONE)
    assert [str(row.phone), repr(row.phone), f"{row.phone:>5}", str(vars(row)["phone"])] == [
        "•••",
        "•••",
        "  •••",
        "•••",
    ]
    assert row.phone.open() == PHONE
    assert copy.deepcopy(row.phone).open() == PHONE
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(row.phone)


def test_seals_on_the_way_to_the_database_and_opens_from_it(model):
    row = model(phone=PHONE)
    token = model._meta.get_field("phone").get_prep_value(row.phone)
    assert PHONE not in token
    again = load(model, row.public_id, token)
    assert again.phone.open() == PHONE
    assert crypto.decrypt(token, aad=aad_for(model, "phone", row.public_id)) == PHONE
    with pytest.raises(CannotOpen):
        load(model, uuid.uuid4(), token).phone.open()


def test_seals_anew_when_a_value_moves_to_another_row(model):
    one, other = model(pk=1, phone=PHONE), model(pk=2)
    one.phone.seal()
    other.phone = one.phone
    assert other.phone.open() == PHONE
    assert other.phone.seal() != one.phone.seal()
    assert load(model, other.public_id, other.phone.seal()).phone.open() == PHONE


def test_is_false_when_empty(model):
    assert model(phone=PHONE).phone
    assert not model(phone="").phone
    assert not load(model, uuid.uuid4(), "").phone
    assert model().phone.open() == ""


def test_requires_a_text_where_blank_is_not_allowed(model):
    with pytest.raises(ValidationError) as caught:
        model(phone=PHONE).clean_fields()
    assert set(caught.value.message_dict) == {"address"}


def test_offers_no_lookup_that_would_compare_tokens(model):
    with pytest.raises(FieldError):
        model.objects.filter(phone=PHONE)
    with pytest.raises(FieldError):
        model.objects.filter(phone__startswith="138")
    assert "IS NULL" in str(model.objects.filter(phone__isnull=True).query)
    with pytest.raises(TypeError, match="sealed for its row"):
        model._meta.get_field("phone").get_prep_value(PHONE)


def test_gives_model_forms_no_field(model):
    from django.forms import modelform_factory

    assert "phone" not in modelform_factory(model, fields="__all__").base_fields


def load(model, public_id, token):
    field = model._meta.get_field("phone")
    value = field.from_db_value(token, None, None)
    return model.from_db("default", ["id", "public_id", "phone"], [7, public_id, value])
