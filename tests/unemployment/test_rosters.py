import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import xlsx
from people.models import Person
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY
from unemployment import roster, roster_files, uploads
from unemployment.models import Employment, Roster
from unemployment.roster import CannotTakeRoster

pytestmark = pytest.mark.django_db
HEADER = ["姓名", "身份证号", "入职日期", "岗位", "离职日期", "离职原因"]


def upload(*rows, header=HEADER):
    file = xlsx.write(rows, header)
    return SimpleUploadedFile("名册.xlsx", file.read())


def handed_in(employer, *rows, by=None):
    by = by or factories.agent(employer)
    made = roster.receive(upload=upload(*rows), employer=employer, by=by, on=TODAY)
    return roster.start(roster_id=made.pk, version=made.version, by=by)


def run(employer, *rows):
    made = handed_in(employer, *rows)
    roster.run(roster_id=made.pk)
    made.refresh_from_db()
    return made


@pytest.fixture
def employer():
    return factories.organisation()


def test_takes_hires_and_ends_over_and_says_what_became_of_each_row(employer, registration):
    someone, number = factories.person(name="李在册"), factories.id_number()
    rows = [
        ("李在册", someone.id_number.open(), "2026-10-20", "焊工", "", ""),
        ("赵新人", number, date(2026, 9, 1), "电工", date(2026, 10, 30), "单位解除"),
        (registration.person.name, registration.person.id_number.open(), "2026-11-03", "", "", ""),
        ("名不符", someone.id_number.open(), "2026-10-20", "", "", ""),
        ("钱坏号", "210199198001010000", "2026-10-20", "", "", ""),
        ("孙没日", factories.id_number(), "", "", "", ""),
        ("周明天", factories.id_number(), "2026-12-01", "", "", ""),
    ]
    made = run(employer, *rows)
    assert (made.status, made.hired, made.ended, made.rejected, made.late, made.position) == ("done", 3, 1, 4, 1, 7)
    new = Person.objects.with_id_number(number).get()
    row = Employment.objects.get(person=new)
    assert (row.ended_on, row.end_reason, row.late_days, row.channel) == (date(2026, 10, 30), "employer", 33, "roster")
    assert registration.deregistrations.get().status == "proposed"

    listed = list(xlsx.read_rows(uploads.outcome_file(made)))
    text = str(listed)
    assert "名不符" not in text
    assert someone.id_number.open() not in text
    assert [line[3] for line in listed[1:]] == ["登记上岗", "登记上岗并备案解除", "登记上岗"] + ["没有登记"] * 4
    assert "超过规定期限 33 天" in listed[2][4]


def test_changes_nothing_when_the_same_roster_comes_again_and_ends_what_is_open(employer):
    number = factories.id_number()
    first = ("吴一次", number, "2026-10-20", "", "", "")
    run(employer, first)
    assert run(employer, first).unchanged == 1
    made = run(employer, first, (*first[:4], "2026-11-01", "本人辞职"))
    assert (made.unchanged, made.ended) == (1, 1)
    made = run(employer, (*first[:4], "2026-11-02", "本人辞职"))
    assert made.rejected == 1
    assert Employment.objects.get().ended_on == date(2026, 11, 1)


def test_goes_on_where_it_was_broken_off(employer, monkeypatch):
    rows = [(f"郑第{n}", factories.id_number(), "2026-10-20", "", "", "") for n in range(7)]
    made = handed_in(employer, *rows)
    monkeypatch.setattr(roster, "PORTION", 3)
    take = roster.take_portion

    def die_on_the_second(**values):
        if values["roster"].position:
            raise RuntimeError("killed")
        take(**values)

    monkeypatch.setattr(roster, "take_portion", die_on_the_second)
    with pytest.raises(RuntimeError):
        roster.run(roster_id=made.pk)
    assert uploads.waiting(Roster) == [made.pk]
    monkeypatch.setattr(roster, "take_portion", take)
    roster.run(roster_id=made.pk)
    made.refresh_from_db()
    assert (made.position, made.hired, made.status) == (7, 7, "done")
    assert made.rows.count() == Employment.objects.count() == 7
    roster.run(roster_id=made.pk)
    assert made.rows.count() == 7


def test_refuses_a_file_that_is_no_roster_and_an_employer_of_others(employer):
    agent = factories.agent(employer)
    with pytest.raises(CannotTakeRoster, match="身份证号、上岗日期"):
        roster.receive(upload=upload(("甲",), header=["姓名"]), employer=employer, by=agent, on=TODAY)
    with pytest.raises(CannotTakeRoster, match="没有人"):
        roster.receive(upload=upload(), employer=employer, by=agent, on=TODAY)
    with pytest.raises(CannotTakeRoster, match="不归您办"):
        roster.receive(upload=upload(), employer=factories.organisation(), by=agent, on=TODAY)
    elsewhere = factories.staff(Role.CASEWORKER, at="210102")
    with pytest.raises(CannotTakeRoster, match="不归您办"):
        roster.receive(upload=upload(), employer=employer, by=elsewhere, on=TODAY)
    assert not Roster.objects.exists()


def test_shows_columns_and_first_rows_before_anything_is_written(employer):
    rows = [("冯看看", factories.id_number(), "2026-10-20", "", "", ""), ("陈坏", "1", "2026-10-20", "", "", "")]
    made = roster.receive(upload=upload(*rows), employer=employer, by=factories.agent(employer), on=TODAY)
    seen = roster.preview(made)
    assert (seen.total, seen.faulty) == (2, 1)
    assert ("上岗日期", "入职日期") in seen.columns
    assert not Employment.objects.exists()


def test_offers_a_template_that_it_reads_itself():
    header = next(xlsx.read_rows(io.BytesIO(roster_files.template().read())))
    assert header == list(roster_files.LABELS.values())
