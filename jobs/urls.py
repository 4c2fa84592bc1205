"""Finding work, the employer's desk, the officers' queue."""

from jobs import api_urls, fair_urls, hiring_urls, partner_urls, seeker_urls
from jobs.models import OFFICERS
from jobs.views import employer, imports, public, reports, review, supervision
from people.access import PUBLIC, roles, route
from people.permissions import VERIFIERS
from people.roles import Role

app_name = "jobs"
AGENT = roles(Role.EMPLOYER_AGENT)
OFFICER = roles(*OFFICERS)

urlpatterns = [
    *api_urls.urlpatterns,
    *seeker_urls.urlpatterns,
    *hiring_urls.urlpatterns,
    *partner_urls.urlpatterns,
    *fair_urls.urlpatterns,
    route("jobs/", public.posting_list, to=PUBLIC, name="posting-list"),
    route("jobs/suggest/", public.suggest, to=PUBLIC, name="posting-suggest"),
    route("jobs/<uuid:public_id>/", public.posting_show, to=PUBLIC, name="posting-show"),
    route("jobs/<uuid:public_id>/report/", reports.report_new, to=PUBLIC, name="report-new"),
    route("employer/", employer.desk, to=AGENT, name="employer-desk"),
    route("employer/postings/new/", employer.posting_edit, to=AGENT, name="posting-new"),
    route("employer/postings/<uuid:public_id>/", employer.posting_edit, to=AGENT, name="posting-edit"),
    route("employer/postings/<uuid:public_id>/history/", employer.history, to=AGENT, name="posting-history"),
    route("employer/postings/<uuid:public_id>/template/", employer.template_keep, to=AGENT, name="template-keep"),
    route("employer/templates/<uuid:public_id>/delete/", employer.template_drop, to=AGENT, name="template-drop"),
    route("employer/occupations/", employer.occupations, to=AGENT, name="occupation-choices"),
    *[
        route(
            f"employer/postings/<uuid:public_id>/{action}/",
            employer.posting_act,
            to=AGENT,
            name=f"posting-{action}",
            kwargs={"action": action},
        )
        for action in employer.ACTIONS
    ],
    route("work/jobs/imports/", imports.import_list, to=OFFICER, name="import-list"),
    route("work/jobs/imports/new/", imports.import_new, to=OFFICER, name="import-new"),
    route("work/jobs/imports/<uuid:public_id>/", imports.import_show, to=OFFICER, name="import-show"),
    route("work/jobs/imports/<uuid:public_id>/outcomes/", imports.import_outcomes, to=OFFICER, name="import-outcomes"),
    route("work/jobs/", review.queue, to=OFFICER, name="review-queue"),
    route("work/jobs/<uuid:public_id>/decide/", review.decide, to=OFFICER, name="posting-decide"),
    route("work/jobs/<uuid:public_id>/take-down/", review.take_down, to=OFFICER, name="posting-take-down"),
    route("work/jobs/reports/", reports.report_list, to=OFFICER, name="report-list"),
    route("work/jobs/reports/<uuid:public_id>/settle/", reports.report_settle, to=OFFICER, name="report-settle"),
    route("work/employers/", supervision.employer_list, to=OFFICER, name="employer-list"),
    route("work/employers/<uuid:public_id>/", supervision.employer_show, to=OFFICER, name="employer-show"),
    *[
        route(
            f"work/employers/<uuid:public_id>/{act}/",
            supervision.employer_act,
            to=roles(*VERIFIERS),
            name=f"employer-{act}",
            kwargs={"act": act},
        )
        for act in supervision.ACTS
    ],
]
