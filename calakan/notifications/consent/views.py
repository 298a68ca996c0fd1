"""Connecting a WhatsApp number or a Telegram chat, and letting go of them. Not there where no gateway is set up."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock, db
from calakan.notifications import addresses, queries, ways
from calakan.notifications.consent.forms import (
    CodeForm,
    TelegramForm,
    WhatsAppForm,
    telegram_consent,
    whatsapp_consent,
)
from calakan.notifications.models import AddressState, ChannelAddress
from calakan.notifications.views import blueprint
from calakan.notifications.ways import Way
from calakan.people import phones
from calakan.people import queries as people
from calakan.people.services import numbers
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.addresses import safe_next
from calakan.web.limits import limiter
from calakan.web.limits import person as each
from config import Settings

__all__ = ["blueprint"]
Page = str | Response | tuple[str, int]


def _me(way: Way) -> int:
    """Whoever asks, on a page that is there only for channels that work."""
    if way not in ways.configured():
        abort(404)
    return gate.me()


def _waits(row: ChannelAddress | None) -> bool:
    return (
        row is not None
        and row.state is AddressState.ASKED
        and row.proof_until is not None
        and row.proof_until > clock.now()
    )


@blueprint.route("/saya/pesan/whatsapp", methods=["GET", "POST"])
@limiter.limit("20 per hour", key_func=each, methods=["POST"])
def whatsapp() -> Page:
    me = _me(Way.WHATSAPP)
    person = people.person(me)
    assert person is not None
    form, name = WhatsAppForm(data={"phone": phones.shown(person.phone)}), person.name
    if form.validate_on_submit():
        with acting(form) as deed:
            addresses.ask_code(me, name, form.number, consent=whatsapp_consent(), actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Kode sedang dikirim ke WhatsApp Bapak/Ibu.", "ok")
            return redirect(url_for("notifications.whatsapp"), 303)
    return _show_whatsapp(me, form, CodeForm(formdata=None))


@blueprint.post("/saya/pesan/whatsapp/kode")
@limiter.limit("30 per hour", key_func=each)
def whatsapp_code() -> Page:
    me, form = _me(Way.WHATSAPP), CodeForm()
    if form.validate_on_submit():
        with acting(form) as deed:
            right = addresses.confirm_code(me, form.digits, actor=gate.actor(), now=clock.now())
            confirmed = queries.address_of(me, Way.WHATSAPP)
            if right and confirmed is not None:
                numbers.follow(me, confirmed.address, actor=gate.actor(), now=clock.now())
        if deed.done:
            if right:
                flash("WhatsApp terhubung. Pilih pesan apa saja yang dikirim ke sana.", "ok")
                return redirect(url_for("notifications.preferences"), 303)
            form.code.errors = ["Kode keliru. Periksa lagi pesan WhatsApp dari kami."]
    return _show_whatsapp(me, WhatsAppForm(formdata=None), form)


def _show_whatsapp(me: int, form: WhatsAppForm, code: CodeForm) -> Page:
    row = queries.address_of(me, Way.WHATSAPP)
    answer = render_template(
        "notifications/whatsapp.html",
        row=row,
        waits=_waits(row) or bool(code.errors),
        form=form,
        code=code,
        lets_in=numbers.accepted(),
    )
    return answer, 422 if form.errors or code.errors else 200


@blueprint.route("/saya/pesan/telegram", methods=["GET", "POST"])
def telegram() -> Page:
    me, form = _me(Way.TELEGRAM), TelegramForm()
    if form.validate_on_submit():
        with db.transaction():
            addresses.ask_link(me, consent=telegram_consent(), actor=gate.actor(), now=clock.now())
        return redirect(url_for("notifications.telegram"), 303)
    row, settings = queries.address_of(me, Way.TELEGRAM), _settings()
    opens = f"https://t.me/{settings.telegram_bot}?start={addresses.link_token(row)}" if row and _waits(row) else ""
    answer = render_template("notifications/telegram.html", row=row, form=form, opens=opens)
    return answer, 422 if form.errors else 200


def _settings() -> Settings:
    found: Settings = current_app.extensions["calakan.settings"]
    return found


@blueprint.post("/saya/pesan/putuskan")
def disconnect() -> Response:
    text = request.form.get("kanal", "")
    if text not in ways.others():
        flash("Kanal tidak dikenal.", "err")
        return redirect(url_for("notifications.preferences"), 303)
    me = _me(Way(text))
    with db.transaction():
        addresses.withdraw(me, Way(text), actor=gate.actor(), now=clock.now())
        if text == Way.WHATSAPP:
            numbers.let_go(me, actor=gate.actor(), now=clock.now())
    person = people.person(me)
    rest = "dikirim lewat email" if person is not None and person.email else "dapat dibaca di halaman Pesan"
    flash(f"Kanal diputuskan. Pesan tetap {rest}.", "ok")
    return redirect(safe_next(url_for("notifications.preferences")), 303)
