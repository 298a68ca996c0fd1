"""The papers over a year of all whom the filters leave, in one bundle: a folder for each place of work, and a list of them all."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from calakan.certificates import queries as certificates
from calakan.certificates.models import Certificate
from calakan.certificates.seals import Seals
from calakan.certificates.yearly import many
from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.codes import slug
from calakan.kernel.files import opened
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.reports import stages
from calakan.reports.documents.sheets import Cell, as_csv
from calakan.reports.errors import TooManyInBundle
from calakan.reports.terms import Filters
from calakan.web.messages import sentence
from config import Settings

AT_ONCE = 100
MOST = 10_000
"""In one bundle: half a gigabyte, which a browser still takes in one go."""

LIST = "daftar.csv"
NAMES = ["No", "Nama", "Tempat kerja", "Kecamatan", "JP", "Nomor rekap", "Berkas", "Keterangan"]


def write(
    filters: Filters,
    path: Path,
    progress: Callable[[int, int], None],
    *,
    actor: Actor,
    settings: Settings,
    now: datetime,
) -> None:
    """Into `path`. Papers that stand already go in as they are; whose paper cannot be made stands in the list with the reason.

    Raises TooManyInBundle, UnsignedError while a key is away, OSError, and what `progress` raises to stop.
    """
    assert filters.since is not None
    press = many.Press(filters.since.year, opened(settings), Seals(settings, now=now), settings.base_url, actor, now)
    wanted = _whose(filters, actor)
    ids = db.session().scalars(wanted).all()
    if len(ids) > MOST:
        raise TooManyInBundle()
    rows: list[list[Cell]] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        for made in _made(wanted, ids, press, progress):
            name = _name(made) if made.row is not None else ""
            if name:
                bundle.writestr(name, made.content)
            rows.append([len(rows) + 1, *_told(made), name, sentence(made.left) if made.left is not None else ""])
        bundle.writestr(LIST, as_csv(NAMES, rows))


def _whose(filters: Filters, actor: Actor) -> sa.Select[int]:
    """Whom the actor may see and the filters leave, with a certificate that counts for the year: by place of work and name."""
    assert filters.since is not None
    earned = (
        sa.select(Certificate.person_id)
        .join(Diklat, Diklat.id == Certificate.diklat_id)
        .where(*certificates.counting(filters.since.year), stages.about_diklat(filters))
    )
    if filters.diklat:
        earned = earned.where(Diklat.slug == filters.diklat)
    return (
        sa.select(Person.id)
        .where(Person.active, people.visible_to(actor), stages.of_person(filters), Person.id.in_(earned))
        .order_by(Person.kecamatan_code, Person.school_id, Person.name_key, Person.id)
    )


def _made(
    wanted: sa.Select[int], ids: Sequence[int], press: many.Press, progress: Callable[[int, int], None]
) -> Iterator[many.Made]:
    """Each chunk is of those who are still wanted when it begins: in the meantime people move and accounts are closed."""
    progress(0, len(ids))
    for start in range(0, len(ids), AT_ONCE):
        chunk = wanted.where(Person.id.in_(ids[start : start + AT_ONCE]))
        yield from many.make(db.session().scalars(chunk).all(), press)
        progress(min(start + AT_ONCE, len(ids)), len(ids))


def _told(made: many.Made) -> list[Cell]:
    told = made.facts
    return [told["name"], told["workplace"], told["kecamatan"], told["jp"], made.row.number if made.row else ""]


def _name(made: many.Made) -> str:
    """Ends in a part of its code: two people of a school may bear one name."""
    assert made.row is not None
    place = slug(f"{made.facts['kecamatan']} {made.facts['workplace']}".strip() or "lain")
    return f"{place}/{slug(made.facts['name'])}-{made.row.code[-6:].lower()}.pdf"
