import re
from datetime import date

import pytest
from django.core.management import call_command

from people.classifications import CannotLoadCodes, load_industries, load_occupations
from people.models import Industry, Occupation

pytestmark = pytest.mark.django_db
ON = date(2026, 1, 1)


def test_holds_the_occupations_of_2022():
    assert [Occupation.objects.at(level).count() for level in (1, 2, 3, 4)] == [8, 78, 448, 1635]


def test_holds_the_industries_of_2017():
    assert [Industry.objects.at(level).count() for level in (1, 2, 3, 4)] == [20, 97, 473, 1381]
    assert Industry.objects.get(code="A0111").parent.parent.parent.code == "A"


def test_has_clean_names():
    assert Occupation.objects.get(code="2-05-01-02").name == "外科医师"
    assert Occupation.objects.get(code="2-02-29-01").name == "标准化工程技术人员"
    strange = re.compile(r"[\s()。;；]")
    for model in (Occupation, Industry):
        assert [row.name for row in model.objects.all() if strange.search(row.name)] == []


def test_has_no_two_occupations_of_one_name_in_one_class():
    for level in (2, 3, 4):
        names = list(Occupation.objects.at(level).values_list("name", flat=True))
        assert [name for name in set(names) if names.count(name) > 1] == []


def test_finds_an_occupation_by_words_or_code():
    assert "焊工" in [row.name for row in Occupation.objects.at(4).matching("焊工")]
    assert [row.code for row in Occupation.objects.matching("护士 儿科")] == ["2-05-08-02"]
    assert Occupation.objects.below("2-05-08").at(4).count() == 9
    assert Industry.objects.matching("a0111").get().level == 4
    assert not Occupation.objects.matching("宇宙 焊工").exists()


def test_changes_nothing_the_second_time(capsys):
    call_command("load_codes")
    assert capsys.readouterr().out == "职业：新增0，更新0，停用0\n行业：新增0，更新0，停用0\n"


def test_follows_a_newer_edition(tmp_path):
    file = tmp_path / "codes.csv"
    file.write_text("code,name\nA,农林牧渔\nA01,农业\nA99,新农业\n", encoding="utf-8")
    loaded = load_industries(file=file, on=ON)
    assert (loaded.created, loaded.updated) == (1, 1)
    assert Industry.objects.current().count() == 3
    assert Industry.objects.get(code="T").retired_on == ON


@pytest.mark.parametrize(
    ("text", "message"), [("代码,名称\n", "表头缺少：code、name"), ("code,name\nX01,新业\n", "上级 X 不在")]
)
def test_refuses_a_file_that_is_no_classification(tmp_path, text, message):
    file = tmp_path / "codes.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CannotLoadCodes, match=message):
        load_industries(file=file, on=ON)


def test_refuses_occupations_without_their_marks(tmp_path):
    file = tmp_path / "codes.csv"
    file.write_text("code,name\n1,一\n", encoding="utf-8")
    with pytest.raises(CannotLoadCodes, match="green、digital"):
        load_occupations(file=file, on=ON)
