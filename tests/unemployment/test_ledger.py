from datetime import date
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction

from core import xlsx
from people.models import Person
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, page, submitted
from unemployment import ledger, uploads
from unemployment.ledger import CannotTakeLedger
from unemployment.ledger_files import HEADERS
from unemployment.models import Ledger, LedgerMapping, Registration

pytestmark = pytest.mark.django_db
HEADER = [
    "姓名",
    "身份证号码",
    "手机号",
    "所属社区",
    "失业时间",
    "登记日期",
    "失业原因",
    "状态",
    "注销日期",
    "注销原因",
    "备用列",
]


@pytest.fixture
def here():
    return factories.region("210106")


def row(**changes):
    values = {
        "姓名": "赵台账",
        "身份证号码": factories.id_number(),
        "手机号": factories.phone(),
        "所属社区": factories.community().code,
        "失业时间": "2026-01-05",
        "登记日期": "2026-02-01",
        "失业原因": "20",
        "状态": "有效",
        "注销日期": "",
        "注销原因": "",
        "备用列": "x",
        **changes,
    }
    return [values[name] for name in HEADER]


def table(*rows, header=HEADER):
    return SimpleUploadedFile("台账.xlsx", xlsx.write(rows, header).read())


def take(here, by, *rows):
    made = ledger.receive(upload=table(*rows), region=here, by=by, on=TODAY)
    ledger.start(ledger_id=made.pk, version=made.version, by=by)
    ledger.run(ledger_id=made.pk)
    made.refresh_from_db()
    return made


def outcomes(made):
    return list(made.rows.order_by("line").values_list("outcome", flat=True))


def test_tries_first_and_writes_nothing(here, caseworker):
    rows = [row(), row(身份证号码="123"), row(登记日期="上个月")]
    made = ledger.receive(upload=table(*rows), region=here, by=caseworker, on=TODAY)
    assert made.trial["counts"] == [["登记有效", 1], ["没有导入", 2]]
    assert made.trial["unknown"] == ["备用列"]
    assert "2026-01-31" in made.trial["problems"][1][4]
    assert made.trial["first"][0][1] == "赵*"
    assert not Registration.objects.exists()
    assert not Person.objects.exists()


STRANGE = ["谁", "证件", "归哪儿管", "哪天登记", "备用列"]
SETTLED = {"name": "谁", "id_number": "证件", "region": "归哪儿管", "registered_on": "哪天登记"}


def strange():
    return ["赵台账", factories.id_number(), factories.community().code, "2026-02-01", "大专"]


def test_asks_which_column_is_which_where_the_header_is_a_strange_one(here, caseworker):
    first = strange()
    made = ledger.receive(upload=table(first, header=STRANGE), region=here, by=caseworker, on=TODAY)
    assert (made.trial, made.status) == ({}, "uploaded")
    shown = {column.name: column.samples for column in ledger.columns_of(made)}
    assert (shown["谁"], shown["备用列"]) == (["赵*"], ["大*"])
    assert first[1] not in str(shown)
    with pytest.raises(CannotTakeLedger, match="哪一列是姓名、哪一列是身份证号、哪一列是社区"):
        ledger.start(ledger_id=made.pk, version=made.version, by=caseworker)
    columns = SETTLED | {"registered_on": ""}
    with pytest.raises(CannotTakeLedger, match="请指出哪一列是登记日期"):
        ledger.settle_columns(ledger_id=made.pk, columns=columns, version=made.version, by=caseworker)
    assert not LedgerMapping.objects.exists()

    made = ledger.settle_columns(ledger_id=made.pk, columns=SETTLED, version=made.version, by=caseworker)
    assert (made.trial["counts"], made.trial["unknown"]) == ([["登记有效", 1]], ["备用列"])
    ledger.start(ledger_id=made.pk, version=made.version, by=caseworker)
    ledger.run(ledger_id=made.pk)
    assert outcomes(made) == ["registered"]
    with pytest.raises(CannotTakeLedger, match="已经开始导入"):
        ledger.settle_columns(ledger_id=made.pk, columns=SETTLED, version=made.version + 1, by=caseworker)


def test_remembers_the_columns_for_the_next_ledger_of_the_place(here, caseworker):
    made = ledger.receive(upload=table(strange(), header=STRANGE), region=here, by=caseworker, on=TODAY)
    ledger.settle_columns(ledger_id=made.pk, columns=SETTLED, version=made.version, by=caseworker)
    again = ledger.receive(upload=table(strange(), header=STRANGE), region=here, by=caseworker, on=TODAY)
    assert (again.columns, again.trial["total"]) == (SETTLED, 1)
    elsewhere = factories.staff(Role.CASEWORKER, at="210202")
    other = ledger.receive(
        upload=table(strange(), header=STRANGE), region=factories.region("210202"), by=elsewhere, on=TODAY
    )
    assert other.trial == {}
    with pytest.raises(CannotTakeLedger, match="不归您管"):
        ledger.settle_columns(ledger_id=again.pk, columns=SETTLED, version=again.version, by=elsewhere)


def test_shows_the_page_where_columns_are_settled_and_keeps_nothing_half(enter, here, caseworker):
    client = enter(caseworker)
    made = ledger.receive(upload=table(strange(), header=STRANGE), region=here, by=caseworker, on=TODAY)
    address = f"/work/registrations/ledgers/{made.public_id}/"
    assert "没有认出哪一列是姓名、身份证号、社区、登记日期" in client.get(address).content.decode()
    sent = {"go": "columns", "version": made.version, "column_0": "name", "column_1": "name"}
    answer = client.post(address, sent)
    assert (answer.status_code, "都选成了姓名" in answer.content.decode()) == (422, True)
    sent |= {"column_1": "id_number", "column_2": "region"}
    answer = client.post(address, sent)
    assert (answer.status_code, "请指出哪一列是登记日期" in answer.content.decode()) == (422, True)
    assert not LedgerMapping.objects.exists()
    answer = client.post(address, sent | {"column_3": "registered_on"}, follow=True)
    assert "试运行的结果" in answer.content.decode()
    assert LedgerMapping.objects.get(region=here).columns == SETTLED


def test_takes_open_and_closed_rows_over_with_their_outcomes(here, caseworker):
    closed = row(状态="已注销", 注销日期="2026-03-01", 注销原因="被用人单位录用")
    made = take(here, caseworker, row(), closed)
    assert (made.status, made.registered, made.history, outcomes(made)) == ("done", 1, 1, ["registered", "history"])
    standing = Registration.objects.active().get()
    assert (standing.channel, standing.region, standing.registered_on) == (
        "import",
        factories.community(),
        date(2026, 2, 1),
    )
    assert standing.person.phone
    over = Registration.objects.get(status="deregistered")
    assert (over.imported_history, over.ended_ground, over.ended_on) == (True, "11", date(2026, 3, 1))


@pytest.mark.parametrize(("words", "code"), [("连续6个月无法取得联系", "32"), ("连续3次拒绝服务", "311")])
def test_takes_the_forbidden_grounds_as_closed_history_only(here, caseworker, words, code):
    made = take(here, caseworker, row(状态="注销", 注销日期="2019-05-01", 登记日期="2018-05-01", 注销原因=words))
    over = Registration.objects.get()
    assert (made.history, over.ended_ground, over.imported_history, over.status) == (1, code, True, "deregistered")


def test_reports_who_is_registered_already_and_overwrites_nothing(here, caseworker):
    elsewhere = factories.staff(Role.CASEWORKER, at="210202")
    person = factories.person(name="钱在册")
    standing = submitted(by=elsewhere, person=person, region=factories.community(county="210202"))
    number = person.id_number.open()
    twice = row()
    made = take(
        here, caseworker, row(姓名="钱在册", 身份证号码=number), row(姓名="别人", 身份证号码=number), twice, twice
    )
    assert outcomes(made) == ["duplicate", "rejected", "registered", "duplicate"]
    assert "大连市中山区" in made.rows.get(line=2).note
    standing.refresh_from_db()
    assert standing.channel == "counter"
    assert person.registrations.count() == 1


def test_changes_nothing_when_the_same_file_comes_again(here, caseworker):
    rows = [row(), row(状态="注销", 注销日期="2026-03-01", 注销原因="死亡")]
    take(here, caseworker, *rows)
    again = take(here, caseworker, *rows)
    assert (again.unchanged, Registration.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"姓名": ""}, "没有写姓名"),
        ({"所属社区": "火星社区"}, "不在您负责的地区"),
        ({"所属社区": "210202001001"}, "不在您负责的地区"),
        ({"登记日期": ""}, "没有写登记日期"),
        ({"登记日期": "2099-01-01"}, "晚于今天"),
        ({"状态": "注销"}, "要写注销日期"),
        ({"状态": "注销", "注销日期": "2026-03-01"}, "要写注销原因"),
        ({"状态": "注销", "注销日期": "2026-01-01", "注销原因": "死亡"}, "早于登记日期"),
        ({"手机号": "12"}, "手机号"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_says_of_each_row_what_is_wrong(here, caseworker, changes, sentence):
    made = take(here, caseworker, row(**changes))
    assert outcomes(made) == ["rejected"]
    assert sentence in made.rows.get().note


def test_goes_on_where_a_dead_worker_stopped(here, caseworker, monkeypatch):
    monkeypatch.setattr(ledger, "PORTION", 2)
    made = ledger.receive(upload=table(*(row() for _ in range(5))), region=here, by=caseworker, on=TODAY)
    ledger.start(ledger_id=made.pk, version=made.version, by=caseworker)
    real, calls = ledger.take_portion, []

    def dies(**given):
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        real(**given)

    monkeypatch.setattr(ledger, "take_portion", dies)
    with pytest.raises(MemoryError), transaction.atomic():
        ledger.run(ledger_id=made.pk)
    monkeypatch.setattr(ledger, "take_portion", real)
    assert uploads.waiting(Ledger) == [made.pk]
    ledger.run(ledger_id=made.pk)
    made.refresh_from_db()
    assert (made.status, made.registered, made.position) == ("done", 5, 5)
    assert Registration.objects.count() == 5


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "空"), (b"\x00\x01", "不是表格|认不出"), ("姓名,身份证号\n".encode(), "缺少列"), (None, "没有人")],
    ids=["empty", "no table", "no columns", "nobody"],
)
def test_answers_a_file_that_is_no_ledger_with_a_sentence(here, caseworker, content, sentence):
    upload = table() if content is None else SimpleUploadedFile("台账.csv", content)
    with pytest.raises(CannotTakeLedger, match=sentence):
        ledger.receive(upload=upload, region=here, by=caseworker, on=TODAY)


def test_lets_nobody_import_for_a_place_that_is_not_theirs(here):
    with pytest.raises(CannotTakeLedger, match="不归您管"):
        ledger.receive(upload=table(row()), region=here, by=factories.staff(Role.CASEWORKER, at="210202"), on=TODAY)


def test_writes_an_outcome_file_without_names_or_numbers(here, caseworker):
    made = take(here, caseworker, row(), row(状态="注销"))
    said = "\n".join("".join(cells) for cells in xlsx.read_rows(uploads.outcome_file(made)))
    assert "赵台账" not in said
    assert "赵*" in said
    assert not any(person.id_number.open() in said for person in Person.objects.all())


def test_leads_the_officer_from_the_file_to_the_outcomes(enter, caseworker):
    client = enter(caseworker)
    assert "缺少列" in page(
        client.post("/work/registrations/ledgers/", {"region": "210106", "file": table(["a"], header=["姓名"])}), 422
    )
    answer = client.post("/work/registrations/ledgers/", {"region": "210106", "file": table(row(), row(姓名=""))})
    assert answer.status_code == 302
    made = Ledger.objects.get()
    url = f"/work/registrations/ledgers/{made.public_id}/"
    assert "试运行的结果" in page(client.get(url))
    assert client.post(url, {"version": made.version}).status_code == 302
    ledger.run(ledger_id=made.pk)
    assert "下载逐行结果" in page(client.get(url))
    assert client.get(f"{url}rows/").status_code == 200
    assert client.get("/work/registrations/ledgers/template/").status_code == 200
    assert enter(factories.staff(Role.CASEWORKER, at="210202")).get(url).status_code == 404


def test_runs_by_hand_tried_first(here, caseworker, tmp_path):
    file = tmp_path / "台账.xlsx"
    file.write_bytes(xlsx.write([row(), row(姓名="")], HEADER).read())
    out = StringIO()
    call_command("import_ledger", str(file), region="210106", stdout=out)
    assert "试运行：共 2 行" in out.getvalue()
    assert not Registration.objects.exists()
    with pytest.raises(CommandError, match="登录名"):
        call_command("import_ledger", str(file), region="210106", write=True)
    call_command("import_ledger", str(file), region="210106", write=True, by=caseworker.username, stdout=out)
    assert "登记有效 1" in out.getvalue()
    with pytest.raises(CommandError, match="请写台账文件"):
        call_command("import_ledger", "没有.xlsx", region="210106")


def test_takes_thousands_with_few_statements(here, caseworker, django_assert_max_num_queries):
    number, people = factories.id_number, 120
    made = ledger.receive(
        upload=table(*(row(身份证号码=number()) for _ in range(people))), region=here, by=caseworker, on=TODAY
    )
    ledger.start(ledger_id=made.pk, version=made.version, by=caseworker)
    with django_assert_max_num_queries(40):
        ledger.run(ledger_id=made.pk)
    assert Registration.objects.active().count() == people


def test_names_each_column_once():
    names = [name for names in HEADERS.values() for name in names]
    assert len(names) == len(set(names))
