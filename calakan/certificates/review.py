"""Issued papers that say more than is known: more JP than were held, rows without evidence, sessions called off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from calakan.assessment import programme
from calakan.assessment.programme import Mark, Part, Programme
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, ProgrammeRow
from calakan.kernel import db
from calakan.kernel.claims import WorkState

STATED = ("present", "partly", "done")


class Flaw(StrEnum):
    """The names are those of the promises that a paper breaks."""

    ABOVE_HELD = "jp-above-held"
    WITHOUT_EVIDENCE = "row-without-evidence"
    ABOVE_MINUTES = "paper-above-minutes"
    CALLED_OFF = "paper-on-cancelled-session"
    SERIAL = "serial-differs"


# A revision states what is known today; it keeps its number, and so mends no serial.
MENDED = frozenset(Flaw) - {Flaw.SERIAL}


@dataclass(frozen=True)
class Flawed:
    """`about` says which row or figure."""

    id: int
    code: str
    number: str
    name: str
    flaws: Mapping[Flaw, str]

    @property
    def mendable(self) -> bool:
        return bool(self.flaws.keys() & MENDED)


def flawed(diklat: Diklat, *, now: datetime) -> list[Flawed]:
    """The valid papers of this diklat that say too much, by number; few statements whatever their number.

    A paper is judged by what was over when it was issued, at least.
    """
    columns = (Certificate.id, Certificate.code, Certificate.number, Certificate.serial, Certificate.person_id)
    papers = db.session().execute(
        sa.select(*columns, Certificate.role, Certificate.jp, Certificate.facts, Certificate.issued_at)
        .where(
            Certificate.diklat_id == diklat.id,
            Certificate.state == WorkState.DONE,
            Certificate.status == Status.VALID,
        )
        .order_by(Certificate.number, Certificate.id)
    )
    rows = papers.all()
    if not rows:
        return []
    now = max([now, *(row.issued_at for row in rows if row.issued_at is not None)])
    known = _Known(diklat, [row.person_id for row in rows], now=now)
    found = []
    for paper in rows:
        if flaws := {flaw: about for flaw, find in FINDERS.items() if (about := find(paper, known))}:
            found.append(Flawed(paper.id, paper.code, paper.number or "", paper.facts.get("name", ""), flaws))
    return found


class _Known:
    """What the tables say of a diklat today."""

    def __init__(self, diklat: Diklat, people: Sequence[int], *, now: datetime) -> None:
        self.held: Programme = programme.held(diklat, sorted(set(people)), now=now)
        self.taught: Programme = programme.taught(diklat, now=now)
        self.rows: Sequence[ProgrammeRow] = diklat_queries.programme(diklat.id)
        self.standing = {row.id for row in diklat_queries.standing_programme(diklat.id)}
        sessions = diklat_queries.sessions_of(diklat.id, cancelled=True)
        planned = {s.starts_at for s in diklat_queries.sessions_of(diklat.id)}
        self.off = {s.starts_at for s in sessions} - planned

    def row(self, printed: dict[str, Any]) -> ProgrammeRow | None:
        """Which row this is; papers of earlier times name it by its title alone."""
        wanted = printed.get("row")
        return next((row for row in self.rows if (row.id == wanted if wanted else row.title == printed["title"])), None)

    def part(self, row: ProgrammeRow, person_id: int) -> Part | None:
        parts = zip(self.held.rows, self.held.parts[person_id], strict=True)
        return next((part for held, part in parts if held.row.id == row.id), None)

    def jp(self, paper: Any) -> int:
        if paper.role is CertificateRole.ATTENDEE:
            return self.held.own_jp(paper.person_id)
        if paper.role is CertificateRole.PARTICIPANT:
            return self.held.certified_jp(paper.person_id)
        return self.taught.jp


def _above_held(paper: Any, known: _Known) -> str:
    jp = known.jp(paper)
    return f"{paper.jp} JP, held {jp}" if paper.jp > jp else ""


def _called_off(paper: Any, known: _Known) -> str:
    for printed in paper.facts["event"]["programme"]:
        row = known.row(printed)
        starts = {datetime.fromisoformat(begins) for begins, _ in printed.get("when", ())}
        if (row is not None and row.id not in known.standing) or starts & known.off:
            return str(printed["title"])
    return ""


def _without_evidence(paper: Any, known: _Known) -> str:
    if paper.role not in (CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE):
        return ""
    for printed, mark in _marked(paper.facts):
        row = known.row(printed)
        if row is None or row.id not in known.standing or mark.partition(":")[0] not in STATED:
            continue
        part = known.part(row, paper.person_id)
        if part is None or part.mark is Mark.MISSED:
            return str(printed["title"])
    return ""


def _above_minutes(paper: Any, known: _Known) -> str:
    """Rows are rounded together: one may have the JP that rests of several make, and all have no more than all carry."""
    event, all_jp, all_minutes = paper.facts["event"], 0, 0
    for printed in event["programme"]:
        minutes = sum(
            int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()) // 60
            for start, end in printed.get("when", ())
        )
        if minutes and printed["jp"] > -(-minutes // event["minutes_per_jp"]):
            return f"{printed['title']}: {printed['jp']} JP in {minutes} minutes"
        all_jp, all_minutes = all_jp + (printed["jp"] if minutes else 0), all_minutes + minutes
    return f"{all_jp} JP in {all_minutes} minutes" if all_jp > all_minutes // event["minutes_per_jp"] else ""


def _serial(paper: Any, known: _Known) -> str:
    written = {int(digits) for digits in re.findall(r"\d+", paper.number or "")}
    return "" if paper.serial is None or paper.serial in written else f"serial {paper.serial}"


def _marked(facts: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    yield from zip(facts["event"]["programme"], facts.get("attendance", ()), strict=False)


FINDERS: dict[Flaw, Callable[[Any, _Known], str]] = {
    Flaw.ABOVE_HELD: _above_held,
    Flaw.WITHOUT_EVIDENCE: _without_evidence,
    Flaw.ABOVE_MINUTES: _above_minutes,
    Flaw.CALLED_OFF: _called_off,
    Flaw.SERIAL: _serial,
}
