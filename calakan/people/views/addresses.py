"""One's own addresses: a new main one, a second one, and what the owner of an old one can do."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock
from calakan.people import queries
from calakan.people.forms import AddressesForm
from calakan.people.models import Purpose, Wanted
from calakan.people.services import accounts, numbers
from calakan.people.services import addresses as service
from calakan.people.views.accounts import blueprint
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.limits import limiter
from calakan.web.limits import person as person_of

Page = str | Response | tuple[str, int]


@blueprint.route("/akun/email", methods=["GET", "POST"])
@limiter.limit("10 per hour", key_func=person_of, methods=["POST"])
def addresses() -> Page:
    form, me = AddressesForm(), gate.me()
    if form.validate_on_submit():
        with acting(form, beside="email") as deed:
            browser = service.ask(me, form.email.data, Wanted(form.use.data), now=clock.now())
        if deed.done:
            session["mail_code"] = browser
            return redirect(url_for("people.type_code"), 303)
    page = render_template("people/addresses.html", form=form, person=queries.person(me), by_number=numbers.accepted())
    return (page, 422) if form.errors else page


@blueprint.post("/akun/email/hapus-kedua")
def drop_second_email() -> Response:
    with acting(done="Email kedua dilepas."):
        service.drop_second(gate.me(), actor=gate.actor(), now=clock.now())
    return redirect(url_for("people.addresses"), 303)


@blueprint.route("/akun/email/keberatan/<secret>", methods=["GET", "POST"])
def keep_email(secret: str) -> Page:
    """A button, because mail scanners open links."""
    owner = accounts.link_owner(secret, Purpose.KEEP_EMAIL, now=clock.now())
    if owner is None:
        return render_template("people/keep_email.html", counts=False)
    if request.method == "POST":
        with acting() as deed:
            service.object_to(secret, now=clock.now())
        if deed.done:
            flash("Akun kembali ke alamat email ini. Masuk dengan kode lewat email, lalu buat kata sandi baru.", "ok")
            return redirect(url_for("people.ask_code"), 303)
    return render_template("people/keep_email.html", counts=True)
