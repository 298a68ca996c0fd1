"""What costs nothing: a text to paste into a group's chat, with a short link of that group, whose taps are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.errors import GroupExists, NotPublic
from calakan.enrolment.models import ShareLink
from calakan.kernel import codes, db, formats
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.wording import phrase
from calakan.people.models import Kecamatan

PREVIEWS = ("bot", "whatsapp", "facebookexternalhit", "preview", "crawler", "spider")


class Group(StrEnum):
    KECAMATAN = "kecamatan"
    SCHOOL = "sekolah"
    KKG = "kkg"
    MGMP = "mgmp"
    OTHER = "lain"


def add(diklat_id: int, group: Group, label: str, *, actor: Actor, now: datetime) -> ShareLink:
    """A short link for one group. Locks the diklat. Raises NotFound, NotPublic, GroupExists."""
    diklat = db.lock(Diklat, diklat_id)
    if not diklat.public:
        raise NotPublic()
    label = " ".join(label.split())[:80]
    taken = db.session().scalars(sa.select(ShareLink.label).where(ShareLink.diklat_id == diklat_id))
    if label.casefold() in {held.casefold() for held in taken}:
        raise GroupExists(label=label)
    made = ShareLink(code=codes.code(6), diklat_id=diklat_id, group=group.value, label=label, created_at=now)
    db.session().add(made)
    db.session().flush()
    audit.record("enrolment.add_share_link", diklat, actor=actor, now=now, name=label)
    return made


def add_every_kecamatan(diklat_id: int, *, actor: Actor, now: datetime) -> int:
    """One for each kecamatan that has none; returns how many are new. Locks the diklat. Raises NotFound, NotPublic."""
    diklat = db.lock(Diklat, diklat_id)
    if not diklat.public:
        raise NotPublic()
    taken = set(db.session().scalars(sa.select(ShareLink.label).where(ShareLink.diklat_id == diklat_id)))
    names = [f"Kecamatan {name}" for name in db.session().scalars(sa.select(Kecamatan.name))]
    new = [name for name in names if name not in taken]
    db.session().add_all(
        ShareLink(code=codes.code(6), diklat_id=diklat_id, group=Group.KECAMATAN.value, label=name, created_at=now)
        for name in new
    )
    db.session().flush()
    if new:
        audit.record("enrolment.add_share_link", diklat, actor=actor, now=now, name=f"{len(new)} kecamatan")
    return len(new)


def tick(diklat_id: int, code: str, *, sent: bool, actor: Actor, now: datetime) -> ShareLink:
    """Say that a text was sent, or that it was not after all. The first tick stands. Raises NotFound."""
    diklat = db.lock(Diklat, diklat_id)
    wanted = sa.select(ShareLink).where(ShareLink.diklat_id == diklat_id, ShareLink.code == codes.normal_code(code))
    row = db.session().scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    if (row.sent_at is not None) != sent:
        row.sent_at, row.sent_by_id = (now, actor.person_id) if sent else (None, None)
        act = "enrolment.text_sent" if sent else "enrolment.text_not_sent"
        audit.record(act, diklat, actor=actor, now=now, name=row.label)
    return row


def by_code(code: str) -> tuple[int, str] | None:
    """Id of the link and the slug it leads to."""
    row = (
        db.session()
        .execute(
            sa.select(ShareLink.id, Diklat.slug)
            .join(Diklat, Diklat.id == ShareLink.diklat_id)
            .where(ShareLink.code == codes.normal_code(code))
        )
        .first()
    )
    return (row[0], row[1]) if row is not None else None


def count_tap(id: int) -> None:
    db.session().execute(sa.update(ShareLink).where(ShareLink.id == id).values(taps=ShareLink.taps + 1))


def is_preview(agent: str) -> bool:
    """Whether a chat program looks ahead on its own, which is nobody's tap."""
    return any(word in agent.lower() for word in PREVIEWS)


def links(diklat_id: int) -> Sequence[ShareLink]:
    """With whoever sent them."""
    wanted = sa.select(ShareLink).where(ShareLink.diklat_id == diklat_id).options(joinedload(ShareLink.sent_by))
    return db.session().scalars(wanted.order_by(ShareLink.group, ShareLink.label, ShareLink.id)).all()


def text(diklat: Diklat, first: LiveSession | None, address: str) -> str:
    """Ready to paste; the asterisks are bold in WhatsApp."""
    lines = [phrase("enrolment.share_title", title=diklat.title), diklat.summary, ""]
    if first is not None:
        lines.append(phrase("enrolment.share_start", span=formats.span(first.starts_at, first.ends_at)))
    lines += [phrase("enrolment.share_how", jp=diklat.jp), address]
    return "\n".join(lines)
