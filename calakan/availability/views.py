"""Busy times of a narasumber by tap, and the calendars: of oneself, of the programme, of the panitia."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.availability import agenda, queries, services
from calakan.availability.agenda import Entry
from calakan.availability.forms import BusyForm, CalendarForm
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import DiklatState, LiveSession, SessionState
from calakan.kernel import clock
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Duty
from calakan.office import queries as office
from calakan.web import gate
from calakan.web.acting import acting

blueprint = Blueprint("availability", __name__, template_folder="templates")
Page = Response | str | tuple[str, int]
SHOWN = (DiklatState.PUBLISHED, DiklatState.CLOSED)
PLANNED = (DiklatState.DRAFT, DiklatState.PROPOSED, DiklatState.PUBLISHED, DiklatState.CLOSED)
READ_PROBLEMS = {
    "private": "Alamat itu bukan alamat umum di internet, jadi tidak dibaca.",
    "unreachable": "Alamat itu tidak dapat dihubungi.",
    "status": "Alamat itu menolak dibaca. Pastikan kalendernya dibagikan.",
    "large": "Kalendernya terlalu besar (paling besar 2 MB).",
    "slow": "Alamat itu terlalu lama menjawab.",
    "redirects": "Alamat itu terlalu sering berpindah.",
    "content": "Isinya bukan kalender (.ics).",
    "often": "Acaranya terlalu banyak atau terlalu sering berulang untuk dibaca seluruhnya.",
    "heavy": "Isinya terlalu rumit untuk dibaca.",
}


@blueprint.get("/relawan/jadwal/sibuk")
def busy() -> str:
    return _busy(BusyForm(formdata=None), CalendarForm(formdata=None))


def _busy(form: BusyForm, address: CalendarForm) -> str:
    me = gate.me()
    source = queries.source(me)
    problem = READ_PROBLEMS.get(source.last_error or "") if source is not None else None
    return render_template(
        "availability/busy.html",
        form=form,
        address=address,
        weekly=queries.weekly(me),
        parts=services.PARTS,
        dated=queries.dated(me, now=clock.now()),
        source=source,
        problem=problem,
    )


@blueprint.post("/relawan/jadwal/sibuk/pekan")
def toggle() -> Response:
    """One tap on the week; the page it came from is shown again."""
    weekday, _, part = request.form.get("petak", "").partition("-")
    me = gate.me()
    day = int(weekday) if weekday in set("0123456") else -1
    with acting():
        services.toggle_weekly(me, day, part, actor=gate.actor(), now=clock.now())
    back = "narasumber.schedule" if request.form.get("dari") == "jadwal" else "availability.busy"
    return redirect(url_for(back) + "#pekan", 303)


@blueprint.post("/relawan/jadwal/sibuk/tanggal")
def add() -> Page:
    form, me = BusyForm(), gate.me()
    if form.validate_on_submit():
        starts_at, ends_at = form.starts_at.data, form.ends_at.data
        assert starts_at is not None
        assert ends_at is not None
        with acting(form) as deed:
            services.add_dated(me, starts_at, ends_at, note=form.note.data or "", actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Waktu sibuk tersimpan.", "ok")
            return redirect(url_for("availability.busy"), 303)
    return _busy(form, CalendarForm(formdata=None)), 422


@blueprint.post("/relawan/jadwal/sibuk/hapus")
def remove() -> Response:
    text, me = request.form.get("id", ""), gate.me()
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    with acting(done="Waktu sibuk dihapus."):
        services.remove_dated(me, id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("availability.busy"), 303)


@blueprint.post("/relawan/jadwal/sibuk/kalender")
def connect() -> Page:
    form, me = CalendarForm(), gate.me()
    if form.validate_on_submit():
        with acting(form) as deed:
            services.connect_calendar(me, form.url.data or "", actor=gate.actor(), now=clock.now())
        if deed.done:
            flash("Alamat kalender tersimpan. Waktu sibuknya dibaca sebentar lagi.", "ok")
            return redirect(url_for("availability.busy"), 303)
    return _busy(BusyForm(formdata=None), form), 422


@blueprint.post("/relawan/jadwal/sibuk/kalender/lepas")
def disconnect() -> Response:
    me = gate.me()
    with acting(done="Alamat kalender dan semua waktu sibuk darinya dihapus."):
        services.disconnect_calendar(me, actor=gate.actor(), now=clock.now())
    return redirect(url_for("availability.busy"), 303)


def _span() -> agenda.Span:
    view = "pekan" if request.args.get("tampilan") == "pekan" else "bulan"
    try:
        day = date.fromisoformat(request.args.get("hari", "")[:10])
    except ValueError:
        day = clock.today()
    return agenda.span(view, day if 2000 <= day.year <= 2100 else clock.today())


def _page(shown: agenda.Span, entries: Iterable[Entry], template: str) -> str:
    return render_template(
        template,
        shown=shown,
        weeks=agenda.weeks(shown, entries),
        holidays=office.holidays(shown.first, shown.last),
        today=clock.today(),
    )


@blueprint.get("/kalender")
def programme() -> str:
    """Sessions of published diklat, for everyone."""
    shown = _span()
    sessions = diklat_queries.sessions_between(shown.starts_at, shown.ends_at, states=SHOWN)
    return _page(shown, [_entry(s) for s in sessions], "availability/programme.html")


@blueprint.get("/kelola/kalender")
def committee() -> str:
    """Everything planned, drafts too, with who speaks."""
    shown = _span()
    sessions = diklat_queries.sessions_between(shown.starts_at, shown.ends_at, states=PLANNED)
    assigned = narasumber.confirmed_of([s.id for s in sessions])
    entries = []
    for session in sessions:
        names = [row.person.name for row in assigned.get(session.id, ()) if row.duty is Duty.SPEAKER]
        entry = _entry(
            session, address=url_for("diklat_manage.sessions", slug=session.diklat.slug), under=", ".join(names)
        )
        entries.append(entry)
    return _page(shown, entries, "availability/committee.html")


@blueprint.get("/relawan/kalender")
def own() -> str:
    """The narasumber's own sessions and busy times."""
    shown, me = _span(), gate.me()
    entries = [_entry(s) for s in narasumber.sessions_between(me, shown.starts_at, shown.ends_at)]
    for time in queries.busy([me], shown.starts_at, shown.ends_at).get(me, []):
        entries.append(Entry(time.starts_at, time.ends_at, time.note or "Sibuk", tone="busy"))
    return _page(shown, entries, "availability/own.html")


def _entry(session: LiveSession, *, address: str = "", under: str | None = None) -> Entry:
    levels = session.diklat.jenjang
    tone, mark, mark_class = (levels[0].value if len(levels) == 1 else "umum"), "", ""
    if session.state is SessionState.CANCELLED:
        tone, mark, mark_class = "cancelled", "Dibatalkan", "tag-err"
    elif under == "":
        mark, mark_class = "Belum ada narasumber", "tag-warn"
    elif session.diklat.state in (DiklatState.DRAFT, DiklatState.PROPOSED):
        mark, mark_class = "Belum terbit", ""
    return Entry(
        session.starts_at,
        session.ends_at,
        session.diklat.title,
        under=" · ".join(filter(None, (session.title, under))),
        address=address or url_for("diklat.detail", slug=session.diklat.slug),
        tone=tone,
        mark=mark,
        mark_class=mark_class,
    )
