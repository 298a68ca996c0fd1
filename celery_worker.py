"""Builds the app and hands its Celery to the worker and the beat; nothing else."""

import gc

from calakan.stack import counters
from config import load

gc.disable()  # see calakan.stack.gunicorn_conf
counters.share_once(load())

from calakan.app import create_app  # noqa: E402  # it loads what looks for the counters

app = create_app().extensions["celery"]
gc.enable()
