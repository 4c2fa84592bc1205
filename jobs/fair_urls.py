"""招聘会: what everybody reads, what employers choose, what officers enter and approve."""

from jobs.models import OFFICERS
from jobs.views import fairs
from people.access import PUBLIC, roles, route
from people.roles import Role

AGENT = roles(Role.EMPLOYER_AGENT)
OFFICER = roles(*OFFICERS)

urlpatterns = [
    route("jobs/fairs/", fairs.fair_list, to=PUBLIC, name="fair-list"),
    route("jobs/fairs/<uuid:public_id>/", fairs.fair_show, to=PUBLIC, name="fair-show"),
    route("employer/fairs/", fairs.fair_choice, to=AGENT, name="fair-choice"),
    route("employer/fairs/<uuid:public_id>/", fairs.fair_join, to=AGENT, name="fair-join"),
    route("work/fairs/", fairs.fair_desk, to=OFFICER, name="fair-desk"),
    route("work/fairs/new/", fairs.fair_new, to=OFFICER, name="fair-new"),
    route("work/fairs/<uuid:public_id>/decide/", fairs.fair_decide, to=OFFICER, name="fair-decide"),
    route("work/fairs/<uuid:public_id>/cancel/", fairs.fair_cancel, to=OFFICER, name="fair-cancel"),
]
