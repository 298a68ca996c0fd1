"""Builds the app once: for the web, and its Celery for the worker and the beat; nothing else."""

import gc

from calakan.stack import counters
from config import load

collects = gc.isenabled()  # not in a process that has more to load
gc.disable()  # see calakan.stack.gunicorn_conf
counters.share_once(load())

from calakan.app import create_app  # noqa: E402  # it loads what looks for the counters

web = create_app()
app = web.extensions["celery"]
if collects:
    gc.enable()
