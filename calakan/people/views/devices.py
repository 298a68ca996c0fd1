"""The devices on which somebody is logged in, and the privacy notice that is accepted once."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock
from calakan.people import browsers, issuers, queries
from calakan.people.forms import NoticeForm
from calakan.people.services import devices as service
from calakan.people.services import passkeys, profile
from calakan.people.views.accounts import blueprint
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.addresses import safe_next

Page = str | Response | tuple[str, int]


@blueprint.get("/akun/perangkat")
def devices() -> str:
    actor, limits = gate.actor(), gate.login_limits(current_app.extensions["calakan.settings"])
    held = service.of_person(gate.me(), staff=actor.is_staff, limits=limits, now=clock.now())
    rows = [(login, browsers.shown(login.device)) for login in held]
    ties = queries.issuer_accounts(gate.me())
    return render_template(
        "people/devices.html",
        rows=rows,
        this=gate.logged_in().login_id,
        passkeys=queries.passkeys(gate.me()),
        offered=passkeys.available(),
        ties=[(tie, issuers.label_of(tie.issuer)) for tie in ties],
        issuers=[one for one in issuers.offered() if one.url not in {tie.issuer for tie in ties}],
    )


@blueprint.post("/akun/perangkat/akhiri")
def end_device() -> Response:
    """One by its number, or without it all but this one."""
    id, me, actor = request.form.get("id", ""), gate.me(), gate.actor()
    with acting(done="Perangkat itu sudah keluar." if id else "Semua perangkat lain sudah keluar."):
        if id:
            number = int(id) if id.isascii() and id.isdigit() and len(id) < 10 else 0
            service.end(me, number, actor=actor, now=clock.now())
        else:
            service.end_others(me, gate.logged_in().login_id, actor=actor, now=clock.now())
    return redirect(url_for("people.devices"), 303)


@blueprint.route("/akun/persetujuan", methods=["GET", "POST"])
def notice() -> Page:
    form = NoticeForm()
    if form.validate_on_submit():
        with acting(form) as deed:
            profile.accept_notice(gate.me(), actor=gate.actor(), now=clock.now())
        if deed.done:
            return redirect(safe_next(url_for("desk.home")), 303)
    person = queries.person(gate.me())
    page = render_template("people/notice.html", form=form, person=person, next=safe_next(""))
    return (page, 422) if form.errors else page
