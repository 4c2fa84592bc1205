"""Settings of gunicorn in production: `gunicorn --config portal/gunicorn_conf.py portal.wsgi`."""

import os
from typing import Any

from portal.settings.logs import configure_structlog, logging_config

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 -- a disk may stall the heartbeat

configure_structlog()
logconfig_dict = logging_config(json=True)


def child_exit(server: Any, worker: Any) -> None:
    """Take a gone process out of the figures that all workers share."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
