"""Taking over postings from files: every row is imported or listed, whatever the file holds."""

import csv
import json
import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import xlsx
from jobs import imports
from jobs.import_rows import posted_at
from jobs.indexing import out_of_step
from jobs.models import ImportBatch, Posting, PostingSearch
from jobs.postings import CannotPublish, publish_posting
from people.models import Occupation
from people.roles import Role
from tests import factories

HEADER = ["job_id", "source_site", "title", "company", "location_raw", "salary_text", "experience", "description"]
GOOD = ["a1", "测试站", "车工", "演示机械厂", "沈阳-铁西区", "5-7千/月", "1-3年", "看图加工零件。"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(path: Path, *rows: list[str], header: list[str] = HEADER, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def run(*paths: Path, **options: object) -> str:
    out = StringIO()
    options.setdefault("rejects", paths[0].parent / "rejects.csv")
    call_command("import_jobs", *paths, stdout=out, stderr=out, **options)
    return out.getvalue()


def rejected(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.django_db
@pytest.mark.parametrize("large", [0, 10**6])
def test_fills_a_posting_from_a_row(folder: Path, monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr(imports, "LARGE", large)  # of a large file, another process prepares the rows
    run(write(folder / "a.csv", GOOD))
    posting = Posting.objects.get(source_site="测试站", source_id="a1")
    assert (posting.title, posting.employer_name, posting.status) == ("车工", "演示机械厂", "published")
    assert (posting.pay_min, posting.pay_max, posting.pay_period, posting.monthly_max) == (5000, 7000, "month", 7000)
    assert (posting.region.code, posting.experience_min, posting.experience_max) == ("210106", 1, 3)
    assert posting.imported_at is not None
    assert PostingSearch.objects.filter(posting=posting).exists()
    assert out_of_step() == []


@pytest.mark.django_db
def test_reads_pay_from_two_columns_where_a_table_keeps_them_apart(folder: Path) -> None:
    header = ["编号", "职位名称", "公司名称", "最低薪资", "最高薪资"]
    run(write(folder / "a.csv", ["b1", "车工", "演示机械厂", "5000", "7000"], header=header), source="测试站")
    posting = Posting.objects.get(source_id="b1")
    assert (posting.pay_min, posting.pay_max, posting.pay_period) == (5000, 7000, "month")


@pytest.mark.django_db
def test_fills_what_few_sources_give(folder: Path) -> None:
    header = [
        "职位名称",
        "公司名称",
        "工作地点",
        "薪资",
        "编号",
        "工作性质",
        "职业代码",
        "有效期至",
        "上班时间",
        "社保",
    ]
    header += ["试用期（月）", "试用期工资", "技能要求", "适合人群", "经度", "纬度"]
    code = Occupation.objects.at(4).order_by("code").values_list("code", flat=True)[0]
    until = timezone.localdate() + timedelta(days=12)
    rest = ["白班", "五险一金", "2个月", "4500元/月", "焊工证、看图纸", "45岁以上、残疾人友好", "123.38", "41.80"]
    row = ["电焊工", "演示机械厂", "沈阳-铁西区", "5-7千/月", "1", "见习", code, until.isoformat(), *rest]
    odd = [*row[:4], "2", "不定", "9-99", "昨天", *rest[:2], "12个月", "八成", "", "", "41.80", "123.38"]
    over = [*row[:4], "3", "全职", code, "2020-01-01", *rest]
    path = write(folder / "a.csv", row, odd, over, header=header)
    run(path, source="演示网")
    found = {p.source_id: p for p in Posting.objects.all()}
    one, two = found["1"], found["2"]
    assert (one.kind, one.occupation, one.valid_until, one.shifts, one.insurance) == (
        "internship",
        code,
        until,
        *rest[:2],
    )
    assert (one.probation_months, one.probation_pay, one.skills) == (2, 4500, ["焊工证", "看图纸"])
    assert one.suits == ["over_45", "disabled"]
    assert (float(one.lng), float(one.lat)) == (123.38, 41.80)
    search = PostingSearch.objects.get(posting=one)
    assert (search.valid_until, search.lng, search.kind) == (until, 12338000, "internship")
    assert (two.kind, two.occupation, two.lng, two.probation_months, two.probation_pay) == (
        "full_time",
        "",
        None,
        None,
        None,
    )
    assert two.status == "submitted"  # the law allows six months of probation at most
    assert "已经过了" in rejected(folder / "rejects.csv")[0]["原因"]
    assert out_of_step() == []
    longer = [*row[:7], (until + timedelta(days=300)).isoformat(), *rest]
    assert "更新 1" in run(write(folder / "a.csv", longer, odd, header=header), source="演示网")
    one.refresh_from_db()
    assert one.valid_until == timezone.localdate() + timedelta(days=90)
    assert "没有变化 2" in run(folder / "a.csv", source="演示网")


@pytest.mark.django_db
def test_leaves_what_has_not_changed_alone_and_changes_the_rest(folder: Path) -> None:
    run(write(folder / "a.csv", GOOD, ["a2", *GOOD[1:]]))
    before = {p.source_id: (p.version, p.imported_at) for p in Posting.objects.all()}
    out = run(write(folder / "a.csv", GOOD, ["a2", "测试站", "铣工", *GOOD[3:]], ["a3", *GOOD[1:]]))
    after = {p.source_id: (p.version, p.imported_at) for p in Posting.objects.all()}
    assert before["a1"] == after["a1"]
    assert after["a2"][0] == before["a2"][0] + 1
    assert Posting.objects.get(source_id="a2").title == "铣工"
    assert "新增 1，更新 1，没有变化 1" in out


@pytest.mark.django_db
def test_never_opens_again_what_an_officer_took_down(folder: Path) -> None:
    run(write(folder / "a.csv", GOOD))
    Posting.objects.update(status=Posting.Status.TAKEN_DOWN)
    out = run(write(folder / "a.csv", [*GOOD[:2], "车工 急招", *GOOD[3:]]))
    assert Posting.objects.get().status == Posting.Status.TAKEN_DOWN
    assert "不改 1" in out


@pytest.mark.django_db
def test_prolongs_what_a_source_still_lists(folder: Path) -> None:
    run(write(folder / "a.csv", GOOD))
    Posting.objects.update(status=Posting.Status.EXPIRED, valid_until=date(2020, 1, 1))
    run(folder / "a.csv")
    posting = Posting.objects.get()
    assert posting.status == Posting.Status.PUBLISHED
    assert posting.valid_until > date(2020, 1, 1)


@pytest.mark.django_db
def test_lists_every_row_that_it_refuses(folder: Path) -> None:
    bad = [
        ["b1", "测试站", "", *GOOD[3:]],
        ["b2", "测试站", "车工", "", *GOOD[4:]],
        ["b3", "", *GOOD[2:]],
        ["b4", *GOOD[1:-1], "长" * 8001],
        GOOD,
    ]
    out = run(write(folder / "a.csv", GOOD, *bad))
    rows = rejected(folder / "rejects.csv")
    assert [(row["行号"], row["来源编号"]) for row in rows] == [
        ("3", "b1"),
        ("4", "b2"),
        ("5", "b3"),
        ("6", "b4"),
        ("7", "a1"),
    ]
    assert rows[-1]["原因"] == "与第 2 行重复：来源和编号相同。"
    assert Posting.objects.count() == 1
    assert "未导入 5" in out
    assert ImportBatch.objects.get().rejected == 5


@pytest.mark.django_db
def test_goes_on_after_broken_quotes_wrong_bytes_and_extra_columns(folder: Path) -> None:
    path = write(folder / "a.csv", GOOD)
    with path.open("ab") as file:
        file.write('c1,测试站,"车"工,厂,,,,\n'.encode())
        file.write("c2,测试站,车工,厂,,,,,多,多\n".encode())
        file.write("c3,测试站,车工,".encode() + b"\xb3\xa7\xff,,,,\n")
        file.write("c4,测试站,车\x00工,厂,,,,\n".encode())
        file.write("c5,测试站,钳工,厂,沈阳,,,\n".encode())
    run(path)
    assert {p.source_id for p in Posting.objects.all()} == {"a1", "c5"}
    assert [row["行号"] for row in rejected(folder / "rejects.csv")] == ["3", "4", "5", "6"]


@pytest.mark.django_db
def test_bounds_a_quote_that_is_never_closed(folder: Path) -> None:
    path = write(folder / "a.csv", GOOD)
    with path.open("ab") as file:
        file.write('d1,测试站,车工,"厂,,,,\n'.encode() + b"x" * 300_000 + b"\n" + "d2,测试站,钳工,厂,,,,\n".encode())
    run(path)
    assert {p.source_id for p in Posting.objects.all()} == {"a1", "d2"}
    assert any("引号没有成对" in row["原因"] for row in rejected(folder / "rejects.csv"))


@pytest.mark.django_db
def test_reads_gb18030_xlsx_json_lines_and_json_arrays(folder: Path) -> None:
    names = ["岗位名称", "单位名称", "工作地点", "薪资", "来源"]
    rows = [[f"岗位{number}", "演示厂", "大连", "面议", "站"] for number in range(4)]
    paths = [write(folder / "g.csv", rows[0], header=names, encoding="gb18030"), folder / "x.xlsx"]
    paths[1].write_bytes(xlsx.write([rows[1]], names).read())
    paths += [folder / "l.jsonl", folder / "a.json"]
    paths[2].write_text('{"title": "岗位2", "company": "演示厂", "source": "站", "headcount": 3}\n不是\n', "utf-8")
    paths[3].write_text(
        json.dumps([{"title": "岗位3", "company": "演示厂", "source": "站"}], ensure_ascii=False), "utf-8"
    )
    run(*paths)
    assert {p.title for p in Posting.objects.all()} == {f"岗位{number}" for number in range(4)}
    assert Posting.objects.get(title="岗位2").headcount == 3
    assert Posting.objects.get(title="岗位0").pay_label == "薪资未标明"
    assert [row["行号"] for row in rejected(folder / "rejects.csv")] == ["2"]


@pytest.mark.django_db
def test_sends_what_the_checker_doubts_to_the_desk_of_its_county(folder: Path) -> None:
    rows = [["a1", *GOOD[1:-1], "限男性。"], ["a2", *GOOD[1:-1], "35岁以下优先。"], ["a3", *GOOD[1:-1], "男女不限。"]]
    out = run(write(folder / "a.csv", *rows, ["a4", *GOOD[1:5], "1000-1500元/月", *GOOD[6:]]))
    found = {p.source_id: p for p in Posting.objects.all()}
    assert [found[key].status for key in ("a1", "a2", "a3", "a4")] == [
        "submitted",
        "submitted",
        "published",
        "submitted",
    ]
    assert [finding["code"] for finding in found["a1"].findings] == ["sex_limit"]
    assert found["a1"].findings[0]["words"] == "限男性"
    assert found["a2"].held_for == "年龄要求"
    assert found["a4"].held_for == "低于最低工资"
    assert PostingSearch.objects.count() == 1
    assert "3 个岗位转人工核验" in out
    officer = factories.staff(Role.CASEWORKER)
    assert Posting.objects.to_review(officer).count() == 3


@pytest.mark.django_db
def test_refuses_what_the_checker_doubts_where_no_officer_is_competent(folder: Path) -> None:
    run(write(folder / "a.csv", [*GOOD[:4], "上海-浦东新区", *GOOD[5:-1], "限男性。"]))
    assert not Posting.objects.exists()
    assert "限定性别“限男性”" in rejected(folder / "rejects.csv")[0]["原因"]


@pytest.mark.django_db
def test_leaves_the_officers_decision_until_the_text_changes(folder: Path) -> None:
    doubtful = [*GOOD[:-1], "限男性。"]
    run(write(folder / "a.csv", doubtful))
    waiting, officer = Posting.objects.get(), factories.staff(Role.CASEWORKER)
    today = timezone.localdate()
    with pytest.raises(CannotPublish, match="性别"):
        publish_posting(posting_id=waiting.pk, by=officer, on=today)
    publish_posting(posting_id=waiting.pk, by=officer, on=today, mistaken="井下作业，法律允许。")
    Posting.objects.update(valid_until=today)
    run(folder / "a.csv")
    posting = Posting.objects.get()
    assert (posting.status, posting.valid_until > today) == ("published", True)
    run(write(folder / "a.csv", [*doubtful[:2], "铣工", *doubtful[3:]]))
    assert Posting.objects.get().status == "submitted"
    assert not PostingSearch.objects.exists()


@pytest.mark.django_db
def test_keeps_postings_without_pay_and_pushes_them_to_nobody(folder: Path) -> None:
    run(write(folder / "a.csv", GOOD, ["a2", *GOOD[1:5], "面议", *GOOD[6:]]))
    on = timezone.localdate()
    assert Posting.objects.published(on=on).count() == 2
    assert [p.source_id for p in Posting.objects.pushable(on=on)] == ["a1"]


def _several(*numbers: int) -> list[list[str]]:
    return [[f"a{number}", *GOOD[1:2], f"{number} 号岗位车工", *GOOD[3:]] for number in numbers]


@pytest.mark.django_db
def test_ends_what_a_full_list_no_longer_holds(folder: Path) -> None:
    other = ["z1", "别的站", *GOOD[2:]]
    run(write(folder / "a.csv", *_several(1, 2, 3), other))
    out = run(write(folder / "a.csv", *_several(1, 2)), full=True)
    gone = Posting.objects.get(source_id="a3")
    assert (gone.status, gone.status_reason) == ("expired", "来源已不再列出这个岗位。")
    assert Posting.objects.filter(status="published").count() == 3
    assert not PostingSearch.objects.filter(posting=gone).exists()
    assert "1 个岗位来源不再列出" in out
    run(write(folder / "a.csv", *_several(1, 2, 3)), full=True)
    assert Posting.objects.get(source_id="a3").status == "published"


@pytest.mark.django_db
def test_ends_nothing_when_a_full_list_lacks_most(folder: Path) -> None:
    run(write(folder / "a.csv", *_several(1, 2, 3, 4)))
    with pytest.raises(CommandError, match="没有导入"):
        run(write(folder / "a.csv", *_several(1)), full=True)
    assert Posting.objects.filter(status="published").count() == 4


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空的"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "不是文字表格"),
        ("编号,薪资\n1,面议\n".encode(), "缺少列：岗位名称（title）、单位名称（company）"),
        (b"\xd0\xcf\x11\xe0" + b"1" * 100, "旧版 Excel"),
        (b"PK\x03\x04" + b"1" * 100, "已损坏"),
        (b'[{"title": 1', "不是正确的 JSON"),
        (b'"title,company', "第一行读不出列名"),
    ],
)
@pytest.mark.django_db
def test_answers_a_useless_file_with_a_sentence_and_takes_the_others(
    folder: Path, content: bytes, sentence: str
) -> None:
    (folder / "bad.csv").write_bytes(content)
    out = StringIO()
    with pytest.raises(CommandError, match="1 个文件没有导入"):
        call_command(
            "import_jobs", folder / "bad.csv", write(folder / "a.csv", GOOD),
            rejects=folder / "r.csv", stdout=out, stderr=out,
        )  # fmt: skip
    assert sentence in out.getvalue()
    assert Posting.objects.count() == 1


@pytest.mark.django_db
def test_says_so_when_a_file_is_missing(folder: Path) -> None:
    with pytest.raises(CommandError):
        run(folder / "none.csv")


@pytest.mark.parametrize(
    ("text", "crawled", "day"),
    [
        ("2022-09-01 12:30", "", "2022-09-01"),
        ("2022年9月1日", "", "2022-09-01"),
        ("20220901", "", "2022-09-01"),
        ("08-30", "2018-08", "2018-08-30"),
        ("12-30", "2019-01", "2018-12-30"),
        ("", "2019-06", "2019-06-01"),
        ("昨天", "2019-06", "2019-06-01"),
        ("02-31", "2019-06", "2019-06-01"),
        ("", "", "2026-11-22"),
        ("2030-01-01", "", "2026-11-22"),
    ],
)
def test_knows_the_day_of_posting(text: str, crawled: str, day: str) -> None:
    assert posted_at(text, crawled, date(2026, 11, 22)) == day


@pytest.mark.shared_data
@pytest.mark.django_db
def test_imports_or_lists_every_real_row(shared_data: Path, folder: Path) -> None:
    files = sorted((shared_data / "jobs" / "dev").glob("*.csv"))
    small = [file for file in files if "broad" in file.name or "multisite" in file.name]
    print(run(*small, rejects=folder / "rejects.csv"))
    listed = rejected(folder / "rejects.csv")
    assert Posting.objects.count() + len(listed) == 13_497 + 3_956
    reasons = {re.split("[：“ ]", row["原因"])[0] for row in listed}
    assert reasons == {"没有单位名称", "单位名称有", "年龄要求", "限定户籍或地域"}
    # The source's own mark, which comes from the same cell.
    with next(file for file in small if "broad" in file.name).open(encoding="utf-8-sig", newline="") as lines:
        here = {row["job_id"] for row in csv.DictReader(lines) if row["is_liaoning"] == "1"}
    found = set(
        Posting.objects.filter(region__isnull=False, source_id__startswith="dev_broad").values_list(
            "source_id", flat=True
        )
    )
    assert found == here
