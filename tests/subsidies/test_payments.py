import io
import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import audit
from core.models import AccessLog
from core.xlsx import read_rows
from people.models import RoleAssignment, User
from people.roles import Role
from subsidies import claims, payments
from subsidies.bank_files import RESULT_HEADER, CannotReadResult
from subsidies.models import Claim, PaymentBatch, PaymentLine, Step
from subsidies.payments import CannotPay
from tests import factories
from tests.subsidies.world import ACCOUNT, World

PAID, RETURNED = "成功", "失败"


def answer(batch, *results, amounts=None, number=None):
    """Return the bank's file: one result per line, in order."""
    lines = list(batch.lines.order_by("sequence"))
    rows = [",".join(RESULT_HEADER)]
    for line, result in zip(lines, results, strict=True):
        amount = (amounts or {}).get(line.sequence, line.amount)
        rest = "2026-12-03,LS001," if result == PAID else ",,户名与账号不符"
        rows.append(f"{number or batch.number},{line.sequence},{amount},{result},{rest}")
    return io.BytesIO("\n".join(rows).encode())


def record(batch, file, world, on=date(2026, 12, 4)):
    return payments.record_result(batch_id=batch.pk, file=file, by=world.payer, on=on)


def test_makes_a_batch_to_the_cent(world):
    batch = world.batch(2)
    assert batch.line_count == 2
    assert batch.total == sum(line.amount for line in batch.lines.all()) == Decimal("3972.00")
    assert set(Claim.objects.filter(payments__batch=batch).values_list("status", flat=True)) == {"paying"}
    with pytest.raises(CannotPay, match="没有可以拨付"):
        payments.make_batch(programme=world.programme, region=world.region, by=world.payer, on=world.on)


def test_pays_only_after_finance_agreed_and_not_by_the_maker(world):
    batch = world.batch()
    with pytest.raises(CannotPay, match="财政还没有同意"):
        payments.send_batch(batch_id=batch.pk, by=world.payer)
    with pytest.raises(CannotPay, match="不是这个地区的财政"):
        payments.consent_to_batch(batch_id=batch.pk, by=world.payer)
    with pytest.raises(IntegrityError, match="payment_batch_two_people"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(consented_by=world.payer)
    payments.consent_to_batch(batch_id=batch.pk, by=world.finance)
    assert Step.objects.filter(kind=Step.Kind.CONSENT, actor=world.finance).count() == 1


def test_leaves_out_claims_that_the_payer_had_a_hand_in(world):
    world.approved()
    RoleAssignment.objects.create(
        user=world.reviewer, role=Role.SUBSIDY_PAYER, region=world.region, valid=(date(2020, 1, 1), None)
    )
    both = User.objects.get(pk=world.reviewer.pk)
    both.activate_roles()
    with pytest.raises(CannotPay, match="没有可以拨付"):
        payments.make_batch(programme=world.programme, region=world.region, by=both, on=world.on)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_gives_the_bank_full_accounts_and_leaves_a_record(world, kind):
    batch = world.sent()
    content = payments.open_file(batch=batch, kind=kind, by=world.payer)
    rows = list(read_rows(io.BytesIO(content)))
    assert rows[1][4] == ACCOUNT
    assert Decimal(rows[1][5]) == batch.lines.get().amount
    assert rows[2][0] == "合计"
    assert Decimal(rows[2][5]) == batch.total
    assert AccessLog.objects.filter(action="payment:file", actor=world.payer.pk).count() == 1


def test_gives_the_same_file_every_time(world):
    batch = world.sent(2)
    first, second = (payments.open_file(batch=batch, kind="csv", by=world.payer) for _ in range(2))
    assert first == second


def test_records_paid_and_returned_and_may_be_read_again(world):
    batch = world.sent(2)
    report = record(batch, answer(batch, PAID, RETURNED), world)
    assert (report.paid, report.returned, report.problems) == (1, 1, [])
    batch.refresh_from_db()
    assert batch.status == PaymentBatch.Status.FINISHED
    statuses = [line.claim.status for line in batch.lines.order_by("sequence")]
    assert statuses == ["paid", "returned"]
    again = record(batch, answer(batch, PAID, RETURNED), world)
    assert (again.paid, again.returned, again.repeated) == (0, 0, 2)
    assert Step.objects.filter(kind=Step.Kind.PAID).count() == 1


def test_pays_a_returned_claim_again_after_the_account_was_mended(world):
    batch = world.sent()
    record(batch, answer(batch, RETURNED), world)
    claim = batch.lines.get().claim
    claims.save_account(claim_id=claim.pk, bank_name="盛京银行", account="6217000730001234567", by=claim.person.account)
    second = payments.make_batch(programme=world.programme, region=world.region, by=world.payer, on=world.on)
    assert second.number != batch.number
    assert second.lines.get().account.open().endswith("4567")
    payments.consent_to_batch(batch_id=second.pk, by=world.finance)
    payments.send_batch(batch_id=second.pk, by=world.payer)
    record(second, answer(second, PAID), world)
    assert world.fresh(claim).status == Claim.Status.PAID


def test_lists_bad_rows_and_uses_the_good_ones(world):
    batch = world.sent(2)
    report = record(batch, answer(batch, PAID, PAID, amounts={1: Decimal("1.00")}), world)
    assert (report.paid, len(report.problems)) == (1, 1)
    assert "金额是 1.00" in report.problems[0].problem
    batch.refresh_from_db()
    assert batch.status == PaymentBatch.Status.SENT


def test_does_not_turn_a_payment_round(world):
    batch = world.sent()
    record(batch, answer(batch, PAID), world)
    report = record(batch, answer(batch, RETURNED), world)
    assert "结果不一样" in report.problems[0].problem
    assert batch.lines.get().status == PaymentLine.Status.PAID


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("甲,乙\n1,2", "表头缺少"), ("", "空的")],
)
def test_answers_a_wrong_file_with_a_sentence(world, text, sentence):
    batch = world.sent()
    with pytest.raises(Exception, match=sentence) as raised:
        record(batch, io.BytesIO(text.encode()), world)
    assert isinstance(raised.value, CannotReadResult) or "空" in str(raised.value)


def test_reports_rows_of_another_batch_and_of_no_batch(world):
    batch = world.sent()
    report = record(batch, answer(batch, PAID, number="210106-20200101-01"), world)
    assert "不是这个批次" in report.problems[0].problem
    assert batch.lines.get().status == PaymentLine.Status.PENDING


def test_voids_a_batch_that_was_not_sent(world):
    batch = world.batch()
    payments.cancel_batch(batch_id=batch.pk, reason="账户信息要更新", by=world.payer, on=world.on)
    again = payments.make_batch(programme=world.programme, region=world.region, by=world.payer, on=world.on)
    assert again.line_count == 1
    with pytest.raises(CannotPay, match="不能作废"):
        payments.cancel_batch(batch_id=batch.pk, reason="再来一次", by=world.payer, on=world.on)


def test_refuses_lines_that_do_not_make_the_total_in_the_database(world):
    claim = world.approved()
    batch = PaymentBatch.objects.create(
        number="x",
        programme=world.programme,
        region=world.region,
        total=1,
        line_count=1,
        checksum="x",
        made_by=world.payer,
    )
    line = PaymentLine(batch=batch, claim=claim, sequence=1, payee="张", bank_name="b", amount=claim.amount)
    line.account = ACCOUNT
    with pytest.raises(IntegrityError, match="add up"), transaction.atomic():
        line.save()
    line.amount = Decimal("1.00")
    with pytest.raises(IntegrityError, match="differs"), transaction.atomic():
        line.save()


def test_keeps_a_line_and_a_total_as_they_were_made(world):
    batch = world.batch()
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        PaymentLine.objects.filter(batch=batch).update(amount=Decimal("1.00"))
    with pytest.raises(IntegrityError, match="keeps its total"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(total=Decimal("1.00"))


def test_notices_a_changed_account_before_it_reaches_the_bank(world):
    batch = world.sent()
    line = batch.lines.get()
    line.account = "6222020000000000000"
    line.save(update_fields=["account"])
    with pytest.raises(CannotPay, match="对不上"):
        payments.open_file(batch=batch, kind="csv", by=world.payer)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.booleans(), min_size=1, max_size=3))
def test_pays_and_returns_exactly_the_total(world, results):
    with transaction.atomic():
        batch = world.sent(len(results))
        report = record(batch, answer(batch, *(PAID if ok else RETURNED for ok in results)), world)
        assert report.paid_total + report.returned_total == batch.total
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_payers_at_once_share_no_claim(today):
    world = World()
    for _ in range(3):
        world.approved()
    payers = [world.payer, factories.staff(Role.SUBSIDY_PAYER)]
    barrier, made, refused = threading.Barrier(2), [], []

    def pay(user):
        barrier.wait()
        try:
            with audit.context(channel="test"):
                made.append(payments.make_batch(programme=world.programme, region=world.region, by=user, on=world.on))
        except CannotPay as error:
            refused.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=pay, args=(user,)) for user in payers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(batch.line_count for batch in made) == 3
    assert PaymentLine.objects.count() == 3
    assert len(made) + len(refused) == 2


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_approve_decide_once(today):
    from subsidies import review

    world = World()
    claim = world.publicised()
    barrier, outcomes = threading.Barrier(2), []

    def approve():
        barrier.wait()
        try:
            with audit.context(channel="test"):
                outcomes.append(review.approve_claim(claim_id=claim.pk, by=world.approver, on=world.on).status)
        except review.CannotApprove:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "refused"]
    assert Step.objects.filter(kind=Step.Kind.APPROVE).count() == 1


def test_numbers_a_batch_after_the_zone_that_pays(db, today):
    assert World(at="21SF01").batch().number == "21SF01-20261123-01"
