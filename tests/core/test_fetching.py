"""Asking other servers: where it may not lead, and what an answer may not do."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from core import fetching

ANSWERS = {
    "/ok": (200, b'{"a": 1}', {}),
    "/large": (200, b"[" + b"1," * 2000 + b"1]", {}),
    "/html": (200, b"<html>", {}),
    "/moved": (302, b"", {"Location": "http://169.254.169.254/"}),
    "/wrong": (400, b"{}", {}),
    "/broken": (503, b"", {}),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body, headers = ANSWERS[self.path]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    made = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


@pytest.fixture(autouse=True)
def own_network(settings) -> None:
    settings.FEED_PRIVATE_HOSTS = ["127.0.0.1"]


def test_reads_json_of_a_named_host(server):
    assert fetching.fetch_json(f"{server}/ok") == {"a": 1}


@pytest.mark.parametrize(
    ("path", "error", "sentence"),
    [
        ("/large", fetching.CannotFetch, "超过"),
        ("/html", fetching.CannotFetch, "不是 JSON"),
        ("/moved", fetching.CannotFetch, "没有跟过去"),
        ("/wrong", fetching.Rejected, "请求不对"),
        ("/broken", fetching.CannotFetch, "稍后"),
    ],
)
def test_refuses_an_answer_that_cannot_be_used(server, path, error, sentence):
    with pytest.raises(error, match=sentence):
        fetching.fetch_json(f"{server}{path}", max_bytes=1000)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "169.254.169.254",
        "192.168.1.1",
        "::1",
        "::ffff:10.0.0.8",
        "fe80::1%eth0",
        "224.0.0.1",
        "0.0.0.0",
    ],
)
def test_refuses_a_name_that_leads_inside(monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [(0, 0, 0, "", (address, 443))])
    with pytest.raises(fetching.CannotFetch, match="内部地址"):
        fetching.fetch_json("https://jobs.example.org/")


def test_refuses_a_name_of_which_only_one_address_leads_inside(monkeypatch):
    found = [(0, 0, 0, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(fetching.CannotFetch, match="内部地址"):
        fetching.fetch_json("https://jobs.example.org/")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://jobs.example.org/", "https"),
        ("file:///etc/passwd", "地址不对"),
        ("https://user:pw@jobs.example.org/", "地址不对"),
        ("https://jobs.example.org:99999/", "地址不对"),
        ("https://" + "x" * 1001, "地址不对"),
        ("ftp://127.0.0.1/", "https"),
    ],
)
def test_refuses_an_address_it_should_not_ask(address, sentence):
    with pytest.raises(fetching.CannotFetch, match=sentence):
        fetching.fetch_json(address)
