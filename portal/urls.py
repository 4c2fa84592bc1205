"""Every route of the portal. Each app declares its own with `people.access.route`."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.routes")),
    path("", include("people.urls")),
    path("", include("messaging.urls")),
    path("", include("stations.urls")),
    path("", include("jobs.urls")),
    path("", include("unemployment.urls")),
    path("", include("subsidies.urls")),
]
