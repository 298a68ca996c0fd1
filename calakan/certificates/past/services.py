"""A list of old papers is looked at, kept as far as it can be, and taken back as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.certificates.errors import DatesTurned, PastNotOver
from calakan.certificates.models import Certificate, PastList, PastPaper, PastState
from calakan.certificates.past import reading
from calakan.certificates.past.reading import Row, number_key
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor

AT_ONCE = 500


def rehearse(content: bytes) -> list[Row]:
    """What would be kept of a list now, and why not the rest. Raises TableUnreadable."""
    found = reading.rows(content)
    keys = sorted({row.key for row in found if row.key and not row.why})
    return reading.known(found, _past(keys), frozenset(_ours(keys)))


def _past(keys: Sequence[str]) -> dict[str, str]:
    held = dict[str, str]()
    for start in range(0, len(keys), AT_ONCE):
        wanted = sa.select(PastPaper.number_key, PastPaper.name).where(
            PastPaper.number_key.in_(keys[start : start + AT_ONCE])
        )
        held |= {key: name for key, name in db.session().execute(wanted) if key is not None}
    return held


def _ours(keys: Sequence[str]) -> set[str]:
    held = set[str]()
    for start in range(0, len(keys), AT_ONCE):
        plain = sa.func.upper(sa.func.replace(Certificate.number, " ", ""))
        wanted = sa.select(Certificate.number).where(plain.in_(keys[start : start + AT_ONCE]))
        held |= {number_key(number) for number in db.session().scalars(wanted) if number}
    return held


def store(
    content: bytes,
    *,
    title: str,
    since: date,
    until: date,
    jp: int | None,
    file_name: str,
    actor: Actor,
    now: datetime,
) -> PastList:
    """A list to look at; nothing is registered yet. The same file under the same title finds the list that it made.

    Raises DatesTurned, PastNotOver, TableUnreadable.
    """
    if until < since:
        raise DatesTurned()
    if until >= clock.local(now).date():
        raise PastNotOver()
    digest = hashlib.sha256(content).hexdigest()
    same = sa.select(PastList).where(
        PastList.file_hash == digest, PastList.title == title, PastList.state != PastState.UNDONE
    )
    if (held := db.session().scalar(same.order_by(PastList.id).limit(1))) is not None:
        return held
    made = PastList(
        title=title, since=since, until=until, jp=jp, file_name=file_name, file_hash=digest, state=PastState.PREVIEW,
        rows=[row.kept for row in rehearse(content)], made_at=now, made_by_id=actor.person_id,
    )  # fmt: skip
    db.session().add(made)
    db.session().flush()
    audit.record("certificates.read_past", made, actor=actor, now=now, name=title, count=len(made.rows))
    return made


def rows_of(held: PastList) -> list[Row]:
    """As they stood when the list was read; once it is kept, those that were left."""
    return [Row(**row) for row in held.rows]


def keep(list_id: int, *, actor: Actor, now: datetime) -> int:
    """Register every line that can be; returns how many. A second time keeps nothing new. Locks the list. Raises NotFound."""
    held = db.lock(PastList, list_id)
    if held.state is not PastState.PREVIEW:
        return 0
    again = [Row(**row) for row in held.rows]
    keys = sorted({row.key for row in again if row.key and not row.why})
    judged = reading.known(again, _past(keys), frozenset(_ours(keys)))
    good = [row for row in judged if not row.why]
    db.session().add_all(
        PastPaper(
            list_id=held.id, line=row.line, number=row.number or None, number_key=row.key or None, name=row.name,
            place=row.place, role=row.role, jp=row.jp if row.jp is not None else held.jp,
        )
        for row in good
    )  # fmt: skip
    held.rows, held.state, held.decided_at = [row.kept for row in judged if row.why], PastState.KEPT, now
    db.session().flush()
    audit.record("certificates.keep_past", held, actor=actor, now=now, name=held.title, count=len(good))
    return len(good)


def undo(list_id: int, *, reason: str, actor: Actor, now: datetime) -> int:
    """Take the whole list back, with all that was read of it; returns how many papers go. Raises NotFound."""
    held = db.lock(PastList, list_id)
    if held.state is PastState.UNDONE:
        return 0
    gone = db.touched(db.session().execute(sa.delete(PastPaper).where(PastPaper.list_id == held.id)))
    held.rows, held.state, held.decided_at = [], PastState.UNDONE, now
    db.session().flush()
    audit.record(
        "certificates.undo_past", held, actor=actor, now=now, name=held.title, count=gone, reason=reason.strip()[:300]
    )
    return gone


def by_id(id: int) -> PastList | None:
    return db.session().get(PastList, id)


def every() -> sa.Select[PastList]:
    """The newest first."""
    return sa.select(PastList).order_by(PastList.id.desc())


def counts(ids: Iterable[int]) -> dict[int, int]:
    """list -> papers that it registered."""
    wanted = sa.select(PastPaper.list_id, sa.func.count()).where(PastPaper.list_id.in_(list(ids)))
    return dict(db.session().execute(wanted.group_by(PastPaper.list_id)).all())


def papers(list_id: int) -> sa.Select[PastPaper]:
    return sa.select(PastPaper).where(PastPaper.list_id == list_id).order_by(PastPaper.line, PastPaper.id)


def by_number(number: str) -> tuple[PastPaper, PastList] | None:
    """A paper that was issued outside of this system, with its diklat."""
    key = number_key(number)
    if not key or len(key) > reading.LONGEST_NUMBER:
        return None
    wanted = sa.select(PastPaper, PastList).join(PastList, PastList.id == PastPaper.list_id)
    row = db.session().execute(wanted.where(PastPaper.number_key == key)).first()
    return (row[0], row[1]) if row is not None else None


def borne(numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that an old paper bears: they are never given again."""
    keys = {number_key(number): number for number in numbers}
    return {keys[key] for key in _past(sorted(keys))}


def totals(since: date | None, until: date | None) -> tuple[int, int]:
    """(participations, diklat) of lists whose diklat began within these days."""
    wanted = (
        sa.select(sa.func.count(), sa.func.count(PastPaper.list_id.distinct()))
        .select_from(PastPaper)
        .join(PastList, PastList.id == PastPaper.list_id)
        .where(PastPaper.role == "peserta")
    )
    if since is not None:
        wanted = wanted.where(PastList.since >= since)
    if until is not None:
        wanted = wanted.where(PastList.since <= until)
    row = db.session().execute(wanted).one()
    return row[0], row[1]
