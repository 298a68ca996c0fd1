"""Logging in by a mail: asking for a code, typing it, and the link beside it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from calakan.enrolment.entering.views import arrive
from calakan.kernel import clock, db
from calakan.people import phones
from calakan.people.errors import LinkInvalid, MailCodeWrong
from calakan.people.forms import AskCodeForm, MailCodeForm
from calakan.people.models import MailCode, Wanted
from calakan.people.services import addresses, numbers
from calakan.people.services import mail_codes as service
from calakan.people.services.second_factor import Begun
from calakan.people.views.accounts import blueprint
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.addresses import safe_next
from calakan.web.limits import counted, failed, limiter, strangers

Page = str | Response | tuple[str, int]


def asked() -> str:
    """What this browser keeps of its request."""
    return str(session.get("mail_code", ""))


@blueprint.route("/masuk/kode-surat", methods=["GET", "POST"])
@limiter.limit(strangers, methods=["POST"])
def ask_code() -> Page:
    form = AskCodeForm()
    if form.validate_on_submit():
        with acting(form, beside="email") as deed:
            browser = service.ask(form.address, Wanted.LOG_IN, now=clock.now())
        if deed.done:
            session["mail_code"] = browser
            session["next"] = safe_next(session.get("next", ""))
            return redirect(url_for("people.type_code"), 303)
    page = render_template("people/ask_code.html", form=form, next=safe_next(""), by_number=numbers.accepted())
    return (page, 422) if form.errors else page


@blueprint.post("/masuk/kode-surat/ulang")
@limiter.limit(strangers)
def ask_code_again() -> Response:
    with acting(done="Kode dikirim lagi. Untuk satu alamat paling banyak lima kali dalam satu jam.") as deed:
        service.ask_again(asked(), now=clock.now())
    return redirect(url_for("people.type_code" if deed.done else "people.ask_code"), 303)


@blueprint.route("/masuk/kode-surat/kode", methods=["GET", "POST"])
@counted("100 per 5 minutes", failed, methods=["POST"])
def type_code() -> Page:
    form, now = MailCodeForm(), clock.now()
    waiting = service.waiting(asked(), now=now)
    if waiting is None:
        session.pop("mail_code", None)
        flash("Waktu untuk kode itu sudah lewat. Minta kode baru.", "warn")
        return redirect(url_for("people.ask_code"), 303)
    address, title = waiting.address, waiting.typed.get("title", "")
    own, actor = waiting.wanted.of_account, gate.actor_or_none()
    if own and (actor is None or actor.person_id != waiting.person_id):
        return redirect(url_for("people.login", next=url_for("people.type_code")), 303)
    # Whoever mistyped the address goes back to where he typed it.
    change = url_for("people.addresses" if own else "people.ask_code")
    if title:
        change = url_for("enrolment.enter", slug=waiting.typed["diklat"])
    if form.validate_on_submit():
        with acting(form, beside="code") as deed:
            proven = service.by_code(asked(), form.code.data, now=now)
            entered = _begin(proven, here=True) if proven is not None and not own else None
            if proven is not None and own and actor is not None:
                addresses.take(proven, actor=actor, now=now)
        if deed.done and entered is not None:
            return _enter(*entered)
        if deed.done and proven is not None:
            session.pop("mail_code", None)
            flash("Alamat email tersimpan. Kami juga memberi tahu alamat yang lama.", "ok")
            return redirect(url_for("people.addresses"), 303)
        if deed.done:
            form.refuse(MailCodeWrong())
    by_number = phones.is_number(address)
    page = render_template(
        "people/type_code.html",
        form=form,
        address=phones.shown_address(address),
        title=title,
        typed=waiting.typed,
        change=change,
        own=own,
        by_number=by_number,
    )
    return (page, 422) if form.errors else page


@blueprint.route("/masuk/tautan/<secret>", methods=["GET", "POST"])
def mail_link(secret: str) -> Page:
    """A button, because mail scanners open links; and in a browser that did not ask, the question whether to log in here."""
    now = clock.now()
    if request.method == "POST":
        try:
            with db.transaction():
                entered = _begin(service.by_link(secret, now=now), here=False)
        except LinkInvalid:
            return render_template("people/mail_link.html", email=""), 409
        return _enter(*entered)
    row = service.linked(secret, now=now)
    here = row is not None and service.asked_by(row, asked())
    address = row.address if row is not None else ""
    typed = row.typed if row is not None else {}
    return render_template(
        "people/mail_link.html",
        # A link may have been passed on.
        email=phones.shown_address(address) if here else phones.masked_address(address),
        here=here,
        typed=typed,
    )


def _begin(proven: MailCode, *, here: bool) -> tuple[int, Begun, str]:
    """Who comes in, how, and the diklat that was asked for."""
    slug = proven.typed.get("diklat", "")
    return *service.log_in(proven, here=here, device=request.user_agent.string, now=clock.now()), slug


def _enter(person_id: int, begun: Begun, slug: str) -> Response:
    target = safe_next(url_for("desk.home"), session.get("next", ""))
    session.pop("mail_code", None)
    if begun.needs_code:
        session["second_step"] = begun.secret
        target = url_for("diklat.detail", slug=slug) if slug else target
        return redirect(url_for("second_factor.code", next=target), 303)
    gate.start_login(begun.secret)
    return redirect(arrive(slug, person_id, now=clock.now()) if slug else gate.past_notice(person_id, target), 303)
