"""Runs before every request: who is it, may he, is the form ours. An endpoint without a line in the table is refused."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, login_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from calakan.audit import queries as trail
from calakan.audit import services as audit
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Actor
from calakan.people import log_ins, queries
from calakan.people.models import TokenScope
from calakan.people.services import accounts
from calakan.web.access import Access
from calakan.web.addresses import page_of_form
from config import Settings

log = logging.getLogger(__name__)
csrf = CSRFProtect()
WORDS = ("q", "cari")  # the arguments of all searches
PROGRAMS = "api"  # the blueprint whose callers carry bearer tokens instead of cookies
SEEN_EVERY = timedelta(minutes=5)
PROOF_LASTS = timedelta(minutes=15)
Thing = TypeVar("Thing")


class Visitor(UserMixin):
    """What Flask-Login keeps: the secret of the log-in row, and what the row led to."""

    def __init__(self, secret: str, logged: log_ins.LoggedIn) -> None:
        self.id = secret
        self.logged = logged


def login_limits(settings: Settings) -> log_ins.LoginLimits:
    """How long log-ins count."""
    return log_ins.LoginLimits(
        idle=timedelta(minutes=settings.login_idle_minutes),
        staff=timedelta(hours=settings.login_staff_hours),
        everyone=timedelta(days=settings.login_days),
    )


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["calakan.settings"]
    # Its context processor would look the visitor up again, on the page that says that the database is away.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None

    @manager.user_loader
    def _load(secret: str) -> Visitor | None:
        logged = log_ins.logged_in(secret, now=clock.now(), limits=login_limits(settings))
        return Visitor(secret, logged) if logged is not None else None

    csrf.init_app(app)
    app.before_request(_gate)
    app.after_request(_note)
    app.jinja_env.globals.update(may=may, csrf_token=generate_csrf)
    app.jinja_env.tests["opens"] = may


def check_table(app: Flask, table: dict[str, Access]) -> None:
    app.extensions["calakan.policy"] = table


def _gate() -> Response | None:
    if request.endpoint is None:
        return None
    # PostgreSQL cannot hold a NUL, and neither an address of ours nor a keyboard has one.
    if "\x00" in request.path or any("\x00" in value for _, value in request.values.items(multi=True)):
        abort(400)
    access: Access | None = current_app.extensions["calakan.policy"].get(request.endpoint)
    if access is None:
        log.error("endpoint %s has no line in the policy table", request.endpoint)
        abort(403)
    if access.for_machines:
        return None
    program = request.blueprint == PROGRAMS
    visitor = None if program else manager_user()
    if visitor is not None:
        _prolong()
    g.visitor = visitor
    g.actor = _bearer() if program else visitor.logged.actor if visitor is not None else None
    g.subject = None
    if access.subject is not None:
        g.subject = access.subject(**(request.view_args or {}))
        if g.subject is None:
            abort(404)
    if not access.allows(g.actor, g.subject):
        if g.actor is None and not access.anonymous:
            if program:
                abort(401)
            return _to_login()
        abort(404 if access.hidden or access.anonymous else 403)
    unsafe = request.method not in ("GET", "HEAD", "OPTIONS")
    tokenless = program or access.by_link or (access.kept_page and _from_our_page())
    if unsafe and not tokenless and current_app.config.get("WTF_CSRF_ENABLED", True):
        csrf.protect()
    if program and g.actor is not None:
        _check_scope(access, unsafe=unsafe)
    _note_seen(visitor)
    return _asked_first(visitor, access) if visitor is not None else None


def _from_our_page() -> bool:
    """Whether the browser vouches that the form stood on a page of this site; no page of another can make it say so."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "")
    return site == "same-origin" if site is not None else urlsplit(origin).netloc == request.host


def _asked_first(visitor: Visitor, access: Access) -> Response | None:
    """To the page that asks who one is, before a dangerous act; or to the second factor that the office demands."""
    if access.proven and visitor.logged.proved_at + PROOF_LASTS <= clock.now():
        sent = request.method not in ("GET", "HEAD")
        if sent:
            flash("Pastikan dulu bahwa ini Bapak/Ibu, lalu ulangi.", "warn")
        return redirect(url_for("second_factor.prove", next=page_of_form() if sent else _here()), 303)
    own = request.blueprint in ("second_factor", "passkeys") or request.endpoint == "people.logout"
    if visitor.logged.lacks_second_factor and not access.anonymous and not own:
        flash("Panitia diwajibkan memakai verifikasi dua langkah. Siapkan dulu, hanya satu kali.", "warn")
        return redirect(url_for("second_factor.page"), 303)
    return None


def _here() -> str:
    return request.full_path.rstrip("?")


def _bearer() -> Actor | None:
    """The owner of the request's bearer token. Cookies say nothing here, so no foreign page can act through a browser."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    held = queries.bearer(token.strip(), now=clock.now()) if scheme.lower() == "bearer" and token.strip() else None
    if held is None or not queries.may_act_by_token(held[0]):
        abort(401)
    person, g.token_scope = held
    g.token_hash = codes.hashed(token.strip())
    return queries.actor_of(person)


def _check_scope(access: Access, *, unsafe: bool) -> None:
    """A token does no more than it was made for; what asks a visitor for proof asks a program for a token of that proof."""
    if unsafe and g.token_scope is TokenScope.READ:
        abort(403)
    if access.proven and g.token_scope is not TokenScope.ROLES:
        abort(403)


def _note(answer: Response) -> Response:
    """Whose data were seen, by whom, and how they were asked for; the answer does not leave without its line."""
    access = current_app.extensions["calakan.policy"].get(request.endpoint or "")
    # A form that was refused comes back on the same page; 206 is a part of a file, which may be all of it.
    if access is None or not access.noted or answer.status_code not in (200, 206, 422):
        return answer
    about, path = access.noted_of(g.subject), request.path[:200]
    kind, id = type(about), getattr(about, "id", None)
    # Of what is one thing, whichever part of it was opened; else of the page.
    thing, page = (kind.__tablename__, id) if id is not None else ("", None), path if id is None else ""
    today = clock.start_of(clock.today())
    asked = _asked()
    try:
        if access.noted_daily and trail.has_acted(actor().person_id, access.noted, *thing, path=page, since=today):
            return answer
        with db.transaction() as held:
            seen = held.get(kind, id) if id is not None else None
            audit.record(access.noted, seen, actor=g.actor, now=clock.now(), path=path, asked=asked)
    except Exception as error:  # this late, Flask would ask none of our pages of refusal
        return current_app.make_response(current_app.handle_user_exception(error))
    return answer


def _asked() -> str:
    """The filters, but no word that somebody was searched by: names and NIP would outlive an erasure on the trail."""
    pairs = parse_qsl(request.query_string.decode("utf-8", "replace"), keep_blank_values=True)
    return urlencode([(name, "*" if value and name in WORDS else value) for name, value in pairs])[:300]


def token_hash() -> str:
    """Which token a program used; only for endpoints of programs that are not open to all."""
    found: str = g.token_hash
    return found


def manager_user() -> Visitor | None:
    """The visitor of this request; anonymous requests without a session ask the database nothing."""
    if "_user_id" not in session:
        return None
    user = current_app.login_manager._load_user() or g.get("_login_user")  # type: ignore[attr-defined]  # the extension adds it to the application
    return user if isinstance(user, Visitor) else None


def _to_login() -> Response:
    if request.method == "GET":
        return redirect(url_for("people.login", next=_here()))
    flash("Silakan masuk dulu, lalu ulangi.", "warn")
    return redirect(url_for("people.login", next=page_of_form()))


def _note_seen(visitor: Visitor | None) -> None:
    """The one write that a GET may cause: idle time-outs need to know when a log-in was last used."""
    now = clock.now()
    if visitor is not None and visitor.logged.last_seen_at + SEEN_EVERY <= now:
        subject = g.subject
        try:
            with db.at_once(), db.transaction():  # whoever only reads waits for no writer; the next request notes it
                accounts.seen(visitor.logged.login_id, now=now)
        except OperationalError:
            log.info("when a log-in was last used is not noted: the database is busy")
        if subject is not None:
            access = current_app.extensions["calakan.policy"][request.endpoint]
            g.subject = access.subject(**(request.view_args or {}))


def _prolong() -> None:
    """The cookie lasts from the last day on which it was used; written once a day, since it is written when it changed."""
    today = clock.today().isoformat()
    if session.get("day") != today:
        session["day"] = today


def start_login(secret: str) -> None:
    """A fresh session, so that an id from before the log-in is worthless afterwards."""
    session.clear()
    session.permanent = True
    _prolong()
    logged = log_ins.logged_in(secret, now=clock.now(), limits=login_limits(current_app.extensions["calakan.settings"]))
    if logged is not None:
        login_user(Visitor(secret, logged))


def past_notice(person_id: int, target: str) -> str:
    """Where somebody goes who has just logged in: by way of the privacy notice, if he did not read the one of today."""
    person = queries.person(person_id)
    asked = person is not None and not person.knows_notice
    return url_for("people.notice", next=target) if asked else target


def actor() -> Actor:
    """Whoever acts in this request; only for endpoints that are not open to all."""
    found: Actor | None = g.actor
    assert found is not None
    return found


def me() -> int:
    """The person who acts in this request; only for endpoints that are not open to all."""
    person_id = actor().person_id
    assert person_id is not None
    return person_id


def logged_in() -> log_ins.LoggedIn:
    """The log-in of this request; only for endpoints that are not open to all."""
    visitor: Visitor | None = g.visitor
    assert visitor is not None
    return visitor.logged


def actor_or_none() -> Actor | None:
    found: Actor | None = g.get("actor")
    return found


def subject(kind: type[Thing]) -> Thing:
    """The thing the gate loaded for this address."""
    found = g.subject
    assert isinstance(found, kind)
    return found


def may(endpoint: str, thing: Any = None) -> bool:
    """The same table for templates."""
    access: Access = current_app.extensions["calakan.policy"][endpoint]
    return access.allows(actor_or_none(), thing)
