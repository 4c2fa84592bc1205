"""What a job seeker has of their own: kept postings, applications, the résumé."""

from jobs.views import alerts, invitations, resume, seeker
from people.access import ANY_USER, route

MINE = "jobs/applications/<uuid:public_id>/"

urlpatterns = [
    route("jobs/<uuid:public_id>/apply/", seeker.posting_apply, to=ANY_USER, name="posting-apply"),
    route("jobs/<uuid:public_id>/save/", seeker.posting_save, to=ANY_USER, name="posting-save"),
    route("jobs/saved/", seeker.saved_list, to=ANY_USER, name="saved-list"),
    route("jobs/applications/", seeker.application_list, to=ANY_USER, name="application-list"),
    route("jobs/applications/withdraw-rest/", seeker.withdraw_rest, to=ANY_USER, name="withdraw-rest"),
    route(MINE, seeker.application_show, to=ANY_USER, name="application-show"),
    route(f"{MINE}withdraw/", seeker.application_withdraw, to=ANY_USER, name="application-withdraw"),
    route(f"{MINE}message/", seeker.application_message, to=ANY_USER, name="application-message"),
    route("jobs/interviews/<uuid:public_id>/reply/", seeker.interview_reply, to=ANY_USER, name="interview-reply"),
    route(
        "jobs/interviews/<uuid:public_id>/calendar.ics",
        seeker.interview_calendar,
        to=ANY_USER,
        name="interview-calendar",
    ),
    route("jobs/offers/<uuid:public_id>/reply/", seeker.offer_reply, to=ANY_USER, name="offer-reply"),
    route("jobs/invitations/", invitations.invitation_list, to=ANY_USER, name="invitation-list"),
    route(
        "jobs/invitations/<uuid:public_id>/answer/",
        invitations.invitation_answer,
        to=ANY_USER,
        name="invitation-answer",
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
    route("jobs/searches/", alerts.search_list, to=ANY_USER, name="search-list"),
    route("jobs/searches/new/", alerts.search_new, to=ANY_USER, name="search-new"),
    route("jobs/searches/<uuid:public_id>/", alerts.search_change, to=ANY_USER, name="search-change"),
    route("jobs/searches/<uuid:public_id>/delete/", alerts.search_delete, to=ANY_USER, name="search-delete"),
    route("jobs/alerts/settings/", alerts.alert_settings, to=ANY_USER, name="alert-settings"),
    route("jobs/alerts/stop/", alerts.alert_stop, to=ANY_USER, name="alert-stop"),
    route("jobs/alerts/<uuid:public_id>/", alerts.alert, to=ANY_USER, name="alert"),
]
