"""Lists that are kept: applied in part, given away, taken back, and refused where papers rest on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance import batches, services
from calakan.attendance.batches import Options
from calakan.attendance.deciding import Verdict
from calakan.attendance.errors import AttendanceFinal, BatchUndone, ListOfNoSession, NotAParticipant
from calakan.attendance.lists import Unclear
from calakan.attendance.models import BatchLine, BatchState, Method, Presence
from calakan.certificates import undoing
from calakan.certificates.errors import ListCertified
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound, OwnCase
from tests import factories
from tests.attendance.test_lists import Meeting, sample


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def store(meeting: Meeting, content: str | bytes, **options: Any) -> batches.Stored:
    content = content.encode() if isinstance(content, str) else content
    with db.transaction():
        return batches.store(
            meeting.id,
            content,
            name="a.csv",
            options=Options(**options),
            actor=factories.SYSTEM,
            now=clock.now(),
        )


def give(batch_id: int, given: dict[int, int]) -> int:
    with db.transaction():
        return batches.apply(batch_id, given, actor=factories.SYSTEM, now=clock.now())


def undo(batch_id: int, how: Callable[..., int] = batches.undo) -> int:
    with db.transaction():
        return how(batch_id, actor=factories.SYSTEM, now=clock.now())


def line(batch_id: int, shown: str) -> BatchLine:
    return next(row for row in batches.lines(batch_id) if row.shown == shown)


def test_the_same_file_changes_nothing_and_other_options_read_it_anew(meeting: Meeting) -> None:
    first = store(meeting, sample("zoom_meeting_participants"))
    assert (first.again, meeting.present()) == (False, set())
    again = store(meeting, sample("zoom_meeting_participants"))
    assert (again.again, again.batch_id) == (True, first.batch_id)
    other = store(meeting, sample("zoom_meeting_participants"), least_minutes=30, by_name=False)
    assert (other.again, other.batch_id != first.batch_id) == (False, True)
    assert not any(
        row.by == "name"
        for row in batches.lines(other.batch_id)
        if row.id in batches.sure(batches.lines(other.batch_id))
    )
    assert give(other.batch_id, batches.sure(batches.lines(other.batch_id))) == 3
    assert store(meeting, sample("zoom_meeting_participants")).batch_id == other.batch_id
    late = store(meeting, "Nama,Join time,Leave time\nSlamet,20/06/2022 10:00,20/06/2022 12:30\n", zone="Asia/Makassar")
    assert [row.minutes for row in late.plan.found] == [150]


def test_a_list_without_a_unit_waits_until_somebody_says_it_once(meeting: Meeting) -> None:
    content = "Nama,Surel,Durasi\n" + "".join(f"Orang {n},,150\n" for n in range(9)) + "Slamet,slamet@example.org,150\n"
    first = store(meeting, content)
    assert [(row.participant.name, row.verdict, row.unclear) for row in first.plan.found] == [
        ("Slamet", Verdict.REVIEW, Unclear.UNIT)
    ]
    for unit, verdict in (("seconds", Verdict.SHORT), ("minutes", Verdict.PRESENT)):
        told = store(meeting, content, unit=unit)
        assert not told.again
        assert [(row.verdict, row.unclear) for row in told.plan.found] == [(verdict, None)]
        assert store(meeting, content, unit=unit).again


def test_a_line_is_given_once_and_to_participants_alone(meeting: Meeting) -> None:
    id = store(meeting, sample("zoom_meeting_participants")).batch_id
    galaxy, slamet = line(id, "Galaxy A12").id, meeting.people["Slamet"]
    with pytest.raises(NotAParticipant):
        give(id, {galaxy: factories.person("Orang lain").id})
    with pytest.raises(NotFound):
        give(id, {10**8: slamet})
    assert meeting.present() == set()
    assert give(id, {galaxy: slamet}) == 1
    assert give(id, {galaxy: meeting.people["Nur'aini"]}) == 0
    assert meeting.present() == {"Slamet"}
    mark = db.session().scalars(sa.select(Presence).where(Presence.person_id == slamet)).one()
    assert (mark.method, mark.reason) == (Method.LIST, "Impor a.csv, 147 menit")


def test_nobody_gives_himself_a_line_that_does_not_surely_mean_him(meeting: Meeting) -> None:
    """Nor is his own short line kept for him by his name alone; by his address it is."""
    me = meeting.people["Agus Santoso"]
    actor = Actor(person_id=me, name="Agus Santoso", roles=frozenset({Role.PANITIA}))
    content = "Nama,Surel,Durasi (menit)\nAgus S.,,150\nTamu,,150\nx,slamet@example.org,150\n"
    id = store(meeting, content).batch_id

    def take(batch_id: int, given: dict[int, int]) -> int:
        with db.transaction():
            return batches.apply(batch_id, given, actor=actor, now=clock.now())

    for shown in ("Agus S.", "Tamu"):
        with pytest.raises(OwnCase):
            take(id, {line(id, shown).id: me, line(id, "x").id: meeting.people["Slamet"]})
        db.session().rollback()
    assert meeting.present() == set()
    assert take(id, {line(id, "x").id: meeting.people["Slamet"]}) == 1
    for content, kept in (("Agus Santoso,,20\n", False), ("x,agus@example.org,20\n", True)):
        short = store(meeting, f"Nama,Surel,Durasi (menit)\n{content}").batch_id
        take(short, {})
        assert (batches.lines(short)[0].given_at is not None) is kept
        db.session().rollback()
    own = store(meeting, "Nama,Surel,Durasi (menit)\nx,agus@example.org,150\n").batch_id
    assert take(own, {line(own, "x").id: me}) == 1
    assert meeting.present() == {"Slamet", "Agus Santoso"}


def test_undoing_takes_back_what_this_list_made_and_nothing_else(meeting: Meeting) -> None:
    hand = {"actor": factories.SYSTEM, "now": clock.now()}
    with db.transaction():
        services.mark_by_hand(meeting.id, [meeting.people["Siti Lestari"]], present=True, reason="x", **hand)
    id = store(meeting, sample("zoom_meeting_participants")).batch_id
    give(id, batches.sure(batches.lines(id)))
    assert meeting.present() == {"Siti Lestari", "Agus Santoso", "Dwi Handayani"}
    with db.transaction():
        services.mark_by_hand(meeting.id, [meeting.people["Agus Santoso"]], present=False, reason="x", **hand)
    assert undo(id) == 1
    assert meeting.present() == {"Siti Lestari"}
    found = batches.batch(id)
    assert found is not None
    assert found.state is BatchState.UNDONE
    for again in (lambda: undo(id), lambda: give(id, {})):
        with pytest.raises(BatchUndone):
            again()
    for missing in (lambda: undo(10**8, undoing.undo_list), lambda: undo(10**8), lambda: give(10**8, {})):
        with pytest.raises(NotFound):
            missing()


def test_a_list_that_papers_rest_on_stays(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    id = store(meeting, sample("zoom_meeting_participants")).batch_id
    give(id, batches.sure(batches.lines(id)))
    monkeypatch.setattr(undoing, "MOST_NAMED", 1)
    other, here = factories.diklat("Lain").id, meeting.diklat_id
    held = CertificateRole.PARTICIPANT

    def paper(name: str, diklat_id: int = here, role: CertificateRole = held, **values: Any) -> None:
        with db.transaction() as session:
            key, now = f"{name}{diklat_id}{role}{values}", clock.now()
            session.add(
                Certificate(
                    code=codes.code(26), diklat_id=diklat_id, person_id=meeting.people[name], role=role, key=key,
                    asked_at=now, due_at=now, facts={}, **values,
                )
            )  # fmt: skip

    paper("Siti Lestari", other)
    paper("Agus Santoso", status=Status.REVOKED)
    paper("Agus Santoso", role=CertificateRole.SPEAKER)
    paper("Slamet")  # not by this list
    paper("Dwi Handayani")
    paper("Dwi Handayani", role=CertificateRole.ATTENDEE)
    with pytest.raises(ListCertified) as refused:
        undo(id, undoing.undo_list)
    assert refused.value.facts == {"names": ["Dwi Handayani"], "more": 0}
    paper("Agus Santoso")
    with pytest.raises(ListCertified) as refused:
        undo(id, undoing.undo_list)
    assert refused.value.facts == {"names": ["Agus Santoso"], "more": 1}
    assert len(meeting.present()) == 3


def test_a_closed_diklat_takes_no_list_and_gives_none_back(meeting: Meeting) -> None:
    id = store(meeting, "surel\nslamet@example.org\n").batch_id
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).state = DiklatState.CLOSED
    for act in (
        lambda: undo(id),
        lambda: give(id, batches.sure(batches.lines(id))),
        lambda: store(meeting, "nama\nx\n"),
    ):
        with pytest.raises(AttendanceFinal):
            act()


def test_each_line_finds_its_session(meeting: Meeting) -> None:
    session = diklat_queries.live_session_by_id(meeting.id)
    assert session is not None
    other = factories.live_session(meeting.diklat_id, session.starts_at + timedelta(hours=5), hours=2)
    sessions = [s for s in diklat_queries.sessions_of(meeting.diklat_id) if s.starts_at < clock.now()]

    def read(text: str) -> dict[int, int]:
        with db.transaction():
            stored = batches.store_by_time(
                sessions, text.encode(), name="a.csv", options=Options(), actor=factories.SYSTEM, now=clock.now()
            )
        return {
            batch.live_session_id: len(batches.lines(batch.id)) for s in stored if (batch := batches.batch(s.batch_id))
        }

    head = "Nama,Surel,Join time,Leave time\n"
    one = head + "Slamet,slamet@example.org,20/06/2022 09:00,20/06/2022 11:30\n"
    assert read(one) == {meeting.id: 1}
    assert read(one + "Agus,agus@example.org,20/06/2022 09:00,20/06/2022 16:00\nX,,rusak,\n") == {
        meeting.id: 3,
        other.id: 1,
    }
    for text, timeless in (("nama\nSlamet\n", True), (one.replace("20/06", "22/06"), False)):
        with pytest.raises(ListOfNoSession) as refused:
            read(text)
        assert refused.value.facts == {"timeless": timeless}


def test_whoever_left_since_the_look_holds_up_nobody(meeting: Meeting) -> None:
    """The same file is read anew, and a list that was looked at accepts the others."""
    content = "Nama,Surel\nx,slamet@example.org\ny,agus@example.org\nNur'aini,\n"
    first = store(meeting, content)
    with db.transaction():
        gone = [meeting.people["Slamet"], meeting.people["Nur'aini"]]
        enrolment.remove(meeting.diklat_id, gone, reason="pindah", actor=factories.SYSTEM, now=clock.now())
    shown = {row.id for row in batches.lines(first.batch_id)}
    with db.transaction():
        assert batches.apply_likely(first.batch_id, shown, actor=factories.SYSTEM, now=clock.now()) == 0
    again = store(meeting, content)
    assert (again.again, again.batch_id != first.batch_id) == (False, True)
    assert [row.participant.name for row in again.plan.found] == ["Agus Santoso"]
    assert meeting.take(content).marked == 1
    assert store(meeting, content).again
