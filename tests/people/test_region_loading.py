from datetime import date

import pytest
from django.core.management import CommandError, call_command

from people.models import Region, RegionSuccession, ServiceArea
from people.region_file import CannotReadRegions, read_region_file, short_name
from people.region_loading import load_region_file

pytestmark = pytest.mark.django_db
FIRST, LATER = date(2025, 1, 1), date(2026, 1, 1)
HEADER = "code,name,kind,lng,lat,point_source,parent,succeeds,document\n"
SMALL = """\
98,试验省,省
9801,东市,地级市
980101,甲区,区,123.4,41.8,测量
980102,乙县,县
980101001,一街道,街道
980101001001,一社区,社区
980101001002,二社区,社区
980102100,一镇,镇
980102100200,一村,村
"""


@pytest.fixture
def load(tmp_path):
    def load(text, *, on=FIRST, **options):
        file = tmp_path / "regions.csv"
        file.write_text(HEADER + text, encoding="utf-8")
        return load_region_file(file=file, on=on, **options)

    return load


@pytest.fixture
def small(load):
    report = load(SMALL)
    assert (report.created, report.problems) == (9, [])
    return report


def region(code):
    return Region.objects.open().get(code=code)


def test_changes_nothing_the_second_time(small, load):
    assert str(load(SMALL, on=LATER)) == "新增0，更新0，恢复0，撤销0，路径变动0，业务主管区新增0，问题0"


def test_asks_as_often_for_many_regions_as_for_few(small, load, django_assert_max_num_queries):
    rows = ["97,大省,省", "9701,大市,地级市"]
    for county in range(1, 8):
        rows.append(f"9701{county:02},{county}区,区")
        for street in range(1, 15):
            rows.append(f"9701{county:02}{street:03},{street}街道,街道")
            rows += [f"9701{county:02}{street:03}{n:03},{n}村,村" for n in range(1, 13)]
    with django_assert_max_num_queries(40):
        report = load("\n".join(rows))
    assert report.created == 2 + 7 + 7 * 14 + 7 * 14 * 12


def test_renames_a_region_and_all_that_lies_below(small, load):
    report = load(SMALL.replace("甲区", "甲新区"), on=LATER)
    assert (report.updated, report.moved) == (1, 4)
    assert region("980101001001").full_name == "东市甲新区一街道一社区"
    assert region("980101").short_name == "甲新"


def test_closes_what_a_newer_list_no_longer_names(small, load):
    report = load(SMALL.replace("980101001002,二社区,社区\n", ""), on=LATER)
    assert report.closed == 1
    assert Region.objects.get(code="980101001002").closed_on == LATER


def test_hands_the_records_of_a_renumbered_county_to_its_successor(small, load):
    newer = (
        SMALL.replace("980102,乙县,县", "980103,乙区,区,,,,,980102,国函〔2025〕1号")
        .replace("980102100,一镇,镇", "980103100,一镇,镇,,,,,980102100")
        .replace("980102100200,一村,村", "980103100200,一村,村,,,,,980102100200")
    )
    for _ in range(2):
        report = load(newer, on=LATER)
        assert report.problems == []
    old = Region.objects.get(code="980102100200")
    assert old.closed_on == LATER
    assert old.successor == region("980103100200")
    assert old.path == "98/9801/980103/980103100/980103100200"
    assert old.statutory_path == "98/9801/980102/980102100/980102100200"
    assert old.is_within([region("980103").path])
    assert RegionSuccession.objects.get(old__code="980102").document == "国函〔2025〕1号"
    assert region("980103").opened_on == LATER


def test_keeps_a_divided_region_where_it_was(small, load):
    newer = SMALL.replace(
        "980101001002,二社区,社区",
        "980101001003,三社区,社区,,,,,980101001002\n980101001004,四社区,社区,,,,,980101001002",
    )
    load(newer, on=LATER)
    old = Region.objects.get(code="980101001002")
    assert old.successor is None
    assert old.successors.count() == 2
    assert old.path == "98/9801/980101/980101001/980101001002"


def test_moves_a_subtree_under_another_parent(small, load):
    report = load(SMALL.replace("980102100,一镇,镇", "980102100,一镇,镇,,,,980101"), on=LATER)
    assert (report.updated, report.moved) == (1, 2)
    assert region("980102100200").path == "98/9801/980101/980102100/980102100200"


def test_reopens_what_a_wrong_list_had_closed(small, load):
    load(SMALL.replace("980101001002,二社区,社区\n", ""), on=LATER)
    report = load(SMALL, on=LATER)
    assert report.reopened == 1
    assert region("980101001002").closed_on is None


def test_gives_a_reused_code_to_a_new_region(small, load):
    load(SMALL.replace("980101001002,二社区,社区\n", ""), on=LATER)
    load(SMALL.replace("二社区", "新城社区"), on=LATER)
    assert [r.name for r in Region.objects.filter(code="980101001002").order_by("pk")] == ["二社区", "新城社区"]


def test_keeps_a_measured_point_that_the_list_does_not_know(small, load):
    Region.objects.filter(code="980102").update(lng=123, lat=41, point_source="测量")
    assert load(SMALL, on=LATER).updated == 0
    assert region("980102").point_source == "测量"


BAD_ROWS = [
    ("98010100,丙区,区", "代码“98010100”不对：县区级应是6位数字"),
    ("9801x1,丙区,区", "代码“9801x1”不对"),
    ("980110,丙区,大区", "类型“大区”不认识"),
    ("980111,,区", "名称为空"),
    ("980112,丙区,区,41.8,123.4", "请检查经度、纬度是否填反"),
    ("980113,丙区,区,东经,北纬", "不是数字"),
    ("980101,丙区,区", "与第4行重复"),
    ("980201,丙区,区", "上级 9802 不在文件里"),
    ("980115,丙区,区,,,,980101", "级别不比它高"),
    ("980116,丙区,区,,,,,980101", "承接的区划 980101 仍未撤销"),
    ("980117,丙区,区,,,,,980199", "承接的区划 980199 没有登记过"),
    ("980118", "类型“”不认识"),
]


def test_reports_each_bad_row_with_its_line_and_loads_the_rest(load):
    report = load(SMALL + "\n".join(row for row, _ in BAD_ROWS) + "\n980104,丁区,区\n")
    assert [problem.line for problem in report.problems] == list(range(11, 11 + len(BAD_ROWS)))
    for problem, (_, message) in zip(report.problems, BAD_ROWS, strict=True):
        assert message in str(problem)
    assert region("980104").name == "丁区"


@pytest.mark.parametrize("row", ["980102,,县", "980102000000,乙县,大县"])
def test_never_closes_the_region_of_a_bad_row(small, load, row):
    report = load(SMALL.replace("980102,乙县,县", row), on=LATER)
    assert report.closed == 0
    assert region("980102100200").name == "一村"


def test_closes_nothing_when_the_list_looks_cut_off(small, load):
    villages = "".join(f"980102100{n},{n}村,村\n" for n in range(201, 250))
    load(SMALL + villages)
    report = load(SMALL, on=LATER)
    assert report.closed == 0
    assert "文件缺少49个现有区划" in str(report.problems[0])
    assert load(SMALL, on=LATER, close_missing=True).closed == 49


def test_closes_nothing_outside_the_province_of_the_list(small):
    assert Region.objects.filter(closed_on=None).exclude(code__startswith="98").count() == 18249


def test_reads_a_file_saved_by_a_chinese_spreadsheet(tmp_path):
    file = tmp_path / "gb.csv"
    file.write_bytes("code,name,kind\r\n980000000000,试验省,省\r\n".encode("gb18030"))
    assert read_region_file(file).rows["98"].name == "试验省"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"),
        ("代码,名称\n".encode(), "表头缺少：code、name、kind"),
        (b"\xff\xfe\x00\x01\xff", "不是文本文件"),
    ],
)
def test_says_why_a_file_cannot_be_read(tmp_path, content, message):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(CannotReadRegions, match=message):
        read_region_file(file)
    with pytest.raises(CommandError, match=message):
        call_command("load_regions", file)


def test_says_that_a_file_is_missing(tmp_path):
    with pytest.raises(CommandError, match="打不开文件"):
        call_command("load_regions", tmp_path / "none.csv")


def test_runs_again_over_the_shipped_list(capsys):
    call_command("load_regions")
    assert capsys.readouterr().out.splitlines() == [
        "区划：新增0，更新0，恢复0，撤销0，路径变动0，业务主管区新增0，问题0",
        "功能区：新增0，更新0，恢复0，撤销0，路径变动0，业务主管区新增0，问题0",
    ]


def test_marks_every_shipped_zone_area_as_unconfirmed():
    areas = ServiceArea.objects.all()
    assert areas.count() == 58
    assert {(area.confidence, area.note) for area in areas} == {("K", "示例，待地方确认")}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("沈阳市", "沈阳"),
        ("义县", "义县"),
        ("岫岩满族自治县", "岫岩"),
        ("喀喇沁左翼蒙古族自治县", "喀喇沁左翼"),
        ("拉古满族乡", "拉古"),
        ("虎石台街道", "虎石台"),
        ("西市区", "西市"),
    ],
)
def test_shortens_a_name(name, short):
    assert short_name(name) == short
