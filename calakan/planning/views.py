"""Proposing a series as a narasumber: the pattern first, then the times that are free, then to the panitia."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.office.models import ChoiceKind
from calakan.office.queries import office_settings
from calakan.planning import queries, series, services
from calakan.planning.errors import ScheduleChanged
from calakan.planning.forms import SeriesForm
from calakan.web import gate
from calakan.web.chrome import lists
from calakan.web.messages import sentence

blueprint = Blueprint("planning", __name__, template_folder="templates")
Page = Response | str | tuple[str, int]


def _shown() -> list[datetime]:
    """The beginnings that stood on the page; what cannot be read is not among what is free."""
    found = []
    for text in request.form.getlist("waktu")[: series.MOST_TIMES]:
        try:
            instant = datetime.fromisoformat(text[:40])
        except ValueError:
            continue
        if instant.tzinfo is not None:
            found.append(instant)
    return found


def _start() -> dict[str, object]:
    monday = clock.today() + timedelta(days=14)
    return {"first": monday, "at": time(13), "times": 4, "skip_holidays": True, "minutes": "90"}


@blueprint.route("/relawan/usulan", methods=["GET", "POST"])
def propose() -> Page:
    actor = gate.actor()
    assert actor.person_id is not None
    form = SeriesForm(data=_start())
    form.topics.choices = lists().active(ChoiceKind.TOPIC)
    found: series.Suggestion | None = None
    if form.sent():
        try:
            found = series.suggest(form.pattern(), actor.person_id, now=clock.now())
            if request.form.get("tahap") == "ajukan":
                percent = office_settings().min_attendance_percent
                with db.transaction():
                    slug = services.propose_series(
                        form.details(percent), form.pattern(), _shown(), actor=actor, now=clock.now()
                    ).slug
                flash("Usulan diajukan kepada panitia. Jawabannya dikirim ke email Bapak/Ibu.", "ok")
                return redirect(url_for("diklat_manage.sessions", slug=slug), 303)
        except ScheduleChanged as error:
            flash(sentence(error), "warn")
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "planning/propose.html", form=form, found=found, proposals=queries.proposals(actor.person_id)
    )
    return (page, 422) if form.errors else page
