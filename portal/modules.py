"""The links that belong to the portal itself."""

from typing import Any

from django.http import HttpRequest

from core import registry
from portal.figures import VIEWERS


def _under_way(request: HttpRequest) -> dict[str, Any]:
    if not request.user.is_authenticated:
        return {"visitor": True}
    matters, places = registry.under_way(request.user)
    return {"visitor": False, "matters": matters, "places": places}


registry.register(
    registry.Module(
        code="leader",
        label="就业总览",
        icon="chart-bar",
        url_name="portal:leader",
        roles=frozenset(VIEWERS),
        group="看",
        order=10,
        description="各地进度、要过问的事",
    ),
    registry.Link("home", "首页", "portal:home", ("main", "tabbar"), icon="home", order=0),
    registry.Link("privacy", "个人信息怎么用", "portal:privacy", ("about",), order=10),
    registry.Link("accessibility", "无障碍说明", "portal:accessibility", ("about",), order=20),
    registry.Link("safety", "谨防招聘骗局", "portal:safety", ("about", "seeking"), order=30),
    registry.Link("report-fault", "网站找错", "portal:report-fault", ("about",), order=40),
)
registry.home_section(registry.Section("progress", "portal/_home_progress.html", _under_way, column="side", order=10))
