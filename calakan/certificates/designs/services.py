"""Making designs, publishing versions of them, and choosing one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calakan.audit import services as audit
from calakan.certificates.designs import layout as layouts
from calakan.certificates.designs import queries
from calakan.certificates.designs.kinds import KINDS
from calakan.certificates.designs.layout import Ground, Layout
from calakan.certificates.errors import (
    BackgroundMissing,
    DesignChangedMeanwhile,
    DesignNameTaken,
    DesignNotUsable,
    NothingNewToPublish,
    PlaceNeeded,
)
from calakan.certificates.models import Design, DesignVersion, DiklatDesign
from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound


def create(name: str, *, copied_from: int | None = None, actor: Actor, now: datetime) -> Design:
    """A new draft: the shipped design, or the draft of another one. Raises DesignNameTaken, NotFound."""
    _check_name(name)
    source = None if copied_from is None else _found(copied_from)
    made = Design(
        name=name,
        draft=source.draft if source else layouts.stored(layouts.fresh()),
        background_sha256=source.background_sha256 if source else None,
        made_at=now,
        changed_at=now,
    )
    db.session().add(made)
    db.session().flush()
    audit.record("certificates.make_design", made, actor=actor, now=now)
    return made


@dataclass(frozen=True)
class Draft:
    """What the editor holds; `background` is the stored file of a new background, `seen` the state the page showed."""

    name: str
    layout: Layout
    seen: datetime
    background: str | None = None


def save(id: int, draft: Draft, *, publish: bool = False, actor: Actor, now: datetime) -> DesignVersion | None:
    """Keep the draft, and make it the next version when it is to be published.

    A version is for papers that are asked for from now on; those asked for or issued before keep theirs.
    Raises DesignChangedMeanwhile, DesignNameTaken, DesignNotUsable, PlaceNeeded, BackgroundMissing, NothingNewToPublish,
    NotFound.
    """
    design = db.lock(Design, _found(id).id)
    if design.archived_at is not None:
        raise DesignNotUsable()
    if design.changed_at != draft.seen:
        raise DesignChangedMeanwhile()
    _check_name(draft.name, but=id)
    background = draft.background or design.background_sha256
    _check(draft.layout, background)
    design.name, design.draft, design.background_sha256 = draft.name, layouts.stored(draft.layout), background
    design.changed_at = now
    if not publish:
        audit.record("certificates.change_design", design, actor=actor, now=now)
        return None
    return _publish(design, actor=actor, now=now)


def _publish(design: Design, *, actor: Actor, now: datetime) -> DesignVersion:
    newest = queries.newest_version(design.id)
    if newest is not None and (newest.layout, newest.background_sha256) == (design.draft, design.background_sha256):
        raise NothingNewToPublish()
    version = DesignVersion(
        design_id=design.id,
        number=newest.number + 1 if newest is not None else 1,
        layout=design.draft,
        background_sha256=design.background_sha256,
        made_at=now,
        made_by=actor.person_id,
    )
    db.session().add(version)
    db.session().flush()
    audit.record("certificates.publish_design", design, actor=actor, now=now, version=version.number)
    return version


def archive(id: int, *, actor: Actor, now: datetime) -> Design:
    """Out of the lists. What is issued or already asked for keeps its version; for the rest the default steps in."""
    design = db.lock(Design, _found(id).id)
    if design.archived_at is None:
        design.archived_at, design.default_at = now, None
        audit.record("certificates.archive_design", design, actor=actor, now=now)
    return design


def restore(id: int, *, actor: Actor, now: datetime) -> Design:
    """Back into the lists. Raises DesignNameTaken, NotFound."""
    design = db.lock(Design, _found(id).id)
    if design.archived_at is not None:
        _check_name(design.name, but=id)
        design.archived_at = None
        audit.record("certificates.restore_design", design, actor=actor, now=now)
    return design


def choose(diklat_id: int, design_id: int | None, *, shipped: bool = False, actor: Actor, now: datetime) -> None:
    """What the papers of a diklat that are asked for from now on look like: a design, the shipped one, or the default.

    Raises DesignNotUsable, NotFound.
    """
    diklat = db.lock(Diklat, diklat_id)
    name = "" if design_id is None else _usable(design_id).name
    row = queries.choice_of(diklat_id)
    if design_id is None and not shipped:
        if row is not None:
            db.session().delete(row)
    elif row is None:
        db.session().add(DiklatDesign(diklat_id=diklat_id, design_id=design_id, chosen_at=now))
    else:
        row.design_id, row.chosen_at = design_id, now
    audit.record("certificates.choose_design", diklat, actor=actor, now=now, design=name)


def choose_like(diklat_id: int, source_id: int, *, actor: Actor, now: datetime) -> None:
    """What the other diklat chose, unless that design was archived since. Raises NotFound."""
    row = queries.choice_of(source_id)
    if row is None:
        return
    if row.design_id is None:
        choose(diklat_id, None, shipped=True, actor=actor, now=now)
    elif _found(row.design_id).archived_at is None:
        choose(diklat_id, row.design_id, actor=actor, now=now)


def set_default(id: int | None, *, actor: Actor, now: datetime) -> None:
    """What a diklat without a choice uses; none is the shipped design. Raises DesignNotUsable, NotFound."""
    wanted = None if id is None else db.lock(Design, _usable(id).id)
    for design in queries.all_designs():
        if design.default_at is not None and design is not wanted:
            design.default_at = None
    if wanted is not None:
        wanted.default_at = now
    audit.record("certificates.default_design", wanted, actor=actor, now=now)


def _found(id: int) -> Design:
    design = queries.design(id)
    if design is None:
        raise NotFound()
    return design


def _usable(id: int) -> Design:
    """Published and not archived."""
    design = _found(id)
    if design.archived_at is not None or queries.newest_version(id) is None:
        raise DesignNotUsable()
    return design


def _check_name(name: str, *, but: int = 0) -> None:
    if queries.same_name(name, but=but):
        raise DesignNameTaken(name=name)


def _check(layout: Layout, background_sha256: str | None) -> None:
    lacking = [kind.label for key, kind in KINDS.items() if kind.needed and key in layout.off]
    if lacking:
        raise PlaceNeeded(labels=lacking)
    if layout.ground is Ground.OWN and background_sha256 is None:
        raise BackgroundMissing()
