"""The employer's pipeline, the search for people, and the call-backs after a hire."""

from jobs.views import callbacks, hiring, talent
from people.access import roles, route
from people.roles import CASE_ROLES, Role

AGENT = roles(Role.EMPLOYER_AGENT)
CALLERS = roles(*CASE_ROLES)
ONE = "employer/applications/<uuid:public_id>/"

urlpatterns = [
    route("employer/postings/<uuid:public_id>/applicants/", hiring.applicants, to=AGENT, name="applicants"),
    route("employer/applications/", hiring.applicants, to=AGENT, name="applicant-list"),
    route("employer/applications/answer/", hiring.answer_many, to=AGENT, name="applications-answer"),
    route("employer/applications/month.xlsx", hiring.month_table, to=AGENT, name="applications-table"),
    route("employer/applications/resumes.zip", hiring.resume_files, to=AGENT, name="applications-resumes"),
    route(ONE, hiring.application_answer, to=AGENT, name="application-answer"),
    route(f"{ONE}open/", hiring.application_open, to=AGENT, name="application-open"),
    route(f"{ONE}interview/", hiring.interview_invite, to=AGENT, name="interview-invite"),
    route(f"{ONE}offer/", hiring.offer_make, to=AGENT, name="offer-make"),
    route(f"{ONE}note/", hiring.note_add, to=AGENT, name="note-add"),
    route(f"{ONE}message/", hiring.message_send, to=AGENT, name="message-send"),
    route("employer/talent/", talent.talent_list, to=AGENT, name="talent-list"),
    route("employer/talent/<uuid:public_id>/", talent.talent_show, to=AGENT, name="talent-show"),
    route("employer/talent/<uuid:public_id>/invite/", talent.talent_invite, to=AGENT, name="talent-invite"),
    route("work/callbacks/", callbacks.queue, to=CALLERS, name="callback-list"),
    route("work/callbacks/<uuid:public_id>/", callbacks.record, to=CALLERS, name="callback-record"),
    route("work/callbacks/<uuid:public_id>/phone/", callbacks.phone, to=CALLERS, name="callback-phone"),
    route("employer/interviews/<uuid:public_id>/cancel/", hiring.interview_cancel, to=AGENT, name="interview-cancel"),
]
