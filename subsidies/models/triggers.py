"""What the database itself holds about claims and payments."""

import pgtrigger

from core.triggers import GuardedTrigger

HOLDING = (
    "('submitted','accepted','correction','review','second_review','publicity','approval','approved',"
    "'paying','paid','returned')"
)
DECIDED = "('approved','paying','paid','returned','refused')"


class MonthFollowsClaim(GuardedTrigger):
    """A month belongs to the person and programme of its claim, and is taken as long as that claim stands."""

    name = "month_follows_claim"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = f"""
        SELECT c.person_id, c.programme_id, c.status IN {HOLDING}
          INTO STRICT NEW.person_id, NEW.programme_id, NEW.holds
          FROM subsidies_claim c WHERE c.id = NEW.claim_id;
        RETURN NEW;
    """  # noqa: S608


class ClaimHoldsMonths(GuardedTrigger):
    """When a claim is submitted its months become taken; when it is refused or withdrawn they are free again."""

    name = "claim_holds_months"
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("status")
    condition = pgtrigger.Condition("OLD.status IS DISTINCT FROM NEW.status")
    func = f"""
        UPDATE subsidies_claimmonth SET holds = (NEW.status IN {HOLDING})
         WHERE claim_id = NEW.id AND holds IS DISTINCT FROM (NEW.status IN {HOLDING});
        RETURN NULL;
    """  # noqa: S608


class AmountIsFinal(GuardedTrigger):
    """What was approved is not changed afterwards: neither the amount nor the terms, facts and trace it stands on."""

    name = "amount_is_final"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    condition = pgtrigger.Condition(f"OLD.status IN {DECIDED}")
    func = """
        IF NEW.amount IS DISTINCT FROM OLD.amount OR NEW.person_id <> OLD.person_id
           OR NEW.programme_version_id IS DISTINCT FROM OLD.programme_version_id
           OR NEW.facts::text IS DISTINCT FROM OLD.facts::text OR NEW.trace::text IS DISTINCT FROM OLD.trace::text
           OR NEW.decision::text IS DISTINCT FROM OLD.decision::text THEN
            RAISE EXCEPTION 'an approved claim keeps its amount, facts and trace' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """


class NotOneself(GuardedTrigger):
    """Nobody decides on a claim of his own."""

    name = "not_oneself"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    condition = pgtrigger.Condition("NEW.office NOT IN ('', 'applicant')")
    func = """
        IF EXISTS (SELECT 1 FROM subsidies_claim c JOIN people_user u ON u.person_id = c.person_id
                    WHERE c.id = NEW.claim_id AND u.id = NEW.actor_id) THEN
            RAISE EXCEPTION 'nobody decides on a claim of his own'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'step_not_oneself';
        END IF;
        RETURN NEW;
    """


class LinesMakeTotal(GuardedTrigger):
    """A batch's lines come in one statement, each with its claim's amount, and add up to its total and count."""

    name = "lines_make_total"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="new_rows")
    func = """
        IF EXISTS (SELECT 1 FROM new_rows n JOIN subsidies_claim c ON c.id = n.claim_id
                    WHERE n.amount IS DISTINCT FROM c.amount) THEN
            RAISE EXCEPTION 'a payment line differs from the approved amount'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_line_amount';
        END IF;
        IF EXISTS (
            SELECT 1 FROM subsidies_paymentbatch b
              JOIN (SELECT batch_id, sum(amount) AS total, count(*) AS lines FROM subsidies_paymentline
                     WHERE batch_id IN (SELECT batch_id FROM new_rows) GROUP BY batch_id) l ON l.batch_id = b.id
             WHERE l.total <> b.total OR l.lines <> b.line_count) THEN
            RAISE EXCEPTION 'the lines do not add up to the total of the batch'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_batch_total';
        END IF;
        RETURN NULL;
    """


class LineIsFixed(GuardedTrigger):
    """A line keeps its batch, claim, amount and account; only the bank's answer is added."""

    name = "line_is_fixed"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR NEW.batch_id <> OLD.batch_id OR NEW.claim_id <> OLD.claim_id
           OR NEW.amount <> OLD.amount OR NEW.sequence <> OLD.sequence THEN
            RAISE EXCEPTION 'a payment line is fixed once made' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """


class TotalIsFixed(GuardedTrigger):
    """A batch keeps its number, total and count."""

    name = "total_is_fixed"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR NEW.total <> OLD.total OR NEW.line_count <> OLD.line_count
           OR NEW.number <> OLD.number THEN
            RAISE EXCEPTION 'a payment batch keeps its total' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """
