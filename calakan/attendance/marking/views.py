"""The sheet of the panitia: who was in which session and how that was decided, ticked and marked on the same page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.attendance import appeals, queries, recounting, services, sheets
from calakan.attendance.errors import NotAParticipant
from calakan.attendance.forms import MarkForm
from calakan.attendance.running.views import blueprint
from calakan.attendance.sheets import Only
from calakan.attendance.words import DOUBTS, HOW, MISS_WORDS
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, db
from calakan.office.queries import office_settings
from calakan.people import queries as people_queries
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.paging import Page, page

__all__ = ["blueprint"]
CELL = re.compile(r"([0-9A-Z]{10}):([0-9]{1,4})")  # a person's code, the number of a session
PERSON = re.compile(r"[0-9A-Z]{10}")


class View(NamedTuple):
    """What of the sheet is looked at: `pada` is the number of one session, empty for all."""

    words: str = ""
    show: Only = Only.ALL
    pada: str = ""
    number: int = 1

    @property
    def narrow(self) -> bool:
        """Whether it leaves people out."""
        return bool(self.words) or self.show is not Only.ALL

    @property
    def address(self) -> dict[str, Any]:
        """The same view, for `url_for`."""
        return {
            "q": self.words or None,
            "saring": self.show.value if self.show is not Only.ALL else None,
            "pada": self.pada or None,
            "hal": self.number if self.number > 1 else None,
        }


class Shown(NamedTuple):
    """The participants of a view and the sessions that it shows, beside all."""

    found: Page
    sessions: Sequence[LiveSession]
    shown: Sequence[LiveSession]


def _view() -> View:
    """From the address, or from the form whose button `ke` was pressed: a filter, a page, or what was typed."""
    values = request.values
    typed = values.get("saring", "")
    show = Only(typed) if typed in set(Only) else Only.ALL
    number, pressed, to = _number(values.get("hal", "")), *_pressed()
    if pressed == "hal":
        number = _number(to)
    elif pressed:
        number = 1
    if pressed == "saring" and to in set(Only):
        show = Only(to)
    return View(values.get("q", "").strip()[:100], show, values.get("pada", "")[:4], number)


def _pressed() -> tuple[str, str]:
    name, _, to = request.form.get("ke", "").partition(":")
    return name, to


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _look(diklat: Diklat, view: View) -> Shown:
    sessions = list(diklat_queries.sessions_of(diklat.id))
    shown = [session for session in sessions if str(session.number) == view.pada] or sessions
    wanted = enrolment.roster(diklat.id, visible_to=gate.actor(), words=view.words)
    wanted = wanted.where(sheets.only(view.show, shown, now=clock.now()))
    return Shown(page(wanted, number=view.number), sessions, shown)


def _begun(sessions: Sequence[LiveSession]) -> list[tuple[str, str]]:
    now = clock.now()
    return [(str(s.number), f"Sesi {s.number} · {s.title}") for s in sessions if s.starts_at <= now]


def _show(slug: str, form: MarkForm | None = None) -> str:
    diklat, now, view = diklat_queries.by_slug(slug), clock.now(), _view()
    assert diklat is not None
    seen = _look(diklat, view)
    people = [row.person_id for row in seen.found.items]
    begun, windows = _begun(seen.sessions), queries.check_ins([s.id for s in seen.sessions])
    chosen = _chosen(form, diklat.id, begun)
    facts: dict[str, Any] = {
        "diklat": diklat,
        "sessions": seen.sessions,
        "shown": seen.shown,
        "page": seen.found,
        "view": view._replace(number=seen.found.number),
        "turns": _turns(seen.found),
        "chosen": chosen,
        "elsewhere": _elsewhere(chosen, seen),
        "cells": sheets.cells(seen.shown, people, now=now),
        "standing": queries.progress(diklat, people, now=now),
        "running": [(s, windows[s.id]) for s in seen.sessions if s.id in windows and windows[s.id].closes_at > now],
        "recounting": recounting.is_waiting(diklat.id),
        "appeals": appeals.waiting(diklat.id),
        "miss_words": MISS_WORDS,
        "how": {**HOW, **DOUBTS},
        "filters": list(Only),
        "missed": queries.missed_codes(diklat.id),
        "by_id": {s.id: s for s in seen.sessions},
        "may_mark": diklat.state is DiklatState.PUBLISHED and bool(begun),
        "form": form or MarkForm(begun, formdata=None, data={"sesi": view.pada}),
    }
    return render_template("attendance/sheet.html", **facts)


def _chosen(form: MarkForm | None, diklat_id: int, begun: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """What is ticked, on whatever page it stands; what can not be marked any more was said and is let go."""
    if form is None or _pressed()[0] == "kosong":
        return {"sel": [], "orang": []}
    cells = [read for value in form.sel.data or [] if (read := CELL.fullmatch(value))]
    rows = [value for value in form.orang.data or [] if PERSON.fullmatch(value)]
    numbers = {number for number, _ in begun}
    seated = enrolment.participant_ids(diklat_id, [*{*rows, *(read[1] for read in cells)}])
    return {
        "sel": list(dict.fromkeys(read[0] for read in cells if read[1] in seated and read[2] in numbers)),
        "orang": list(dict.fromkeys(code for code in rows if code in seated)),
    }


def _elsewhere(chosen: dict[str, list[str]], seen: Shown) -> list[tuple[str, str]]:
    """What is ticked and does not stand on this page: field and value."""
    here = {row.person.code for row in seen.found.items}
    cells = {f"{code}:{session.number}" for code in here for session in seen.shown}
    return [
        *(("orang", code) for code in chosen["orang"] if code not in here),
        *(("sel", cell) for cell in chosen["sel"] if cell not in cells),
    ]


def _turns(found: Page) -> list[tuple[int, str]]:
    before = [(found.number - 1, "Sebelumnya")] if found.number > 1 else []
    return before + ([(found.number + 1, "Berikutnya")] if found.has_next else [])


@blueprint.route("/kelola/diklat/<slug>/kehadiran", methods=["GET", "POST"])
def sheet(slug: str) -> str:
    """A POST looks at another part of the sheet and keeps what is ticked and typed; it changes nothing."""
    if request.method == "GET":
        return _show(slug)
    form = MarkForm(_begun(diklat_queries.sessions_of(gate.subject(Diklat).id)))
    return _show(slug, form)


@blueprint.post("/kelola/diklat/<slug>/kehadiran/tandai")
def mark(slug: str) -> Response | tuple[str, int]:
    """All that is ticked, in one transaction; a refusal keeps what was ticked and typed."""
    diklat_id = gate.subject(Diklat).id
    sessions = list(diklat_queries.sessions_of(diklat_id, cancelled=True))
    begun = _begun([session for session in sessions if session.state.is_planned])
    form = MarkForm(begun)
    if not form.validate_on_submit():
        return _show(slug, form), 422
    changed, present, reason = 0, form.present, form.reason
    with acting(form) as deed:
        cells = _cells(diklat_id, form, sessions, begun)
        changed = services.mark_cells(cells, present=present, reason=reason, actor=gate.actor(), now=clock.now())
    if not deed.done:
        return _show(slug, form), 422
    told = "hadir" if present else "tidak hadir"
    flash(f"{changed} kehadiran ditandai {told}." if changed else "Tidak ada yang berubah.", "ok")
    return redirect(url_for("attendance.sheet", slug=slug, **_view().address))


def _cells(
    diklat_id: int, form: MarkForm, sessions: Sequence[LiveSession], begun: Sequence[tuple[str, str]]
) -> dict[int, set[int]]:
    """Session -> people. Raises NotAParticipant where a code or a session is not of this diklat."""
    ids = {str(session.number): session.id for session in sessions}
    rows = [form.sesi.data] if form.sesi.data else [number for number, _ in begun]
    ticked = {(code, number) for code in form.orang.data or [] for number in rows}
    for value in form.sel.data or []:
        read = CELL.fullmatch(value)
        if read is None:
            raise NotAParticipant()
        ticked.add((read[1], read[2]))
    codes = sorted({code for code, _ in ticked})
    people = enrolment.participant_ids(diklat_id, codes)
    if len(people) != len(codes) or any(number not in ids for _, number in ticked):
        raise NotAParticipant()
    found: dict[int, set[int]] = {}
    for code, number in ticked:
        found.setdefault(ids[number], set()).add(people[code])
    return found


@blueprint.get("/kelola/diklat/<slug>/kehadiran/cetak")
def printed(slug: str) -> str:
    """All participants on paper: head of the house, what and when and where, each session, and room to sign."""
    diklat, now = gate.subject(Diklat), clock.now()
    sessions = list(diklat_queries.sessions_of(diklat.id))
    rows = db.session().scalars(enrolment.roster(diklat.id, visible_to=gate.actor())).unique().all()
    return render_template(
        "attendance/printed.html",
        diklat=diklat,
        sessions=sessions,
        rows=rows,
        cells=sheets.cells(sessions, [row.person_id for row in rows], now=now),
        workplace=people_queries.workplace,
        office=office_settings(),
        today=clock.today(),
    )
