"""Handing out: a file or a link, newer versions of it, taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.files import Store
from calakan.materials import contents, traces
from calakan.materials.errors import DiklatCalledOff, MaterialLinkInvalid, NothingGiven, TooEarlyForRecording
from calakan.materials.models import Audience, Material, MaterialKind, MaterialVersion

CODE_LENGTH = 10


@dataclass(frozen=True, kw_only=True)
class Content:
    """A file that lies in the store, or a link."""

    sha256: str | None = None
    suffix: str = ""
    size: int = 0
    url: str | None = None
    note: str = ""


def received(store: Store, *, file: bytes | None, url: str, note: str = "") -> Content:
    """What was sent, checked and stored; called before the transaction, because files are not rolled back.

    Raises NothingGiven, FileRefused, MaterialLinkInvalid.
    """
    if (file is None) == (not url):
        raise NothingGiven()
    if file is None:
        return Content(url=checked_link(url), note=note)
    suffix = contents.suffix_of(file)
    file = traces.without(file, suffix)
    return Content(sha256=store.put(file), suffix=suffix, size=len(file), note=note)


def checked_link(url: str) -> str:
    """Raises MaterialLinkInvalid for anything but an https address of a named host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise MaterialLinkInvalid() from None
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or "@" in parts.netloc or len(url) > 500:
        raise MaterialLinkInvalid()
    if any(ord(c) <= 32 for c in url) or "\\" in url:
        raise MaterialLinkInvalid()
    return url


def hand_out(
    diklat_id: int,
    content: Content,
    *,
    title: str,
    kind: MaterialKind,
    audience: Audience,
    session_id: int | None,
    actor: Actor,
    now: datetime,
) -> Material:
    """A new material of a diklat or of one session. Raises NotFound, DiklatCalledOff, TooEarlyForRecording."""
    diklat = _standing(diklat_id)
    session = db.session().get(LiveSession, session_id) if session_id is not None else None
    if session_id is not None and (session is None or session.diklat_id != diklat_id):
        raise NotFound()
    if kind is MaterialKind.RECORDING and (
        session is None or session.ends_at > now or session.state is SessionState.CANCELLED
    ):
        raise TooEarlyForRecording()
    material = Material(
        code=codes.code(CODE_LENGTH),
        diklat_id=diklat.id,
        live_session_id=session_id,
        kind=kind,
        title=title,
        audience=audience,
        created_at=now,
    )
    material.versions = [_version(content, 1, actor=actor, now=now)]
    db.session().add(material)
    db.session().flush()
    audit.record("materials.hand_out", diklat, actor=actor, now=now, title=title, audience=audience.value)
    return material


def renew(material_id: int, content: Content, *, actor: Actor, now: datetime) -> Material:
    """A newer version; the address stays and older versions stay open to those who hand out. Raises NotFound."""
    material = _held(material_id)
    material.versions.insert(0, _version(content, material.newest.number + 1, actor=actor, now=now))
    db.session().flush()
    audit.record("materials.renew", material.diklat, actor=actor, now=now, title=material.title)
    return material


def set_audience(material_id: int, audience: Audience, *, actor: Actor, now: datetime) -> Material:
    """For the enrolled, or for everyone. Raises NotFound."""
    material = _held(material_id)
    if material.audience is not audience:
        material.audience = audience
        audit.record(
            "materials.set_audience",
            material.diklat,
            actor=actor,
            now=now,
            title=material.title,
            audience=audience.value,
        )
    return material


def withdraw(material_id: int, *, actor: Actor, now: datetime) -> None:
    """Shown no more; the file stays on record. Raises NotFound."""
    material = _held(material_id)
    material.withdrawn_at = now
    audit.record("materials.withdraw", material.diklat, actor=actor, now=now, title=material.title)


def _standing(diklat_id: int) -> Diklat:
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is DiklatState.CANCELLED:
        raise DiklatCalledOff()
    return diklat


def _held(material_id: int) -> Material:
    """Locks its diklat, so that two newer versions get two numbers."""
    material = db.session().get(Material, material_id)
    if material is None:
        raise NotFound()
    material.diklat = _standing(material.diklat_id)
    db.session().refresh(material, ["withdrawn_at", "versions", "audience"])
    if material.withdrawn_at is not None:
        raise NotFound()
    return material


def _version(content: Content, number: int, *, actor: Actor, now: datetime) -> MaterialVersion:
    return MaterialVersion(
        number=number,
        sha256=content.sha256,
        suffix=content.suffix,
        size=content.size,
        url=content.url,
        note=content.note,
        added_at=now,
        added_by_id=actor.person_id,
    )
