"""The health checks of the containers. Standard library only: it runs every half minute.

python portal/probe.py web      asks /readyz as the proxy would
python portal/probe.py beat     beat must have queued something in the last five minutes
"""

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 300


def web() -> bool:
    """Ask the web server of this container, in the name of the first allowed host."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/readyz"
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(address, headers=headers)
    try:
        return bool(urllib.request.urlopen(request, timeout=5).status == 200)  # noqa: S310 -- always ourselves
    except (urllib.error.URLError, OSError):
        return False


def beat() -> bool:
    """Look at the file that beat touches whenever it queues a task."""
    alive = Path(os.environ.get("BEAT_ALIVE_FILE", "/tmp/beat-alive"))  # noqa: S108 -- inside beat's own container
    return alive.exists() and time.time() - alive.stat().st_mtime < PATIENCE


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "beat": beat}[sys.argv[1]]() else 1)
