"""Asking another server for JSON or another text, so that neither its address nor its answer can hurt: for addresses that people type.

The name is looked up once and that address is asked, so that it cannot point elsewhere a moment later; private, local
and reserved addresses are refused unless the host is named in `settings.FEED_PRIVATE_HOSTS`; nothing is followed to
another place; time and size are bounded.
"""

import ipaddress
import json
import socket
import time
from typing import Any
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3
from django.conf import settings

from core.errors import DomainError

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5, 15, 60
MAX_BYTES = 16 * 1024 * 1024
CHUNK = 64 * 1024
MAX_ADDRESS = 1000


class CannotFetch(DomainError):
    """There is no answer that can be used; the message says why."""


class Rejected(CannotFetch):
    """The server understood and says that the question is wrong (4xx): asking again will not help."""


def fetch_json(address: str, *, max_bytes: int = MAX_BYTES) -> Any:
    """Return what a server answers to GET, as JSON.

    :raises CannotFetch: as of `fetch`, or the answer is no JSON.
    :raises Rejected: the answer is 4xx other than 408 and 429.
    """
    return _parsed(fetch(address, max_bytes=max_bytes), urlsplit(address).hostname or "")


def fetch(address: str, *, accept: str = "application/json", max_bytes: int = MAX_BYTES) -> bytes:
    """Return what a server answers to GET.

    :raises CannotFetch: the address may not be asked, nobody answers in time, or the answer is too large.
    :raises Rejected: the answer is 4xx other than 408 and 429.
    """
    parts = _checked(address)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    pool = _pool(parts.scheme, host, _lookup(host, port), port)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = {"Host": parts.netloc, "Accept": accept, "User-Agent": "portal-feed/1"}
    try:
        answer = pool.request("GET", target, headers=headers, redirect=False, retries=False, preload_content=False)
        try:
            _require_success(answer.status, host)
            return _body(answer, host, max_bytes)
        finally:
            answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise CannotFetch(f"{host} 没有按时答复（{type(error).__name__}）。稍后会再试。") from error
    finally:
        pool.close()


def _checked(address: str) -> SplitResult:
    parts = urlsplit(address[: MAX_ADDRESS + 1])
    try:
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        port_is_fine = False
    if len(address) > MAX_ADDRESS or not parts.hostname or parts.username or not port_is_fine:
        raise CannotFetch("地址不对。请写完整的网址，不带账号，不超过 1000 个字符。")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in settings.FEED_PRIVATE_HOSTS):
        raise CannotFetch("只能用 https 地址；http 只能用于登记过的内网主机。")
    return parts


def _lookup(host: str, port: int) -> str:
    """Return the one address that is asked."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise CannotFetch(f"找不到主机 {host}。请核对地址。") from error
    if host not in settings.FEED_PRIVATE_HOSTS and not all(map(_is_public, found)):
        raise CannotFetch(f"{host} 是内部地址，不能从这里读取。")
    return found[0]


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return bool((mapped or found).is_global and not found.is_multicast)


def _pool(scheme: str, host: str, address: str, port: int) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
        server_hostname=host,
        assert_hostname=host,
    )


def _require_success(status: int, host: str) -> None:
    if status == 200:
        return
    if 300 <= status < 400:
        raise CannotFetch(f"{host} 要转到别的地址，没有跟过去。请登记最终的地址。")
    if 400 <= status < 500 and status not in (408, 429):
        raise Rejected(f"{host} 说请求不对（{status}）。")
    raise CannotFetch(f"{host} 现在答复不了（{status}）。稍后会再试。")


def _body(answer: urllib3.BaseHTTPResponse, host: str, max_bytes: int) -> bytes:
    began, body = time.monotonic(), bytearray()
    for chunk in answer.stream(CHUNK, decode_content=True):
        body += chunk
        if len(body) > max_bytes:
            raise CannotFetch(f"{host} 的答复超过 {max_bytes // 1024 // 1024} MB。请对方减小每页行数。")
        if time.monotonic() - began > TOTAL_SECONDS:
            raise CannotFetch(f"{host} 的答复太慢，{TOTAL_SECONDS} 秒没有读完。稍后会再试。")
    return bytes(body)


def _parsed(body: bytes, host: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CannotFetch(f"{host} 的答复不是 JSON。请核对地址。") from error
