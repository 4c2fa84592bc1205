"""Routes of the home page, the workbenches and the pages about the portal."""

from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from drf_spectacular.views import SpectacularAPIView

from people.access import ANY_USER, PUBLIC, roles, route
from portal.figures import VIEWERS
from portal.sitemaps import SITEMAPS
from portal.views import display, home, leader, work

app_name = "portal"
urlpatterns = [
    route("", home.home, to=PUBLIC, name="home"),
    route("display/", display.settings_edit, to=PUBLIC, name="display"),
    route("api/v1/schema/", SpectacularAPIView.as_view(), to=PUBLIC, name="api-schema"),
    route("robots.txt", home.robots, to=PUBLIC, name="robots"),
    route(
        "sitemap.xml",
        sitemap_index,
        to=PUBLIC,
        name="sitemap-index",
        kwargs={"sitemaps": SITEMAPS, "sitemap_url_name": "portal:sitemap"},
    ),
    route("sitemap-<slug:section>.xml", sitemap, to=PUBLIC, name="sitemap", kwargs={"sitemaps": SITEMAPS}),
    route("work/", work.today, to=ANY_USER, name="work"),
    route("work/leader/", leader.show, to=roles(*VIEWERS), name="leader"),
    route(
        "about/accessibility/",
        home.page,
        to=PUBLIC,
        name="accessibility",
        kwargs={"template": "pages/accessibility.html"},
    ),
    route("about/privacy/", home.page, to=PUBLIC, name="privacy", kwargs={"template": "pages/privacy.html"}),
    route("about/safety/", home.page, to=PUBLIC, name="safety", kwargs={"template": "pages/safety.html"}),
    route("about/report/", home.page, to=PUBLIC, name="report-fault", kwargs={"template": "pages/report.html"}),
]
