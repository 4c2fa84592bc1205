"""How tasks run: each in an audit context of its own."""

from typing import Any

from celery import Task


class AuditedTask(Task):
    """Open the audit context "task" around the work, so that a task's writes name the task."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from core import audit

        with audit.context(channel="task", request_id=str(self.request.id or ""), task=self.name):
            return super().__call__(*args, **kwargs)
