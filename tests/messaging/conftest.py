import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from messaging import gateways


class FakeGateway:
    """Keeps what it was given; `answers` are raised in turn before it takes a message."""

    name = "fake"

    def __init__(self):
        self.deduplicates = False
        self.answers = []
        self.letters = []

    def send(self, letter):
        self.letters.append(letter)
        if self.answers:
            raise self.answers.pop(0)
        return f"no-{len(self.letters)}"


@pytest.fixture
def gateway(monkeypatch, settings):
    """Stands for both ways out."""
    fake = FakeGateway()
    monkeypatch.setitem(gateways.KINDS, "fake", lambda channel: fake)
    settings.MESSAGE_GATEWAYS = {"sms": "fake", "email": "fake"}
    return fake


class SmsServer(ThreadingHTTPServer):
    """A text message gateway on the loopback: `answer(handler)` decides what happens to each request."""

    daemon_threads = True

    def __init__(self):
        self.requests = []
        self.answer = lambda handler: handler.reply(200, {"id": "G1"})
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/send"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers), body))
        self.server.answer(self)

    def reply(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def sms_server(settings):
    server = SmsServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_HTTP_URL, settings.SMS_HTTP_SECRET = server.url, "shared secret"
    yield server
    server.shutdown()
    server.server_close()
