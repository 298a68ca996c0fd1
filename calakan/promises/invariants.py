"""What must hold whatever happens: each broken invariant is one line that names it. Reads only."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby

import sqlalchemy as sa

from calakan.assessment import programme
from calakan.attendance.models import Presence
from calakan.audit import chain
from calakan.certificates import review
from calakan.certificates.models import Certificate, CertificateRole, NumberReserve, Register, Status
from calakan.completion.models import PassingException
from calakan.diklat import jp as hours
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import WHOLE, Diklat, DiklatState, LiveSession, ProgrammeRow, SessionState
from calakan.enrolment import joining
from calakan.enrolment import services as enrolling
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.enrolment.queries import LINE
from calakan.enrolment.seats import Rule, allot, rule_of
from calakan.kernel import clock, db
from calakan.kernel.actor import system
from calakan.kernel.claims import WorkState
from calakan.kernel.files import Store
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.notifications.models import Message
from calakan.people.models import Person
from calakan.reports import queries, rolls
from calakan.reports.documents import exports
from calakan.reports.stages import COUNTED
from calakan.reports.terms import Dimension, Filters, Stage

SWEEP = timedelta(minutes=15)
PREPARED = (DiklatState.DRAFT, DiklatState.PROPOSED)


def broken(store: Store | None = None) -> list[str]:
    """Empty when all is well; otherwise lines such as `seat-left: …`. With the files at hand, these are looked for too."""
    lines = [line for find in RULES.values() for line in find()]
    return lines if store is None else [*lines, *lost_files(store)]


def by_name(lines: Sequence[str]) -> dict[str, list[str]]:
    """The findings of each invariant, all invariants named."""
    found: dict[str, list[str]] = {name: [] for name in (*RULES, LOST_FILE)}
    for line in lines:
        name, _, text = line.partition(": ")
        found[name].append(text)
    return found


def _oversold() -> list[str]:
    """Never more confirmed than seats, or than there were when the panitia lowered the quota and took none away."""
    confirmed = sa.func.count()
    rows = db.session().execute(
        sa.select(Diklat.slug, Diklat.quota, confirmed)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .where(Enrolment.state == EnrolmentState.CONFIRMED, Diklat.quota.is_not(None), Diklat.state.in_(COUNTED))
        .group_by(Diklat.id, Diklat.slug, Diklat.quota, Diklat.seats_kept)
        .having(sa.and_(confirmed > Diklat.quota, confirmed > Diklat.seats_kept))
        .order_by(Diklat.id)
    )
    return [f"oversold: {slug}: {taken} confirmed of {quota}" for slug, quota, taken in rows]


def _shares_oversold() -> list[str]:
    """Of each share, never more seats given while it bound than it has."""
    given = sa.func.count()
    rows = db.session().execute(
        sa.select(Diklat, Enrolment.share_key, given)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .where(
            Enrolment.state == EnrolmentState.CONFIRMED,
            Enrolment.share_key.is_not(None),
            ~Enrolment.beyond_share,
            Diklat.seat_by.is_not(None),
            Diklat.state.in_(COUNTED),
        )
        .options(*diklat_queries.NAMED)
        .group_by(Diklat.id, Enrolment.share_key)
        .order_by(Diklat.id, Enrolment.share_key)
    )
    return [
        f"share-oversold: {diklat.slug}: {share}: {seats} of {most}"
        for diklat, share, seats in rows
        if (most := Rule(diklat.quota, diklat.seat_by, diklat.seat_limits).most(share or "")) is not None
        and seats > most
    ]


def _line_behind_a_free_seat() -> list[str]:
    """Nobody who can log in waits while a seat is free that he may have, as long as those who wait get seats at all."""
    now, waits = clock.now(), sa.and_(Enrolment.state == EnrolmentState.WAITING, Person.active)
    lines: dict[int, list[Person]] = defaultdict(list)
    for diklat_id, person in db.session().execute(
        sa.select(Enrolment.diklat_id, Person)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Diklat, Diklat.id == Enrolment.diklat_id)
        .where(waits, Diklat.state == DiklatState.PUBLISHED)
        .order_by(Enrolment.diklat_id, *LINE)
    ):
        lines[diklat_id].append(person)
    wanted = sa.select(Diklat).where(Diklat.id.in_(lines)).options(*diklat_queries.NAMED).order_by(Diklat.id)
    found = []
    for diklat in db.session().scalars(wanted):
        # What was released a moment ago is given away by the next sweep.
        rule, held = rule_of(diklat, now=now - SWEEP), joining.held(diklat.id)
        line = [(person.id, rule.share_of(person)) for person in lines[diklat.id]]
        if enrolling.line_moves(diklat, now=now) and allot(rule, held, line):
            found.append(f"seat-left: {diklat.slug}: {_taken(diklat, held)} taken while {len(line)} wait")
    return found


def _taken(diklat: Diklat, held: Mapping[str | None, int]) -> str:
    taken = sum(held.values())
    return str(taken) if diklat.quota is None else f"{taken} of {diklat.quota}"


def _numbers() -> list[str]:
    """Serials of each register run from 1 to its last; what is missing is reserved."""
    found = []
    for kind, year, last in db.session().execute(sa.select(Register.kind, Register.year, Register.last_serial)):
        used = db.session().scalar(
            sa.select(sa.func.count(sa.distinct(Certificate.serial))).where(
                Certificate.register == kind, Certificate.year == year
            )
        )
        kept = db.session().scalar(
            sa.select(sa.func.coalesce(sa.func.sum(NumberReserve.last - NumberReserve.first + 1), 0)).where(
                NumberReserve.kind == kind, NumberReserve.year == year, NumberReserve.last <= last
            )
        )
        if (used or 0) + (kept or 0) != last:
            found.append(f"number-gap: {kind} {year}: {used} numbers used, register stands at {last}")
    return found


def _files() -> list[str]:
    rows = db.session().scalars(
        sa.select(Certificate.number).where(Certificate.state == WorkState.DONE, Certificate.sha256.is_(None))
    )
    return [f"paper-without-file: {number}" for number in rows]


def _late_reminders() -> list[str]:
    rows = db.session().scalars(
        sa.select(Message.key)
        .join(LiveSession, LiveSession.id == Message.subject_id)
        .where(
            Message.kind == "enrolment.reminder",
            Message.state == WorkState.DONE,
            LiveSession.state == SessionState.PLANNED,
            Message.sent_at > LiveSession.starts_at,
        )
    )
    return [f"late-reminder: {key}" for key in rows]


def _doubles() -> list[str]:
    """A serial of a register belongs to one paper; its revisions are of the same person in the same diklat."""
    owners = sa.func.count(sa.distinct(Certificate.person_id)) + sa.func.count(sa.distinct(Certificate.diklat_id))
    place = (Certificate.register, Certificate.year, Certificate.serial)
    rows = db.session().execute(
        sa.select(*place).where(Certificate.serial.is_not(None)).group_by(*place).having(owners > 2).order_by(*place)
    )
    return [f"number-double: {kind} {year}/{serial}" for kind, year, serial in rows]


def _valid(role: CertificateRole) -> sa.ColumnElement[bool]:
    return sa.and_(Certificate.state == WorkState.DONE, Certificate.status == Status.VALID, Certificate.role == role)


def _without_evidence() -> list[str]:
    """A valid paper of a participant stands on a seat and on the JP the diklat asks for, or on an exception."""
    earned = (
        sa.select(sa.func.coalesce(sa.func.sum(LiveSession.weight), 0))
        .join(Presence, Presence.live_session_id == LiveSession.id)
        .where(
            LiveSession.diklat_id == Certificate.diklat_id,
            LiveSession.state == SessionState.PLANNED,
            Presence.person_id == Certificate.person_id,
            Presence.present,
        )
        .scalar_subquery()
    )
    taught = (
        sa.select(sa.func.coalesce(sa.func.sum(LiveSession.weight), 0))
        .where(LiveSession.diklat_id == Certificate.diklat_id, LiveSession.state == SessionState.PLANNED)
        .scalar_subquery()
    )
    seat = sa.exists().where(
        Enrolment.diklat_id == Certificate.diklat_id,
        Enrolment.person_id == Certificate.person_id,
        Enrolment.state == EnrolmentState.CONFIRMED,
    )
    let_pass = sa.exists().where(
        PassingException.diklat_id == Certificate.diklat_id, PassingException.person_id == Certificate.person_id
    )
    rows = db.session().execute(
        sa.select(Certificate.number, earned, taught)
        .join(Diklat, Diklat.id == Certificate.diklat_id)
        .where(
            _valid(CertificateRole.PARTICIPANT),
            ~let_pass,
            sa.or_(~seat, taught == 0, earned * 100 < Diklat.min_attendance_percent * taught),
        )
        .order_by(Certificate.id)
    )
    return [
        f"paper-without-evidence: {number}: {had / WHOLE:g} of {jp / WHOLE:g} JP attended" for number, had, jp in rows
    ]


def _speaker_without_session() -> list[str]:
    """A narasumber's paper stands on a session that he or she was confirmed for."""
    spoke = sa.exists().where(
        Assignment.person_id == Certificate.person_id,
        Assignment.state == AssignmentState.CONFIRMED,
        Assignment.live_session_id == LiveSession.id,
        LiveSession.diklat_id == Certificate.diklat_id,
        LiveSession.state == SessionState.PLANNED,
    )
    rows = db.session().scalars(
        sa.select(Certificate.number).where(_valid(CertificateRole.SPEAKER), ~spoke).order_by(Certificate.id)
    )
    return [f"speaker-without-session: {number}" for number in rows]


def _hours() -> list[str]:
    """The JP that a diklat announces are those of its programme, without rows whose sessions were all called off.

    Once it is published, rows that nothing shows are left out, too; what an earlier version published may count them.
    """
    stands = sa.func.coalesce(sa.func.sum(ProgrammeRow.jp), 0)
    shown = sa.func.coalesce(sa.func.sum(sa.case((programme.shown(), ProgrammeRow.jp))), 0)
    rows = db.session().execute(
        sa.select(Diklat.slug, Diklat.jp, stands)
        .outerjoin(ProgrammeRow, sa.and_(ProgrammeRow.diklat_id == Diklat.id, diklat_queries.stands()))
        .group_by(Diklat.id, Diklat.slug, Diklat.jp, Diklat.state)
        .having(stands != Diklat.jp, sa.or_(Diklat.state.in_(PREPARED), shown != Diklat.jp))
    )
    return [f"diklat-jp: {slug}: says {jp}, programme has {sum}" for slug, jp, sum in rows]


def _counts() -> list[str]:
    """What the report says, its file holds and the tables have is one number."""
    return [*_enrolled(), *_certified()]


def _enrolled() -> list[str]:
    raw = db.session().scalar(
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .where(
            Enrolment.state == EnrolmentState.CONFIRMED,
            Enrolment.diklat_id.in_(sa.select(Diklat.id).where(Diklat.state.in_(COUNTED))),
        )
    )
    report = queries.participation([Dimension.DIKLAT], visible_to=system("auditor"))
    file = csv.reader(io.StringIO(exports.as_csv(report).decode("utf-8-sig"), newline=""), delimiter=";")
    filed = sum(int(row[2]) for row in list(file)[1:])
    if raw == report.total_kepesertaan == filed:
        return []
    return [f"counts-differ: enrolled: report {report.total_kepesertaan}, file {filed}, tables {raw}"]


def _certified() -> list[str]:
    raw = db.session().scalar(
        sa.select(sa.func.count())
        .select_from(Certificate)
        .join(Diklat, Diklat.id == Certificate.diklat_id)
        .where(_valid(CertificateRole.PARTICIPANT), Diklat.state.in_(COUNTED))
    )
    report = queries.participation([Dimension.DIKLAT], Filters(stage=Stage.CERTIFIED), visible_to=system("auditor"))
    if raw == report.total_kepesertaan:
        return []
    return [f"counts-differ: certified: report {report.total_kepesertaan}, tables {raw}"]


def _rolls() -> list[str]:
    """What counting reads instead of the tables is what the tables say."""
    return [
        f"roll-differs: {slug}: {stage.value}: roll {on_roll}, tables {in_tables}"
        for slug, stage, on_roll, in_tables in rolls.wrong()
    ]


def _schedules() -> list[str]:
    """JP of what is taught in sessions never exceed what their scheduled minutes carry, rounded once for each diklat."""
    rows = db.session().execute(
        sa.select(Diklat, ProgrammeRow)
        .join(ProgrammeRow, ProgrammeRow.diklat_id == Diklat.id)
        .where(Diklat.state.in_(COUNTED), ProgrammeRow.live)
        .order_by(Diklat.slug, ProgrammeRow.position, ProgrammeRow.id)
    )
    minutes: dict[int, int] = defaultdict(int)
    for session in db.session().scalars(sa.select(LiveSession).where(LiveSession.state == SessionState.PLANNED)):
        minutes[session.row_id] += hours.minutes_of(session)
    found = []
    for diklat, pairs in groupby(rows, key=lambda pair: pair[0]):
        taught = [row for _, row in pairs if row.id in minutes]
        asked = [(minutes[row.id], row.jp if row.jp_typed else None) for row in taught]
        for row, carried in zip(taught, hours.rounded(asked, diklat.minutes_per_jp), strict=True):
            if row.jp > carried:
                found.append(f"jp-above-minutes: {diklat.slug}: {row.title}: {row.jp} JP in {minutes[row.id]} minutes")
    return found


def _papers() -> list[str]:
    """What papers state is what took place, and what their holders have evidence for; one line a promise and paper."""
    now = clock.now()
    bearing = sa.exists().where(Certificate.diklat_id == Diklat.id, Certificate.state == WorkState.DONE)
    return [
        f"{flaw.value}: {paper.number}: {about}"
        for diklat in db.session().scalars(sa.select(Diklat).where(bearing).order_by(Diklat.id))
        for paper in review.flawed(diklat, now=now)
        for flaw, about in paper.flaws.items()
    ]


TRAIL = "trail-broken"
NEWEST_LINKS = 20_000  # looked at on the page too; the command looks at all


def _newest_of_the_trail() -> list[str]:
    return trail(newest=NEWEST_LINKS)


def trail(*, newest: int | None = None) -> list[str]:
    """Nothing was changed or taken away of what is on the trail; words are gone of erased people alone."""
    erased = db.session().scalars(sa.select(Person.id).where(Person.email.endswith(Person.ERASED_DOMAIN)))
    return [f"{TRAIL}: {line}" for line in chain.breaks(now=clock.now(), erased=set(erased), newest=newest)]


LOST_FILE = "lost-file"
RULES: dict[str, Callable[[], list[str]]] = {
    "oversold": _oversold,
    "share-oversold": _shares_oversold,
    "seat-left": _line_behind_a_free_seat,
    "number-gap": _numbers,
    "number-double": _doubles,
    "paper-without-file": _files,
    "paper-without-evidence": _without_evidence,
    "speaker-without-session": _speaker_without_session,
    "late-reminder": _late_reminders,
    "diklat-jp": _hours,
    "jp-above-minutes": _schedules,
    # One look at the papers finds all that may be wrong with them.
    review.Flaw.ABOVE_HELD.value: _papers,
    **{flaw.value: list for flaw in review.Flaw if flaw is not review.Flaw.ABOVE_HELD},
    "counts-differ": _counts,
    "roll-differs": _rolls,
    TRAIL: _newest_of_the_trail,
}


def lost_files(store: Store) -> list[str]:
    """Papers whose bytes are not on the disk."""
    rows = db.session().execute(
        sa.select(Certificate.number, Certificate.prefix_sha256, Certificate.tail_sha256)
        .where(Certificate.state == WorkState.DONE)
        .order_by(Certificate.id)
        .execution_options(yield_per=1000)
    )
    there: dict[str, bool] = {}
    find = store.finder()

    def kept(sha256: str | None) -> bool:
        if sha256 is None:
            return True
        if sha256 not in there:
            there[sha256] = find(sha256)
        return there[sha256]

    return [f"{LOST_FILE}: {number}" for number, prefix, tail in rows if not (kept(prefix) and kept(tail))]
