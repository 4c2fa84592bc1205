"""What the database itself holds about leaving the register."""

import pgtrigger

from core.triggers import GuardedTrigger


class NeedsDecision(GuardedTrigger):
    """A registration leaves the register only by a decided deregistration on the same ground; history stays history.

    It comes back only when that decision was overturned by another one.

    Rows imported as already closed are inserted so; nothing becomes such a row later.
    """

    name = "needs_decision"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = """
        IF TG_OP = 'INSERT' THEN
            IF NEW.status IN ('deregistered', 'revoked') AND NOT NEW.imported_history THEN
                RAISE EXCEPTION 'only imported history begins as closed'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_needs_decision';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.imported_history IS DISTINCT FROM OLD.imported_history OR NEW.person_id <> OLD.person_id THEN
            RAISE EXCEPTION 'a registration keeps its person and its origin'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_keeps_origin';
        END IF;
        IF OLD.status IN ('deregistered', 'revoked', 'refused', 'withdrawn') AND NEW.status <> OLD.status
           AND NOT (OLD.status IN ('deregistered', 'revoked') AND NEW.status = 'active' AND EXISTS (
                SELECT 1 FROM unemployment_deregistration d
                 WHERE d.registration_id = NEW.id AND d.status = 'overturned' AND d.ground = OLD.ended_ground)
                AND NOT EXISTS (
                SELECT 1 FROM unemployment_deregistration d
                 WHERE d.registration_id = NEW.id AND d.status = 'decided')) THEN
            RAISE EXCEPTION 'a registration that ended stays ended: the person registers again'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_stays_ended';
        END IF;
        IF NEW.status IN ('deregistered', 'revoked') AND OLD.status <> NEW.status AND NOT EXISTS (
            SELECT 1 FROM unemployment_deregistration d
             WHERE d.registration_id = NEW.id AND d.status = 'decided' AND d.ground = NEW.ended_ground) THEN
            RAISE EXCEPTION 'a registration ends only by a decision on a lawful ground'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_needs_decision';
        END IF;
        RETURN NEW;
    """


class DecisionIsFinal(GuardedTrigger):
    """A decided deregistration keeps its ground, its evidence and who decided; it can only be overturned, by somebody."""

    name = "decision_is_final"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    condition = pgtrigger.Condition("OLD.status IN ('decided', 'overturned')")
    func = """
        IF (NEW.status <> OLD.status AND NOT (NEW.status = 'overturned' AND NEW.overturned_by_id IS NOT NULL))
           OR NEW.ground <> OLD.ground OR NEW.evidence <> OLD.evidence
           OR NEW.registration_id <> OLD.registration_id OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
           OR NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id THEN
            RAISE EXCEPTION 'a decided deregistration is final'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'deregistration_is_final';
        END IF;
        RETURN NEW;
    """


class MovesByTransfer(GuardedTrigger):
    """A registration in force changes its place only by a transfer that the other side accepted."""

    name = "moves_by_transfer"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    condition = pgtrigger.Condition("OLD.status = 'active' AND NEW.region_id IS DISTINCT FROM OLD.region_id")
    func = """
        IF NOT EXISTS (SELECT 1 FROM unemployment_transfer t
                        WHERE t.registration_id = NEW.id AND t.status = 'accepted'
                          AND t.origin_id = OLD.region_id AND t.target_id = NEW.region_id) THEN
            RAISE EXCEPTION 'a registration moves only by an accepted transfer'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_moves_by_transfer';
        END IF;
        RETURN NEW;
    """


class ConsentFits(GuardedTrigger):
    """代办: the photo or the code is the person's own, and the code was told in time."""

    name = "consent_fits"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    condition = pgtrigger.Condition("NEW.channel = 'on_behalf'")
    func = """
        IF NEW.consent_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM people_document d WHERE d.id = NEW.consent_id AND d.person_id = NEW.person_id) THEN
            RAISE EXCEPTION 'the signed consent is another person''s'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_consent_fits';
        END IF;
        IF NEW.consent_code_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM unemployment_consentcode c
             WHERE c.id = NEW.consent_code_id AND c.person_id = NEW.person_id AND c.used_at IS NOT NULL) THEN
            RAISE EXCEPTION 'the code of consent is another person''s or was never told'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_consent_fits';
        END IF;
        RETURN NEW;
    """


class CellFits(GuardedTrigger):
    """A registration lies in a cell of its own community, or in none."""

    name = "cell_fits"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("cell_id", "region_id")
    condition = pgtrigger.Condition("NEW.cell_id IS NOT NULL")
    func = """
        IF NOT EXISTS (
            SELECT 1 FROM unemployment_cell c WHERE c.id = NEW.cell_id AND c.region_id = NEW.region_id) THEN
            RAISE EXCEPTION 'the cell is another community''s'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_cell_fits';
        END IF;
        RETURN NEW;
    """
