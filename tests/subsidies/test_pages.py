"""Pages as the server draws them: who gets in, what bad input is answered, and how many queries a list takes."""

import io
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from subsidies import review
from subsidies.models import Claim, PaymentBatch, Step
from tests import factories
from tests.browser.conftest import session_of
from tests.subsidies.world import ACCOUNT

pytestmark = pytest.mark.django_db


def sign_in(user) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
    return client


@pytest.fixture
def everything(world):
    """One claim at each step, and everybody who looks at them."""
    return {
        "submitted": world.submitted(),
        "accepted": world.accepted(),
        "reviewed": world.reviewed(),
        "ready": world.ready(),
        "publicised": world.publicised(),
        "approved": world.approved(),
    }


def test_draws_every_page_of_an_officer(world, everything):
    for name in ("intake", "reviewer", "second", "approver", "payer", "finance"):
        client = sign_in(getattr(world, name))
        for view in ("", "all", "nonsense"):
            assert client.get("/work/claims/", {"view": view}).status_code == 200, name
        seen = Claim.objects.for_officer(getattr(world, name))
        for claim in seen:
            address = f"/work/claims/{claim.public_id}/"
            assert client.get(address).status_code == 200
            partial = client.get(address, headers={"HX-Request": "true"})
            assert "<html" not in partial.content.decode()


def test_hides_other_peoples_claims(world, everything):
    claim = everything["submitted"]
    stranger, outsider = world.citizen(), factories.staff("subsidy_intake", at="210202")
    base = f"/subsidies/claims/{claim.public_id}/"
    for address in (base, f"{base}receipt/", f"{base}qr.svg", f"{base}work/", f"{base}continue/"):
        assert sign_in(stranger).get(address).status_code == 404, address
    assert sign_in(stranger).post(f"{base}withdraw/").status_code == 404
    assert sign_in(outsider).get(f"/work/claims/{claim.public_id}/").status_code == 404
    assert sign_in(outsider).post(f"/work/claims/{claim.public_id}/accept/").status_code == 404
    assert sign_in(stranger).get("/work/claims/").status_code == 403
    assert Client().get(base).status_code == 302


def test_hides_batches_of_other_counties_and_the_file_from_finance(world):
    batch = world.sent()
    address = f"/work/claims/payments/{batch.public_id}/"
    assert sign_in(factories.staff("subsidy_payer", at="210202")).get(address).status_code == 404
    assert sign_in(world.finance).get(address).status_code == 200
    assert sign_in(world.finance).get(f"{address}file.csv").status_code == 403
    assert sign_in(world.payer).get(f"{address}file.exe").status_code == 404
    answer = sign_in(world.payer).get(f"{address}file.csv")
    assert ACCOUNT in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_never_shows_a_full_number_on_a_page(world):
    batch = world.sent()
    claim = batch.lines.get().claim
    number, phone = claim.person.id_number.open(), claim.person.phone.open()
    for user, address in (
        (world.payer, f"/work/claims/payments/{batch.public_id}/"),
        (world.payer, f"/work/claims/{claim.public_id}/"),
        (claim.person.account, f"/subsidies/claims/{claim.public_id}/"),
        (claim.person.account, f"/subsidies/claims/{claim.public_id}/receipt/"),
    ):
        html = sign_in(user).get(address).content.decode()
        assert number not in html
        assert phone not in html
        assert ACCOUNT not in html


def test_answers_a_decision_that_cannot_be_taken_with_a_sentence(world):
    claim = world.submitted()
    client = sign_in(world.intake)
    address = f"/work/claims/{claim.public_id}/"
    stale = client.post(f"{address}accept/", {"version": claim.version - 1})
    assert stale.status_code == 422
    assert "刚被别人改过" in stale.content.decode()
    unsaid = client.post(f"{address}correct/", {"version": claim.version, "reason": "4", "extra": ""})
    assert unsaid.status_code == 422
    assert "一次写全" in unsaid.content.decode()
    assert client.get(f"{address}accept/").status_code == 405
    done = client.post(f"{address}accept/?view=intake", {"version": claim.version})
    assert done.status_code == 302


def test_counts_a_decision_sent_twice_once(world):
    claim = world.submitted()
    client = sign_in(world.intake)
    form = {"version": claim.version, "_once": "0198-once"}
    first = client.post(f"/work/claims/{claim.public_id}/accept/", form)
    second = client.post(f"/work/claims/{claim.public_id}/accept/", form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Step.objects.filter(claim=claim, kind=Step.Kind.ACCEPT).count() == 1


def test_walks_the_application_without_scripts(world):
    user = world.citizen()
    client = sign_in(user)
    start = client.post("/subsidies/flexible_insurance/apply/")
    base = start["Location"].removesuffix("work/")
    claim = Claim.objects.get()
    wrong = client.post(f"{base}work/", {"work": "", "since": "去年", "version": claim.version})
    assert wrong.status_code == 422
    assert "请填写现在做什么工作" in wrong.content.decode()
    assert "2026-11" in wrong.content.decode()
    client.post(f"{base}work/", {"work": "跑外卖", "since": "2025-03", "version": claim.version})
    months = {f"m_{m:%Y_%m}": "on" for m in world.months()}
    claim.refresh_from_db()
    assert client.post(f"{base}months/", {"version": claim.version}).status_code == 422
    assert client.post(f"{base}months/", {**months, "version": claim.version}).status_code == 302
    claim.refresh_from_db()
    short = client.post(f"{base}account/", {"bank": "盛京银行", "account": "62281234", "version": claim.version})
    assert "您填了 8 位" in short.content.decode()
    client.post(f"{base}account/", {"bank": "盛京银行", "account": ACCOUNT, "version": claim.version})
    claim.refresh_from_db()
    assert "承诺" in client.post(f"{base}confirm/", {"version": claim.version}).content.decode()
    done = client.post(f"{base}confirm/", {"pledge": "on", "version": claim.version})
    assert done["Location"] == base
    assert client.get(base).status_code == 200
    claim.refresh_from_db()
    assert claim.status == Claim.Status.SUBMITTED
    assert client.get(f"{base}work/").status_code == 302


def test_says_whether_one_may_draw_it_and_keeps_nothing(world):
    client = sign_in(world.citizen())
    asked = {"works": "1", "first": "2026-08", "last": "2026-10"}
    answer = client.post("/subsidies/flexible_insurance/check/", asked)
    assert "看起来您能领" in answer.content.decode()
    assert "1,986.00" in answer.content.decode()
    assert not Claim.objects.exists()
    no = client.post("/subsidies/flexible_insurance/check/", {**asked, "works": "0"}).content.decode()
    assert "还没有申报" in no
    wrong = client.post("/subsidies/flexible_insurance/check/", {**asked, "last": "2026-07"})
    assert "早于" in wrong.content.decode()


def test_reads_a_bank_answer_and_lists_the_bad_rows(world):
    batch = world.sent()
    client = sign_in(world.payer)
    address = f"/work/claims/payments/{batch.public_id}/result/"
    assert "请选择银行回单文件" in client.post(address).content.decode()
    text = f"批次号,序号,金额,结果,到账日期,流水号,原因\n{batch.number},1,1986.00,成功,2026-11-20,L1,\n{batch.number},9,1,成功,2026-11-20,,"
    page = client.post(address, {"file": io.BytesIO(text.encode())}).content.decode()
    assert "批次里没有序号 9" in page
    assert PaymentBatch.objects.get().status == PaymentBatch.Status.FINISHED


def test_takes_receipts_for_a_month_without_a_record_and_a_reviewer_checks_them(world):
    user = world.citizen()
    client = sign_in(user)
    claim = world.draft(user)
    base = f"/subsidies/claims/{claim.public_id}/"
    may = {"m_2026_05": "on", "pension_2026_05": "700", "medical_2026_05": "200", "version": claim.version}
    assert client.post(f"{base}months/", {**may, "medical_2026_05": "二百"}).status_code == 422
    assert client.post(f"{base}months/", may).status_code == 302
    assert client.get(f"{base}continue/")["Location"] == f"{base}papers/"
    assert "请选一份已有的材料" in client.post(f"{base}papers/").content.decode()
    proof = SimpleUploadedFile("凭证.pdf", b"%PDF-1.4 test\n%%EOF")
    assert client.post(f"{base}papers/", {"paper_chosen": "", "paper_file": proof}).status_code == 302
    assert "已经交了 1 份" in client.get(f"{base}papers/").content.decode()
    assert client.post(f"{base}papers/", {"go": "1"})["Location"] == f"{base}confirm/"
    claim = world.fresh(claim)
    client.post(f"{base}confirm/", {"pledge": "on", "version": claim.version})
    review.accept_claim(claim_id=claim.pk, by=world.intake, on=world.on)
    claim = world.fresh(claim)
    assert [r["rule"] for r in claim.rule_rows if r["verdict"] == "unknown"] == ["paid_first"]
    officer, address = sign_in(world.reviewer), f"/work/claims/{claim.public_id}/"
    wrong = {"version": claim.version, "pension_2026_05": "x", "medical_2026_05": "1"}
    assert "0 到 20,000" in officer.post(f"{address}receipts/", wrong).content.decode()
    right = {"version": claim.version, "pension_2026_05": "690.00", "medical_2026_05": "200.00"}
    assert officer.post(f"{address}receipts/", right).status_code == 302
    claim = world.fresh(claim)
    assert claim.amount == Decimal("593.33")
    settled = {"version": claim.version, "rule": "paid_first", "verdict": "met", "reason": "看了五月缴费凭证原件"}
    assert officer.post(f"{address}settle/", settled).status_code == 302
    review.pass_review(claim_id=claim.pk, by=world.reviewer, on=world.on)
