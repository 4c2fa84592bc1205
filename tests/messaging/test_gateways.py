import json
import smtplib
import uuid

import pytest
from django.core import mail

from messaging import gateways
from messaging.gateways import Letter, Refused, TryLater, Unclear, for_channel

LETTER = Letter(id=uuid.UUID(int=7), address="13812341234", title="标题", text="验证码 123456")
MAIL = Letter(id=uuid.UUID(int=8), address="wang@example.com", title="标题", text="内容")


@pytest.fixture
def http(sms_server, settings):
    settings.MESSAGE_GATEWAYS = {"sms": "http", "email": "smtp"}
    return sms_server


def test_writes_files_with_the_address_masked(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.MESSAGE_GATEWAYS = {"sms": "file", "email": "file"}
    for_channel("sms").send(LETTER)
    for_channel("email").send(MAIL)
    line = json.loads((tmp_path / "outbox" / "sms.jsonl").read_text("utf-8"))
    assert (line["to"], line["text"], line["id"]) == ("138****1234", "验证码 123456", str(LETTER.id))
    assert "wang@" not in (tmp_path / "outbox" / "email.jsonl").read_text("utf-8")


def test_writes_to_the_log_with_the_address_masked(settings, caplog, capsys):
    settings.MESSAGE_GATEWAYS = {"sms": "console"}
    for_channel("sms").send(LETTER)
    assert "13812341234" not in caplog.text + capsys.readouterr().out


def test_signs_what_it_posts(http):
    assert for_channel("sms").send(LETTER) == "G1"
    headers, body = http.requests[0]
    assert json.loads(body) == {
        "id": str(LETTER.id),
        "to": "13812341234",
        "sign": "舒心就业",
        "text": "验证码 123456",
    }
    assert headers["X-Signature"] == gateways.sign(headers["X-Timestamp"], body)
    assert len(headers["X-Signature"]) == 64


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Refused), (403, Refused), (429, TryLater), (503, TryLater), (500, Unclear), (302, Unclear)],
)
def test_tells_the_answers_of_a_gateway_apart(http, status, error):
    http.answer = lambda handler: handler.reply(status, {})
    with pytest.raises(error):
        for_channel("sms").send(LETTER)


def test_takes_a_message_whose_number_it_cannot_read(http):
    http.answer = lambda handler: handler.reply(200, ["?"])
    assert for_channel("sms").send(LETTER) == ""


def test_tells_an_unreachable_gateway_from_one_that_fell_silent(http, settings, monkeypatch):
    monkeypatch.setattr(gateways, "READ_SECONDS", 0.2)
    http.answer = lambda handler: __import__("time").sleep(1)
    with pytest.raises(Unclear):
        for_channel("sms").send(LETTER)
    settings.SMS_HTTP_URL = "http://127.0.0.1:9/send"
    with pytest.raises(TryLater):
        for_channel("sms").send(LETTER)


def test_sends_mail_under_its_own_id(settings):
    settings.MESSAGE_GATEWAYS = {"email": "smtp"}
    for_channel("email").send(MAIL)
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["wang@example.com"], "标题", "内容")
    assert sent.extra_headers["Message-ID"] == f"<{MAIL.id}@localhost>"


class FailingBackend:
    def __init__(self, opening=None, sending=None):
        self.opening, self.sending, self.closed = opening, sending, False

    def open(self):
        if self.opening:
            raise self.opening

    def send_messages(self, messages):
        raise self.sending

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("backend", "error"),
    [
        (FailingBackend(opening=ConnectionRefusedError()), TryLater),
        (FailingBackend(sending=smtplib.SMTPRecipientsRefused({})), Refused),
        (FailingBackend(sending=smtplib.SMTPDataError(451, b"busy")), TryLater),
        (FailingBackend(sending=smtplib.SMTPDataError(554, b"spam")), Refused),
        (FailingBackend(sending=smtplib.SMTPServerDisconnected()), Unclear),
        (FailingBackend(sending=TimeoutError()), Unclear),
    ],
)
def test_tells_the_failures_of_mail_apart(settings, monkeypatch, backend, error):
    settings.MESSAGE_GATEWAYS = {"email": "smtp"}
    monkeypatch.setattr(gateways, "get_connection", lambda **options: backend)
    with pytest.raises(error):
        for_channel("email").send(MAIL)
