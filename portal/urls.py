"""Every route of the portal. Each app declares its own with `people.access.route`."""

from django.urls import include, path

from people.access import admit, roles
from portal.reference_admin import READERS, site

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.page_not_found"
handler500 = "portal.errors.server_error"

urlpatterns = [
    path("", include("portal.ops_routes")),
    path("", include("portal.routes")),
    path("", include("people.urls")),
    path("", include("people.account_urls")),
    path("admin/", (admit(site.urls[0], roles(*READERS)), "admin", "admin")),
    path("", include("messaging.urls")),
    path("", include("stations.urls")),
    path("", include("jobs.urls")),
    path("", include("unemployment.urls")),
    path("", include("subsidies.urls")),
]
