"""Where a rule of the papers ends: one's own case, the newest version, whom a resume calls."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.certificates import corrections, services, tasks
from calakan.certificates.designs import queries as designs
from calakan.certificates.designs import services as designing
from calakan.certificates.models import Correction, CorrectionState, DesignVersion
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import OwnCase
from tests import factories
from tests.certificates.issuing import issued
from tests.certificates.test_corrections import ask, rename

SYSTEM = factories.SYSTEM


def decide(paper_id: int, *, approve: bool, actor: Actor) -> Correction:
    with db.transaction():
        return corrections.decide(paper_id, approve=approve, answer="Lampirkan KTP", actor=actor, now=clock.now())


@pytest.mark.parametrize("approve", [True, False])
def test_nobody_answers_his_own_correction_and_who_answered_is_kept(app: Flask, approve: bool) -> None:
    paper, staff = issued(app), factories.actor(factories.person("Panitia", Role.PANITIA))
    id, holder = paper.id, paper.person_id
    rename(holder, name="Sri Mulyani")
    ask(id)
    with pytest.raises(OwnCase):
        decide(id, approve=approve, actor=Actor(person_id=holder, name="Sri", roles=frozenset({Role.PANITIA})))
    found = decide(id, approve=approve, actor=staff)
    state = CorrectionState.APPROVED if approve else CorrectionState.REFUSED
    assert (found.state, found.decided_by, found.by_rule) == (state, staff.person_id, False)


@pytest.mark.parametrize(("act", "called"), [(services.pause, False), (services.resume, True)])
def test_a_resume_calls_the_workers_and_a_pause_does_not(app: Flask, act: object, called: bool) -> None:
    id = factories.diklat().id
    assert callable(act)
    with db.transaction() as session:
        act(id, actor=SYSTEM, now=clock.now())
        assert (services.QUEUE in session.info.get("rings", ())) is called


def test_the_newest_version_of_a_design_is_the_last(app: Flask) -> None:
    with db.transaction() as session:
        id = designing.create("Dua", actor=SYSTEM, now=clock.now()).id
        kept = session.scalars(sa.select(DesignVersion).where(DesignVersion.design_id == id)).all()
        for number in range(len(kept) + 1, len(kept) + 4):
            session.add(
                DesignVersion(
                    design_id=id, number=number, layout={}, made_at=clock.now()
                )
            )  # fmt: skip
        last = len(kept) + 3
    newest = designs.newest_version(id)
    assert newest is not None
    assert newest.number == last
    assert [version.number for version in designs.versions_of(id)] == list(range(last, 0, -1))


def test_a_worker_that_finds_nothing_makes_nothing(app: Flask) -> None:
    assert tasks.issue_due(app.extensions["calakan.settings"]) == 0
