"""One line of JSON for each event, with the request's id and without personal numbers."""

from typing import Any

import structlog

from core.scrub import scrub


def scrub_event(logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Hide personal numbers in every value, also in the text of exceptions. The last step before the line is made."""
    internal = {key: event.pop(key) for key in ("_record", "_from_structlog") if key in event}
    return {**scrub(event), **internal}


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


def configure_structlog() -> None:
    """Let structlog's own loggers go the way of the standard library's, so that there is one format."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_config(*, json: bool, level: str = "INFO") -> dict[str, Any]:
    """Return the `LOGGING` setting: JSON lines for machines, plain lines for a developer's terminal."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    through: dict[str, Any] = {"handlers": [], "level": level, "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "portal": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED, structlog.stdlib.ExtraAdder(allow={"status_code"})],
                "processors": [scrub_event, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "portal"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": through,
            "django.server": through,
            "django.request": {**through, "level": "ERROR"},  # RequestLogMiddleware has a line for each refusal
            "gunicorn.error": through,
            "gunicorn.access": through,
            "celery": through,
        },
    }
