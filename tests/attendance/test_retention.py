"""Lines of lists are emptied once they were kept long enough; what was decided by them stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import batches, retention
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office.services import change_settings
from tests import factories
from tests.attendance.test_batches import give, store
from tests.attendance.test_lists import Meeting

Opener = Callable[[int | None], FlaskClient]
LIST = "Nama,Surel,Keterangan\nSlamet,slamet@example.org,Hadir\nGalaxy A12,,Hadir\nSugeng R.,,Hadir\n"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def forget(days: float) -> int:
    with db.transaction():
        return retention.forget_lists(now=clock.now() + timedelta(days=days))


def test_words_go_and_decisions_stay(meeting: Meeting, client_of: Opener) -> None:
    batch_id = store(meeting, LIST).batch_id
    give(batch_id, batches.sure(batches.lines(batch_id)))
    assert forget(179) == 0
    assert {row.shown for row in batches.lines(batch_id)} == {"Slamet", "Galaxy A12", "Sugeng R."}
    assert forget(181) == 1
    db.session().rollback()
    rows = batches.lines(batch_id)
    assert len(rows) == 3
    assert {(row.shown, row.email, row.said, tuple(row.candidates)) for row in rows} == {("", "", "", ())}
    assert [row.person_id for row in rows if row.given_at] == [meeting.people["Slamet"]]
    assert meeting.present() == {"Slamet"}
    assert forget(181) == 0
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    assert "menurut masa simpan" in panitia.get(f"/kelola/impor/{batch_id}").get_data(as_text=True)


def test_the_office_says_how_long(meeting: Meeting) -> None:
    store(meeting, LIST)
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), list_days=30)
    assert (forget(29), forget(31)) == (0, 1)


def test_many_lists_are_emptied_one_portion_after_the_other(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(3):
        with time_machine.travel(clock.now() + timedelta(minutes=number), tick=False):
            store(meeting, f"{LIST}Orang {number},,Hadir\n")
    assert [forget(181), forget(181), forget(181)] == [2, 1, 0]
