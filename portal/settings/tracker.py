"""The error tracker (Sentry or a server that speaks its protocol): only where SENTRY_DSN names one."""

from typing import Any

import sentry_sdk

from core.scrub import scrub

_NEVER_SENT = ("user", "server_name", "modules")
_NEVER_SENT_OF_REQUEST = ("cookies", "data", "env", "headers", "query_string")


def clean_event(event: Any, hint: Any) -> Any:
    """Take the person, the form data and all personal numbers out of a report before it leaves."""
    for name in _NEVER_SENT:
        event.pop(name, None)
    for name in _NEVER_SENT_OF_REQUEST:
        event.get("request", {}).pop(name, None)
    return scrub(event)


def start_tracker(dsn: str, *, release: str = "", **options: Any) -> None:
    """Begin to report errors. Nothing is sent without a DSN; the SDK keeps personal data off unless told otherwise."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        release=release or None,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0.0,
        before_send=clean_event,
        before_breadcrumb=lambda crumb, hint: scrub(crumb),
        **options,
    )
