"""Texts to paste into the chats of groups, and how many tapped their links."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.enrolment import sharing as core
from calakan.enrolment.forms import ShareForm
from calakan.enrolment.manage.roster import Page, blueprint
from calakan.kernel import clock
from calakan.notifications.letters import link
from calakan.web import gate
from calakan.web.acting import acting


@blueprint.route("/kelola/diklat/<slug>/bagikan", methods=["GET", "POST"])
def share(slug: str) -> Page:
    diklat_id, form = gate.subject(Diklat).id, ShareForm()
    if form.validate_on_submit():
        with acting(form) as deed:
            group = core.Group(form.group.data)
            core.add(diklat_id, group, form.label.data or "", actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Teks untuk grup ini siap.", "ok")
            return redirect(url_for("enrolment_manage.share", slug=slug), 303)
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    now = clock.now()
    first = next((s for s in diklat_queries.sessions_of(diklat_id) if s.ends_at > now), None)
    rows = [(row, core.text(diklat, first, link(f"/b/{row.code}"))) for row in core.links(diklat_id)]
    rows.sort(key=lambda each: each[0].sent_at is not None)  # what is still to send comes first
    page = link(url_for("diklat.detail", slug=slug))
    text = core.text(diklat, first, page) if diklat.public else ""
    html = render_template("enrolment/share.html", diklat=diklat, form=form, rows=rows, page=page, text=text)
    return html, 422 if form.errors else 200


@blueprint.post("/kelola/diklat/<slug>/bagikan/terkirim")
def tick_text(slug: str) -> Response:
    """Ticked where the text stands, so one comes back to the next."""
    diklat_id, sent = gate.subject(Diklat).id, request.form.get("terkirim") == "1"
    with acting():
        core.tick(diklat_id, request.form.get("grup", "")[:20], sent=sent, actor=gate.actor(), now=clock.now())
    return redirect(url_for("enrolment_manage.share", slug=slug, _anchor="grup"), 303)


@blueprint.post("/kelola/diklat/<slug>/bagikan/kecamatan")
def share_kecamatan(slug: str) -> Response:
    diklat_id = gate.subject(Diklat).id
    with acting() as deed:
        new = core.add_every_kecamatan(diklat_id, actor=gate.actor(), now=clock.now())
    if deed.done:
        flash(f"{new} teks baru siap dibagikan.", "ok")
    return redirect(url_for("enrolment_manage.share", slug=slug), 303)
