"""Each kind of data goes when its time is over, and not before; what counts rest on stays. A sweep that was ended goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import Attempt, DiscardedFile, Exam, Submission
from calakan.assessment.services import attempts
from calakan.attendance.models import Appeal, Evidence, MissedCode, Presence
from calakan.audit.models import AuditEntry
from calakan.availability.models import BusyTime
from calakan.diklat.models import LiveSession
from calakan.enrolment.models import Enrolment
from calakan.kernel import claims, clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, VolunteerNote
from calakan.notifications.models import Bounce, Message
from calakan.office.queries import OfficeSettings
from calakan.office.services import change_settings
from calakan.people import notices
from calakan.privacy import retention, tasks
from calakan.privacy.retention import Kept
from tests import factories
from tests.privacy import kept
from tests.privacy.kept import Held

Opener = Callable[[int | None], FlaskClient]
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def held(app: Flask) -> Held:
    return kept.build()


def said(held: Held) -> dict[Kept, list[Any]]:
    """What is still told, by kind of data."""
    live, sign, handed = held.row(LiveSession), held.row(Evidence), held.row(Submission)
    mail, coming_back = held.row(Message), held.row(Bounce)
    return {
        Kept.ATTENDANCE: [
            sign.at != live.starts_at,
            held.row(Presence).reason not in ("", "–"),
            held.row(Appeal).text,
            held.row(Appeal).answer,
            held.row(Enrolment).cancel_reason,
            held.row(Assignment).reason,
            held.row(VolunteerNote),
        ],
        Kept.WORK: [held.answers(), handed.text, handed.url, held.files(), handed.remark],
        Kept.TRACES: [held.row(MissedCode), coming_back.detail],
        Kept.MESSAGES: [mail.subject, mail.body, mail.address, mail.facts],
        Kept.CALENDAR: [held.row(BusyTime)],
    }


def sweep(app: Flask, at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return tasks.forget(app.extensions["calakan.settings"])


@pytest.mark.parametrize("kind", list(retention.PARTS))
def test_a_kind_stays_until_its_time_is_over_and_goes_then(app: Flask, held: Held, kind: Kept) -> None:
    ends = held.over + timedelta(days=getattr(OfficeSettings(), kind.value))
    sweep(app, ends - A_MINUTE)
    assert all(said(held)[kind])
    with db.transaction():
        while retention.forget_some(kind, now=ends + A_MINUTE):
            pass
    left = said(held)
    assert not any(left[kind])
    # The others have a time of their own.
    assert all(all(values) for other, values in left.items() if _later(other, kind))
    [entry] = db.session().scalars(
        sa.select(AuditEntry).where(AuditEntry.act == "privacy.forget", AuditEntry.subject_name == kind.value)
    )
    assert (entry.actor_name, entry.facts["rows"] > 0) == ("retention", True)
    assert sweep(app, ends + A_MINUTE) >= 0
    assert retention.forget_some(kind, now=ends + A_MINUTE) == 0


def _later(other: Kept, kind: Kept) -> bool:
    defaults = OfficeSettings()
    return getattr(defaults, other.value) > getattr(defaults, kind.value)


def test_what_counts_rest_on_stays(app: Flask, held: Held) -> None:
    sweep(app, held.over + timedelta(days=6 * 365))
    assert not any(any(values) for values in said(held).values())
    assert (held.row(Presence).present, held.row(Attempt).score) == (True, 100)
    assert held.row(Submission).state.value == "accepted"
    assert (held.row(Enrolment).state.value, held.row(Appeal).state.value) == ("cancelled", "granted")
    assert (held.row(Message).kind, held.row(Message).key, held.row(Message).person_id) == (
        "enrolment.confirmed",
        "k",
        held.person,
    )
    assert held.row(Bounce).address == "ani@example.org"  # so that nothing is sent there again
    assert db.session().scalars(sa.select(DiscardedFile.sha256)).all() == ["a" * 64]
    with db.transaction() as session:
        assert attempts.derive_anew(session.get_one(Exam, held.ids["exam"])) == 0
    assert held.row(Attempt).score == 100


def test_the_office_says_how_long(app: Flask, held: Held) -> None:
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), message_days=30)
    sweep(app, held.over + timedelta(days=30) - A_MINUTE)
    assert held.row(Message).body
    sweep(app, held.over + timedelta(days=30) + A_MINUTE)
    assert not held.row(Message).body


def test_a_letter_that_may_still_leave_keeps_what_it_needs(app: Flask, held: Held) -> None:
    for state in set(WorkState) - set(retention.SETTLED):
        with db.transaction() as session:
            session.get_one(Message, held.ids["message"]).state = state
        sweep(app, held.over + timedelta(days=366))
        assert held.row(Message).facts == {"name": "Ani"}


def test_a_sweep_that_was_ended_goes_on_where_it_stood(app: Flask, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    late = held.over + timedelta(days=366)
    with db.transaction() as session:
        session.add_all(
            Message(
                kind="enrolment.confirmed", key=f"k{number}", address="a@example.org", subject="S", body="B",
                created_at=held.over, due_at=held.over, state=WorkState.DONE,
            )
            for number in range(6)
        )  # fmt: skip

    def left() -> int:
        db.session().rollback()
        return db.session().scalar(sa.select(sa.func.count()).where(Message.body != "")) or 0

    monkeypatch.setattr(retention, "AT_ONCE", 3)
    assert left() == 7

    def ended() -> None:
        with db.transaction():
            retention.forget_some(Kept.MESSAGES, now=late)
            raise KeyboardInterrupt  # what was not committed was not done

    with pytest.raises(KeyboardInterrupt):
        ended()
    assert left() == 7
    with db.transaction():
        assert retention.forget_some(Kept.MESSAGES, now=late) == 3
    assert left() == 4
    assert sweep(app, late) >= 4
    assert left() == 0


def test_a_shift_that_is_over_leaves_the_rest_for_the_next(
    app: Flask, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "SHIFT_SECONDS", 0.0)
    assert sweep(app, held.over + timedelta(days=6 * 365)) == 0
    assert held.row(Message).body
    monkeypatch.setattr(claims, "SHIFT_SECONDS", 3600.0)
    assert sweep(app, held.over + timedelta(days=6 * 365)) > 0
    assert not held.row(Message).body


TYPED = {
    "attendance_days": "730",
    "work_days": "1825",
    "list_days": "180",
    "trace_days": "365",
    "message_days": "200",
    "calendar_days": "90",
    "export_days": "30",
    "complaint_authority": "Lembaga Pelindungan Data, Jakarta",
}


def test_an_admin_sets_it_and_the_notice_says_so(app: Flask, client_of: Opener) -> None:
    browser, visitor = client_of(factories.person("Nur", Role.ADMIN).id), client_of(None)
    before = visitor.get("/privasi").text
    assert ("5 tahun" in before, "180 hari" in before, "Pasal 58 UU 27/2022" in before) == (True, True, True)
    assert browser.post("/kelola/pelindungan-data", data={**TYPED, "message_days": "7"}).status_code == 422
    assert browser.post("/kelola/pelindungan-data", data={**TYPED, "message_days": ""}).status_code == 422
    assert visitor.get("/privasi").text == before
    assert browser.post("/kelola/pelindungan-data", data=TYPED).status_code == 302
    told = visitor.get("/privasi").text
    assert "Lembaga Pelindungan Data, Jakarta" in told
    assert "2 tahun" in told
    assert "isi pesan, dari 1 tahun menjadi 200 hari" in " ".join(told.split())
    assert "isi pesan, dari 1 tahun menjadi 200 hari" in " ".join(browser.get("/kelola/pelindungan-data").text.split())
    assert client_of(factories.person("Rina", Role.PANITIA).id).get("/kelola/pelindungan-data").status_code == 403


def test_every_version_of_the_notice_can_be_read(client_of: Opener) -> None:
    visitor = client_of(None)
    for number in notices.VERSIONS:
        page = visitor.get(f"/privasi/{number}")
        assert page.status_code == 200
        assert ("sudah tidak berlaku" in page.text) is (number != notices.CURRENT)
    assert "Berapa lama disimpan" not in visitor.get("/privasi/1").text
    assert "Berapa lama disimpan" in visitor.get("/privasi").text
    assert visitor.get(f"/privasi/{notices.CURRENT + 1}").status_code == 404
