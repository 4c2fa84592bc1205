"""Programmes, claims, publicity and payments."""

from people.access import PUBLIC, VERIFIED, roles, route
from people.roles import Role
from subsidies.models.payment import PAYMENT_ROLES
from subsidies.models.publicity import PUBLICITY_ROLES
from subsidies.permissions import CLAIM_OFFICERS
from subsidies.views import apply, own, payments, programmes, publicity, work, work_publicity

app_name = "subsidies"
OFFICERS = roles(*CLAIM_OFFICERS)
PUBLICISTS = roles(*PUBLICITY_ROLES)
PAYERS = roles(*PAYMENT_ROLES)

claim_patterns = [
    route("subsidies/claims/", own.claim_list, to=VERIFIED, name="claim-list"),
    route("subsidies/claims/<uuid:public_id>/", own.claim_show, to=VERIFIED, name="claim-show"),
    route("subsidies/claims/<uuid:public_id>/continue/", apply.claim_continue, to=VERIFIED, name="claim-continue"),
    route("subsidies/claims/<uuid:public_id>/receipt/", own.claim_receipt, to=VERIFIED, name="claim-receipt"),
    route("subsidies/claims/<uuid:public_id>/qr.svg", own.claim_qr, to=VERIFIED, name="claim-qr"),
    route("subsidies/claims/<uuid:public_id>/withdraw/", own.claim_withdraw, to=VERIFIED, name="claim-withdraw"),
    route("subsidies/claims/<uuid:public_id>/ask-again/", apply.claim_ask_again, to=VERIFIED, name="claim-ask-again"),
    *(
        route(
            f"subsidies/claims/<uuid:public_id>/{step}/",
            apply.claim_edit,
            to=VERIFIED,
            name=f"claim-{step}",
            kwargs={"step": step},
        )
        for step in apply.STEPS
    ),
]

publicity_patterns = [
    route("subsidies/publicity/", publicity.publicity_list, to=PUBLIC, name="publicity-list"),
    route("subsidies/publicity/<uuid:public_id>/", publicity.publicity_show, to=PUBLIC, name="publicity-show"),
    route(
        "subsidies/publicity/<uuid:public_id>/objection/",
        publicity.publicity_object,
        to=PUBLIC,
        name="publicity-object",
    ),
]

work_patterns = [
    route("work/claims/", work.queue, to=OFFICERS, name="queue"),
    route("work/claims/publicity/", work_publicity.publicity_desk, to=PUBLICISTS, name="publicity-desk"),
    route(
        "work/claims/publicity/post/",
        work_publicity.publicity_post,
        to=roles(Role.SUBSIDY_SECOND_REVIEWER),
        name="publicity-post",
    ),
    route(
        "work/claims/publicity/<uuid:public_id>/", work_publicity.publicity_case, to=PUBLICISTS, name="publicity-case"
    ),
    route(
        "work/claims/publicity/<uuid:public_id>/objection/",
        work_publicity.objection_add,
        to=PUBLICISTS,
        name="objection-add",
    ),
    route(
        "work/claims/objections/<uuid:public_id>/",
        work_publicity.objection_answer,
        to=roles(Role.SUBSIDY_SECOND_REVIEWER, Role.COUNTY_SUPERVISOR),
        name="objection-answer",
    ),
    route("work/claims/payments/", payments.payment_desk, to=PAYERS, name="payments"),
    route("work/claims/payments/make/", payments.payment_make, to=roles(Role.SUBSIDY_PAYER), name="payment-make"),
    route("work/claims/payments/<uuid:public_id>/", payments.payment_show, to=PAYERS, name="payment-show"),
    *(
        route(
            f"work/claims/payments/<uuid:public_id>/{verb}/",
            payments.payment_act,
            to=PAYERS,
            name=f"payment-{verb}",
            kwargs={"verb": verb},
        )
        for verb in payments.ACTS
    ),
    route(
        "work/claims/payments/<uuid:public_id>/file.<slug:kind>",
        payments.payment_file,
        to=roles(Role.SUBSIDY_PAYER),
        name="payment-file",
    ),
    route(
        "work/claims/payments/<uuid:public_id>/result/",
        payments.payment_result,
        to=roles(Role.SUBSIDY_PAYER),
        name="payment-result",
    ),
    route("work/claims/<uuid:public_id>/receipts/", work.claim_receipts, to=OFFICERS, name="claim-receipts"),
    route("work/claims/<uuid:public_id>/", work.claim_panel, to=OFFICERS, name="claim-panel"),
    *(
        route(
            f"work/claims/<uuid:public_id>/{verb}/",
            work.claim_act,
            to=OFFICERS,
            name=f"claim-act-{verb}",
            kwargs={"verb": verb},
        )
        for verb in work.ACTS
    ),
]

programme_patterns = [
    route("subsidies/", programmes.programme_list, to=PUBLIC, name="programme-list"),
    route("subsidies/<slug:code>/", programmes.programme_show, to=PUBLIC, name="programme-show"),
    route("subsidies/<slug:code>/check/", programmes.programme_check, to=VERIFIED, name="programme-check"),
    route("subsidies/<slug:code>/apply/", apply.claim_start, to=VERIFIED, name="claim-start"),
]

urlpatterns = [*claim_patterns, *publicity_patterns, *work_patterns, *programme_patterns]
