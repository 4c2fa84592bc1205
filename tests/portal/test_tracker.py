import json

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from portal.settings.tracker import start_tracker


class Kept(Transport):
    """Keeps what would be sent."""

    sent: list[str] = []

    def capture_envelope(self, envelope):
        self.sent.append(json.dumps([item.payload.json for item in envelope.items], ensure_ascii=False, default=str))


@pytest.fixture
def reports():
    Kept.sent = []
    yield Kept.sent
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_sends_nothing_without_an_address(reports):
    start_tracker("")
    assert not sentry_sdk.get_client().is_active()


def test_sends_errors_without_personal_data(reports):
    start_tracker("https://key@sentry.example.org/1", transport=Kept, default_integrations=False)
    secret_name = "".join(["王", "伟"])  # the report quotes this file's lines
    try:
        raise ValueError(f"219901198005170018 belongs to {len(secret_name)}")
    except ValueError as error:
        sentry_sdk.get_current_scope().set_user({"id": 1, "username": secret_name})
        sentry_sdk.capture_exception(error)
    (report,) = reports
    assert "[id] belongs to 2" in report
    assert "219901198005170018" not in report
    assert secret_name not in report
