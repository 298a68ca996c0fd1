"""Asking for files, stopping and removing them. The workers make them (`making`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.clock import local
from calakan.kernel.errors import NotFound
from calakan.kernel.wording import phrase
from calakan.office.queries import office_settings
from calakan.reports import rules
from calakan.reports.errors import (
    ColumnsUnknown,
    DiklatNeeded,
    ExportOver,
    FormatNotOffered,
    KindNotAllowed,
    OneYearNeeded,
    TooManyExports,
)
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Count, Dimension, Filters, Measure, Stage

QUEUE = "reports.export"
# How many of one person's files may wait at once.
MOST_OPEN = 5


def ask(
    kind: ExportKind,
    format: ExportFormat,
    filters: Filters,
    *,
    by: list[Dimension],
    actor: Actor,
    now: datetime,
    mail: bool = False,
    columns: Sequence[str] = (),
) -> Export:
    """Write down that a file is wanted; the workers are rung. With `mail` its asker gets a link once it is there.

    `columns` are the names of those of a list that go into it; none means all.

    Raises the refusals of `errors`."""
    if actor.person_id is None or not rules.may_ask(actor, kind):
        raise KindNotAllowed()
    if kind in rules.OF_ONE_DIKLAT and not filters.diklat:
        raise DiklatNeeded()
    if format not in rules.formats(kind):
        raise FormatNotOffered()
    if kind is ExportKind.TRANSCRIPTS:
        filters = _of_one_year(filters, now)
    if columns and kind not in rules.CHOOSABLE:
        raise ColumnsUnknown()
    waiting = sa.select(sa.func.count()).where(
        Export.asked_by_id == actor.person_id, Export.state.in_([WorkState.PENDING, WorkState.CLAIMED])
    )
    db.alone("reports.exports", str(actor.person_id))
    if (db.session().scalar(waiting) or 0) >= MOST_OPEN:
        raise TooManyExports(most=MOST_OPEN)
    facts = {
        **facts_of(filters, by),
        **({"mail": True} if mail else {}),
        **({"columns": list(columns)} if columns else {}),
    }
    seen = {"sight": rules.sight(actor)} if kind is ExportKind.TRANSCRIPTS else {}
    made = _row(kind, format, {**facts, **seen}, actor.person_id, now)
    db.session().add(made)
    db.session().flush()
    audit.record("reports.ask_export", made, actor=actor, now=now, kind=kind.value, format=format.value, **facts)
    db.ring(QUEUE)
    return made


def _of_one_year(filters: Filters, now: datetime) -> Filters:
    """The whole year of its days, this one where no day is named. Raises OneYearNeeded."""
    years = {day.year for day in (filters.since, filters.until) if day is not None} or {local(now).year}
    if len(years) > 1:
        raise OneYearNeeded()
    year = years.pop()
    return replace(filters, since=date(year, 1, 1), until=date(year, 12, 31))


def _row(
    kind: ExportKind,
    format: ExportFormat,
    facts: dict[str, Any],
    person_id: int,
    now: datetime,
) -> Export:
    code = codes.code(26)
    return Export(
        key=f"export:{code}", code=code, kind=kind, format=format, facts=facts, asked_by_id=person_id,
        title=phrase(f"reports.{kind.value}"), asked_at=now, due_at=now,
        state=WorkState.PENDING,
    )  # fmt: skip


def facts_of(filters: Filters, by: list[Dimension]) -> dict[str, Any]:
    """As they are stored; `filters_of` reads them back."""
    return {
        "since": filters.since.isoformat() if filters.since else "",
        "until": filters.until.isoformat() if filters.until else "",
        "diklat": filters.diklat,
        "kecamatan": filters.kecamatan,
        "stage": filters.stage.value,
        "count": filters.count.value,
        "by": [dimension.value for dimension in by],
        "only": {dimension.value: value for dimension, value in filters.only},
        "measures": [measure.value for measure in filters.measures],
    }


def filters_of(facts: dict[str, Any]) -> Filters:
    return Filters(
        since=date.fromisoformat(facts["since"]) if facts["since"] else None,
        until=date.fromisoformat(facts["until"]) if facts["until"] else None,
        diklat=facts["diklat"],
        kecamatan=facts["kecamatan"],
        stage=Stage(facts["stage"]),
        count=Count(facts["count"]),
        # Files that were asked for earlier have none.
        only=tuple((Dimension(name), value) for name, value in facts.get("only", {}).items()),
        measures=tuple(Measure(name) for name in facts.get("measures", ())),
    )


def stop(export_id: int, *, actor: Actor, now: datetime) -> None:
    """One that waits is dropped at once; one at work is left by its worker within a batch. Raises NotFound, ExportOver."""
    export = db.session().get(Export, export_id)
    if export is None:
        raise NotFound()
    dropped = db.session().execute(
        sa.update(Export)
        .where(Export.id == export_id, Export.state == WorkState.PENDING)
        .values(state=WorkState.DROPPED, finished_at=now)
    )
    if not db.touched(dropped):
        asked = db.session().execute(
            sa.update(Export).where(Export.id == export_id, Export.state == WorkState.CLAIMED).values(stop=True)
        )
        if not db.touched(asked):
            raise ExportOver()
    audit.record("reports.stop_export", export, actor=actor, now=now)


def remove(export_id: int, *, actor: Actor, now: datetime) -> None:
    """The file counts as gone from now on; the sweep takes it from the disk. Raises NotFound, ExportOver."""
    export = db.session().get(Export, export_id)
    if export is None:
        raise NotFound()
    if not export.ready:
        raise ExportOver()
    export.removed_at = now
    db.session().flush()
    audit.record("reports.remove_export", export, actor=actor, now=now)


def note_download(export_id: int, *, actor: Actor, now: datetime) -> None:
    """Who took a file is noted before it is sent."""
    export = db.session().get_one(Export, export_id)
    audit.record("reports.download", export, actor=actor, now=now, kind=export.kind.value, rows=export.written)


def expire(*, now: datetime) -> int:
    """Files past their time; returns how many."""
    gone = db.session().execute(
        sa.update(Export)
        .where(Export.state == WorkState.DONE, Export.removed_at.is_(None), Export.expires_at <= now)
        .values(removed_at=now)
    )
    return db.touched(gone)


def keep_until(now: datetime) -> datetime:
    return now + timedelta(days=office_settings().export_days)
