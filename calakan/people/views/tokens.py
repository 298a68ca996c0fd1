"""The tokens that one's own programs carry: made, shown once, and ended."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock, db
from calakan.people import queries
from calakan.people.forms import TokenForm
from calakan.people.models import TokenScope
from calakan.people.services import tokens as service
from calakan.people.views.accounts import blueprint
from calakan.web import gate
from calakan.web.acting import acting

Page = Response | tuple[str, int]


@blueprint.route("/akun/token", methods=["GET", "POST"])
def tokens() -> Page:
    form, actor, made = TokenForm(), gate.actor(), ""
    person = queries.person(actor.person_id)
    assert person is not None
    if form.validate_on_submit():
        with db.transaction():
            made = service.make(
                person.email or person.number or "", TokenScope(form.scope.data), actor=actor, now=clock.now()
            )
    held = [link for link, _ in service.held(actor.person_id, now=clock.now())]
    page = render_template("people/tokens.html", form=form, held=held, made=made)
    if form.errors:
        return page, 422
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/akun/token/cabut")
def revoke_token() -> Response:
    actor, id = gate.actor(), request.form.get("id", "")
    number = int(id) if id.isascii() and id.isdigit() and len(id) < 10 else 0
    with acting(done="Token dicabut."):
        service.revoke(number, owner_id=actor.person_id, actor=actor, now=clock.now())
    return redirect(url_for("people.tokens"), 303)
