"""What the application builds when it is first asked for, built before anybody asks, once for all processes that are forked."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

import config

if TYPE_CHECKING:
    from flask import Flask

WARM_SECONDS = 10.0
WARMED = "warmed"  # in the extensions of an application
# Pages that a hall asks for within the same minute. Each takes some 10 to 60 ms of processor to build, in each process.
TEMPLATES = (
    "assessment/_mine.html",
    "assessment/_states.html",
    "attendance/check_in.html",
    "attendance/progress.html",
    "completion/_paper.html",
    "desk/_cards.html",
    "desk/today.html",
    "diklat/detail.html",
    "enrolment/joined.html",
    "enrolment/mine.html",
    "materials/_list.html",
    "people/login.html",
)


def warm(web: Flask) -> None:
    """Mappers and templates, and by one page the routes and the statements that all pages have."""
    if web.extensions.get(WARMED):
        return
    web.extensions[WARMED] = True
    # Whoever imports this has not loaded the application yet, and loads it with the collector off.
    from sqlalchemy.orm import configure_mappers

    from calakan.kernel import db

    configure_mappers()
    for name in TEMPLATES:
        web.jinja_env.get_template(name)
    ask(web)
    with web.app_context():
        db.engine().dispose()


def ask(web: Flask) -> None:
    """A silent database is not waited for."""

    def give_up(*_: object) -> None:
        raise TimeoutError

    usual = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, WARM_SECONDS)
    with contextlib.suppress(TimeoutError):
        web.test_client().get("/diklat", base_url=config.load().base_url)
        signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, usual)
