"""What a job seeker has of their own: applications and the résumé."""

from jobs.views import resume, seeker
from people.access import ANY_USER, route

urlpatterns = [
    route("jobs/<uuid:public_id>/apply/", seeker.posting_apply, to=ANY_USER, name="posting-apply"),
    route("jobs/applications/", seeker.application_list, to=ANY_USER, name="application-list"),
    route(
        "jobs/applications/<uuid:public_id>/withdraw/",
        seeker.application_withdraw,
        to=ANY_USER,
        name="application-withdraw",
    ),
    route("jobs/resume/", resume.show, to=ANY_USER, name="resume"),
    route("jobs/resume/about/", resume.profile, to=ANY_USER, name="resume-profile"),
    route("jobs/resume/hide/", resume.hide, to=ANY_USER, name="resume-hide"),
    route("jobs/resume/print/", resume.paper, to=ANY_USER, name="resume-print"),
    route("jobs/resume/<slug:section>/new/", resume.entry, to=ANY_USER, name="resume-entry-new"),
    route("jobs/resume/<slug:section>/<uuid:public_id>/", resume.entry, to=ANY_USER, name="resume-entry"),
    route(
        "jobs/resume/<slug:section>/<uuid:public_id>/delete/",
        resume.entry_delete,
        to=ANY_USER,
        name="resume-entry-delete",
    ),
]
