"""What Celery beat starts and when (Asia/Shanghai). One list, so that a reader sees a whole night of work.

Every entry only fans work out or sweeps what is due: a run that was missed is caught up by the next one.
"""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "core: run consumers": {"task": "core.tasks.run_consumers", "schedule": 10, "options": {"expires": 10}},
    "core: seal audit": {"task": "core.tasks.seal_audit", "schedule": 60, "options": {"expires": 60}},
    "core: load department files": {"task": "core.tasks.load_department_files", "schedule": crontab(minute="*/10")},
    "messaging: send what is due": {"task": "messaging.tasks.sweep_outbox", "schedule": crontab()},
    "core: forget old answers": {"task": "core.tasks.forget_old_answers", "schedule": crontab(minute="17")},
    "people: refresh working paths": {
        "task": "people.tasks.refresh_working_paths",
        "schedule": crontab(hour="0", minute="10"),
    },
    "people: recheck organisations": {
        "task": "people.tasks.recheck_organisations",
        "schedule": crontab(hour="6", minute="40"),
    },
    "jobs: refresh search": {"task": "jobs.tasks.refresh_search", "schedule": crontab(hour="3", minute="20")},
    "jobs: expire postings": {"task": "jobs.tasks.expire", "schedule": crontab(minute="5")},
    "jobs: publish scheduled postings": {"task": "jobs.tasks.publish_scheduled", "schedule": crontab(minute="*/5")},
    "jobs: flush views": {"task": "jobs.tasks.flush_views", "schedule": crontab(minute="*/5")},
    "jobs: find what is new": {"task": "jobs.tasks.alert", "schedule": crontab(minute="10", hour="6-9")},
    "jobs: tell of what is new": {"task": "jobs.tasks.tell_alerts", "schedule": crontab(minute="*/5")},
    "jobs: group copies": {"task": "jobs.tasks.group_copies", "schedule": crontab(minute="30", hour="2")},
    "jobs: resume imports": {"task": "jobs.tasks.resume_imports", "schedule": crontab(minute="*/10")},
    "jobs: end fairs": {"task": "jobs.tasks.end_fairs", "schedule": crontab(minute="10", hour="1")},
    "jobs: remind employers": {"task": "jobs.tasks.remind_employers", "schedule": crontab(minute="40", hour="8")},
    "jobs: pause silent": {"task": "jobs.tasks.pause_silent", "schedule": crontab(minute="50", hour="8")},
    "jobs: close unanswered": {"task": "jobs.tasks.close_unanswered", "schedule": crontab(minute="40", hour="8")},
    "jobs: fetch postings": {"task": "jobs.tasks.pull", "schedule": crontab(minute="*/15")},
    # Daily, so that a missed 1st is caught up; what is there already is left alone.
    "jobs: list the supply": {"task": "jobs.tasks.list_supply", "schedule": crontab(minute="40", hour="2")},
    "subsidies: end publicities": {"task": "subsidies.tasks.end_publicities", "schedule": crontab(minute="20")},
    "unemployment: open month": {
        "task": "unemployment.tasks.open_month",
        "schedule": crontab(minute="0", hour="1", day_of_month="1"),
    },
    "unemployment: mend months": {
        "task": "unemployment.tasks.mend_months",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "unemployment: end hardship notices": {
        "task": "unemployment.tasks.end_hardship_notices",
        "schedule": crontab(minute=25),
    },
    "unemployment: draw quality": {
        "task": "unemployment.tasks.draw_quality",
        "schedule": crontab(minute="10", hour="5", day_of_month="2-8"),
    },
    "unemployment: hand over": {"task": "unemployment.tasks.hand_over", "schedule": crontab(minute="50", hour="6")},
    "unemployment: raise overdue": {
        "task": "unemployment.tasks.raise_overdue",
        "schedule": crontab(minute="30", hour="7", day_of_week="mon-sat"),
    },
    "unemployment: resume ledgers": {"task": "unemployment.tasks.resume_ledgers", "schedule": crontab(minute="*/10")},
    "unemployment: compare registrations": {
        "task": "unemployment.tasks.compare_registrations",
        "schedule": crontab(minute="20", hour="4", day_of_week="tue"),
    },
    "unemployment: resume rosters": {"task": "unemployment.tasks.resume_rosters", "schedule": crontab(minute="*/10")},
    "unemployment: resume tables": {"task": "unemployment.tasks.resume_exports", "schedule": crontab(minute="*/10")},
    "unemployment: remove old tables": {
        "task": "unemployment.tasks.remove_old_exports",
        "schedule": crontab(minute="35", hour="3"),
    },
    "unemployment: remind of ending posts": {
        "task": "unemployment.tasks.remind_welfare_posts",
        "schedule": crontab(minute="15", hour="8"),
    },
    "unemployment: compare employments": {
        "task": "unemployment.tasks.compare_employments",
        "schedule": crontab(minute="20", hour="4", day_of_week="mon"),
    },
}
