"""A file that was replaced, or whose person was erased, leaves the disk a day later; one that is in use stays."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.assessment import tasks
from calakan.assessment.models import DiscardedFile, Submission, SubmissionFile
from calakan.assessment.services import handing_in
from calakan.kernel import clock, db
from calakan.kernel.files import Store
from calakan.materials import services as materials
from calakan.materials.models import Audience, MaterialKind
from calakan.privacy import erasure
from tests import factories
from tests.assessment.courses import course, hand_in, task
from tests.materials.samples import JPG, PDF, PNG

DAYS = timedelta(days=3)


def send(store: Store, task_id: int, person_id: int, content: bytes, stored_at: datetime) -> str:
    """The hash of the file, which lies there since then."""
    answer = handing_in.received(store, text="", url="", files=[content])
    hand_in(task_id, person_id, answer)
    [file] = answer.files
    os.utime(store.path(file.sha256), (stored_at.timestamp(), stored_at.timestamp()))
    return file.sha256


def sweep(app: Flask, at: datetime) -> int:
    with time_machine.travel(at):
        return tasks.forget_files(app.extensions["calakan.settings"])


def names() -> list[str]:
    return sorted(db.session().scalars(sa.select(DiscardedFile.sha256)))


def test_what_was_replaced_goes_and_what_is_used_elsewhere_stays(app: Flask) -> None:
    store, now = app.extensions["calakan.files"], clock.now()
    diklat_id, _, (ani, budi) = course(2)
    id = task(diklat_id, takes_text=False, takes_file=True)
    photo, sheet = send(store, id, ani, JPG, now), send(store, id, budi, PDF, now)
    content = materials.received(store, file=PDF, url="")
    with db.transaction():
        materials.hand_out(
            diklat_id, content, title="Lembar", kind=MaterialKind.MATERIAL, audience=Audience.ENROLLED,
            session_id=None, actor=factories.SYSTEM, now=now,
        )  # fmt: skip
    newer = send(store, id, ani, PNG, now)
    send(store, id, budi, PNG, now)
    assert names() == sorted([photo, sheet])
    assert sweep(app, now + timedelta(hours=23)) == 0
    assert sweep(app, now + DAYS) == 2
    assert [store.path(sha256).exists() for sha256 in (photo, sheet, newer)] == [False, True, True]
    assert names() == []


def test_what_somebody_stores_again_meanwhile_is_not_taken_away(app: Flask) -> None:
    store, now = app.extensions["calakan.files"], clock.now()
    diklat_id, _, (ani,) = course()
    id = task(diklat_id, takes_text=False, takes_file=True)
    photo = send(store, id, ani, JPG, now)
    send(store, id, ani, PNG, now)
    later = now + DAYS
    os.utime(store.path(photo), (later.timestamp(), later.timestamp()))  # as storing it again does
    assert sweep(app, later + timedelta(hours=1)) == 0
    assert store.get(photo) == JPG
    before = store.path(photo).stat().st_mtime
    store.put(JPG)
    assert store.path(photo).stat().st_mtime != before
    os.utime(store.path(photo), (now.timestamp(), now.timestamp()))
    assert sweep(app, later) == 1
    assert not store.path(photo).exists()


def test_erasing_a_person_takes_the_work_and_keeps_that_it_was_done(app: Flask) -> None:
    store, now = app.extensions["calakan.files"], clock.now()
    diklat_id, _, (ani,) = course()
    id = task(diklat_id, takes_text=True, takes_file=True)
    photo = send(store, id, ani, JPG, now)
    hand_in(id, ani, handing_in.Answer(text="Foto kelas saya"))
    with db.transaction():
        erasure.erase(ani, reason="diminta", actor=factories.SYSTEM, now=now)
    db.session().rollback()
    row = db.session().scalars(sa.select(Submission)).one()
    assert (row.text, row.state.value) == ("", "handed_in")
    assert db.session().scalar(sa.select(SubmissionFile.id)) is None
    assert sweep(app, now + DAYS) == 1
    assert not store.path(photo).exists()
