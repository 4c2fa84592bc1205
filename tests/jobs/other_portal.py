"""Another portal, in a process of its own and on a database of its own, for tests of two portals.

It answers over HTTP, and does what is written to its input, a line of JSON each; each line is answered with one.
"""

import json
import os
import sys
import threading
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing: the output is for answers."""


def _serve() -> str:
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _add(*titles: str) -> list[str]:
    from tests.jobs import factories

    return [str(factories.posting(title=title).public_id) for title in titles]


def _change(number: str, **values: Any) -> int:
    from jobs.models import Posting

    return Posting.objects.filter(public_id=number).update(**values)


def _follow(address: str) -> str:
    from tests.jobs.mirrors import follow

    return follow(address)


def _shown() -> dict[str, list[list[Any]]]:
    from tests.jobs.mirrors import shown

    return shown()


def main() -> None:
    """Do as told until the input ends."""
    settings.CACHES["default"]["KEY_PREFIX"] = f"test-other-{os.getpid()}"
    settings.FEED_PRIVATE_HOSTS = ["localhost", "127.0.0.1"]
    django.setup()
    from core import audit, clock
    from tests.jobs.conftest import alone
    from tests.plugins.cache import forget

    clock.horizon = alone
    doing = {"add": _add, "change": _change, "follow": _follow, "shown": _shown, "serve": _serve}
    for line in sys.stdin:
        asked = json.loads(line)
        with audit.context(channel="test"):
            said = doing[asked["do"]](*asked.get("args", []), **asked.get("values", {}))
        print(json.dumps(said), flush=True)
    forget(settings.CACHES["default"]["KEY_PREFIX"])


if __name__ == "__main__":
    main()
