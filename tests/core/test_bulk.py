"""Rows written by COPY are what the constructor and `save` would have made of them."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from psycopg2 import errors

from core import audit
from core.bulk import copy_rows, maker
from core.models import DepartmentFile, DepartmentRow
from jobs.models import Posting
from people.identifiers import id_check_character
from people.models import Group, GroupMembership, Person
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER = "21990119900101001" + id_check_character("21990119900101001")
AWKWARD = 'a,b "c"\r\n\\d\t{e}'


def new_person(make=Person, **values):
    person = make(name="王演示", **values)
    person.set_id_number(NUMBER)
    person.set_phone("15400000000")
    return person


def test_seals_and_finds_like_save():
    (copied,) = copy_rows(Person, [new_person()])
    found = Person.objects.with_id_number(NUMBER).get()
    assert found == copied
    assert not copied._state.adding
    assert (found.id_number.open(), found.phone.open(), found.address.open()) == (
        NUMBER,
        "15400000000",
        "",
    )
    assert found.public_id == copied.public_id
    assert found.created_at == copied.created_at
    assert found.died_on is None
    found.save()


def test_keeps_awkward_texts_lists_json_and_ranges():
    organisation = factories.organisation()
    row = Posting(organisation=organisation, title=AWKWARD, welfare=[AWKWARD, "", "五险"], requirement=r"\N")
    (copied,) = copy_rows(Posting, iter([row]), count=1)
    found = Posting.objects.get(pk=copied.pk)
    assert (found.title, found.welfare, found.requirement) == (AWKWARD, [AWKWARD, "", "五险"], r"\N")
    assert (found.suits, found.pay_min, found.address) == ([], None, "")

    person = factories.person()
    copy_rows(GroupMembership, [GroupMembership(person=person, group=Group.VETERAN, valid=(date(2026, 1, 1), None))])
    valid = person.groups.get().valid
    assert (valid.lower, valid.upper) == (date(2026, 1, 1), None)

    file = DepartmentFile.objects.create(
        department="police", dataset="x", name="x", as_of=date(2026, 1, 1), version=1, sha256="x", rows=1, rejected=0
    )
    copy_rows(DepartmentRow, [DepartmentRow(file=file, row=2, subject_index="x", record={"said": AWKWARD, "n": None})])
    found = DepartmentRow.objects.get(file=file)
    assert found.record == {"said": AWKWARD, "n": None}
    assert found.recorded_at
    assert found.xid


def test_makes_what_the_constructor_makes():
    make = maker(Person, nation="01", is_demo=True)
    person, other = new_person(make), make(name="李演示", nation="02")
    plain = new_person(nation="01", is_demo=True)
    assert person.public_id != other.public_id
    assert (person.nation, other.nation) == ("01", "02")
    names = [f.attname for f in Person._meta.concrete_fields if f.attname not in ("public_id", "id_number", "phone")]
    assert [str(getattr(person, name)) for name in names] == [str(getattr(plain, name)) for name in names]
    assert person.id_number.open() == plain.id_number.open()


def test_writes_history_with_who_and_why():
    with audit.context(channel="import", reason="many"):
        (copied,) = copy_rows(Person, [new_person()])
    history = Person.pgh_event_model.objects.get(pgh_obj_id=copied.pk)
    assert (history.pgh_label, history.pgh_context["reason"]) == ("insert", "many")


@pytest.mark.no_audit_context
def test_refuses_to_write_without_a_context():
    with pytest.raises(errors.IntegrityError), transaction.atomic():
        copy_rows(Person, [new_person()])


def test_lets_the_database_refuse_a_double():
    with pytest.raises((IntegrityError, errors.IntegrityError)), transaction.atomic():
        copy_rows(Person, [new_person(), new_person()])
