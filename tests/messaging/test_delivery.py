import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, connections

from core import audit
from messaging import delivery, outbox
from messaging.gateways import Refused, TryLater, Unclear
from messaging.models import Outbox
from tests import factories

DAYTIME = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def daytime():
    with time_machine.travel(DAYTIME, tick=False) as clock:
        yield clock


def queue(key="answer:1", **changes):
    outbox.send(
        to=factories.person(),
        template="application_answered",
        context={"title": "焊工", "employer": "某厂", "status": "约面试", "reason": "周五九点来。"},
        key=key,
        channels=("sms",),
    )
    row = Outbox.objects.get(key=key)
    Outbox.objects.filter(pk=row.pk).update(**changes)
    return row


def state(row):
    row.refresh_from_db()
    return row.status


def test_sends_what_is_due_and_keeps_the_gateways_number(gateway):
    row = queue()
    assert delivery.sweep() == {"sent": 1}
    assert state(row) == "sent"
    assert (row.gateway, row.gateway_id, row.attempts, row.sent_at) == ("fake", "no-1", 1, DAYTIME)
    assert gateway.letters[0].id == row.public_id
    assert gateway.letters[0].text.startswith("某厂对“焊工”的答复")
    assert delivery.sweep() == {}


def test_waits_longer_after_each_failed_try_and_gives_up_at_last(gateway, daytime):
    row = queue()
    gateway.answers = [TryLater("HTTP 503")] * 9
    waited = []
    while state(row) == "queued":
        delivery.sweep()
        row.refresh_from_db()
        if row.status == "queued":
            waited.append((row.next_try_at - delivery.timezone.now()).total_seconds() / 60)
            assert delivery.sweep() == {}
            # In daytime again, whatever the wait.
            Outbox.objects.filter(pk=row.pk).update(next_try_at=DAYTIME)
    assert waited == list(delivery.RETRY_MINUTES)
    assert (row.status, row.reason, row.attempts) == ("failed", "HTTP 503", 6)


def test_gives_up_at_once_when_the_gateway_refuses(gateway):
    row = queue()
    gateway.answers = [Refused("HTTP 400")]
    assert delivery.sweep() == {"failed": 1}
    assert state(row) == "failed"


def test_leaves_an_unclear_outcome_alone_where_the_gateway_does_not_deduplicate(gateway):
    row = queue()
    gateway.answers = [Unclear("ReadTimeoutError")]
    assert delivery.sweep() == {"unknown": 1}
    assert state(row) == "unknown"
    assert delivery.sweep() == {}
    assert len(gateway.letters) == 1


def test_tries_an_unclear_one_again_under_the_same_id_where_it_does(gateway, daytime):
    row = queue()
    gateway.deduplicates = True
    gateway.answers = [Unclear("ReadTimeoutError")]
    delivery.sweep()
    daytime.shift(timedelta(minutes=2))
    assert delivery.sweep() == {"sent": 1}
    assert [letter.id for letter in gateway.letters] == [row.public_id] * 2


@pytest.mark.parametrize(("hour", "quiet"), [(20, False), (21, True), (23, True), (3, True), (7, True), (8, False)])
def test_knows_the_quiet_hours(hour, quiet):
    assert delivery.is_quiet(datetime(2026, 11, 20, (hour - 8) % 24, 0, tzinfo=UTC)) is quiet


def test_lets_only_login_codes_and_mail_out_at_night(gateway, daytime):
    ordinary, urgent = queue(), queue("code:1", is_urgent=True)
    mail = queue("mail:1", channel="email")
    daytime.shift(timedelta(hours=12))
    assert delivery.sweep() == {"sent": 2}
    assert (state(ordinary), state(urgent), state(mail)) == ("queued", "sent", "sent")
    daytime.shift(timedelta(hours=10))
    assert delivery.sweep() == {"sent": 1}


def test_sends_the_urgent_first(gateway):
    queue()
    urgent = queue("code:1", is_urgent=True)
    delivery.sweep(limit=1)
    assert gateway.letters[0].id == urgent.public_id


def test_drops_what_came_too_late(gateway):
    row = queue(expires_at=DAYTIME - timedelta(seconds=1))
    assert delivery.sweep() == {"dropped": 1}
    assert (state(row), gateway.letters) == ("dropped", [])


def test_reports_on_the_command_line(gateway, capsys):
    queue()
    call_command("sweep_outbox")
    assert "已发送 1 条" in capsys.readouterr().out
    call_command("sweep_outbox")
    assert "没有到期" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_commits_that_it_sends_before_it_sends(gateway, monkeypatch):
    row = queue()
    seen = []

    def look(letter):
        assert not connection.in_atomic_block
        seen.append(from_another_connection(lambda: Outbox.objects.get(pk=row.pk).status))
        return "no-1"

    monkeypatch.setattr(gateway, "send", look)
    delivery.sweep()
    assert seen == ["sending"]


@pytest.mark.django_db(transaction=True)
def test_never_lets_two_sweepers_take_the_same_row(gateway, monkeypatch):
    for number in range(6):
        queue(f"answer:{number}")
    barrier = threading.Barrier(2, timeout=10)
    met = threading.local()
    original = gateway.send

    def meet(letter):
        if not hasattr(met, "once"):
            met.once = barrier.wait()
        return original(letter)

    monkeypatch.setattr(gateway, "send", meet)
    other = threading.Thread(target=from_another_connection, args=(delivery.sweep,))
    other.start()
    delivery.sweep()
    other.join()
    assert len(gateway.letters) == len({letter.id for letter in gateway.letters}) == 6
    assert set(Outbox.objects.values_list("status", flat=True)) == {"sent"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deduplicates", [False, True])
def test_knows_what_a_killed_worker_left_behind(sms_server, settings, daytime, deduplicates):
    settings.MESSAGE_GATEWAYS = {"sms": "http", "email": "file"}
    settings.SMS_HTTP_DEDUPLICATES = deduplicates
    row = queue(next_try_at=datetime(2020, 1, 1, tzinfo=UTC), is_urgent=True)
    reached = threading.Event()
    sms_server.answer = lambda handler: (reached.set(), threading.Event().wait(20))
    worker = start_worker(sms_server.url)
    assert reached.wait(30), worker.communicate()
    worker.send_signal(signal.SIGKILL)
    worker.communicate()

    assert state(row) == "sending"
    sms_server.answer = lambda handler: handler.reply(200, {"id": "G2"})
    Outbox.objects.filter(pk=row.pk).update(claimed_at=DAYTIME)
    daytime.shift(timedelta(minutes=4))
    assert delivery.sweep() == {}, "it may still be at work"
    daytime.shift(timedelta(minutes=2))
    delivery.sweep()
    daytime.shift(timedelta(minutes=2))
    delivery.sweep()
    if deduplicates:
        assert (state(row), row.gateway_id) == ("sent", "G2")
        assert len(sms_server.requests) == 2
        assert sms_server.requests[0][1] == sms_server.requests[1][1], "the same id, for the gateway to see"
    else:
        assert (state(row), row.reason) == ("unknown", "发送中断，不知道是否发出")
        assert len(sms_server.requests) == 1


def start_worker(url):
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings; settings.MESSAGE_GATEWAYS = {'sms': 'http', 'email': 'file'}\n"
        "from messaging.tasks import sweep_outbox; sweep_outbox()"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "SMS_HTTP_URL": url,
    }
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=django_settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def from_another_connection(work):
    """Run in a thread of its own, so with a connection of its own."""
    answers = []

    def run():
        with audit.context(channel="test"):
            answers.append(work())
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]
