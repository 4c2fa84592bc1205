"""The links that belong to the portal itself."""

from core import registry

registry.register(
    registry.Link("home", "首页", "portal:home", ("main", "tabbar"), icon="home", order=0),
    registry.Link("privacy", "个人信息怎么用", "portal:privacy", ("about",), order=10),
    registry.Link("accessibility", "无障碍说明", "portal:accessibility", ("about",), order=20),
    registry.Link("safety", "谨防招聘骗局", "portal:safety", ("about", "seeking"), order=30),
    registry.Link("report-fault", "网站找错", "portal:report-fault", ("about",), order=40),
)
