"""The employer's pipeline, the search for people, and the call-backs after a hire."""

from jobs.views import callbacks, hiring, talent
from jobs.views.hiring_door import hiring_door as door
from people.access import roles, route
from people.roles import CASE_ROLES, Role

AGENT = roles(Role.EMPLOYER_AGENT)
CALLERS = roles(*CASE_ROLES)
ONE = "employer/applications/<uuid:public_id>/"

urlpatterns = [
    route("employer/postings/<uuid:public_id>/applicants/", door(hiring.applicants), to=AGENT, name="applicants"),
    route("employer/applications/", door(hiring.applicants), to=AGENT, name="applicant-list"),
    route("employer/applications/answer/", door(hiring.answer_many), to=AGENT, name="applications-answer"),
    route("employer/applications/month.xlsx", door(hiring.month_table), to=AGENT, name="applications-table"),
    route("employer/applications/resumes.zip", door(hiring.resume_files), to=AGENT, name="applications-resumes"),
    route(ONE, door(hiring.application_answer), to=AGENT, name="application-answer"),
    route(f"{ONE}open/", door(hiring.application_open), to=AGENT, name="application-open"),
    route(f"{ONE}interview/", door(hiring.interview_invite), to=AGENT, name="interview-invite"),
    route(f"{ONE}offer/", door(hiring.offer_make), to=AGENT, name="offer-make"),
    route(f"{ONE}note/", door(hiring.note_add), to=AGENT, name="note-add"),
    route(f"{ONE}message/", door(hiring.message_send), to=AGENT, name="message-send"),
    route("employer/talent/", door(talent.talent_list), to=AGENT, name="talent-list"),
    route("employer/talent/<uuid:public_id>/", door(talent.talent_show), to=AGENT, name="talent-show"),
    route("employer/talent/<uuid:public_id>/invite/", door(talent.talent_invite), to=AGENT, name="talent-invite"),
    route("work/callbacks/", callbacks.queue, to=CALLERS, name="callback-list"),
    route("work/callbacks/<uuid:public_id>/", callbacks.record, to=CALLERS, name="callback-record"),
    route("work/callbacks/<uuid:public_id>/phone/", callbacks.phone, to=CALLERS, name="callback-phone"),
    route("employer/interviews/<uuid:public_id>/cancel/", hiring.interview_cancel, to=AGENT, name="interview-cancel"),
]
