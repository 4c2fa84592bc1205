"""The industry of a posting as a section of GB/T 4754-2017, where its employer or its words tell. No Django here."""

import re
from functools import lru_cache

LABELS = {
    "A": "农林牧渔",
    "B": "采矿",
    "C": "制造业",
    "D": "电力、热力、燃气和水",
    "E": "建筑业",
    "F": "批发和零售",
    "G": "交通运输、仓储和邮政",
    "H": "住宿和餐饮",
    "I": "信息技术",
    "J": "金融",
    "K": "房地产",
    "L": "租赁和商务服务",
    "M": "科研和技术服务",
    "N": "水利、环境和公共设施",
    "O": "居民服务和修理",
    "P": "教育",
    "Q": "卫生和社会工作",
    "R": "文化、体育和娱乐",
    "S": "公共管理和社会组织",
    "T": "国际组织",
}
SECTIONS = "".join(LABELS)
"""Positions are stored (`jobs.cells`): append only."""
_CODE = re.compile(r"([A-T])(?:\d{2,4})?")
_WORDS = (
    ("K", "房地产|物业|楼盘"),
    ("H", "餐饮|酒店|旅馆|民宿|食堂|住宿"),
    ("J", "银行|保险|证券|基金|金融|投资|信托|期货|典当|信贷"),
    ("P", "教育|培训|学校|幼儿园|院校|学前"),
    ("Q", "医疗|医院|卫生|护理|养老|社会工作|诊所|康复"),
    ("G", "物流|运输|仓储|快递|邮政|货运|航空|港口|铁路|供应链"),
    ("I", "互联网|软件|计算机|信息技术|信息服务|通信|电信|网络|电子商务|游戏|人工智能|大数据|IT|新媒体"),
    ("D", "电力|热力|燃气|供水|供热|供暖|新能源发电|水务"),
    ("N", "环保|环境|水利|园林|绿化|市政|环卫|公共设施"),
    ("E", "建筑|工程施工|装修|装饰|土木|建材安装|市政工程|房屋"),
    ("B", "采矿|煤炭|矿产|石油开采|天然气开采|矿山|采掘"),
    ("M", "科研|研发服务|检测|认证|勘察|设计院|测绘|技术服务|专业服务|生物技术"),
    ("R", "文化|体育|娱乐|影视|传媒|出版|广播|演艺|健身|艺术"),
    ("L", "商务服务|人力资源|外包|租赁|广告|咨询|会展|法律|会计|审计|公关|中介|劳务派遣|旅行社"),
    ("O", "家政|居民服务|美容|美发|洗浴|修理|维修|摄影|婚庆|殡葬"),
    ("S", "政府|公共管理|社会组织|机关|事业单位|协会|党群|社会保障"),
    ("A", "农业|林业|畜牧|渔业|养殖|种植|农林|农垦"),
    (
        "C",
        "制造|生产|加工|机械|汽车|电子|半导体|化工|制药|医药|医疗器械|钢铁|冶金|纺织|服装|食品|家具|印刷|包装|仪器|仪表|设备"
        "|造船|船舶|轴承|电气|电器|塑料|橡胶|玻璃|水泥|集成电路|石化|原材料",
    ),
    ("F", "批发|零售|贸易|商超|超市|百货|进出口|快速消费品|快消|经销|门店|商场"),
)
_PATTERNS = tuple((section, re.compile(words, re.IGNORECASE)) for section, words in _WORDS)


@lru_cache(maxsize=5_000)
def section(text: str) -> str:
    """Return the section (A to T) of a code ("C", "C34", "C3411") or of a source's own words; "" when they do not tell."""
    text = text.strip()
    if coded := _CODE.fullmatch(text):
        return coded[1]
    return next((name for name, pattern in _PATTERNS if pattern.search(text)), "")
