"""What a diklat says to its people: the reminder plan, when it falls, and how the messages ended."""

from __future__ import annotations

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import plans, queries, reminders, services
from calakan.enrolment.forms import MOMENTS, PlanForm
from calakan.enrolment.manage.roster import Page, blueprint
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.notifications import budget
from calakan.notifications.ways import Way
from calakan.office.queries import office_settings
from calakan.web import gate
from calakan.web.messages import sentence

PRESETS = {"ringkas": "Ringkas", "lengkap": "Lengkap", "hemat": "Sekali saja"}
MOST_ROUNDS = 12


def _form(diklat: Diklat) -> PlanForm:
    plan = queries.plan_of(diklat.id)
    return PlanForm(
        data={
            "remind": diklat.remind,
            "moments": list(plan.moments),
            "morning": f"{plan.morning:%H:%M}",
            "note": plan.note,
        }
    )


@blueprint.route("/kelola/diklat/<slug>/pesan", methods=["GET", "POST"])
def messages(slug: str) -> Page:
    diklat = gate.subject(Diklat)
    diklat_id, form = diklat.id, _form(diklat)
    if form.validate_on_submit():
        try:
            with db.transaction():
                services.set_plan(
                    diklat_id, form.plan(), remind=bool(form.remind.data), actor=gate.actor(), now=clock.now()
                )
        except DomainError as error:
            form.refuse(error)
        else:
            flash("Pengingat tersimpan.", "ok")
            return redirect(url_for("enrolment_manage.messages", slug=slug), 303)
    found = diklat_queries.by_slug(slug)
    assert found is not None
    html = render_template(
        "enrolment/messages.html",
        diklat=found,
        form=form,
        presets=PRESETS,
        counts=queries.message_counts(diklat_id),
        rounds=_rounds(found, clock.now()),
        taken=queries.seats(found)[diklat_id].taken,
        shortfalls=reminders.shortfalls(diklat_id, budget.caps(office_settings(), Way.MAIL), now=clock.now()),
    )
    return html, 422 if form.errors else 200


@blueprint.post("/kelola/diklat/<slug>/pesan/paket")
def set_preset(slug: str) -> Response:
    """One tap instead of many boxes; hour and note stay."""
    diklat_id, name = gate.subject(Diklat).id, request.form.get("paket", "")
    if name not in plans.PRESETS:
        abort(400)
    held = queries.plan_of(diklat_id)
    plan = plans.Plan(plans.PRESETS[name], held.morning, held.note)
    try:
        with db.transaction():
            services.set_plan(diklat_id, plan, remind=True, actor=gate.actor(), now=clock.now())
    except DomainError as error:
        flash(sentence(error), "err")
    else:
        flash(f"Paket {PRESETS[name]} dipakai.", "ok")
    return redirect(url_for("enrolment_manage.messages", slug=slug), 303)


def _rounds(diklat: Diklat, now: datetime) -> list[tuple[datetime, str, str]]:
    """When, which moment, and of which session: what is still to come, the next first."""
    if not diklat.remind or diklat.state is not DiklatState.PUBLISHED:
        return []
    plan, words = queries.plan_of(diklat.id), dict(MOMENTS)
    coming = [
        (due, words.get(moment, moment), session.title)
        for session in diklat_queries.sessions_of(diklat.id)
        for moment, due in plan.rounds(session)
        if due > now
    ]
    return sorted(coming)[:MOST_ROUNDS]
