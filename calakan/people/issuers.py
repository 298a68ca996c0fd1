"""Other issuers at which people may log in (OpenID Connect Core 1.0: code flow, PKCE, state, nonce), and what they say of a person.

Everything is checked before it is believed, and no token is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from calakan.kernel import codes
from calakan.people import mailboxes
from calakan.people.errors import IssuerAway, IssuerForeign, IssuerRefused
from config import Issuer

SCOPE = "openid email profile"
# Signed with a key that the issuer alone has: no HMAC with a shared secret, and never `none`.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
SECONDS, LEEWAY = 8, 60
KEPT = timedelta(hours=1)
log = logging.getLogger(__name__)
_issuers: dict[str, Issuer] = {}
_read: dict[str, tuple[datetime, dict[str, Any]]] = {}


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and what it must keep until it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Said:
    """What an issuer says of a person; `email` is empty unless it has proven the address."""

    issuer: str
    subject: str
    email: str
    name: str


def connect(issuers: Sequence[Issuer]) -> None:
    """Called once, from `calakan.app`."""
    _issuers.clear()
    _read.clear()
    _issuers.update((issuer.name, issuer) for issuer in issuers)


def offered() -> Sequence[Issuer]:
    """In the order of their names."""
    return [_issuers[name] for name in sorted(_issuers)]


def named(name: str) -> Issuer | None:
    return _issuers.get(name)


def at(url: str) -> Issuer | None:
    """Whose address this is."""
    return next((one for one in _issuers.values() if one.url == url), None)


def label_of(url: str) -> str:
    """What people call it; its host when it is not offered any more."""
    found = at(url)
    return found.label if found is not None else urlsplit(url).hostname or url


def begin(issuer: Issuer, *, back: str, now: datetime) -> Begun:
    """Send a browser there; it comes back to `back`. Raises IssuerAway, IssuerRefused."""
    found = _described(issuer, now=now)
    state, nonce, verifier = codes.secret(), codes.secret(), codes.secret()
    hint = {"hd": issuer.domains[0]} if issuer.hosted and len(issuer.domains) == 1 else {}
    with _client(issuer, found, back) as client:
        address, _ = client.create_authorization_url(
            found["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce, **hint
        )
    return Begun(str(address), state, nonce, verifier)


def finish(issuer: Issuer, code: str, *, nonce: str, verifier: str, back: str, now: datetime) -> Said:
    """What the issuer says of whoever came back with this code. Raises IssuerAway, IssuerRefused, IssuerForeign."""
    found = _described(issuer, now=now)

    def fetch() -> Any:
        with _client(issuer, found, back) as client:
            return client.fetch_token(
                found["token_endpoint"], code=code, code_verifier=verifier, timeout=SECONDS, allow_redirects=False
            )

    token = _asked(issuer, fetch)
    claims = _asked(issuer, lambda: _claims(issuer, found, token, nonce=nonce, now=now))
    email = _proven_email(claims)
    _check_domain(issuer, email, claims.get("hd"))
    subject, name = claims["sub"], claims.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise IssuerRefused()
    return Said(issuer.url, subject, email, name.strip()[:100] if isinstance(name, str) else "")


def _check_domain(issuer: Issuer, email: str, hosted: object) -> None:
    """Where only some domains are let in, the address is proven and of one; a hosted account also says whose it is."""
    if not issuer.domains:
        return
    right = email.partition("@")[2] in issuer.domains
    if not right or ((hosted is not None or issuer.hosted) and hosted not in issuer.domains):
        raise IssuerForeign(domains=list(issuer.domains))


def _proven_email(claims: dict[str, Any]) -> str:
    if claims.get("email_verified") is not True:
        return ""
    return mailboxes.checked(str(claims.get("email", ""))) or ""


def _claims(issuer: Issuer, found: dict[str, Any], token: Any, *, nonce: str, now: datetime) -> dict[str, Any]:
    """Those of the identity token: signed by the issuer, for us, now, and for this very request."""
    from authlib.oidc.core import CodeIDToken  # late: heavy, and few installations need it
    from joserfc import jwt
    from joserfc.errors import JoseError

    raw = token["id_token"]
    try:
        decoded = jwt.decode(raw, _keys(issuer, found, now=now), algorithms=ALGORITHMS)
    except (JoseError, ValueError):  # perhaps signed with a key that is newer than those we know
        decoded = jwt.decode(raw, _keys(issuer, found, now=now, anew=True), algorithms=ALGORITHMS)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        options={
            "iss": {"essential": True, "value": issuer.url},
            "aud": {"essential": True, "value": issuer.client_id},
            "exp": {"essential": True},
            "sub": {"essential": True},
        },
        params={"nonce": nonce, "client_id": issuer.client_id, "access_token": token.get("access_token")},
    )
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    return dict(claims)


def _keys(issuer: Issuer, found: dict[str, Any], *, now: datetime, anew: bool = False) -> Any:
    from joserfc.jwk import KeySet  # late, as above

    told = _document(found["jwks_uri"], now=now, anew=anew)
    usable = [key for key in told["keys"] if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")]
    return KeySet.import_key_set({"keys": usable})


def _described(issuer: Issuer, *, now: datetime) -> dict[str, Any]:
    """What the issuer says of itself (OpenID Connect Discovery 1.0). Raises IssuerAway, IssuerRefused."""
    address = f"{issuer.url.rstrip('/')}/.well-known/openid-configuration"
    found: dict[str, Any] = _asked(issuer, lambda: _document(address, now=now))
    endpoints = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if found.get("issuer") != issuer.url or not all(isinstance(url, str) and _is_safe(url) for url in endpoints):
        log.warning("the issuer %s does not describe itself as one may believe", issuer.name)
        raise IssuerRefused()
    return found


def _is_safe(url: str) -> bool:
    """Over TLS, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))


def _document(url: str, *, now: datetime, anew: bool = False) -> dict[str, Any]:
    """A JSON object, kept for KEPT in this process."""
    import requests  # late, as above

    read_at, kept = _read.get(url, (None, None))
    if kept is not None and read_at is not None and not anew and read_at <= now < read_at + KEPT:
        return kept
    answer = requests.get(url, timeout=SECONDS, allow_redirects=False, headers={"Accept": "application/json"})
    if answer.status_code != 200:
        raise OSError(f"HTTP {answer.status_code}")
    told = answer.json()
    if not isinstance(told, dict):
        raise TypeError("no JSON object")
    _read[url] = now, told
    return told


def _client(issuer: Issuer, found: dict[str, Any], back: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session  # late, as above

    known = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return OAuth2Session(
        issuer.client_id,
        issuer.client_secret,
        token_endpoint_auth_method="client_secret_basic"
        if "client_secret_basic" in known
        else "client_secret_post",  # the name of a method
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _asked(issuer: Issuer, work: Callable[[], Any]) -> Any:
    """What came of asking the issuer. Raises IssuerAway for no answer, IssuerRefused for one that proves nothing."""
    try:
        return work()
    except OSError as error:  # those of requests are such
        log.warning("the issuer %s does not answer: %s", issuer.name, type(error).__name__)
        raise IssuerAway() from error
    except Exception as error:
        log.warning("what the issuer %s says is not believed: %s", issuer.name, type(error).__name__)
        raise IssuerRefused() from error
