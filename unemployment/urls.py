"""Routes of the register of the unemployed: the citizen's, the officers', the community workers'."""

from people.access import KEYED, PUBLIC, VERIFIED, roles, route
from people.roles import Role
from unemployment import care_urls, closure_api
from unemployment.models.employment import ENTERERS
from unemployment.models.figures import FIGURE_READERS
from unemployment.models.followup import FOLLOWERS, WORKERS
from unemployment.models.registration import OFFICERS, READERS
from unemployment.permissions import PROPOSERS, SERVERS
from unemployment.registration import COUNTER
from unemployment.signoff import ALL_SIGNERS
from unemployment.views import (
    cells,
    citizen,
    employments,
    exits,
    figures,
    followups,
    ledgers,
    office,
    papers,
    quality,
    replies,
    reports,
    rosters,
    transfers,
)

app_name = "unemployment"
OFFICE = "work/registrations/"
MONTH = "work/followups/"
WORK = "work/employments/"
ROSTER = "employer/rosters/"
FIGURES = "work/figures/"
REPORT = "work/reports/"
HANDERS = ENTERERS | {Role.EMPLOYER_AGENT}
ONE = f"{OFFICE}<uuid:public_id>/"

urlpatterns = [
    route("api/v1/partner/closures/", closure_api.ClosureReports.as_view(), to=KEYED, name="api-closures"),
    route(
        "api/v1/partner/closures/<str:number>/",
        closure_api.ClosureReportStatus.as_view(),
        to=KEYED,
        name="api-closure",
    ),
    route("unemployment/", citizen.start, to=PUBLIC, name="start"),
    route("unemployment/progress/", citizen.progress, to=PUBLIC, name="progress"),
    route("unemployment/papers/verify/", papers.paper_check, to=PUBLIC, name="paper-check"),
    route("unemployment/papers/verify/<str:token>/", papers.paper_verify, to=PUBLIC, name="paper-verify"),
    route("unemployment/papers/code/<str:token>.svg", papers.paper_code, to=PUBLIC, name="paper-code"),
    route("unemployment/papers/<uuid:public_id>/", papers.own_paper, to=VERIFIED, name="own-paper"),
    route("unemployment/papers/<uuid:public_id>/received/", papers.paper_received, to=VERIFIED, name="paper-received"),
    route("unemployment/employment/<str:number>/", employments.employment_verify, to=PUBLIC, name="employment-verify"),
    route("unemployment/reply/thanks/", replies.reply_thanks, to=PUBLIC, name="reply-thanks"),
    route("unemployment/reply/<str:token>/", replies.reply, to=PUBLIC, name="reply"),
    route("unemployment/mine/", citizen.mine, to=VERIFIED, name="mine"),
    route("unemployment/apply/", citizen.apply_start, to=VERIFIED, name="apply-start"),
    route("unemployment/<uuid:public_id>/", citizen.registration_show, to=VERIFIED, name="registration-show"),
    route("unemployment/<uuid:public_id>/apply/check/", citizen.apply_check, to=VERIFIED, name="apply-check"),
    route("unemployment/<uuid:public_id>/apply/<slug:step>/", citizen.apply_step, to=VERIFIED, name="apply-step"),
    route("unemployment/<uuid:public_id>/withdraw/", citizen.withdraw, to=VERIFIED, name="withdraw"),
    route("unemployment/<uuid:public_id>/move/", transfers.move, to=VERIFIED, name="move"),
    route("unemployment/<uuid:public_id>/move/withdraw/", transfers.move_withdraw, to=VERIFIED, name="move-withdraw"),
    route("unemployment/<uuid:public_id>/hearing/", citizen.hearing, to=VERIFIED, name="hearing"),
    route("unemployment/<uuid:public_id>/leave/", citizen.leave, to=VERIFIED, name="leave"),
    route(OFFICE, office.registration_list, to=roles(*READERS), name="registration-list"),
    route(f"{OFFICE}new/", office.counter, to=roles(*COUNTER), name="counter"),
    route(f"{OFFICE}new/find/", office.counter_find, to=roles(*COUNTER), name="counter-find"),
    route(f"{OFFICE}new/register/", office.counter_register, to=roles(*COUNTER), name="counter-register"),
    route(f"{OFFICE}ledgers/", ledgers.ledger_list, to=roles(*OFFICERS), name="ledger-list"),
    route(f"{OFFICE}ledgers/template/", ledgers.ledger_template, to=roles(*OFFICERS), name="ledger-template"),
    route(f"{OFFICE}ledgers/<uuid:public_id>/", ledgers.ledger_show, to=roles(*OFFICERS), name="ledger-show"),
    route(
        f"{OFFICE}ledgers/<uuid:public_id>/rows/",
        ledgers.ledger_outcomes,
        to=roles(*OFFICERS),
        name="ledger-outcomes",
    ),
    route(f"{OFFICE}transfers/", transfers.transfer_list, to=roles(*READERS), name="transfer-list"),
    route(f"{OFFICE}transfers/in/", transfers.take_in, to=roles(*SERVERS), name="transfer-take-in"),
    route(f"{OFFICE}transfers/<uuid:public_id>/", transfers.transfer_show, to=roles(*READERS), name="transfer-show"),
    route(f"{ONE}transfer/", transfers.transfer_ask, to=roles(*SERVERS), name="transfer-ask"),
    route(f"{OFFICE}matters/", exits.matter_list, to=roles(*READERS), name="matter-list"),
    route(f"{OFFICE}matters/<uuid:public_id>/", exits.matter_close, to=roles(*PROPOSERS), name="matter-close"),
    route(f"{OFFICE}ends/<uuid:public_id>/", exits.end_decide, to=roles(*PROPOSERS), name="end-decide"),
    route(f"{OFFICE}papers/<uuid:public_id>/", papers.office_paper, to=roles(*READERS), name="office-paper"),
    route(f"{OFFICE}papers/<uuid:public_id>/steps/", papers.paper_step, to=roles(*SERVERS), name="paper-step"),
    route(ONE, office.registration_work, to=roles(*READERS), name="registration-work"),
    route(f"{ONE}phone/", office.reveal_phone, to=roles(*OFFICERS), name="registration-phone"),
    route(f"{ONE}checks/", office.check_again, to=roles(*OFFICERS), name="check-again"),
    route(f"{ONE}checks/<slug:kind>/", office.check_review, to=roles(*OFFICERS), name="check-review"),
    route(f"{ONE}accept/", office.accept, to=roles(*OFFICERS), name="registration-accept"),
    route(f"{ONE}refuse/", office.refuse, to=roles(*OFFICERS), name="registration-refuse"),
    route(f"{ONE}correction/", office.correction, to=roles(*OFFICERS), name="registration-correction"),
    route(f"{ONE}revoke/", exits.revoke_propose, to=roles(*OFFICERS), name="revoke-propose"),
    route(f"{ONE}end/", exits.end_propose, to=roles(*PROPOSERS), name="end-propose"),
    route(f"{ONE}certificate/", papers.certificate_issue, to=roles(*SERVERS), name="certificate-issue"),
    route(MONTH, followups.follow_up_list, to=roles(*FOLLOWERS), name="follow-up-list"),
    route(f"{MONTH}print/", followups.print_list, to=roles(*WORKERS), name="follow-up-print"),
    route(f"{MONTH}messages/", replies.sms_round, to=roles(*WORKERS), name="follow-up-messages"),
    route(f"{MONTH}assign/", followups.assign, to=roles(*FOLLOWERS), name="follow-up-assign"),
    route(f"{MONTH}cell/", cells.follow_up_cell, to=roles(*FOLLOWERS), name="follow-up-cell"),
    route(f"{MONTH}lists/<uuid:public_id>/", papers.visiting_list, to=roles(*FOLLOWERS), name="visiting-list"),
    route(f"{MONTH}quality/", quality.quality_list, to=roles(*OFFICERS), name="quality-list"),
    route(f"{MONTH}quality/<uuid:public_id>/", quality.quality_record, to=roles(*OFFICERS), name="quality-record"),
    route(f"{MONTH}<uuid:public_id>/visit/", quality.visit_proof, to=roles(*FOLLOWERS), name="visit-proof"),
    route(f"{MONTH}<uuid:public_id>/", followups.contact_record, to=roles(*WORKERS), name="contact-record"),
    route(f"{MONTH}<uuid:public_id>/draft/", followups.contact_draft, to=roles(*WORKERS), name="contact-draft"),
    route(WORK, employments.employment_list, to=roles(*READERS), name="employment-list"),
    route(f"{WORK}new/", employments.employment_counter, to=roles(*ENTERERS), name="employment-counter"),
    route(f"{WORK}new/find/", employments.employment_find, to=roles(*ENTERERS), name="employment-find"),
    route(f"{WORK}new/register/", employments.employment_register, to=roles(*ENTERERS), name="employment-register"),
    route(f"{WORK}matches/", employments.match_list, to=roles(*ENTERERS), name="match-list"),
    route(f"{WORK}matches/<uuid:public_id>/", employments.match_decide, to=roles(*ENTERERS), name="match-decide"),
    route(f"{WORK}<uuid:public_id>/", employments.employment_show, to=roles(*READERS), name="employment-show"),
    route(f"{WORK}<uuid:public_id>/proof/", employments.employment_prove, to=roles(*SERVERS), name="employment-prove"),
    route(ROSTER, rosters.roster_list, to=roles(*HANDERS), name="roster-list"),
    route(f"{ROSTER}template.xlsx", rosters.roster_template, to=roles(*HANDERS), name="roster-template"),
    route(f"{ROSTER}<uuid:public_id>/", rosters.roster_show, to=roles(*HANDERS), name="roster-show"),
    route(
        f"{ROSTER}<uuid:public_id>/outcomes.xlsx", rosters.roster_outcomes, to=roles(*HANDERS), name="roster-outcomes"
    ),
    route(FIGURES, figures.figure_show, to=roles(*FIGURE_READERS), name="figure-show"),
    route(f"{FIGURES}rows/", figures.figure_rows, to=roles(*FOLLOWERS), name="figure-rows"),
    route(f"{FIGURES}tables/", figures.export_list, to=roles(*FOLLOWERS), name="export-list"),
    route(f"{FIGURES}tables/new/", figures.export_new, to=roles(*FOLLOWERS), name="export-new"),
    route(f"{FIGURES}tables/<uuid:public_id>/", figures.export_show, to=roles(*FOLLOWERS), name="export-show"),
    route(f"{FIGURES}tables/<uuid:public_id>.xlsx", figures.export_file, to=roles(*FOLLOWERS), name="export-file"),
    route("work/returns/", figures.returns_show, to=roles(*FOLLOWERS), name="returns-show"),
    route("work/returns/cells/", cells.cell_new, to=roles(*OFFICERS), name="cell-new"),
    route("work/returns/cells/<uuid:public_id>/", cells.cell_change, to=roles(*OFFICERS), name="cell-change"),
    route(REPORT, reports.report_sign, to=roles(*FIGURE_READERS), name="report-sign"),
    route(f"{REPORT}<uuid:public_id>/", reports.report_show, to=roles(*FIGURE_READERS), name="report-show"),
    route(f"{REPORT}<uuid:public_id>/adjust/", reports.report_adjust, to=roles(*ALL_SIGNERS), name="report-adjust"),
    route(f"{REPORT}<uuid:public_id>/reopen/", reports.report_reopen, to=roles(*ALL_SIGNERS), name="report-reopen"),
    route(f"{REPORT}<uuid:public_id>/print/", reports.report_print, to=roles(*FIGURE_READERS), name="report-print"),
]
urlpatterns += care_urls.urlpatterns
