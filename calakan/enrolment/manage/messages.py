"""What a diklat says to its people: the reminder plan, when it falls, and how the messages ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import elsewhere, meetings, plans, queries, services, spreading
from calakan.enrolment.forms import MOMENTS, PlanForm
from calakan.enrolment.manage.roster import Page, blueprint
from calakan.enrolment.plans import Plan
from calakan.enrolment.spreading import Round
from calakan.kernel import clock
from calakan.notifications import budget
from calakan.notifications.ways import Way
from calakan.office.queries import office_settings
from calakan.web import gate
from calakan.web.acting import acting

PRESETS = {"ringkas": "Ringkas", "lengkap": "Lengkap", "hemat": "Sekali saja"}
MERGE, SPARE = "gabung", "kanal-lain"
DONE = {
    MERGE: "Satu surat pagi menggantikan pengingat tiap sesi.",
    SPARE: "Yang menerima pengingat lewat kanal lain tidak lagi dikirimi email pengingat.",
}
MOST_ROUNDS = 12


@dataclass(frozen=True)
class Line:
    """One reminder still to come."""

    at: datetime
    text: str
    title: str
    early: bool


@blueprint.route("/kelola/diklat/<slug>/pesan", methods=["GET", "POST"])
def messages(slug: str) -> Page:
    diklat = gate.subject(Diklat)
    form = _form(queries.plan_of(diklat.id), remind=diklat.remind)
    if not form.validate_on_submit():
        return _show(diklat.id, slug, form)
    return _set(diklat.id, slug, form, done="Pengingat tersimpan.")


@blueprint.post("/kelola/diklat/<slug>/pesan/paket")
def set_preset(slug: str) -> Page:
    """One tap instead of many boxes; hour and note stay."""
    diklat_id, name = gate.subject(Diklat).id, request.form.get("paket", "")
    held = queries.plan_of(diklat_id)
    chosen = {preset: replace(held, moments=moments) for preset, moments in plans.PRESETS.items()}
    chosen |= {MERGE: replace(held, moments=plans.merged(held.moments)), SPARE: replace(held, spare_mail=True)}
    if name not in chosen:
        abort(400)
    words = DONE[name] if name in DONE else f"Paket {PRESETS[name]} dipakai."
    return _set(diklat_id, slug, _form(chosen[name], remind=True, typed=False), done=words)


def _form(plan: Plan, *, remind: bool, typed: bool = True) -> PlanForm:
    """What is stored, or what was typed over it."""
    stored = {
        "remind": remind,
        "moments": list(plan.moments),
        "morning": f"{plan.morning:%H:%M}",
        "note": plan.note,
        "spare_mail": plan.spare_mail,
    }
    return PlanForm(data=stored) if typed else PlanForm(formdata=None, data=stored)


def _set(diklat_id: int, slug: str, form: PlanForm, *, done: str) -> Page:
    """Saved, unless it would reach fewer than now and nobody said that this is all right."""
    plan, remind, now = form.plan(), bool(form.remind.data), clock.now()
    if remind and not form.anyway.data:
        outlook = _outlook(diklat_id, plan, now)
        missing = _missing(outlook)
        if missing > _missing(_outlook(diklat_id, queries.plan_of(diklat_id), now)):
            return _show(diklat_id, slug, form, doubtful=outlook)
    with acting(form) as deed:
        services.set_plan(diklat_id, plan, remind=remind, actor=gate.actor(), now=now)
    if not deed.done:
        return _show(diklat_id, slug, form)
    flash(done, "ok")
    return redirect(url_for("enrolment_manage.messages", slug=slug), 303)


def _show(diklat_id: int, slug: str, form: PlanForm, *, doubtful: Sequence[Round] = ()) -> Page:
    """`doubtful` are the rounds of a plan that is not saved yet."""
    diklat, now = diklat_queries.by_slug(slug), clock.now()
    assert diklat is not None
    plan = queries.plan_of(diklat_id)
    outlook = _outlook(diklat_id, plan, now) if diklat.remind else []
    html = render_template(
        "enrolment/messages.html",
        diklat=diklat,
        form=form,
        presets=PRESETS,
        counts=queries.message_counts(diklat_id),
        rounds=_rounds(diklat, plan, outlook, now),
        taken=queries.seats(diklat)[diklat_id].taken,
        outlook=outlook,
        doubtful=doubtful,
        plan=plan,
        elsewhere=elsewhere.count(diklat_id),
    )
    return html, 422 if form.errors or doubtful else 200


def _outlook(diklat_id: int, plan: Plan, now: datetime) -> list[Round]:
    """The rounds of this diklat, by this plan, that begin early or miss somebody."""
    limits = budget.caps(office_settings(), Way.MAIL)
    found = meetings.coming(now, suppose={diklat_id: plan}) if limits else []
    return [r for r in spreading.rounds(found, limits, now=now, of=diklat_id) if r.moved or r.missing]


def _missing(rounds: Sequence[Round]) -> int:
    return sum(r.missing for r in rounds)


def _rounds(diklat: Diklat, plan: Plan, outlook: Sequence[Round], now: datetime) -> list[Line]:
    """What is still to come, the next first."""
    if not diklat.remind or diklat.state is not DiklatState.PUBLISHED:
        return []
    words = dict(MOMENTS)
    mornings = {r.day: r.begins for r in outlook if r.moment == spreading.MORNING}
    hours = {r.session_id: r.begins for r in outlook if r.moment == plans.HOUR}
    lines = []
    for session in diklat_queries.sessions_of(diklat.id):
        for moment, usual in plan.rounds(session):
            begins = hours.get(session.id) if moment == plans.HOUR else mornings.get(clock.local(usual).date())
            at = min(usual, begins or usual)
            lines.append(Line(at, words.get(moment, moment), session.title, early=at < usual))
    return sorted((line for line in lines if line.at > now), key=lambda line: line.at)[:MOST_ROUNDS]
