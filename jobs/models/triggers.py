"""What the database itself holds about postings."""

import pgtrigger

from core.triggers import GuardedTrigger


class NoPartnersSource(GuardedTrigger):
    """A file is never taken over under the name of a source that hands over by machine: it could end that one's postings."""

    name = "import_no_partners_source"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    condition = pgtrigger.Condition("NEW.source <> ''")
    func = """
        IF EXISTS (SELECT 1 FROM jobs_partnerkey WHERE source = NEW.source)
           OR EXISTS (SELECT 1 FROM jobs_partnerfeed WHERE source = NEW.source) THEN
            RAISE EXCEPTION 'the source % hands over by machine', NEW.source USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """


class FirstShown(GuardedTrigger):
    """The moment at which a posting first became public is written once, by every way there, and stays.

    Postings become public in many ways (an officer's word, a file, another system, a time chosen ahead), some of them
    set by set; who is told of new ones, and whom the officers have come to know, hangs on that moment.
    """

    name = "posting_first_shown"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    condition = pgtrigger.Condition("NEW.shown_at IS NULL")
    func = """
        IF TG_OP = 'UPDATE' AND OLD.shown_at IS NOT NULL THEN
            NEW.shown_at = OLD.shown_at;
        ELSIF NEW.status = 'published' THEN
            NEW.shown_at = now();
        END IF;
        RETURN NEW;
    """
