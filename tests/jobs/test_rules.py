"""The posting checker: what it must find, and innocent sentences that it must let pass."""

from datetime import date
from decimal import Decimal

import pytest

from jobs.checking import all_rules, rules_on
from jobs.pay_rules import MinimumWage, PostingFacts
from jobs.rules import BadRules, Finding, check_posting, in_force, parse_rules

ON = date(2026, 11, 22)
FLOOR = MinimumWage(month=Decimal(2230), hour=Decimal(22))


def check(text: str = "", **facts: object) -> tuple[Finding, ...]:
    facts = {"description": text, "imported": True} | facts
    return check_posting(PostingFacts(**facts), rules=rules_on(ON), minimum_wage=FLOOR)


GUILTY = [
    ("sex_limit", "限女性"),
    ("sex_limit", "要求男性，能吃苦"),
    ("sex_limit", "男士优先"),
    ("sex_limit", "性别：男"),
    ("sex_limit", "只招女工"),
    ("sex_limit", "不招男性"),
    ("sex_limit", "任职要求：1、女，25-35岁，会开车"),
    ("sex_limit", "18-45岁男性"),
    ("sex_limit", "任职资格： 1、女，形象好，气质佳"),
    ("age_limit", "团队年轻；要求年龄25-35岁"),
    ("marital_status", "已婚已育优先"),
    ("marital_status", "未婚优先"),
    ("marital_status", "入职两年内不得怀孕"),
    ("marital_status", "入职体检须做孕检"),
    ("ethnicity_religion", "仅限汉族"),
    ("ethnicity_religion", "少数民族勿扰"),
    ("ethnicity_religion", "招聘朝鲜族操作员"),
    ("ethnicity_religion", "要求无宗教信仰"),
    ("household_origin", "本地户口优先"),
    ("household_origin", "沈阳户籍优先"),
    ("household_origin", "仅限本地人"),
    ("household_origin", "外地人勿扰"),
    ("household_origin", "1、大连户籍。2、会办公软件"),
    ("household_origin", "不招农村户口"),
    ("hepatitis_b", "无乙肝"),
    ("hepatitis_b", "乙肝携带者勿投"),
    ("hepatitis_b", "入职体检需查乙肝两对半"),
    ("disability_exclusion", "不招残疾人"),
    ("disability_exclusion", "身体健康，无残疾"),
    ("identity_limit", "限退役军人"),
    ("identity_limit", "只招收建档立卡贫困户"),
    ("identity_limit", "须是就业困难人员"),
    ("age_limit", "35岁以下优先"),
    ("age_limit", "年龄18-45岁"),
    ("age_limit", "90后优先"),
    ("child_labour", "年满15周岁以上"),
    ("child_labour", "招收14-20岁学徒"),
    ("minors", "酒吧服务员，年满16周岁"),
    ("minors", "16周岁以上，从事井下作业"),
    ("minors", "满十六周岁即可，接触有毒物质有补贴"),
    ("minors", "欢迎未成年人应聘KTV服务员"),
    ("deposit", "入职需交押金200元"),
    ("deposit", "服装押金300元，离职退还"),
    ("deposit", "上岗前缴纳培训费"),
    ("seized_papers", "入职押身份证"),
    ("seized_papers", "扣留毕业证"),
    ("probation_unpaid", "试用期无工资"),
    ("fraud", "手机兼职刷单，日结"),
    ("fraud", "先培训后上岗，学费可分期"),
    ("fraud", "高薪赴缅北，包机票"),
    ("fraud", "国企内部名额"),
    ("infectious_disease", "无传染性疾病"),
    ("appearance", "五官端正"),
]


@pytest.mark.parametrize(("code", "text"), GUILTY)
def test_finds_what_the_law_forbids(code: str, text: str) -> None:
    found = check(text)
    assert code in {finding.code for finding in found}
    for finding in found:
        assert text[finding.start : finding.end] == finding.words
        assert finding.advice
        assert finding.article


INNOCENT = [
    "团队平均年龄29岁，核心团队来自名校",
    "一堆热爱机器人的小伙伴，平均年龄27岁",
    "团队成员平均25-30岁，氛围轻松",
    "公司美女如云，帅哥美女多",
    "结婚礼金、生育礼金、婚假、产假",
    "可解决深圳户口，办理居住证",
    "学历、性别、户籍不限",
    "了解女装服装品牌的成本控制",
    "负责电商平台保证金管理机制的制定",
    "面试请携带身份证、毕业证等证件原件",
    "三八妇女节礼品",
    "对编码规范有宗教式的信仰",
    "配合项目组去外地短期出差",
    "三餐免费，男女更衣室分开",
    "男、女宿舍均有空调",
    "男女不限",
    "不限男女",
    "性别不限",
    "性别：男/女",
    "男性女性均可",
    "限男女不限",
    "女装设计师",
    "男装店店长",
    "女性用品销售",
    "要求熟悉女装业务流程",
    "男科医生",
    "女士护肤品导购，服务女性顾客",
    "负责女生宿舍的管理",
    "三八妇女节福利，女员工产假、男员工陪产假",
    "子女教育补贴",
    "公司氛围好，帅哥美女多",
    "婚姻状况不限，已婚未婚均可",
    "孕婴童用品销售",
    "妇产科孕检门诊护士",
    "未婚、已婚不限",
    "回族餐厅服务员",
    "招聘回族餐厅服务员",
    "民族舞老师",
    "民族不限",
    "会说朝鲜族语优先",
    "尊重每个人的种族、宗教信仰",
    "不限户籍",
    "户籍不限，地域不限",
    "可解决北京户口",
    "协助办理大连户口，提供租房补贴",
    "上海户籍、外地城镇户籍缴纳五险一金",
    "户籍民警辅助岗",
    "需要去外地出差",
    "乙肝疫苗研发工程师",
    "需有乙肝检测试剂研发经验",
    "入职体检不查乙肝",
    "残疾人优先",
    "不歧视残疾人",
    "接收持证残疾人士",
    "无残疾歧视",
    "退役军人优先",
    "只收残疾人用品厂家的货",
    "有限残疾人群体测试经验",
    "年龄不限",
    "年满18周岁",
    "18周岁以上，身体健康",
    "45岁以上可投",
    "负责3-6岁儿童的教学",
    "给4-13岁少儿上编程课",
    "服务60岁以上老人",
    "严禁招用童工，未满16周岁勿投",
    "无需押金",
    "不收取任何押金",
    "免押金入职",
    "不收押金、不扣证件",
    "体检费报销，服装费公司承担",
    "负责投标保证金的缴纳和退还",
    "要求会做客户保证金的收取和对账",
    "不扣押身份证",
    "办理客户证件抵押手续",
    "负责反刷单风控",
    "手机性能跑分测试",
    "消费分期产品经理",
    "员工境外旅游",
    "担保录入员",
    "无薪休假制度完善",
    "从业经验15年以上",
    "年满16周岁以上，白班，不接触有毒有害物质",
    "年满16周岁即可，饭店在酒吧街旁边",
    "酒吧服务员，年满18周岁以上",
    "网吧网管，不招未成年人",
    "高空作业，有高处作业证，不招未满18周岁的人",
    "KTV团建、聚餐，年满16周岁以上均可",
    "井下电工，工作16年以上",
    "KTV服务员，负责劝阻未成年人进入，接待未成年顾客除外",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_lets_innocent_sentences_pass(text: str) -> None:
    for field in ("title", "description"):
        assert check(**{"text": "", field: text}) == ()


def test_leaves_minors_in_places_that_the_title_or_the_employer_names_to_a_person() -> None:
    for place in ({"title": "网吧收银员"}, {"employer": "演示歌舞厅"}):
        assert [(f.code, f.action) for f in check("年满16周岁", **place)] == [("minors", "review")]


def test_lets_a_finding_be_judged_by_a_person_where_the_law_knows_an_exception() -> None:
    assert [f.action for f in check("只招男性，从事矿山井下作业")] == ["review"]


def test_puts_blocks_before_reviews_and_warnings() -> None:
    found = check("五官端正，35岁以下，限女性")
    assert [finding.action for finding in found] == ["block", "review", "warn"]
    assert found[0].words == "限女性"


def test_marks_fraud_for_reporting() -> None:
    assert [f.report for f in check("兼职刷单")] == [True]


def test_asks_for_everything_that_a_posting_must_name() -> None:
    found = check_posting(PostingFacts(title="车工"), rules=rules_on(ON), minimum_wage=FLOOR)
    assert {finding.field for finding in found} == {"employer", "headcount", "description", "region", "pay_min"}


PAY = [
    ({"pay_min": Decimal(2229), "pay_period": "month"}, True),
    ({"pay_min": Decimal(2230), "pay_period": "month"}, False),
    ({"pay_min": Decimal(26000), "pay_period": "year"}, True),
    ({"pay_min": Decimal(100), "pay_period": "day"}, True),
    ({"pay_min": Decimal(150), "pay_period": "day"}, False),
    ({"pay_min": Decimal(21), "pay_period": "hour", "kind": "part_time"}, True),
    ({"pay_min": Decimal(22), "pay_period": "hour", "kind": "part_time"}, False),
    ({"pay_min": Decimal(13), "pay_period": "hour"}, False),
    ({"pay_min": Decimal(12), "pay_period": "hour"}, True),
    ({"pay_min": Decimal("0.5"), "pay_period": "piece"}, False),
    ({"pay_min": Decimal(26760), "pay_period": "year"}, False),
    ({"pay_min": Decimal(80), "pay_period": "day", "kind": "gig", "shifts": "每天工作 4 小时"}, True),
    ({"pay_min": Decimal(88), "pay_period": "day", "kind": "gig", "shifts": "每天工作 4 小时"}, False),
    ({"pay_min": Decimal(80), "pay_period": "day", "kind": "gig", "shifts": "晚班 22:00–2:00"}, True),
    ({"pay_min": Decimal(500), "pay_period": "month", "kind": "part_time", "description": "每月 30-40 小时"}, True),
    ({"pay_min": Decimal(880), "pay_period": "month", "kind": "part_time", "description": "每月 30-40 小时"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("facts", "too_low"), PAY)
def test_blocks_pay_below_the_minimum_wage(facts: dict[str, object], too_low: bool) -> None:
    assert [f.code for f in check(**facts)] == (["minimum_wage"] if too_low else [])


@pytest.mark.parametrize(
    ("facts", "doubted"),
    [
        ({"pay_min": Decimal(500), "pay_period": "month", "kind": "part_time"}, True),
        ({"pay_min": Decimal(500), "pay_period": "month", "kind": "part_time", "shifts": "每天 2 小时"}, True),
        ({"pay_min": Decimal(120), "pay_period": "day", "kind": "gig"}, True),
        ({"pay_min": Decimal(176), "pay_period": "day", "kind": "gig"}, False),
        ({"pay_min": Decimal(100), "pay_period": "day", "kind": "gig", "shifts": "每天 4-6 小时"}, True),
        ({"pay_min": Decimal(132), "pay_period": "day", "kind": "gig", "shifts": "每天 4-6 小时"}, False),
        ({"pay_min": Decimal(90), "pay_period": "day", "kind": "gig", "shifts": "早班 6:00–10:00"}, False),
        ({"pay_min": Decimal(160), "pay_period": "day", "kind": "gig", "shifts": "8:00-17:00"}, True),
        ({"pay_min": Decimal(160), "pay_period": "day", "kind": "gig", "shifts": "22:00-2:00 或 8:00-17:00"}, True),
        ({"pay_min": Decimal(170), "pay_period": "day", "kind": "gig", "description": "门店每天 24 小时营业"}, True),
        ({"pay_min": Decimal(4000), "pay_period": "month", "kind": "part_time"}, False),
        ({"pay_min": Decimal(3), "pay_period": "piece", "kind": "gig"}, False),
    ],
)
def test_leaves_part_time_pay_without_hours_to_a_person(facts: dict[str, object], doubted: bool) -> None:
    assert [(f.code, f.action) for f in check(**facts)] == ([("hours_unknown", "review")] if doubted else [])


@pytest.mark.parametrize(
    ("probation", "contract", "too_long"),
    [
        (1, 2, True),
        (1, 3, False),
        (2, 11, True),
        (2, 12, False),
        (3, 35, True),
        (6, 36, False),
        (6, None, False),
        (7, 60, True),
    ],
)
def test_blocks_a_probation_longer_than_the_contract_allows(
    probation: int, contract: int | None, too_long: bool
) -> None:
    found = check(probation_months=probation, contract_months=contract)
    assert [f.code for f in found] == (["probation_months"] if too_long else [])


def test_blocks_a_probation_in_part_time_work() -> None:
    assert [f.code for f in check(probation_months=1, contract_months=12, kind="part_time")] == ["probation_months"]


@pytest.mark.parametrize(
    ("agreed", "period", "pay", "too_low"),
    [
        (4000, "month", 3199, True),
        (4000, "month", 3200, False),
        (2500, "month", 2229, True),
        (2500, "month", 2230, False),
        (200, "day", 159, True),
        (200, "day", 160, False),
        (26760, "year", 26760, False),
        (5, "piece", 3, True),
    ],
)
def test_blocks_probation_pay_below_four_fifths_and_below_the_minimum_wage(
    agreed: int, period: str, pay: int, too_low: bool
) -> None:
    found = check(pay_min=Decimal(agreed), pay_period=period, probation_pay=Decimal(pay))
    assert [f.code for f in found] == (["probation_pay"] if too_low else [])


def test_looks_at_every_rule_of_which_a_text_holds_a_hint_also_where_hints_overlap() -> None:
    rules = rules_on(ON)
    hints = sorted({hint for rule in rules for hint in rule.hints})
    for text in (*hints, *(one + other[1:] for one in hints for other in hints if one[-1] == other[0])):
        wanted = [rule for rule in rules if not rule.hints or any(hint in text for hint in rule.hints)]
        assert list(rules.concerning(text)) == wanted


def test_counts_only_rules_in_force_on_the_day() -> None:
    codes = {rule.code for rule in in_force(all_rules(), on=date(2020, 1, 1))}
    assert "fraud" not in codes
    assert "deposit" in codes


def test_names_the_rule_that_cannot_be_read() -> None:
    with pytest.raises(BadRules, match="rule x"):
        parse_rules('[[rule]]\ncode = "x"\nname = "x"\naction = "block"\npatterns = ["("]')


PROBATION = """
[[rule]]
code = "probation_pay"
name = "试用期工资"
action = "block"
check = "probation_pay"
figures = { FIGURES }
effective_from = 2008-01-01
advice = "至少 {floor} 元。"
source = "法"
article = "第一条"
"""


@pytest.mark.parametrize(("share", "refused"), [("0.8", False), ("0.9", True)])
def test_takes_the_laws_figures_from_the_rule(share: str, refused: bool):
    rules = in_force(parse_rules(PROBATION.replace("FIGURES", f'share = "{share}"')), on=date(2026, 11, 23))
    facts = PostingFacts(pay_min=Decimal(5000), pay_period="month", probation_pay=Decimal(4200))
    assert bool(check_posting(facts, rules=rules, minimum_wage=MinimumWage())) is refused


def test_refuses_a_rule_with_a_figure_that_nobody_knows():
    with pytest.raises(BadRules, match="probation_pay"):
        parse_rules(PROBATION.replace("FIGURES", 'part = "0.8"'))
