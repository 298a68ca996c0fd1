"""From stored designs to what the paper is told."""

from __future__ import annotations

from dataclasses import dataclass

from calakan import paper
from calakan.certificates.designs import layout as layouts
from calakan.certificates.designs.layout import Layout
from calakan.certificates.models import DesignVersion
from calakan.kernel import db
from calakan.kernel.files import Store


@dataclass(frozen=True)
class Look:
    """How papers look; without a design as shipped. `titles` says whether signers are named with their titles."""

    design: paper.Design | None = None
    titles: bool = True


SHIPPED = Look()


def look_of_version(version_id: int | None, store: Store) -> Look:
    """Raises OSError."""
    if version_id is None:
        return SHIPPED
    version = db.session().get_one(DesignVersion, version_id)
    return look_of(layouts.loaded(version.layout), version.background_sha256, store)


def look_of(layout: Layout, background_sha256: str | None, store: Store) -> Look:
    """Raises OSError."""
    wanted = layout.ground is layouts.Ground.OWN and background_sha256 is not None
    background = piece(background_sha256, store) if wanted and background_sha256 else None
    return Look(layouts.design_of(layout, background), layout.titles)


def piece(sha256: str, store: Store) -> paper.Piece:
    """A background or a scanned signature. Raises OSError."""
    return paper.unpack(store.get(sha256))
