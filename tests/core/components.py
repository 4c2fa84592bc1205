"""One specimen of every component: drawn by the tests, walked by the browser."""

from django.template.loader import render_to_string
from django.test import RequestFactory

from core.columns import ColumnsForm, columns_of
from core.keyset import Page

_COLUMNS = columns_of(["姓名", "备注"], [["张演示", ""], ["李演示", "下午在家"]], {"name": "姓名"})

SPECIMENS: dict[str, dict[str, object]] = {
    "pager": {"page": Page(items=[], next="n", previous="p"), "label": "申请"},
    "empty": {"title": "这里还没有申请", "text": "新的申请到了会出现在这里。", "url": "/", "action": "回首页"},
    "timeline": {
        "steps": [
            {
                "state": "done",
                "title": "提交申请",
                "when": "11 月 12 日 15:20",
                "note": "您用手机提交的。",
                "badge": "",
            },
            {"state": "now", "title": "区里复核", "when": "11 月 19 日开始", "note": "", "badge": "等您补材料"},
            {"state": "next", "title": "公示", "when": "5 个工作日", "note": "", "badge": ""},
        ]
    },
    "tasklist": {
        "tasks": [
            {"name": "本人信息", "url": "/a", "kind": "ok", "state": "已填好", "now": False},
            {"name": "收款银行卡", "url": "", "kind": "bd", "state": "有 1 处要改", "now": True},
            {"name": "核对并提交", "url": "", "kind": "", "state": "前面填完才能交", "now": False},
        ]
    },
    "kv": {"rows": [("申请人", "张演示"), ("空着", None), ("金额", "1,986.00 元")]},
    "progress": {"done": 86, "total": 1420, "what": "本月已联系", "unit": "人", "note": "还剩 6 个工作日"},
    "facet": {
        "legend": "在哪个区",
        "name": "region",
        "options": [{"value": "210106", "label": "铁西区", "count": 79, "checked": True}],
        "more": [{"value": "210112", "label": "浑南区", "count": 55, "checked": False}],
    },
    "chips": {"chips": [{"label": "铁西区", "url": "?"}], "clear": "?"},
    "crumbs": {"parents": [("我的", "/account/")], "here": "我的办件"},
    "views": {
        "views": [
            {"label": "待联系", "url": "?view=todo", "count": 56, "tone": "", "on": True},
            {"label": "已过期", "url": "?view=late", "count": 5, "tone": "bd", "on": False},
        ]
    },
    "keys": {},
    "columns": {"form": ColumnsForm(columns=_COLUMNS, meanings={"name": "姓名"})},
}


def draw(name: str) -> str:
    """Return the component as it stands on a page."""
    context = {**SPECIMENS[name], "request": RequestFactory().get("/list/?q=电工&cursor=old")}
    return render_to_string(f"components/{name}.html", context)
