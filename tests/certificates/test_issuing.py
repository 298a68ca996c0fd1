"""Issuing in chunks: what a lost claim, a full disk and a bad paper do to their neighbours."""

from __future__ import annotations

import errno
import hashlib
import os
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.certificates import numbering, rendering, services, tasks
from calakan.certificates.models import Certificate, CertificateRole
from calakan.certificates.seals import Seals, ensure_keys
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.files import Store
from calakan.notifications.models import Message
from calakan.paper import UndrawableError
from tests import factories


@pytest.fixture
def asked(app: Flask) -> list[int]:
    """Three papers that wait."""
    course, now = factories.diklat(days=1).id, clock.now()
    people = [factories.person(f"Guru {n}").id for n in range(3)]
    with db.transaction():
        db.insert_new(Certificate, [services._row(course, id, CertificateRole.PARTICIPANT, now=now) for id in people])
    return list(db.session().scalars(sa.select(Certificate.id).order_by(Certificate.id)))


def states() -> list[WorkState]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Certificate.state).order_by(Certificate.id)))


def letters() -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(Message)) or 0


def test_every_issued_row_has_its_file_and_its_letter(app: Flask, asked: list[int]) -> None:
    settings = app.extensions["calakan.settings"]
    assert tasks.issue_due(settings) == 3
    rows = db.session().scalars(sa.select(Certificate).order_by(Certificate.serial)).all()
    assert [(row.serial, row.state, row.claim_token) for row in rows] == [(n, WorkState.DONE, None) for n in (1, 2, 3)]
    store = Store(settings.data_dir / "files")
    assert [hashlib.sha256(rendering.read(row, store)).hexdigest() for row in rows] == [row.sha256 for row in rows]
    assert len({row.prefix_sha256 for row in rows}) == 1
    keys = db.session().scalars(sa.select(Message.key).order_by(Message.key)).all()
    assert keys == [f"certificate:{id}:issued" for id in asked]


def test_a_worker_whose_claim_was_lost_settles_nothing(app: Flask, asked: list[int]) -> None:
    store = Store(app.extensions["calakan.settings"].data_dir / "files")
    templates = rendering.Templates("http://x.test", store)
    with db.transaction():
        token, ids = claims.claim(Certificate, now=clock.now(), limit=10)
    with db.transaction():
        numbering.number_and_freeze(ids, token, now=clock.now())
    seals = Seals(app.extensions["calakan.settings"], now=clock.now())
    drawn, failed = tasks._draw(ids, token, templates, seals, now=clock.now())
    assert (sorted(drawn), failed) == (asked, {})
    with db.transaction() as session:
        session.execute(sa.update(Certificate).where(Certificate.id == asked[0]).values(claim_token="another"))
        session.execute(sa.update(Certificate).where(Certificate.id == asked[1]).values(state=WorkState.PENDING))
    with db.transaction():
        held = claims.hold(Certificate, ids, token, was=WorkState.CLAIMED, now=clock.now())
    assert held == {asked[2]}
    tasks._make(ids, token, store, templates, seals)
    assert states() == [WorkState.CLAIMED, WorkState.PENDING, WorkState.DONE]
    assert letters() == 1


@pytest.mark.parametrize("written", [0, 2, 4])
def test_a_disk_that_is_full_in_the_middle_gives_the_chunk_back_and_numbers_stay(
    app: Flask, asked: list[int], monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Nothing is written, some files are, or all are and only their folders are not."""
    settings, done, synchronise = app.extensions["calakan.settings"], [], os.fsync
    ensure_keys(settings, now=clock.now())

    def until_full(handle: int) -> None:
        if len(done) == written:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(handle)
        synchronise(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", until_full)
        assert tasks.issue_due(settings) == 3
    assert (states(), letters()) == ([WorkState.PENDING] * 3, 0)
    assert list((settings.data_dir / "files").glob("*/.draft-*")) == []
    before = db.session().scalars(sa.select(Certificate.number).order_by(Certificate.id)).all()
    with db.transaction() as session:
        session.execute(sa.update(Certificate).values(due_at=clock.now() - timedelta(seconds=1)))
    assert tasks.issue_due(settings) == 3
    assert states() == [WorkState.DONE] * 3
    assert db.session().scalars(sa.select(Certificate.number).order_by(Certificate.id)).all() == before
    store = Store(settings.data_dir / "files")
    rows = db.session().scalars(sa.select(Certificate)).all()
    assert [hashlib.sha256(rendering.read(row, store)).hexdigest() for row in rows] == [row.sha256 for row in rows]


def test_one_paper_that_cannot_be_drawn_does_not_hold_the_others(
    app: Flask, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = rendering.draw

    def refuse_one(row: Certificate, *args: object, **options: Any) -> rendering.Drawn:
        if row.id == asked[1]:
            raise UndrawableError("no glyph")
        return draw(row, *args, **options)

    monkeypatch.setattr(rendering, "draw", refuse_one)
    assert tasks.issue_due(app.extensions["calakan.settings"]) == 3
    assert states() == [WorkState.DONE, WorkState.FAILED, WorkState.DONE]
    assert letters() == 2


def test_a_full_batch_calls_one_more_worker_once(app: Flask, asked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(tasks, "BATCH", 1)
    monkeypatch.setattr(db, "_ring", rung.append)
    assert tasks.issue_due(app.extensions["calakan.settings"]) == 3
    assert rung.count(services.QUEUE) == 1
