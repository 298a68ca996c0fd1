"""The table of all coming sessions: rows by a rule, changed in place, saved at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Field

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.kernel import clock
from calakan.kernel.errors import DomainError
from calakan.narasumber import queries as narasumber
from calakan.planning import radius, series, timetable
from calakan.planning import words as planned
from calakan.planning.manage.answers import Page, blueprint
from calakan.planning.manage.forms import Choices, LineForm, PatternForm
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.messages import sentence

MOST = timetable.MOST_LINES


@dataclass
class Table:
    """The form of the rule and those of the rows, as one: the list of what is wrong reads it like a form."""

    pattern: PatternForm
    rows: list[LineForm]
    skipped: Sequence[series.Skipped] = ()
    moves: Sequence[tuple[LiveSession, timetable.Line]] = ()
    asks: bool = False
    radius: str = ""
    form_errors: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Field]:
        for form in (self.pattern, *self.rows):
            yield from form

    @property
    def errors(self) -> bool:
        return bool(self.form_errors) or any(form.errors for form in (self.pattern, *self.rows))

    @property
    def kept(self) -> list[LineForm]:
        return [row for row in self.rows if not (row.new and row.drop.data)]

    def read(self, choices: Choices) -> bool:
        """Whether all rows are right; what is wrong stands beside each."""
        right = [row.read(choices) for row in self.kept]
        return all(right)

    def ask(self, diklat: Diklat, wanted: Sequence[timetable.Line], *, now: datetime) -> None:
        """Who would be told of other times stands on the page before anybody is."""
        self.moves = timetable.moves(diklat, wanted) if diklat.state is DiklatState.PUBLISHED else ()
        self.asks = bool(self.moves) and set(request.form.getlist("yakin")) != set(self.agreed)
        if self.asks:
            self.radius = planned.touched(radius.of_sessions(diklat, [s for s, _ in self.moves], now=now))

    @property
    def agreed(self) -> list[str]:
        """What is agreed to by sending the page that asks; typed anew, it is asked again."""
        return [f"{s.number}@{line.starts_at.isoformat()}/{line.ends_at.isoformat()}" for s, line in self.moves]

    def refuse(self, error: DomainError, fallback: str = "") -> None:
        if "line" in error.facts:
            self.kept[error.facts["line"]].refuse(error, fallback)
        else:
            self.form_errors.append(sentence(error))


def _choices(lines: Sequence[timetable.Line]) -> Choices:
    accounts = [(str(a.id), a.name) for a in narasumber.meeting_accounts()]
    known = {id for id, _ in accounts}
    # An account that was switched off stays where it is in use.
    kept = {str(line.account_id) for line in lines if line.account_id is not None} - known
    accounts += [(str(a.id), a.name) for a in narasumber.all_accounts() if str(a.id) in kept]
    return Choices(timetable.who_may_speak(lines), [("", "Tanpa"), *accounts] if accounts else [])


def _rows(lines: Sequence[timetable.Line], choices: Choices) -> list[LineForm]:
    """As they stand, or as they were typed."""
    standing = {str(line.number): line for line in lines}
    if request.method != "POST":
        return [LineForm.of(str(n), line, choices) for n, line in enumerate(lines)]
    places = [text for text in dict.fromkeys(request.form.getlist("baris")) if text.isascii() and text.isdigit()][:MOST]
    return [LineForm.typed(place, standing, choices) for place in places]


@blueprint.route("/kelola/diklat/<slug>/sesi/susun", methods=["GET", "POST"])
def timetable_page(slug: str) -> Page:
    diklat, actor, now = gate.subject(Diklat), gate.actor(), clock.now()
    diklat_id = diklat.id
    standing = timetable.lines(diklat, now=now)
    choices = _choices(standing)
    table = Table(PatternForm(data=_start(standing)), _rows(standing, choices))
    table.pattern.account.choices = list(choices.accounts) or [("", "")]
    if request.form.get("tahap") == "pola":
        if table.pattern.validate():
            _extend(table, diklat_id, choices, now=now)
    elif request.method == "POST" and table.read(choices):
        wanted = [row.line for row in table.kept]
        table.ask(diklat, wanted, now=now)
        if not table.asks:
            with acting(table) as deed:
                saved = timetable.save(diklat_id, wanted, actor=actor, now=now)
            if deed.done:
                flash(planned.saved(saved), "ok")
                return redirect(url_for("diklat_manage.sessions", slug=slug), 303)
    page = _shown(slug, table, choices)
    return (page, 422) if table.errors else page


def _shown(slug: str, table: Table, choices: Choices) -> str:
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    elsewhere = len(diklat_queries.sessions_of(diklat.id)) - sum(not row.new for row in table.rows)
    return render_template(
        "planning/timetable.html",
        diklat=diklat,
        table=table,
        pattern=table.pattern,
        people=sorted({person.printed_name for person in choices.people.values()}),
        elsewhere=elsewhere,
    )


def _start(lines: Sequence[timetable.Line]) -> dict[str, Any]:
    """What the rule starts with: the hours and the day of the last session, or an afternoon of the next week."""
    if not lines:
        return {"first": clock.today() + timedelta(days=7), "at": time(13), "until": time(15, 15), "times": 4}
    last = lines[-1]
    begins = clock.local(last.starts_at)
    return {
        "first": begins.date() + timedelta(days=7),
        "weekday": str(begins.weekday()),
        "at": begins.time(),
        "until": clock.local(last.ends_at).time(),
        "times": 1,
        "account": str(last.account_id or ""),
        "room_url": last.room_url,
        "place": last.place,
    }


def _extend(table: Table, diklat_id: int, choices: Choices, *, now: datetime) -> None:
    """Rows by the rule, around holidays, what else is planned here and whatever keeps the narasumber."""
    form = table.pattern
    try:
        ids = choices.ids(form.speakers.data or "")
        names = {id: choices.people[id].printed_name for id in ids}
        found = series.around(form.pattern(), names, _taken(table, diklat_id), now=now)
    except DomainError as error:
        form.refuse(error)
        return
    table.skipped = found.skipped
    unused = _rows_in_need(diklat_id, table)
    after = max((int(row.index) for row in table.rows), default=-1) + 1
    for place, (begins, finishes) in enumerate(found.times[: max(MOST - len(table.rows), 0)], start=after):
        row_id, title = next(unused, (None, f"{form.title.data} {len(table.rows) + 1}"))
        line = timetable.Line(
            title=title,
            starts_at=begins,
            ends_at=finishes,
            speakers=ids,
            account_id=int(form.account.data) if form.account.data else None,
            room_url=form.room_url.data or "",
            place=form.place.data or "",
            row_id=row_id,
        )
        table.rows.append(LineForm.of(str(place), line, choices))


def _taken(table: Table, diklat_id: int) -> list[series.Stretch]:
    """What is planned in this diklat, and what the rows on the page plan."""
    taken = [(s.starts_at, s.ends_at, f"sesi “{s.title}”") for s in diklat_queries.sessions_of(diklat_id)]
    for row in table.kept:
        if (span := row.span()) is not None:
            taken.append((*span, f"sesi “{row.title.data}”"))
    return taken


def _rows_in_need(diklat_id: int, table: Table) -> Iterator[tuple[int | None, str]]:
    """What is to be taught in sessions and has none, neither planned nor on the page."""
    taught = {session.row_id for session in diklat_queries.sessions_of(diklat_id)}
    taught |= {int(row.row.data) for row in table.kept if (row.row.data or "").isdigit()}
    rows = diklat_queries.standing_programme(diklat_id)
    return iter([(row.id, row.title) for row in rows if row.live and row.id not in taught])
