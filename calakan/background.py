"""The Celery application: a doorbell for rows that wait in the database. Tasks carry no arguments and no result."""

from __future__ import annotations

from celery import Celery, Task
from flask import Flask

import config
from calakan import wiring
from calakan.kernel.clock import WIB


def make_celery(app: Flask, settings: config.Settings, *, broker_url: str) -> Celery:
    class InApp(Task):
        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery("calakan", task_cls=InApp, broker=broker_url, set_as_current=False)
    celery.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_time_limit=1200,
        task_publish_retry=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": 3600,
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "max_retries": 0,
        },
        timezone=str(WIB),
        worker_hijack_root_logger=False,
        beat_schedule={
            name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
            for name, seconds in wiring.SCHEDULE.items()
        },
    )
    for name, work in wiring.WORK.items():
        _register(celery, name, work, settings)
    return celery


def _register(celery: Celery, name: str, work: wiring.Work, settings: config.Settings) -> None:
    @celery.task(name=name)
    def task() -> None:
        work(settings)
