"""Passkeys: logging in with one, proving again who one is, adding and removing them.

The script of the page asks here what a device must sign, and sends the answer with the form that the button belongs to.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.people import browsers
from calakan.people.errors import PasskeyRefused
from calakan.people.forms import LoginForm, PasskeyAnswerForm, PasskeyForm, ProofForm
from calakan.people.services import passkeys as service
from calakan.people.views.accounts import login_page
from calakan.people.views.second_factor import prove_page
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.addresses import safe_next
from calakan.web.limits import counted, failed, limiter
from calakan.web.limits import person as person_of
from calakan.web.messages import sentence

blueprint = Blueprint("passkeys", __name__, template_folder="../templates")
Page = str | Answer | tuple[str, int]


def _asked(made: tuple[str, str]) -> Response:
    """The browser keeps the challenge in its session, so that no other one can answer it."""
    session["passkey"], options = made
    return Response(options, mimetype="application/json")


def _taken(*, person_id: int | None = None) -> str:
    """The challenge of this browser, used up. Raises PasskeyOver."""
    challenge: str = session.pop("passkey", "")
    with db.transaction():
        service.take(challenge, person_id=person_id, now=clock.now())
    return challenge


@blueprint.post("/masuk/passkey/mulai")
@limiter.limit("1000 per 5 minutes")
def ask() -> Response:
    with db.transaction():
        made = service.ask(now=clock.now())
    return _asked(made)


@blueprint.post("/masuk/passkey")
@counted("100 per 5 minutes", failed)
def log_in() -> Page:
    answer, form = PasskeyAnswerForm(), LoginForm(formdata=None)
    try:
        challenge = _taken()
        with db.transaction():
            entered = service.log_in(
                answer.answer.data or "", challenge, device=request.user_agent.string, now=clock.now()
            )
        if entered is None:
            raise PasskeyRefused()
    except DomainError as error:
        form.refuse(error)
        return login_page(form), 422
    person_id, secret = entered
    target = safe_next(session.get("next", url_for("desk.home")))
    gate.start_login(secret)
    return redirect(gate.past_notice(person_id, target), 303)


@blueprint.post("/saya/pastikan/passkey")
@counted("10 per 5 minutes", failed, key_func=person_of)
def prove() -> Page:
    answer, form = PasskeyAnswerForm(), ProofForm(formdata=None)
    try:
        challenge = _taken()
        with db.transaction():
            right = service.prove(gate.logged_in().login_id, answer.answer.data or "", challenge, now=clock.now())
        if not right:
            raise PasskeyRefused()
    except DomainError as error:
        form.refuse(error)
        return prove_page(form), 422
    return redirect(safe_next(url_for("desk.home")), 303)


@blueprint.route("/akun/passkey", methods=["GET", "POST"])
def add() -> Page:
    form = PasskeyForm()
    if form.validate_on_submit():
        me, codes = gate.me(), list[str]()
        with acting(form) as taken:
            challenge = session.pop("passkey", "")
            service.take(challenge, person_id=me, now=clock.now())
        if taken.done:
            with acting(form, done="Passkey tersimpan.") as deed:
                codes = service.add(
                    me, form.answer.data, challenge, form.name.data,
                    login_id=gate.logged_in().login_id, actor=gate.actor(), now=clock.now(),
                )  # fmt: skip
            if deed.done and codes:
                return render_template("people/recovery_codes.html", codes=codes, first=True)
            if deed.done:
                return redirect(url_for("people.devices"), 303)
    if request.method == "GET":
        form.name.data = browsers.shown(request.user_agent.string)
    page = render_template("people/passkey.html", form=form, available=service.available())
    return (page, 422) if form.errors else page


@blueprint.post("/akun/passkey/mulai")
def ask_new() -> Response:
    try:
        with db.transaction():
            made = service.ask_new(gate.me(), now=clock.now())
    except DomainError as error:
        return Response(sentence(error), 409, mimetype="text/plain")
    return _asked(made)


@blueprint.post("/akun/passkey/hapus")
def remove() -> Answer:
    id, me = request.form.get("id", ""), gate.me()
    number = int(id) if id.isascii() and id.isdigit() and len(id) < 10 else 0
    with acting(done="Passkey dihapus. Perangkatnya mungkin masih menawarkannya; hapus juga di sana."):
        service.remove(me, number, actor=gate.actor(), now=clock.now())
    return redirect(url_for("people.devices"), 303)
