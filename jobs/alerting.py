"""Telling people of new postings: one comparison of everything new with everything looked for, then the messages."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from jobs import subscriptions
from jobs.hits import EARTH_RADIUS
from jobs.indexing import DEGREE
from jobs.models import Alert, AlertRun, AlertSetting, Frequency, Posting
from jobs.models.alerts import MOST_SHOWN
from messaging import outbox

SPAN = {Frequency.DAILY: timedelta(days=1), Frequency.WEEKLY: timedelta(days=7)}
LATE = 3
"""After a longer stop only so many spans are looked back at: nobody wants a month's postings in one message."""
BATCH = 500

SETTLED = timedelta(minutes=2)
"""A run leaves the last moments to the next one: what becomes public is dated by the beginning of its transaction."""

# What first became public in a span, whichever way it went, and may be pushed. Places and kinds become words, so that
# one index answers the whole question.
_NEW = f"""
CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
SELECT s.posting_id, s.posted_at, s.monthly_max, s.education_rank, s.experience_min, s.industry, s.suits,
       s.lat::float8 / {DEGREE} AS lat, s.lng::float8 / {DEGREE} AS lng,
       s.words || array_to_tsvector(ARRAY['*', '%%' || s.kind]
         || array(SELECT '@' || code FROM unnest(string_to_array(s.region_path, '/')) AS code WHERE code <> '')) AS words
  FROM jobs_postingsearch s WHERE s.posting_id IN ({{new}})
"""  # noqa: S608
_METRES = f"""2000 * {EARTH_RADIUS} * asin(least(1, sqrt(power(sin(radians(f.lat - a.lat) / 2), 2)
  + cos(radians(a.lat)) * cos(radians(f.lat)) * power(sin(radians(f.lng - a.lng) / 2), 2))))"""
# For each distinct wish its newest postings, by the index of words; then per person what all their wishes found.
_MATCH = f"""
INSERT INTO jobs_alert (public_id, run_id, user_id, postings, total)
SELECT uuidv7(), %(run)s, k.user_id, (array_agg(DISTINCT m.posting ORDER BY m.posting DESC))[1:{MOST_SHOWN}],
       count(DISTINCT m.posting)
  FROM (SELECT a.id, unnest(f.postings) AS posting
          FROM asked a CROSS JOIN LATERAL (
               SELECT array_agg(n.posting_id) AS postings FROM (
                      SELECT f.posting_id FROM fresh f
                       WHERE f.words @@ a.wanted::tsquery AND f.monthly_max >= a.pay
                         AND (a.education IS NULL OR f.education_rank <= a.education)
                         AND (a.experience IS NULL OR f.experience_min <= a.experience)
                         AND (a.industries = '{{}}' OR f.industry = ANY (a.industries))
                         AND f.suits @> a.suits
                         AND (a.metres IS NULL OR {_METRES} <= a.metres)
                       ORDER BY f.posted_at DESC, f.posting_id DESC LIMIT {MOST_SHOWN + 1}) n) f) m
  JOIN asker k ON k.asked = m.id
 GROUP BY k.user_id
ON CONFLICT (run_id, user_id) DO NOTHING
"""  # noqa: S608


@transaction.atomic
def match(*, frequency: str, on: date, now: datetime | None = None) -> AlertRun | None:
    """Find for everybody who is told this often what appeared since the last time; returns None when it was done.

    One statement compares all wishes with all new postings (定向推送); what it costs does not depend on how many share
    a wish. The unique day of the run makes it safe to repeat.
    """
    until = now or timezone.now() - SETTLED
    before = AlertRun.objects.filter(frequency=frequency).order_by("-day").first()
    since = (
        max(before.until, until - LATE * SPAN[Frequency(frequency)]) if before else until - SPAN[Frequency(frequency)]
    )
    if since >= until:
        return None
    run, is_new = AlertRun.objects.get_or_create(frequency=frequency, day=on, defaults={"since": since, "until": until})
    if not is_new:
        return None
    with connection.cursor() as cursor:
        new = Posting.objects.pushable(on=on).filter(shown_at__gte=since, shown_at__lt=until).order_by()
        statement, given = new.values("pk").query.sql_with_params()
        cursor.execute(_NEW.format(new=statement), given)
        run.postings = cursor.rowcount
        cursor.execute("CREATE INDEX ON fresh USING gin (words) WITH (fastupdate = off)")
        cursor.execute("ANALYZE fresh")
        run.subscriptions = subscriptions.load(frequency) if run.postings else 0
        if run.subscriptions:
            # The planner knows nothing of what a wish will ask for, and would read all new postings for each.
            cursor.execute("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")
            cursor.execute(_MATCH, {"run": run.pk})
            cursor.execute("SELECT set_config('enable_seqscan', 'on', true), set_config('jit', 'on', true)")
        cursor.execute("DROP TABLE IF EXISTS fresh, asked, asker")
    run.save()
    return run


@transaction.atomic
def tell(*, size: int = BATCH) -> int:
    """Write the messages of some alerts nobody was told of yet; returns how many. Safe to run in several processes."""
    waiting = Alert.objects.select_for_update(skip_locked=True, of=("self",)).filter(told_at=None)
    alerts = list(waiting.select_related("user__person", "run").order_by("pk")[:size])
    settings = {row.user_id: row for row in AlertSetting.objects.filter(user__in=[alert.user_id for alert in alerts])}
    letters = [
        outbox.Letter(
            to=alert.user,
            context={"count": alert.count_text},
            key=f"job_alert:{alert.run.frequency}:{alert.run.day}:{alert.user_id}",
            channels=_channels(settings.get(alert.user_id)),
            link=reverse("jobs:alert", args=[alert.public_id]),
        )
        for alert in alerts
    ]
    outbox.send_many(letters, template="job_alert")
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(told_at=timezone.now())
    return len(alerts)


def _channels(setting: AlertSetting | None) -> tuple[str, ...]:
    if setting is None:
        return ("inbox",)
    return ("inbox", *(["sms"] if setting.by_sms else []), *(["email"] if setting.by_email else []))
