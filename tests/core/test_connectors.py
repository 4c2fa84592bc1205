import csv
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from core import connectors, department_files, xlsx
from core.crypto import blind_index
from core.models import DepartmentFile, DepartmentRow, QueryLog

pytestmark = pytest.mark.django_db

ON = date(2026, 6, 1)
WANG, LI = "210000199001010011", "21000019910202002X"


@pytest.fixture(autouse=True)
def directory(settings, tmp_path, monkeypatch):
    def check(text: str) -> str:
        if len(text) != 18:
            raise department_files.DomainError("身份证号码应是 18 位。")
        return text

    person = connectors.Subject("person", purpose="person.id_number", check=check)
    monkeypatch.setattr(connectors, "_subjects", {"person": person})
    settings.CONNECTOR_DIR = tmp_path
    return tmp_path


def drop(directory, day, rows, *, dataset="civil_affairs/low_income", encoding="utf-8"):
    path = directory / dataset / f"{day}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


HEADER = ["姓名", "公民身份号码", "状态", "批准日期", "终止日期", "保障类别"]


def ask(number=WANG, *, on=ON, dataset=("civil_affairs", "low_income"), by=None):
    index = blind_index(number, purpose="person.id_number")
    return connectors.connector(*dataset).query(purpose="核对就业困难人员", subject_index=index, on=on, by=by)


def test_finds_what_the_department_sent(directory):
    drop(directory, "20260501", [HEADER, ["王某", WANG, "正常", "2025-01-01", "", "城市低保"]], encoding="gb18030")
    call_command("load_department_file", verbosity=0)
    (hit,) = ask()
    assert (hit.state, hit.record, hit.detail) == ("正常", {"kind": "城市低保"}, "城市低保")
    assert (hit.source_file, hit.row) == ("20260501.csv", 2)
    assert hit.covers(ON)
    assert not hit.covers(date(2024, 1, 1))
    assert ask(LI) == []


def test_keeps_neither_the_number_nor_unneeded_columns(directory):
    department_files.load(drop(directory, "20260501", [HEADER, ["王某", WANG, "正常", "", "", "城市低保"]]))
    row = DepartmentRow.objects.get()
    assert row.subject_index == blind_index(WANG, purpose="person.id_number")
    assert WANG not in str(row.__dict__)
    assert "王某" not in str(row.__dict__)


def test_answers_as_of_the_day_asked(directory):
    department_files.load(drop(directory, "20260401", [HEADER, ["", WANG, "正常", "", "", "a"]]))
    department_files.load(drop(directory, "20260501", [HEADER, ["", LI, "正常", "", "", "b"]]))
    assert [hit.record["kind"] for hit in ask(on=date(2026, 4, 30))] == ["a"]
    assert ask(on=date(2026, 5, 1)) == []


def test_takes_a_corrected_file_as_the_next_version(directory):
    path = drop(directory, "20260501", [HEADER, ["", WANG, "正常", "", "", "a"]])
    department_files.load(path)
    assert department_files.load(path).file is None
    department_files.load(drop(directory, "20260501", [HEADER, ["", WANG, "停发", "", "", "a"]]))
    assert [hit.state for hit in ask()] == ["停发"]
    assert sorted(DepartmentFile.objects.values_list("version", flat=True)) == [1, 2]


def test_adds_up_files_of_an_appending_list(directory):
    header = ["公民身份号码", "缴费状态", "费款所属期起", "费款所属期止", "险种", "缴费身份"]
    header += ["统一社会信用代码", "缴费基数", "缴费金额"]
    for month in ("01", "02"):
        row = [WANG, "已缴", f"2026-{month}-01", f"2026-{month}-28", "养老", "灵活就业", "", "4000", "800"]
        department_files.load(
            drop(directory, f"2026{month}28", [header, row], dataset="social_insurance/contributions")
        )
    hits = ask(dataset=("social_insurance", "contributions"))
    assert [hit.valid[0].month for hit in hits] == [1, 2]


def test_lists_the_rows_it_refuses_and_loads_the_others(directory, capsys):
    rows = [
        HEADER,
        ["", WANG, "正常", "2025-01-01", "", "a"],
        ["", "123", "正常", "", "", "a"],
        ["", LI, "正常", "昨天", "", "a"],
        ["", LI, "正常", "2025-02-01", "2025-01-01", "a"],
        ["", WANG, "正常", "2025-01-01", "", "a"],
        ["", LI, "正常", "20250101", "2025/12/31", "a"],
    ]
    path = drop(directory, "20260501", rows)
    call_command("load_department_file", path)
    assert "载入 2 行，退回 4 行" in capsys.readouterr().out
    rejects = list(csv.reader((path.parent / "20260501.rejected.csv").open(encoding="utf-8-sig")))
    assert [(number, reason) for number, reason in rejects[1:]] == [
        ("3", "身份证号码应是 18 位。"),
        ("4", "“批准日期”不是日期，应写成 2026-01-31。"),
        ("5", "“终止日期”早于“批准日期”。"),
        ("6", "与前面某一行完全相同，只保留一行。"),
    ]
    assert ask(LI)[0].valid == (date(2025, 1, 1), date(2025, 12, 31))
    call_command("load_department_file")  # the list of rejects is no department file


def test_reads_xlsx(directory):
    path = directory / "civil_affairs" / "low_income" / "20260501.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(xlsx.write([["", WANG, "正常", date(2025, 1, 1), "", "a"]], HEADER).read())
    department_files.load(path)
    assert ask()[0].valid[0] == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("civil_affairs/low_income/20260501.csv", "姓名,状态\n", "缺少列：公民身份号码、批准日期"),
        ("civil_affairs/low_income/20260501.csv", "", "文件是空的"),
        ("civil_affairs/low_income/list.csv", "x", "文件名要写数据日期"),
        ("civil_affairs/low_income/20261301.csv", "x", "文件名要写数据日期"),
        ("nobody/nothing/20260501.csv", "x", "部门/数据集"),
    ],
)
def test_refuses_a_file_as_a_whole(directory, name, content, sentence, capsys):
    path = directory / name
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(CommandError, match="1 个文件没有载入"):
        call_command("load_department_file", path)
    assert sentence in capsys.readouterr().err
    assert not DepartmentFile.objects.exists()


def test_tells_no_data_from_no_record(directory):
    with pytest.raises(connectors.NoDepartmentData, match="民政「最低生活保障对象」"):
        ask()
    assert not QueryLog.objects.get().available


def test_logs_every_question(directory, django_user_model):
    department_files.load(drop(directory, "20260501", [HEADER, ["", WANG, "正常", "", "", "a"]]))
    user = django_user_model.objects.create(username="u")
    ask(by=user)
    log = QueryLog.objects.get()
    assert (log.actor, log.department, log.dataset, log.purpose) == (
        user.pk,
        "civil_affairs",
        "low_income",
        "核对就业困难人员",
    )
    assert (log.hits, log.states, log.available, log.on) == (1, ["正常"], True, ON)
    assert WANG not in str(log.__dict__)


def test_refuses_a_question_without_a_purpose():
    with pytest.raises(ValueError, match="what the answer is for"):
        connectors.connector("police", "identity").query(purpose=" ", subject_index="x", on=ON)


def test_knows_every_department():
    assert {department for department, _ in connectors.datasets()} == set(connectors.Department.values)


def test_lets_another_class_answer(monkeypatch):
    class Interface(connectors.Connector):
        def find(self, subject_indexes, on):
            return [connectors.Hit({}, "一致", "", (None, None), "", 0)]

    monkeypatch.setattr(connectors, "_connectors", {})
    connectors.use("police", "identity", Interface)
    assert ask(dataset=("police", "identity"))[0].state == "一致"
