"""The only place that joins the parts: settings, database, gate, rooms, background work."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import config
from calakan import logs, policy, wiring
from calakan.api import routes as api
from calakan.background import REQUEST_ID, make_celery
from calakan.bell import Bell
from calakan.certificates import links
from calakan.kernel import db, events, statements, trace, vault
from calakan.kernel.files import opened
from calakan.narasumber import tokens
from calakan.notifications import addresses, devices, letters, marks, topics, ways
from calakan.notifications.channels import opening
from calakan.office import emblems, house
from calakan.office import queries as office
from calakan.people import issuers, passwords
from calakan.people import queries as people_queries
from calakan.people.services import mail_codes, numbers, passkeys
from calakan.web import (
    assets,
    cache,
    chrome,
    drawing,
    gate,
    headers,
    limits,
    messages,
    onward,
    proxies,
    refusals,
    sessions,
    tracing,
)


def create_app(settings: config.Settings | None = None) -> Flask:
    """A ready application. Raises config.InvalidSettings."""
    settings = settings or config.load()
    app = Flask("calakan", static_folder=None, template_folder="web/templates")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=db.engine_options(settings.database_url),
        SESSION_COOKIE_NAME=sessions.cookie_name(settings.base_url),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.login_days),
        MAX_CONTENT_LENGTH=6 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        TESTING=settings.testing,
    )
    app.session_interface = sessions.Sessions()
    app.jinja_environment = drawing.Drawing
    app.extensions["calakan.settings"] = settings
    app.extensions["calakan.files"] = opened(settings)
    if settings.testing:
        passwords.make_cheap()
    logs.set_up(settings)
    _database(app, settings)
    connect(settings)
    _ringing(app, settings)
    app.extensions["calakan.cards"] = wiring.CARDS
    for part in (tracing, proxies, cache, assets, headers, onward, limits, chrome, gate, refusals, api):
        part.init_app(app)
    for blueprint in wiring.BLUEPRINTS:
        app.register_blueprint(blueprint)
    gate.check_table(app, policy.POLICY)
    if settings.production:
        _refuse_demo_accounts(app)
    return app


def _refuse_demo_accounts(app: Flask) -> None:
    """Their password is published, so whoever starts the application, here is where it ends."""
    with app.app_context():
        try:
            found = people_queries.demo_people_exist()
        except SQLAlchemyError:  # not migrated yet, or away; then there is nobody to log in
            found = False
        db.session().rollback()
    if found:
        raise config.InvalidSettings(["demo accounts exist; production does not start with them"])


class _Migrations:
    """Stands where Flask-Migrate looks, and loads it, with Alembic, when somebody migrates: no other process needs them."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate  # see the class

        directory = str(config.ROOT / "migrations")
        Migrate().init_app(self._app, db.db, directory=directory, render_as_batch=True)  # takes our place
        return getattr(self._app.extensions["migrate"], name)


def _database(app: Flask, settings: config.Settings) -> None:
    db.db.init_app(app)
    app.teardown_appcontext(db.let_go)  # before Flask-SQLAlchemy's own: what is registered last goes first
    app.extensions["migrate"] = _Migrations(app)
    with app.app_context():
        db.prepare_engine(db.engine())
        statements.watch(db.engine(), slow_ms=settings.slow_query_ms)


def connect(settings: config.Settings) -> None:
    """Hand the tables of `wiring` to the kernel: one application speaks for its process."""
    events.connect(wiring.REACTIONS)
    db.connect_conflicts(wiring.CONFLICTS)
    messages.connect(wiring.WORDS, strict=not settings.production)
    house.connect(settings.data_dir, many_hosts=settings.many_hosts)
    emblems.connect(opened(settings))
    letters.connect(wiring.LETTERS, base_url=settings.base_url, sender=settings.mail_from)
    vault.connect(settings.data_keys)
    tokens.connect(settings.secret_key)
    links.connect(settings.secret_key)
    topics.connect(settings.secret_key)
    addresses.connect(settings.secret_key)
    ways.connect(opening.configured(settings))
    marks.connect(settings.secret_key)
    mail_codes.connect(settings.secret_key)
    numbers.connect(settings.number_codes_per_day)
    passkeys.connect(settings.base_url)
    issuers.connect(settings.issuers)
    devices.connect(settings.push_hosts)
    office.connect(production=settings.production)


def _ringing(app: Flask, settings: config.Settings) -> None:
    celery: Celery = make_celery(app, settings, wiring.WORK, hours=wiring.HOURS, before=house.refresh)
    worker_process_init.connect(lambda **_: after_fork(app), weak=False)
    app.extensions["celery"] = celery
    if not settings.testing:
        db.connect_ring(Bell(lambda queue: _ring(celery, queue)).ring)


def _ring(celery: Celery, queue: str) -> None:
    """Losing a ring is harmless: the sweep finds the rows within a minute."""
    try:
        celery.send_task(queue, ignore_result=True, headers={REQUEST_ID: trace.current_id()})
    except Exception:
        logging.getLogger(__name__).warning("no broker: %s waits for the sweep", queue)


def after_fork(app: Flask) -> None:
    """A forked process, web or worker, opens its own connections."""
    with app.app_context():
        db.engine().dispose(close=False)
