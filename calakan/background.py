"""The Celery application: a doorbell for rows that wait in the database. Tasks carry no arguments and no result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from celery import Celery, Task

import config
from calakan.schedule import SCHEDULE
from calakan.stack import broker

if TYPE_CHECKING:
    from flask import Flask  # the beat does without

Work = Callable[[config.Settings], int]
REQUEST_ID = "request_id"  # header of a task that a request rang for
USUAL_SECONDS = 1200  # after which a piece of work is ended
LONG_SECONDS = 12 * 3600


def make_celery(
    app: Flask,
    settings: config.Settings,
    work: Mapping[str, Work],
    *,
    hours: Collection[str],
    before: Callable[[], None],
) -> Celery:
    """For the web, which rings, and the workers, which answer. `before` each piece of work they look about; `hours` may last."""
    from calakan.intake import process  # not for the beat, as below
    from calakan.work import carried_out, counted  # not for the beat, which counts nothing

    class InApp(Task):
        def __call__(self, *args: object, **kwargs: object) -> object:
            given = (self.request.headers or {}).get(REQUEST_ID, "")
            with app.app_context(), carried_out(self.name, given), process.patiently():
                before()
                return self.run(*args, **kwargs)

    celery = doorbell(settings, task_cls=InApp)
    for name, job in work.items():
        _register(celery, name, counted(name, job), settings, LONG_SECONDS if name in hours else USUAL_SECONDS)
    return celery


def doorbell(settings: config.Settings, *, task_cls: type[Task] = Task) -> Celery:
    """Knows the names of the work and its intervals, not the work itself: all that the beat needs."""
    celery = Celery("calakan", task_cls=task_cls, broker=broker.broker_url(settings), set_as_current=False)
    celery.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        # What is not acknowledged is handed out again by the broker; two at the same work would only wait for each other.
        worker_cancel_long_running_tasks_on_connection_loss=True,
        task_time_limit=USUAL_SECONDS,
        task_publish_retry=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": 3600,
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "max_retries": 0,
        },
        timezone="UTC",  # intervals alone, no hours of the day
        worker_hijack_root_logger=False,
        beat_schedule={
            name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
            for name, seconds in SCHEDULE.items()
        },
    )
    return celery


def _register(celery: Celery, name: str, work: Work, settings: config.Settings, seconds: int) -> None:
    @celery.task(name=name, time_limit=seconds)
    def task() -> None:
        work(settings)
