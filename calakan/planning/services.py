"""Proposing a series, talking about it, and cloning what went well."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from calakan.assessment.services import copying as assessment
from calakan.audit import services as audit
from calakan.diklat import cohorts, jp
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession, ProgrammeRow
from calakan.diklat.services import details, programme, sessions, shares, states
from calakan.feedback import surveys
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.events import announce
from calakan.materials import queries as materials
from calakan.materials import services as material_services
from calakan.materials.models import MaterialKind
from calakan.narasumber import queries as narasumber
from calakan.narasumber import services as speaking
from calakan.notifications import services as notifications
from calakan.people.models import Person
from calakan.planning import series
from calakan.planning.errors import NoteEmpty, ScheduleChanged
from calakan.planning.events import DiklatCloned
from calakan.planning.models import ReviewNote


def propose_series(
    given: details.Details,
    pattern: series.Pattern,
    shown: Sequence[datetime],
    *,
    actor: Actor,
    now: datetime,
) -> Diklat:
    """A diklat with its sessions, the proposer in charge and speaking, handed to the panitia.

    `shown` are the beginnings the proposer agreed to. Raises SeriesInvalid, ScheduleChanged when they are no longer
    what is free, SpeakerClash, WindowReversed.
    """
    assert actor.person_id is not None
    db.lock(Person, actor.person_id)
    found = series.suggest(pattern, actor.person_id, now=now)
    if [begins for begins, _ in found.times] != list(shown):
        raise ScheduleChanged()
    diklat = details.create(given, lead_id=actor.person_id, actor=actor, now=now)
    for number, (begins, finishes) in enumerate(found.times, start=1):
        title = f"Pertemuan {number}" if len(found.times) > 1 else given.title
        plan = sessions.SessionPlan(title=title, starts_at=begins, ends_at=finishes, place=given.place)
        speaking.schedule(diklat.id, plan, [actor.person_id], agreed=True, actor=actor, now=now)
    states.propose(diklat.id, actor=actor, now=now)
    return diklat


def comment(diklat_id: int, text: str, *, actor: Actor, now: datetime) -> ReviewNote:
    """A word about a proposal; the one in charge is told of the panitia's. Raises NoteEmpty, NotFound, DiklatFinal."""
    assert actor.person_id is not None
    diklat = details.open_for_change(diklat_id)
    if not text.strip():
        raise NoteEmpty()
    note = ReviewNote(diklat_id=diklat_id, person_id=actor.person_id, text=text.strip()[:1000], at=now)
    db.session().add(note)
    db.session().flush()
    audit.record("planning.comment", diklat, actor=actor, now=now)
    if diklat.lead_id is not None and diklat.lead_id != actor.person_id:
        lead = db.session().get_one(Person, diklat.lead_id)
        notifications.queue(
            "planning.comment",
            key=f"planning.comment:{note.id}",
            person_id=lead.id,
            address=lead.email,
            now=now,
            about=note,
            facts={"name": lead.name},
        )
    return note


def clone(
    diklat_id: int,
    *,
    title: str,
    first: date,
    quota: int | None,
    actor: Actor,
    now: datetime,
    cohort: str | None = None,
) -> Diklat:
    """A draft like a diklat before it, shifted so that its first session falls on `first`.

    Content, struktur program, hours, materials, tasks, tests and the questionnaire are taken over; people, rooms and dates of
    enrolment are not: people are asked anew, and an old room would lead a thousand people astray. Reminders run once it is published.
    Where no `cohort` is named, it is the next one.
    Raises NotFound, SharesAboveQuota, JpAboveMinutes, SessionTimesInvalid when `first` is over.
    """
    source = db.session().get(Diklat, diklat_id)
    if source is None:
        raise NotFound()
    lead_id = source.lead_id if actor.is_committee else actor.person_id
    if lead_id is not None and not narasumber.is_speaker(lead_id):
        lead_id = None if actor.is_committee else lead_id
    made = details.create(_like(source, title=title, cohort=cohort, quota=quota), lead_id=lead_id, actor=actor, now=now)
    rows = {row.id: _copy_row(made, row) for row in diklat_queries.standing_programme(source.id)}
    typed = {row.id: row.jp_typed for row in diklat_queries.standing_programme(source.id)}
    held = diklat_queries.sessions_of(source.id)
    shift = first - held[0].local_date if held else timedelta(0)
    copies = _copy_sessions(made, held, rows, typed, by=shift, actor=actor, now=now)
    _keep_typed_jp(source.id, rows, {session.row_id for session in held})
    shares.sum_up(made)
    handed_out = _copy_materials(source.id, made.id, actor=actor, now=now)
    moved = partial(_shifted, by=shift)
    assessment.copy(source.id, made.id, rows=rows, sessions=copies, materials=handed_out, moved=moved, now=now)
    surveys.copy(source.id, made.id)
    audit.record("planning.clone", made, actor=actor, now=now, source=source.slug)
    announce(DiklatCloned(diklat_id=made.id, source_id=source.id, actor=actor, now=now))
    return made


def _copy_sessions(
    made: Diklat,
    held: Sequence[LiveSession],
    rows: Mapping[int, int],
    typed: Mapping[int, bool],
    *,
    by: timedelta,
    actor: Actor,
    now: datetime,
) -> dict[int, int]:
    """session -> its copy, so much later and at the same hour."""
    copies: dict[int, int] = {}
    for session in held:
        begins = _shifted(session.starts_at, by)
        plan = sessions.SessionPlan(
            title=session.title,
            starts_at=begins,
            ends_at=begins + (session.ends_at - session.starts_at),
            jp=min(session.jp, jp.carried(jp.minutes_of(session), made.minutes_per_jp)) or None
            if typed[session.row_id]
            else None,
            row_id=rows[session.row_id],
            place=session.place,
        )
        copies[session.id] = sessions.add(made.id, plan, actor=actor, now=now).id
    return copies


def _keep_typed_jp(source_id: int, rows: Mapping[int, int], taught: Collection[int]) -> None:
    """What somebody typed of a row that is taught stands in its copy, too."""
    for row in diklat_queries.standing_programme(source_id):
        if row.live and row.jp_typed and row.id in taught:
            programme.keep_jp(rows[row.id], row.jp)


def _shifted(instant: datetime, by: timedelta) -> datetime:
    """The same hour in Jakarta on another day."""
    local = clock.local(instant)
    return clock.instant(local.date() + by, local.time())


def _like(source: Diklat, *, title: str, cohort: str | None, quota: int | None) -> details.Details:
    return details.Details(
        title=title,
        cohort=cohorts.following(source.cohort) if cohort is None else cohort,
        summary=source.summary,
        description=source.description,
        outcomes=source.outcomes,
        kind=source.kind,
        mode=source.mode,
        place=source.place,
        topics=[row.topic for row in source.topics],
        levels=source.jenjang,
        posts=[row.jabatan for row in source.posts],
        quota=quota,
        seat_by=source.seat_by,
        seat_limits=dict(source.seat_limits),
        seat_release_days=source.seat_release_days,
        newcomers_first=source.newcomers_first,
        min_attendance_percent=source.min_attendance_percent,
        jp_rule=source.jp_rule,
        presence_rule=source.presence_rule,
        presence_percent=source.presence_percent,
        questionnaire=source.questionnaire,
        remind=True,
    )


def _copy_row(made: Diklat, row: ProgrammeRow) -> int:
    copy = programme.append_row(
        made, title=row.title, note=row.note, group=row.group, jp=row.jp, live=row.live, typed=row.jp_typed
    )
    return copy.id


def _copy_materials(source_id: int, made_id: int, *, actor: Actor, now: datetime) -> dict[int, int]:
    """The newest version of each, which is like which; recordings belong to the sessions that were."""
    copies = {}
    for material in materials.of_diklat(source_id):
        if material.kind is MaterialKind.RECORDING:
            continue
        newest = material.newest
        content = material_services.Content(
            sha256=newest.sha256, suffix=newest.suffix, size=newest.size, url=newest.url
        )
        made = material_services.hand_out(
            made_id,
            content,
            title=material.title,
            kind=material.kind,
            audience=material.audience,
            session_id=None,
            actor=actor,
            now=now,
        )
        copies[material.id] = made.id
    return copies
