"""The laws of the house that models keep."""

import datetime as dt
import re

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.validators import MaxLengthValidator
from django.db import models

from people.models import User
from tests.portal.house import FLOORS, only_grows, our_models, relations, tracked

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_AUDITED = {
    # What is itself a record, or the machinery that keeps records.
    "core.AccessLog",
    "core.AnsweredRequest",
    "core.ConsumerCursor",
    "core.Delivery",
    "core.DepartmentRow",
    "core.Event",
    "core.QueryLog",
    "core.Seal",
    "core.Term",
    # Written by machines from rows that are audited.
    "messaging.Outbox",
    "messaging.InboxMessage",
    "jobs.Alert",
    "jobs.AlertRun",
    "jobs.PostingPrint",
    "jobs.PostingSearch",
    "jobs.TalentSearch",
    "jobs.SearchWord",
    "jobs.Suggestion",
    "jobs.ViewFlush",
}
WITHOUT_FACES = {
    # Only the sweeper reads it.
    "messaging.Outbox",
    # A record of what was done at a counter; only the audit pages show it.
    "people.PhoneChange",
}
FROM_MACHINES = {
    # Nobody types into these: a loader writes them from a file.
    "core.DepartmentFile",
}
ASKED_BY_MACHINES = ("core",)


def _label(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", our_models(with_histories=True), ids=_label)
def test_points_only_down_the_floors(model):
    own = FLOORS.index(model._meta.app_label)
    up = [
        f"{field.name} → {field.related_model._meta.label}"
        for field in relations(model)
        if field.related_model._meta.app_label in FLOORS and FLOORS.index(field.related_model._meta.app_label) > own
    ]
    assert up == []


def test_keeps_the_history_of_every_business_model():
    lacking = {_label(model) for model in our_models() if not only_grows(model)} - {_label(m) for m in tracked()}
    assert sorted(lacking - NOT_AUDITED) == []


def test_excuses_no_model_that_is_gone_or_tracked():
    untracked = {_label(model) for model in our_models()} - {_label(model) for model in tracked()}
    assert sorted(NOT_AUDITED - untracked) == []


@pytest.mark.parametrize("model", [m for m in our_models() if hasattr(m, "public_id")], ids=_label)
def test_says_who_may_see_each_model_with_an_address(model):
    if _label(model) in WITHOUT_FACES or model is User or model._meta.app_label in ASKED_BY_MACHINES:
        return
    public = ("open", "published", "public")
    assert any(hasattr(model._default_manager.all(), name) for name in ("visible_to", *public))


@pytest.mark.parametrize("model", our_models(), ids=_label)
def test_tells_people_in_chinese_what_a_constraint_wants(model):
    silent = []
    for constraint in model._meta.constraints:
        if isinstance(constraint, ExclusionConstraint | models.CheckConstraint | models.UniqueConstraint):
            message = str(constraint.violation_error_message or "")
            if not CHINESE.search(message) or "约束" in message:
                silent.append(constraint.name)
    if _label(model) not in NOT_AUDITED | FROM_MACHINES:
        assert silent == []


@pytest.mark.parametrize("model", our_models(), ids=_label)
def test_bounds_every_text_that_people_type(model):
    unbounded = [
        field.name
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.max_length
        and not any(isinstance(rule, MaxLengthValidator) for rule in field.validators)
        and field.editable
        and type(field).__name__ not in ("EncryptedField", "SearchVectorField")
    ]
    if _label(model) not in NOT_AUDITED | FROM_MACHINES:
        assert unbounded == []


PRIVATE = ("name", "applicant_name", "payee", "contact_name", "phone", "id_number", "bank_account", "address", "note")
SECRET = "欧阳保密"
KINDS = {
    models.DateTimeField: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    models.DateField: dt.date(2026, 1, 1),
    models.TimeField: dt.time(8),
    models.DecimalField: 1,
    models.IntegerField: 1,
}


def _fill(model: type[models.Model], depth: int = 0) -> models.Model:
    """Return a row that was never saved, with private texts in every field that could carry one."""
    row = model()
    for field in model._meta.local_concrete_fields:
        if isinstance(field, models.GeneratedField):
            continue
        if field.is_relation:
            if depth < 3 and field.related_model is not model:
                setattr(row, field.name, _fill(field.related_model, depth + 1))
        elif field.choices:
            setattr(row, field.name, next(iter(field.flatchoices))[0])
        elif field.name in PRIVATE and isinstance(field, models.CharField | models.TextField):
            setattr(row, field.name, SECRET if model._meta.label in OF_PEOPLE else "公开")
        elif (value := next((v for kind, v in KINDS.items() if isinstance(field, kind)), None)) is not None:
            setattr(row, field.name, value)
    return row


OF_PEOPLE = {
    model._meta.label
    for model in our_models()
    if model._meta.label == "people.Person"
    or any(f.related_model._meta.label == "people.Person" for f in relations(model))
} - {"people.User"}
"""A row of a person never tells whose it is: `__str__` ends in logs and error pages. (Accounts show their names.)"""


@pytest.mark.parametrize("label", sorted(OF_PEOPLE))
def test_prints_no_personal_data(label):
    model = next(m for m in our_models() if _label(m) == label)
    assert SECRET not in str(_fill(model))
