"""Each way out of making designs, publishing, choosing and archiving them; and what a check of a layout finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.certificates.designs import checks, queries, services
from calakan.certificates.designs import layout as layouts
from calakan.certificates.designs.checks import Trouble
from calakan.certificates.designs.kinds import KINDS
from calakan.certificates.designs.layout import Ground, Layout
from calakan.certificates.designs.services import Draft
from calakan.certificates.errors import (
    BackgroundMissing,
    DesignChangedMeanwhile,
    DesignNameTaken,
    DesignNotUsable,
    NothingNewToPublish,
    PlaceNeeded,
)
from calakan.certificates.models import Certificate, Design, DesignVersion, DiklatDesign
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError, NotFound
from calakan.paper import Extent
from calakan.people.models import Person
from tests import factories
from tests.certificates.test_reads import paper

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)


def act(work: Callable[..., object], *args: object, **options: Any) -> object:
    with db.transaction():
        return work(*args, **{"actor": SYSTEM, "now": clock.now(), **options})


def acts() -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.like("%_design")).order_by(AuditEntry.id)
    return [act.removeprefix("certificates.") for act in db.session().scalars(wanted)]


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: Any) -> None:
    before = acts()
    with pytest.raises(error):
        act(work, *args, **options)
    assert acts() == before


def made(name: str, **options: Any) -> int:
    found = act(services.create, name, **options)
    assert isinstance(found, Design)
    return found.id


def design(id: int) -> Design:
    db.session().rollback()
    return db.session().get_one(Design, id)


def draft(id: int, *, name: str = "", layout: Layout | None = None, background: str | None = None) -> Draft:
    held = design(id)
    return Draft(name or held.name, layout or layouts.loaded(held.draft), held.changed_at, background)


def publish(id: int, **values: Any) -> int:
    """With another heading each time, so that there is something new."""
    found = act(services.save, id, draft(id, **values), publish=True)
    assert isinstance(found, DesignVersion)
    return found.id


def test_a_name_is_of_one_design_that_is_in_use(app: Flask) -> None:
    one, other = made("Satu"), made("Dua")
    refused(DesignNameTaken, services.create, "SATU")
    refused(DesignNameTaken, services.save, other, draft(other, name="satu"))
    refused(NotFound, services.create, "Tiga", copied_from=999)
    act(services.save, other, draft(other, name="dua"))
    for _ in range(2):
        act(services.archive, one)
    again = made("Satu")
    refused(DesignNameTaken, services.restore, one)
    act(services.archive, again)
    for _ in range(2):
        act(services.restore, one)
    assert [row.id for row in queries.all_designs()] == [one, other, again]
    assert acts() == [
        "make_design", "make_design", "change_design", "archive_design", "make_design", "archive_design", "restore_design",
    ]  # fmt: skip


def test_a_copy_begins_with_the_draft_of_the_other(app: Flask) -> None:
    one = made("Satu")
    act(services.save, one, draft(one, layout=layouts.on_plain_ground(layouts.fresh()), background="ab" * 32))
    copy = made("Dua", copied_from=one)
    assert (design(copy).draft, design(copy).background_sha256) == (design(one).draft, "ab" * 32)


def test_what_is_not_saved(app: Flask) -> None:
    one = made("Satu")
    refused(NotFound, services.save, 999, draft(one))
    refused(DesignChangedMeanwhile, services.save, one, replace(draft(one), seen=clock.now() - SECOND))
    fresh = layouts.fresh()
    for key, kind in KINDS.items():
        off = replace(fresh, off=fresh.off | {key})
        if kind.needed:
            refused(PlaceNeeded, services.save, one, draft(one, layout=off))
        else:
            act(services.save, one, draft(one, layout=off))
    refused(BackgroundMissing, services.save, one, draft(one, layout=layouts.on_own_ground(fresh)))
    act(services.save, one, draft(one, layout=layouts.on_own_ground(fresh), background="ab" * 32))
    act(services.save, one, draft(one))  # the background stays
    assert design(one).background_sha256 == "ab" * 32
    act(services.archive, one)
    refused(DesignNotUsable, services.save, one, draft(one))


def test_versions_are_counted_for_each_design(app: Flask) -> None:
    one, other = made("Satu"), made("Dua")
    first = publish(one)
    refused(NothingNewToPublish, services.save, one, draft(one), publish=True)
    second = publish(one, layout=layouts.on_plain_ground(layouts.fresh()))
    third = publish(one, background="ab" * 32)
    theirs = publish(other)
    found = queries.versions_of(one)
    assert [(row.id, row.number) for row in found] == [(third, 3), (second, 2), (first, 1)]
    newest = queries.newest_version(other)
    assert newest is not None
    assert (newest.id, newest.number) == (theirs, 1)
    assert {id: row.id for id, row in queries.newest_versions().items()} == {one: third, other: theirs}
    course, people = factories.diklat().id, [factories.person(f"Guru {n}").id for n in range(3)]
    for person, version, state in zip(
        people, (first, first, theirs), (WorkState.DONE, WorkState.PENDING, WorkState.DONE), strict=True
    ):
        paper(course, person, design_version_id=version, state=state)
    assert (queries.papers_by_version(one), queries.papers_by_version(other)) == ({first: 1}, {theirs: 1})
    with db.transaction() as session:
        session.execute(sa.delete(Certificate))


def test_what_a_diklat_is_printed_on(app: Flask) -> None:
    one, other, draft_only = made("Satu"), made("Dua"), made("Draf")
    first, second = publish(one), publish(other)
    course, copy = factories.diklat("Satu").id, factories.diklat("Dua").id
    assert [row.id for row in queries.choosable()] == [other, one]
    assert (queries.current_version(course), queries.default_design()) == (None, None)
    refused(DesignNotUsable, services.choose, course, draft_only)
    refused(NotFound, services.choose, course, 999)
    refused(DesignNotUsable, services.set_default, draft_only)
    act(services.set_default, one)
    assert (queries.current_version(course), queries.diklat_using(one)) == (first, 0)
    act(services.choose, course, other)
    assert (queries.current_version(course), queries.current_version(copy)) == (second, first)
    assert (queries.diklat_using(other), queries.diklat_using(one)) == (1, 0)
    act(services.choose_like, copy, course)
    assert queries.current_version(copy) == second
    act(services.archive, other)
    refused(DesignNotUsable, services.choose, course, other)
    assert (queries.current_version(course), [row.id for row in queries.choosable()]) == (first, [one])
    third = factories.diklat("Tiga").id
    act(services.choose_like, third, course)  # archived since: nothing is chosen
    act(services.choose_like, third, third)
    assert queries.choice_of(third) is None
    act(services.choose, course, None, shipped=True)
    act(services.choose_like, third, course)
    assert (queries.current_version(course), queries.current_version(third)) == (None, None)
    act(services.choose, course, None)
    act(services.choose, course, None)
    assert (queries.current_version(course), queries.choice_of(course)) == (first, None)
    act(services.set_default, None)
    assert (queries.current_version(course), queries.default_design()) == (None, None)
    with db.transaction() as session:
        session.execute(sa.delete(DiklatDesign))


def test_one_design_is_the_default(app: Flask) -> None:
    one, other = made("Satu"), made("Dua")
    publish(one)
    publish(other)
    for id in (one, other):
        act(services.set_default, id)
    assert (design(one).default_at, design(other).default_at is not None) == (None, True)
    found = queries.default_design()
    assert found is not None
    assert found.id == other
    act(services.archive, other)
    assert (design(other).default_at, queries.default_design()) == (None, None)


def test_the_longest_names_come_first(app: Flask) -> None:
    short, long = factories.person("Ani").id, factories.person("Sri Mulyati Rahayu Ningsih").id
    with db.transaction() as session:
        session.get_one(Person, short).title_after = "S.Pd., M.Pd., S.Kom., M.Kom., Gr., Ph.D."
    assert queries.long_names() == [db.session().get_one(Person, id).printed_name for id in (short, long)]
    for n in range(21):
        factories.person(f"Guru {n}")
    assert len(queries.long_names()) == 20


def test_a_paper_is_told_what_lies_below_and_beside(app: Flask) -> None:
    for ground, artwork in ((Ground.ARTWORK, True), (Ground.PLAIN, False), (Ground.OWN, False)):
        layout = replace(layouts.fresh(), ground=ground, appendix=False)
        found = layouts.design_of(layout, None)
        assert (found.artwork, found.appendix, found.appendix_artwork) == (artwork, False, True)
        assert [place.key for place in found.places] == [key for key, kind in KINDS.items() if kind.on]


def extent(key: str, x: float, y: float, width: float = 10, height: float = 10, size: float = 5) -> Extent:
    return Extent(key=key, x=x, y=y, width=width, height=height, size=size)


@pytest.mark.parametrize(
    ("extents", "troubles"),
    [
        ([extent("name", 0, 0), extent("unit", 287, 200)], []),
        ([extent("name", -0.1, 0)], [Trouble.OUTSIDE]), ([extent("name", 0, -0.1)], [Trouble.OUTSIDE]),
        ([extent("name", 287.1, 0)], [Trouble.OUTSIDE]), ([extent("name", 0, 200.1)], [Trouble.OUTSIDE]),
        ([extent("name", 0, 0, size=2)], [Trouble.SMALL]), ([extent("name", 0, 0, size=0)], []),
        ([extent("foot", 0, 0, size=2.2)], []), ([extent("foot", 0, 0, size=2.15)], [Trouble.SMALL]),
        ([extent("name", 0, 0), extent("unit", 9.5, 9.5)], [Trouble.OVER]),
        ([extent("name", 0, 0), extent("unit", 9.5, 9.7)], []), ([extent("name", 0, 0), extent("unit", 9.7, 9.5)], []),
        ([extent("name", 5, 5), extent("unit", 0, 0)], [Trouble.OVER]), ([extent("line", 0, 0), extent("unit", 0, 0)], []),
    ],
)  # fmt: skip
def test_what_is_not_right_with_a_layout(app: Flask, extents: list[Extent], troubles: list[Trouble]) -> None:
    places = [replace(kind.place, least=2.2 if key == "foot" else 0) for key, kind in KINDS.items()]
    assert [found.trouble for found in checks.findings(places, extents)] == troubles
