"""Answering, on a phone in under a minute; digests for the narasumber and the panitia; quotes and their consent."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.feedback import queries, quotes, services, survey_queries
from calakan.feedback.forms import AnswerForm
from calakan.feedback.models import Quote
from calakan.feedback.views import surveys
from calakan.feedback.words import ITEM_WORDS
from calakan.kernel import clock, db
from calakan.narasumber import queries as narasumber
from calakan.people.queries import workplace
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.addresses import safe_next
from calakan.web.paging import page

blueprint = surveys.blueprint
Page = Response | str | tuple[str, int]


@blueprint.route("/belajar/<slug>/angket", methods=["GET", "POST"])
def answer(slug: str) -> Page:
    diklat_id, me = gate.subject(Diklat).id, gate.me()
    waiting = queries.open_for(me, diklat_id, now=clock.now())
    if request.method == "GET" and not waiting and survey_queries.open_for(me, diklat_id, now=clock.now()):
        return redirect(url_for("feedback.answer_survey", slug=slug))
    form = AnswerForm()
    chosen = _chosen(waiting, form.session.data or request.args.get("sesi", ""))
    if form.validate_on_submit() and chosen is not None:
        session_id, title = chosen.id, chosen.title
        with acting(form) as deed:
            services.answer(
                session_id, me, form.marks(), text=form.text.data or "", quote=form.consent(), actor=gate.actor(),
                now=clock.now(),
            )  # fmt: skip
        if deed.done:
            flash(f"Terima kasih. Nilai untuk “{title}” tersimpan tanpa nama.", "ok")
            left = queries.open_for(me, diklat_id, now=clock.now()) or survey_queries.open_for(
                me, diklat_id, now=clock.now()
            )
            return redirect(url_for("feedback.answer" if left else "attendance.progress", slug=slug), 303)
        waiting = queries.open_for(me, diklat_id, now=clock.now())
        chosen = _chosen(waiting, form.session.data or "")
    elif form.is_submitted() and chosen is None:
        flash("Angket sesi itu sudah terisi, atau waktunya sudah lewat.", "warn")
        return redirect(url_for("attendance.progress", slug=slug), 303)
    shown = render_template(
        "feedback/answer.html",
        diklat=diklat_queries.by_slug(slug),
        session=chosen,
        left=len(waiting),
        speakers=_speakers(chosen),
        form=form,
    )
    return (shown, 422) if form.errors else shown


def _chosen(waiting: Sequence[LiveSession], number: str) -> LiveSession | None:
    """The session asked for, else (nothing asked) the oldest."""
    if not number:
        return waiting[0] if waiting else None
    return next((session for session in waiting if str(session.number) == number), None)


def _speakers(session: LiveSession | None) -> list[str]:
    if session is None:
        return []
    return [row.person.printed_name for row in narasumber.confirmed_of([session.id]).get(session.id, ())]


@blueprint.get("/relawan/umpan-balik")
def own() -> str:
    sessions = queries.taught(gate.me(), now=clock.now())
    ids = [session.id for session in sessions]
    digests = queries.digests(ids)
    return render_template(
        "feedback/own.html",
        sessions=sessions,
        digests=digests,
        course=queries.course([digests[id] for id in ids if id in digests]),
        counts=queries.answers(ids),
        words=ITEM_WORDS,
        fewest=queries.FEWEST,
    )


@blueprint.get("/kelola/diklat/<slug>/angket")
def board(slug: str) -> str:
    diklat = gate.subject(Diklat)
    sessions = diklat_queries.sessions_of(diklat.id)
    ids = [session.id for session in sessions]
    return render_template(
        "feedback/board.html",
        diklat=diklat,
        sessions=sessions,
        digests=queries.digests(ids),
        counts=queries.answers(ids),
        words=ITEM_WORDS,
        fewest=queries.FEWEST,
        **surveys.facts(diklat.id),
    )


@blueprint.get("/saya/kutipan")
def my_quotes() -> str:
    return render_template("feedback/my_quotes.html", quotes=queries.quotes_of(gate.me()))


@blueprint.post("/saya/kutipan/<code>/tarik")
def withdraw_quote(code: str) -> Response:
    quote_id = gate.subject(Quote).id
    with db.transaction():
        quotes.withdraw(quote_id, actor=gate.actor(), now=clock.now())
    flash("Izin ditarik. Kutipannya sudah dihapus.", "ok")
    return redirect(safe_next(url_for("feedback.my_quotes")), 303)


@blueprint.get("/kelola/laporan/kutipan")
def quotes_board() -> str:
    return render_template(
        "feedback/quotes_board.html", page=page(queries.quotes_offered()), most=quotes.MOST, workplace=workplace
    )


@blueprint.post("/kelola/laporan/kutipan/<code>")
def choose_quote(code: str) -> Response:
    """`muat` empty takes it out again."""
    quote_id, wanted = gate.subject(Quote).id, bool(request.form.get("muat"))
    act = quotes.choose if wanted else quotes.drop
    with acting(done="Kutipan dimuat di laporan bukti." if wanted else "Kutipan dikeluarkan dari laporan bukti."):
        act(quote_id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("feedback.quotes_board"), 303)
