"""The ways out: files for trying things, an HTTP gateway for text messages, SMTP for e-mail. Named by settings."""

import json
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog
import urllib3
from cryptography.hazmat.primitives import hashes, hmac
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from people.identifiers import mask_email, mask_phone

log = structlog.get_logger(__name__)
CONNECT_SECONDS = 5
READ_SECONDS = 15


class Refused(Exception):
    """The gateway will never take this message (bad address, forbidden text)."""


class TryLater(Exception):
    """The message was certainly not sent; another try may succeed."""


class Unclear(Exception):
    """The message may or may not have been sent."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a gateway gets. `id` stays the same over all tries: the gateway's deduplication key."""

    id: UUID
    address: str
    title: str
    text: str


class Gateway(Protocol):
    """A way out. `deduplicates` says that it sends a second request with the same id only once."""

    name: str
    deduplicates: bool

    def send(self, letter: Letter) -> str:
        """Send, and return the gateway's own number for it.

        :raises Refused, TryLater, Unclear: see there.
        """


class FileGateway:
    """Appends to a file under `OUTBOX_DIR`, with the address masked: a developer finds login codes there."""

    name = "file"
    deduplicates = False

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._path = Path(settings.OUTBOX_DIR) / f"{channel}.jsonl"

    def send(self, letter: Letter) -> str:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(_masked(self._channel, letter), ensure_ascii=False) + "\n")
        return str(letter.id)


class ConsoleGateway:
    """Writes to the log, with the address masked."""

    name = "console"
    deduplicates = False

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def send(self, letter: Letter) -> str:
        log.info("message", **_masked(self._channel, letter))
        return str(letter.id)


class HttpGateway:
    """POSTs JSON to a text message gateway.

    The body is `{"id", "to", "sign", "text"}`. Headers: `X-Timestamp`, and `X-Signature`, the hexadecimal HMAC-SM3 of
    timestamp, line feed and body under the shared secret. Answers: 2xx with `{"id": …}` took it; 408, 425, 429 and 503
    did not and may be asked again; other 4xx refuse for good; anything else is unclear.
    """

    name = "http"

    def __init__(self, channel: str) -> None:
        self.deduplicates = bool(settings.SMS_HTTP_DEDUPLICATES)
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS), retries=False
        )

    def send(self, letter: Letter) -> str:
        content = {"id": str(letter.id), "to": letter.address, "sign": settings.SMS_SIGN, "text": letter.text}
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        headers = {"Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": sign(stamp, body)}
        try:
            answer = self._pool.request("POST", settings.SMS_HTTP_URL, body=body, headers=headers)
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            raise TryLater(type(error).__name__) from None
        except urllib3.exceptions.HTTPError as error:
            raise Unclear(type(error).__name__) from None
        if 200 <= answer.status < 300:
            return _number(answer.data)
        if answer.status in (408, 425, 429, 503):
            raise TryLater(f"HTTP {answer.status}")
        if 400 <= answer.status < 500:
            raise Refused(f"HTTP {answer.status}")
        raise Unclear(f"HTTP {answer.status}")


class SmtpGateway:
    """Sends through Django's e-mail settings. Mail servers do not deduplicate."""

    name = "smtp"
    deduplicates = False

    def __init__(self, channel: str) -> None:
        pass

    def send(self, letter: Letter) -> str:
        connection = get_connection(timeout=READ_SECONDS)
        headers = {"Message-ID": f"<{letter.id}@{settings.EMAIL_ID_DOMAIN}>"}
        mail = EmailMessage(letter.title, letter.text, to=[letter.address], headers=headers, connection=connection)
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(type(error).__name__) from None
        try:
            connection.send_messages([mail])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
            raise Refused(type(error).__name__) from None
        except smtplib.SMTPResponseException as error:
            raise (TryLater if 400 <= error.smtp_code < 500 else Refused)(f"SMTP {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unclear(type(error).__name__) from None
        finally:
            connection.close()
        return headers["Message-ID"]


KINDS: dict[str, Callable[[str], Gateway]] = {
    "file": FileGateway,
    "console": ConsoleGateway,
    "http": HttpGateway,
    "smtp": SmtpGateway,
}


def for_channel(channel: str) -> Gateway:
    """Return the gateway that the settings name for a channel ("sms" or "email")."""
    return KINDS[settings.MESSAGE_GATEWAYS[channel]](channel)


def sign(stamp: str, body: bytes) -> str:
    """Return the signature of a request to the HTTP gateway."""
    mac = hmac.HMAC(settings.SMS_HTTP_SECRET.encode(), hashes.SM3())
    mac.update(stamp.encode() + b"\n" + body)
    return mac.finalize().hex()


def _number(data: bytes) -> str:
    try:
        return str(json.loads(data)["id"])[:100]
    except (ValueError, KeyError, TypeError):
        return ""


def _masked(channel: str, letter: Letter) -> dict[str, str]:
    to = mask_email(letter.address) if channel == "email" else mask_phone(letter.address)
    return {"id": str(letter.id), "at": timezone.localtime().isoformat("T", "seconds"), "to": to, "text": letter.text}
