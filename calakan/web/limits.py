"""How often an address may try: log-ins, codes, checks. Counted in the broker, or in memory while it is away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from calakan.stack import broker
from calakan.web import gate
from config import Settings

log = logging.getLogger(__name__)


def network() -> str:
    """Where a request comes from: of IPv6 the /64, all of which one phone or house has to choose from (RFC 6177)."""
    found = get_remote_address()
    try:
        address = ip_address(found)
    except ValueError:
        return found
    if not isinstance(address, IPv6Address):
        return found
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))


limiter = Limiter(key_func=network, strategy="moving-window", swallow_errors=True)
# One window that begins with its first count: the strategy that can give back.
giving_back = Limiter(key_func=network, strategy="fixed-window", swallow_errors=True)
View = Callable[..., Any]


def failed(answer: Response) -> bool:
    """Only failures count against an address: behind one router sits a whole hall."""
    return answer.status_code == 422


def mailed(answer: Response) -> bool:
    """What was only asked again caused no mail."""
    return answer.status_code == 303


def strangers() -> str:
    """How often an address may ask for mails to people who are not logged in (each mailbox has its own limit besides), or for
    numbers of certificates."""
    settings: Settings = current_app.extensions["calakan.settings"]
    return f"{settings.sign_ups_per_hour} per hour"


def person() -> str:
    """Each by himself, wherever he sits; whoever is not logged in by his address."""
    actor = gate.actor_or_none()
    return f"person:{actor.person_id}" if actor is not None else network()


def account_and_address() -> str:
    """So that a stranger cannot lock the owner out (one school shares one address)."""
    return f"{request.form.get('email', '').strip().lower()[:254]}|{network()}"


def counted(
    rate: str | Callable[[], str],
    when: Callable[[Response], bool],
    *,
    key_func: Callable[[], str] = network,
    methods: list[str] | None = None,
    scope: str = "",
    exempt_when: Callable[[], bool] | None = None,
) -> Callable[[View], View]:
    """A limit of what turns out to count (`when`, asked of the answer; one rule a view), over all views of a `scope`.

    Each request is counted before it is served, and given back when it does not count: of those that come together no
    more get through than of those that come one by one.
    """
    how: dict[str, Any] = {"key_func": key_func, "methods": methods, "exempt_when": exempt_when}
    limit = giving_back.shared_limit(rate, scope, **how) if scope else giving_back.limit(rate, **how)

    def decorate(view: View) -> View:
        limited: View = limit(view)
        vars(limited)["counts_when"] = when
        return limited

    return decorate


def files(view: View) -> View:
    """For a page that has a file read apart: each person so many an hour over all of them, so that nobody fills the line."""
    limited: View = limiter.shared_limit("200 per hour", "files", key_func=person, methods=["POST"])(view)
    vars(limited)["reads_files"] = True
    return limited


def _give_back(answer: Response) -> Response:
    counts = getattr(current_app.view_functions.get(request.endpoint or ""), "counts_when", None)
    if counts is None or counts(answer):
        return answer
    for held in giving_back.current_limits:
        try:
            giving_back.limiter.hit(held.limit, *held.request_args, cost=-1)
        except Exception:
            log.warning("a limit is not given back: the broker is away", exc_info=True)
    return answer


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["calakan.settings"]
    app.config["RATELIMIT_ENABLED"] = not settings.testing
    app.config["RATELIMIT_STORAGE_URI"] = "memory://" if settings.testing else broker.limiter_url(settings)
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    # Two limiters learn one after the other that a broker hangs, and a page waits for both.
    app.config["RATELIMIT_STORAGE_OPTIONS"] = (
        {} if settings.testing else {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    )
    limiter.init_app(app)
    giving_back.init_app(app)
    app.after_request(_give_back)
