"""The talk about a proposal, and clones."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from calakan.diklat import cohorts
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.kernel import clock, formats
from calakan.office import queries as office
from calakan.planning import queries, services
from calakan.planning.forms import CloneForm, NoteForm
from calakan.planning.manage.answers import Page, blueprint
from calakan.web import gate
from calakan.web.acting import acting


@blueprint.route("/kelola/diklat/<slug>/ulasan", methods=["GET", "POST"])
def review(slug: str) -> Page:
    diklat_id, actor, form = gate.subject(Diklat).id, gate.actor(), NoteForm()
    if form.validate_on_submit():
        with acting(form) as deed:
            services.comment(diklat_id, form.text.data or "", actor=actor, now=clock.now())
        if deed.done:
            flash("Catatan tersimpan.", "ok")
            return redirect(url_for("planning_manage.review", slug=slug), 303)
    page = render_template(
        "planning/review.html", form=form, diklat=diklat_queries.by_slug(slug), notes=queries.notes(diklat_id)
    )
    return (page, 422) if form.errors else page


@blueprint.route("/kelola/diklat/<slug>/salin", methods=["GET", "POST"])
def clone(slug: str) -> Page:
    diklat, actor = gate.subject(Diklat), gate.actor()
    diklat_id = diklat.id
    title, cohort = cohorts.suggested(diklat.title, diklat.cohort, most=120)
    form = CloneForm(data={"title": title, "cohort": cohort, "quota": diklat.quota})
    if form.validate_on_submit():
        first = form.first.data
        assert first is not None
        with acting(form, beside="first") as deed:
            made = services.clone(
                diklat_id,
                title=form.title.data or "",
                cohort=form.cohort.data or "",
                first=first,
                quota=form.quota.data,
                actor=actor,
                now=clock.now(),
            ).slug
        if deed.done:
            _told(made)
            return redirect(url_for("diklat_manage.sessions", slug=made), 303)
    page = render_template(
        "planning/clone.html",
        form=form,
        diklat=diklat_queries.by_slug(slug),
        sessions=diklat_queries.sessions_of(diklat_id),
    )
    return (page, 422) if form.errors else page


def _told(slug: str) -> None:
    flash("Salinan berdiri sebagai draf. Pengingatnya berjalan sesudah terbit.", "ok")
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    days = [session.local_date for session in diklat_queries.sessions_of(diklat.id)]
    if not days:
        return
    free = office.holidays(min(days), max(days))
    touched = [f"{formats.day(day)} ({free[day]})" for day in days if day in free]
    if touched:
        flash(f"Periksa jadwalnya: {formats.joined(touched)} adalah hari libur.", "warn")
