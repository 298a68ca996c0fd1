"""Logging in at another issuer: there and back, the form of a newcomer who comes from there, and tying it to an account."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from hmac import compare_digest

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from calakan.enrolment.entering.forms import EnterForm
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.people import issuers
from calakan.people.errors import EmailTaken, IssuerOver
from calakan.people.issuers import Said
from calakan.people.services import issuer_accounts as service
from calakan.people.services.second_factor import Begun
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.addresses import safe_next
from calakan.web.limits import counted, failed, limiter, strangers
from calakan.web.messages import sentence
from config import Issuer

blueprint = Blueprint("issuers", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]
PATIENCE = timedelta(minutes=15)


class NewcomerForm(EnterForm):
    """The same questions; the address is proven already."""

    email = None


def _named(name: str) -> Issuer:
    found = issuers.named(name)
    if found is None:
        abort(404)
    return found


def _back(name: str) -> str:
    """Where the issuer sends the browser: the address that was registered there, whatever this request calls us."""
    base: str = current_app.extensions["calakan.settings"].base_url
    return base + url_for("issuers.back", name=name)


def _there(name: str, person_id: int | None) -> Response:
    issuer, now = _named(name), clock.now()
    db.session().rollback()  # nothing is held while the issuer takes its time
    try:
        begun = issuers.begin(issuer, back=_back(name), now=now)
    except DomainError as error:
        flash(sentence(error), "err")
        return redirect(url_for("people.devices" if person_id is not None else "people.login"), 303)
    session["issuer_asked"] = {
        "name": name,
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "person": person_id,
        "until": (now + PATIENCE).isoformat(),
        "next": safe_next(session.get("next", "")),
    }
    return redirect(begun.address, 303)


@blueprint.get("/masuk/oidc/<name>")
@limiter.limit("300 per 5 minutes")
def begin(name: str) -> Response:
    return _there(name, None)


@blueprint.get("/akun/oidc/<name>/hubungkan")
def begin_link(name: str) -> Response:
    return _there(name, gate.me())


@blueprint.get("/masuk/oidc/<name>/kembali")
@limiter.limit("300 per 5 minutes")
def back(name: str) -> Page:
    issuer, now, asked = _named(name), clock.now(), session.pop("issuer_asked", None) or {}
    actor, person_id = gate.actor_or_none(), asked.get("person")
    home = url_for("people.devices" if person_id is not None else "people.login")
    try:
        _check_asked(asked, name, now)
        if person_id is not None and (actor is None or actor.person_id != person_id):
            raise IssuerOver()
        if "code" not in request.args:
            flash(f"Masuk dengan {issuer.label} dibatalkan.", "warn")
            return redirect(home, 303)
        db.session().rollback()  # as above
        said = issuers.finish(
            issuer, request.args["code"], nonce=asked["nonce"], verifier=asked["verifier"], back=_back(name), now=now
        )
        if person_id is not None:
            _keep(said, person_id, asked["next"], now)
            return redirect(url_for("issuers.link"), 303)
        return _arrive(said, asked["next"], now)
    except DomainError as error:
        flash(sentence(error), "err")
        return redirect(home, 303)


def _check_asked(asked: dict[str, str], name: str, now: datetime) -> None:
    """Raises IssuerOver unless this browser asked this issuer a moment ago."""
    state = request.args.get("state", "")
    if not asked or asked["name"] != name or not compare_digest(asked["state"].encode(), state.encode()):
        raise IssuerOver()
    if now >= datetime.fromisoformat(asked["until"]):
        raise IssuerOver()


def _arrive(said: Said, target: str, now: datetime) -> Response:
    with db.transaction():
        entered = service.log_in(said, device=request.user_agent.string, now=now)
    if entered is not None:
        return _enter(*entered, target)
    if service.has_account(said):
        return _known(said)
    _keep(said, None, target, now)
    return redirect(url_for("issuers.join"), 303)


def _known(said: Said) -> Response:
    """Whoever has an account shows first that it is his; then the two are tied."""
    issuer = issuers.at(said.issuer)
    assert issuer is not None  # it has just spoken, or `_kept` has looked
    flash(
        f"{said.email} sudah punya akun. Masuk sekali dengan kode lewat email, lalu hubungkan {issuer.label}; sesudahnya "
        f"cukup {issuer.label}.",
        "warn",
    )
    return redirect(url_for("people.ask_code", next=url_for("issuers.begin_link", name=issuer.name)), 303)


def _enter(person_id: int, begun: Begun, target: str) -> Response:
    target = safe_next(url_for("desk.home"), target)
    if begun.needs_code:
        session["second_step"] = begun.secret
        return redirect(url_for("second_factor.code", next=target), 303)
    gate.start_login(begun.secret)
    return redirect(gate.past_notice(person_id, target), 303)


def _keep(said: Said, person_id: int | None, target: str, now: datetime) -> None:
    """What was proven waits in this browser for its owner's word."""
    session["issuer_said"] = {
        "said": asdict(said), "person": person_id, "next": target, "until": (now + PATIENCE).isoformat()
    }  # fmt: skip


def _kept(person_id: int | None) -> tuple[Said, str] | None:
    kept = session.get("issuer_said")
    if not kept or kept["person"] != person_id or clock.now() >= datetime.fromisoformat(kept["until"]):
        return None
    said = Said(**kept["said"])
    return (said, str(kept["next"])) if issuers.at(said.issuer) is not None else None


@blueprint.route("/akun/baru", methods=["GET", "POST"])
@counted(strangers, failed, methods=["POST"])
def join() -> Page:
    kept = _kept(None)
    if kept is None or gate.actor_or_none() is not None:
        session.pop("issuer_said", None)
        flash(sentence(IssuerOver()), "warn")
        return redirect(url_for("people.login"), 303)
    (said, target), form = kept, NewcomerForm()
    if form.validate_on_submit():
        try:
            with db.transaction():
                newcomer, device = form.newcomer(), request.user_agent.string
                entered = service.sign_up(said, newcomer, device=device, now=clock.now())
        except EmailTaken:
            session.pop("issuer_said", None)
            return _known(said)
        except DomainError as error:
            form.refuse(error)
        else:
            session.pop("issuer_said", None)
            return _enter(*entered, target)
    if not form.is_submitted():
        form.name.data = said.name
    page = render_template("people/join.html", form=form, said=said, label=issuers.label_of(said.issuer))
    return (page, 422) if form.errors else page


@blueprint.route("/akun/oidc/hubungkan", methods=["GET", "POST"])
def link() -> Page:
    """The owner's word, because the browser may have come back as somebody else than he thinks."""
    me, kept = gate.me(), _kept(gate.me())
    if kept is None:
        flash(sentence(IssuerOver()), "warn")
        return redirect(url_for("people.devices"), 303)
    said, _ = kept
    label = issuers.label_of(said.issuer)
    if request.method == "POST":
        session.pop("issuer_said", None)
        with acting(done=f"{label} terhubung. Mulai sekarang Bapak/Ibu dapat masuk dengannya."):
            service.link(me, said, actor=gate.actor(), now=clock.now())
        return redirect(url_for("people.devices"), 303)
    return render_template("people/link_issuer.html", said=said, label=label)


@blueprint.post("/akun/oidc/lepas")
def unlink() -> Response:
    id, me = request.form.get("id", ""), gate.me()
    number = int(id) if id.isascii() and id.isdigit() and len(id) < 10 else 0
    with acting(done="Sudah dilepas. Masuk dengan kode lewat email tetap bisa."):
        service.unlink(me, number, actor=gate.actor(), now=clock.now())
    return redirect(url_for("people.devices"), 303)
