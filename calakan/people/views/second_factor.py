"""The second step of a log-in, setting it up, and proving again who one is before a dangerous act."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock, db, qr
from calakan.kernel.errors import DomainError
from calakan.office.queries import office_settings
from calakan.people import queries
from calakan.people.errors import LinkInvalid, SecondCodeWrong
from calakan.people.forms import ActivateForm, ProofForm, SecondCodeForm
from calakan.people.models import Purpose
from calakan.people.services import accounts, guessing, passkeys
from calakan.people.services import second_factor as service
from calakan.web import gate
from calakan.web.acting import acting, held
from calakan.web.addresses import safe_next
from calakan.web.limits import counted, failed
from calakan.web.limits import person as person_of
from calakan.web.messages import sentence

blueprint = Blueprint("second_factor", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]


@blueprint.route("/masuk/kode", methods=["GET", "POST"])
@counted("100 per 5 minutes", failed, methods=["POST"])
def code() -> Page:
    form, step = SecondCodeForm(), session.get("second_step", "")
    found = accounts.link_owner(step, Purpose.SECOND_STEP, now=clock.now())
    if found is None:
        return _too_late()
    owner = found.id
    if form.validate_on_submit():
        try:
            with db.transaction():
                device = request.user_agent.string
                secret = service.finish_log_in(step, form.code.data, device=device, now=clock.now())
        except LinkInvalid:
            return _too_late()
        except DomainError as error:
            form.refuse(error, "code")
        else:
            if secret is not None:
                target = safe_next(url_for("desk.home"))
                gate.start_login(secret)
                return redirect(gate.past_notice(owner, target))
            form.refuse(SecondCodeWrong())
    page = render_template(
        "people/second_code.html", form=form, next=safe_next(""), by_passkey=passkeys.usable_by(owner)
    )
    return (page, 422) if form.errors else page


def _too_late() -> Response:
    session.pop("second_step", None)
    flash("Waktu untuk memasukkan kode sudah lewat. Silakan masuk lagi.", "warn")
    return redirect(url_for("people.login", next=safe_next("") or None))


@blueprint.route("/saya/pastikan", methods=["GET", "POST"])
@counted("10 per 5 minutes", failed, key_func=person_of, methods=["POST"])
def prove() -> Page:
    form, logged = ProofForm(), gate.logged_in()
    if not queries.has_password(gate.me()) and not passkeys.usable_by(gate.me()):
        flash("Masuk sekali lagi dengan kode lewat email, lalu ulangi.", "warn")
        return redirect(url_for("people.ask_code", next=safe_next("") or None), 303)
    if not logged.second_factor:
        del form.code
    mine = guessing.own(gate.me())
    if form.validate_on_submit() and held(form, lambda: guessing.begin(mine, now=clock.now())):
        with acting(form, beside="code") as deed:
            typed = form.code.data if logged.second_factor else ""
            right = service.prove(logged.login_id, form.current.data, typed, now=clock.now())
        if deed.done:
            if right:
                return redirect(safe_next(url_for("desk.home")), 303)
            form.refuse(SecondCodeWrong())
    return (prove_page(form), 422) if form.errors else prove_page(form)


def prove_page(form: ProofForm) -> str:
    """By password, or passkey, or both to choose from."""
    if form.code and not gate.logged_in().second_factor:
        del form.code
    return render_template(
        "people/prove.html",
        form=form,
        next=safe_next(""),
        by_password=queries.has_password(gate.me()),
        by_passkey=passkeys.usable_by(gate.me()),
    )


def _page(form: ActivateForm) -> str:
    me = gate.me()
    prepared = queries.prepared_factor(me)
    uri = queries.key_address(prepared, office_settings().programme_name) if prepared is not None else ""
    symbol = qr.encode(uri) if uri else None
    return render_template(
        "people/second_factor.html",
        form=form,
        factor=queries.second_factor(me),
        prepared=prepared,
        uri=uri,
        symbol=symbol,
        outline=qr.outline(symbol) if symbol is not None else "",
        passkeys=[key for key in queries.passkeys(me) if key.copied_at is None] if gate.actor().is_staff else [],
        codes_left=queries.recovery_codes_left(me),
        required=queries.must_have_second_factor(gate.actor(), office_settings().second_factor_required),
    )


@blueprint.get("/saya/dua-langkah")
def page() -> str:
    return _page(ActivateForm())


@blueprint.post("/saya/dua-langkah/siapkan")
def prepare() -> Response:
    me = gate.me()
    with acting():
        service.prepare(me, now=clock.now())
    return redirect(url_for("second_factor.page"), 303)


@blueprint.post("/saya/dua-langkah/aktifkan")
def activate() -> Page:
    form, me, login_id = ActivateForm(), gate.me(), gate.logged_in().login_id
    if form.validate_on_submit():
        try:
            with db.transaction():
                made = service.activate(me, form.code.data, login_id=login_id, actor=gate.actor(), now=clock.now())
        except SecondCodeWrong as error:
            form.refuse(error)
        except DomainError as error:
            flash(sentence(error), "err")
            return redirect(url_for("second_factor.page"), 303)
        else:
            return render_template("people/recovery_codes.html", codes=made, first=True)
    return _page(form), 422


@blueprint.post("/saya/dua-langkah/kode-cadangan")
def renew_codes() -> Page:
    me = gate.me()
    with acting() as deed:
        made = service.renew_codes(me, actor=gate.actor(), now=clock.now())
    if not deed.done:
        return redirect(url_for("second_factor.page"), 303)
    return render_template("people/recovery_codes.html", codes=made, first=False)


@blueprint.post("/saya/dua-langkah/matikan")
def turn_off() -> Response:
    me = gate.me()
    with acting(done="Verifikasi dua langkah dimatikan."):
        service.turn_off(me, actor=gate.actor(), now=clock.now())
    return redirect(url_for("second_factor.page"), 303)
