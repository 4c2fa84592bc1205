"""Where stations are, and what they did."""

from people.access import PUBLIC, roles, route
from stations import views
from stations.coverage import SUPERVISORS
from stations.services import LOGGERS

app_name = "stations"

urlpatterns = [
    route("stations/", views.station_list, to=PUBLIC, name="station-list"),
    route("stations/<uuid:public_id>/", views.station_show, to=PUBLIC, name="station-show"),
    route("work/station/", views.desk, to=roles(*LOGGERS), name="desk"),
    route("work/station/find/", views.walk_in_find, to=roles(*LOGGERS), name="walk-in-find"),
    route("work/station/log/", views.service_log, to=roles(*LOGGERS), name="service-log"),
    route("work/station/coverage/", views.coverage, to=roles(*SUPERVISORS), name="coverage"),
]
