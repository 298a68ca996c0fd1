"""gunicorn's settings, from our own: `gunicorn -c python:calakan.stack.gunicorn_conf`. No routes, no middleware.

The application is built once, in the master, and forked: the workers share its memory.
"""

from __future__ import annotations

import gc
import logging
import os
from pathlib import Path
from typing import Any

from calakan.stack import balanced, counters, die_with
from calakan.stack.warm import warm
from config import load

gc.disable()  # until all is loaded: what stays need not be looked through again and again
_settings = load()
counters.share_once(_settings)

wsgi_app = "celery_worker:web"
# The supervisor's, which outlives this process; alone we listen ourselves.
_given = os.environ.get("WEB_SOCKET")
_address = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
bind = f"fd://{_given}" if _given else _address
worker_class = "calakan.stack.balanced.BalancedWorker"
workers = _settings.web_workers
threads = _settings.web_threads
preload_app = True
graceful_timeout = 8  # the supervisor gives the whole stack 10 s
timeout = 60
keepalive = 5
control_socket_disable = True  # it would live in the home directory, one for all installations
forwarded_allow_ips = ""  # X-Forwarded-* is the application's business alone (trusted_proxies)
loglevel = "warning"
# The heartbeat file must never wait for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # gunicorn makes its files there itself


def on_starting(server: Any) -> None:
    """The application has set up logging by now: what gunicorn says goes the same way, in the same format."""
    log = logging.getLogger("gunicorn.error")
    log.handlers.clear()
    log.propagate = True
    balanced.begin()


def child_exit(server: Any, worker: Any) -> None:
    """A connection that nobody takes is left to nobody."""
    balanced.ended(worker)


def when_ready(server: Any) -> None:
    """Build what would be built at the first requests, in each worker by itself; a fork of the loader has it all.

    Keep what was loaded out of the collector's sight, so that the workers' collections do not unshare its pages. Then tell the supervisor, who waits for it when it renews the web.
    """
    warm(server.app.wsgi())
    gc.collect()
    gc.freeze()
    gc.enable()
    loaded = os.environ.get("WEB_LOADED")
    if loaded:
        os.write(int(loaded), b"1")
        os.close(int(loaded))


def post_fork(server: Any, worker: Any) -> None:
    """In each worker: die with the master; open no connection that the master opened."""
    die_with(worker.ppid)
    # Not at the top: the conf is read first, and an application that cannot load must fail in its own name.
    import calakan.app

    after_fork = getattr(calakan.app, "after_fork", None)
    if after_fork is not None:
        after_fork(worker.app.wsgi())
