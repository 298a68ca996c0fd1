"""How often an address may try: log-ins, codes, checks. Counted in the broker, or in memory while it is away."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from calakan.stack import broker
from calakan.web import gate
from config import Settings

limiter = Limiter(key_func=get_remote_address, strategy="moving-window", swallow_errors=True)


def failed(answer: Response) -> bool:
    """Only failures count against an address: behind one router sits a whole hall."""
    return answer.status_code == 422


def mailed(answer: Response) -> bool:
    """What was only asked again caused no mail."""
    return answer.status_code == 303


def strangers() -> str:
    """How often an address may ask for mails to people who are not logged in; each mailbox has its own limit besides."""
    settings: Settings = current_app.extensions["calakan.settings"]
    return f"{settings.sign_ups_per_hour} per hour"


def person() -> str:
    """Each by himself, wherever he sits; whoever is not logged in by his address."""
    actor = gate.actor_or_none()
    return f"person:{actor.person_id}" if actor is not None else get_remote_address()


def account_and_address() -> str:
    """So that a stranger cannot lock the owner out (one school shares one address)."""
    return f"{request.form.get('email', '').strip().lower()[:254]}|{get_remote_address()}"


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["calakan.settings"]
    app.config["RATELIMIT_ENABLED"] = not settings.testing
    app.config["RATELIMIT_STORAGE_URI"] = "memory://" if settings.testing else broker.limiter_url(settings)
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    app.config["RATELIMIT_STORAGE_OPTIONS"] = (
        {} if settings.testing else {"socket_timeout": 1, "socket_connect_timeout": 1}
    )
    limiter.init_app(app)
