"""The leader's page: what needs a word, then the totals, the places and the trend. It only reads."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jobs.places import CITY_GRID
from portal.figures import Board, UnitFigures, board

LIGHTS = {"bd": "红色高危区", "wn": "黄色风险区", "ok": "蓝色安全区"}


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The figures of everything this viewer leads, as of today."""
    today = timezone.localdate()
    figures = board(user=request.user, on=today)
    rows = [_row(unit, figures) for unit in figures.units]
    rows.sort(key=lambda row: (row["gap"], row["unit"].region.path))
    context = {
        "today": today,
        "figures": figures,
        "rows": rows,
        "grid": [row for row in rows if row["at"]],
        "lights": [
            {"level": level, "label": label, "names": [r["short"] for r in rows if r["level"] == level]}
            for level, label in LIGHTS.items()
        ],
        "todos": _todos(rows),
        "kpis": _kpis(figures),
        "trend": list(zip(figures.months, figures.registered_by_month, figures.placed_by_month, strict=True)),
        "payload": _payload(figures, rows),
    }
    return render(request, "portal/leader.html", context)


def _row(unit: UnitFigures, figures: Board) -> dict[str, Any]:
    level = figures.levels[unit.region.path]
    gap = round(unit.rate - figures.pace, 1) if unit.due else 0.0
    shade = next((n for n, limit in enumerate((20, 40, 60, 80), start=1) if unit.rate < limit), 5)
    row, column = CITY_GRID.get(unit.region.code, (0, 0))
    return {
        "unit": unit,
        "short": unit.region.short_name,
        "level": level,
        "light": LIGHTS[level],
        "gap": gap,
        "shade": shade,
        "at": f"{row}-{column}" if row else "",
    }


def _kpis(figures: Board) -> list[dict[str, Any]]:
    due, done = figures.total("due"), figures.total("done")
    return [
        {"name": "登记失业人员", "value": figures.total("registered"), "unit": "人", "note": "现在有效的登记"},
        {"name": "本月已联系", "value": done, "unit": "人", "bar": figures.rate, "note": f"应联系 {due:,} 人，工作日已过 {figures.pace:g}%"},
        {"name": "正在招人的岗位", "value": figures.total("postings"), "unit": "个", "note": "今天有效"},
        {"name": "本月上岗", "value": figures.total("hired"), "unit": "人", "note": "单位登记的录用"},
        {"name": "零就业家庭", "value": figures.total("households"), "unit": "户", "note": "还没有清零"},
        {"name": "今年发放补贴", "value": figures.total("paid"), "unit": "元", "money": True, "note": "已到账"},
    ]  # fmt: skip


def _todos(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The matters that deserve a word today, the gravest first: facts with their numbers, no more than five."""
    found = []
    for row in rows:
        unit = row["unit"]
        if row["level"] != "ok":
            text = f"{row['short']}本月跟踪调查完成 {unit.rate:g}%，比工作日进度慢 {-row['gap']:g} 点"
            found.append({"level": row["level"], "title": text, "note": f"还有 {unit.due - unit.done:,} 人没有联系。"})
        if unit.late_claims:
            text = f"{row['short']}有 {unit.late_claims:,} 件补贴超过办理期限"
            found.append({"level": "wn", "title": text, "note": "请督促受理和审核的人。"})
        if unit.overdue and row["level"] == "ok":
            found.append(
                {
                    "level": "wn",
                    "title": f"{row['short']}有 {unit.overdue:,} 次联系已经过期",
                    "note": "到期没有联系上。",
                }
            )
        if not unit.stations:
            found.append({"level": "wn", "title": f"{row['short']}还没有服务站", "note": "15 分钟就业服务圈要补上。"})
    order = {"bd": 0, "wn": 1}
    return sorted(found, key=lambda item: order[item["level"]])[:5]


def _payload(figures: Board, rows: list[dict[str, Any]]) -> dict[str, Any]:
    units = [
        {
            "name": row["unit"].region.name,
            "short": row["short"],
            "rate": row["unit"].rate,
            "gap": row["gap"],
            "due": row["unit"].due,
            "done": row["unit"].done,
            "level": row["level"],
            "light": row["light"],
        }
        for row in rows
    ]
    return {
        "units": units,
        "pace": figures.pace,
        "months": [f"{month.month} 月" for month in figures.months],
        "registered": figures.registered_by_month,
        "placed": figures.placed_by_month,
    }
