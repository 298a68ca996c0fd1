"""The Celery worker's hooks, loaded by its `--include`. No tasks, no settings."""

from __future__ import annotations

import gc
import os

from celery.signals import worker_before_create_process, worker_process_init

from calakan.stack import die_with

_main = 0


def before_fork(**_: object) -> None:
    """Keep what was loaded out of the collector's sight, so that the pool's processes go on sharing its pages."""
    global _main
    _main = os.getpid()
    gc.collect()
    gc.freeze()


def after_fork(**_: object) -> None:
    """In each process of the pool: die with the worker. Celery asks for it too, but not whether it is too late."""
    die_with(_main)


worker_before_create_process.connect(before_fork)
worker_process_init.connect(after_fork)
