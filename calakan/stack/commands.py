"""The command of each process of the stack, as anybody may start it by itself."""

from __future__ import annotations

import sys

from config import Settings


def commands(settings: Settings) -> dict[str, list[str]]:
    """By the name of the process: web, worker, beat."""
    # The warning is about pickle, which we refuse; in a container everything runs as root.
    as_root = ["-W", "ignore:You're running the worker with superuser privileges"]
    celery = [sys.executable, *as_root, "-m", "celery", "--quiet", "-A"]
    schedule = settings.data_dir / "beat-schedule"
    worker = ["worker", "--pool", "prefork", "--concurrency", str(settings.task_workers), "-O", "fair"]
    # Nobody listens to these: one worker node, and liveness is judged by the age of the oldest due row.
    silent = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "beat": [*celery, "calakan.stack.beat", "beat", "--schedule", str(schedule), "--loglevel", "WARNING"],
        "worker": [
            *celery,
            "celery_worker",
            *worker,
            *silent,
            "--include",
            "calakan.stack.worker_conf",
            "--loglevel",
            "WARNING",
        ],
        "web": [sys.executable, "-m", "gunicorn", "-c", "python:calakan.stack.gunicorn_conf"],
    }
