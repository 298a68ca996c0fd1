"""Own clicks into the room make lines certain; lines that nobody knows are claimed, or given to somebody enrolled on the spot."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import batches, claiming
from calakan.attendance.errors import AttendanceFinal, LineClaimed, LineNotClaimable, NotAParticipant
from calakan.attendance.matching import By, Lane, Why
from calakan.attendance.models import Batch, BatchLine, Evidence, Kind, LineClaim
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment_queries
from calakan.enrolment import services as enrolment
from calakan.enrolment.errors import EnrolmentClosed, NoSeatLeft
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from tests import factories
from tests.attendance.decisions import decision_of
from tests.attendance.test_batches import give, line, store, undo
from tests.attendance.test_lists import START, Meeting

Opener = Callable[[int | None], FlaskClient]
HEAD = "Nama,Surel,Waktu bergabung,Waktu keluar\n"


def row(shown: str, came: str = "09:00", email: str = "") -> str:
    return f"{shown},{email},20/06/2022 {came},20/06/2022 11:30\n"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def click(meeting: Meeting, name: str, minutes: float = 0) -> int:
    """In so many minutes after the beginning of the session."""
    person_id = meeting.people[name]
    with db.transaction() as session:
        session.add(
            Evidence(
                live_session_id=meeting.id, person_id=person_id, kind=Kind.JOIN, at=START + timedelta(minutes=minutes)
            )
        )
    return person_id


def told(meeting: Meeting, content: str) -> dict[str, str]:
    return {row.participant.name: f"{row.lane.value} {row.by.value}" for row in meeting.plan(HEAD + content).found}


def test_an_own_click_at_the_minute_makes_a_line_certain(meeting: Meeting) -> None:
    content = row("Slamet") + row("Sugeng R.")
    assert told(meeting, content) == {"Slamet": "mungkin name"}
    for name, minutes in (("Slamet", -4), ("Sugeng Riyadi", 5)):
        click(meeting, name, minutes)
    assert told(meeting, content) == {"Slamet": "pasti click", "Sugeng Riyadi": "pasti click"}


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_click_at_another_minute_says_nothing(meeting: Meeting, minutes: int) -> None:
    click(meeting, "Slamet", minutes)
    assert told(meeting, row("Slamet")) == {"Slamet": "mungkin name"}


def test_a_click_that_two_lines_may_be_decides_for_none(meeting: Meeting) -> None:
    click(meeting, "Sugeng Riyadi")
    assert told(meeting, row("Sugeng R.") + row("Sugeng S.")) == {}
    assert told(meeting, row("Sugeng R.") + row("Sugeng S.", "10:00")) == {"Sugeng Riyadi": "pasti click"}


def test_a_click_of_two_candidates_decides_for_none(meeting: Meeting) -> None:
    meeting.people["Sugeng Raharjo"] = meeting.join("Sugeng Raharjo", "raharjo@example.org")
    content = row("Sugeng R.")
    for name in ("Sugeng Riyadi", "Sugeng Raharjo"):
        click(meeting, name)
    (left,) = meeting.plan(HEAD + content).left
    assert (left.lane, left.why) == (Lane.LIKELY, Why.ALIKE)


def test_a_click_does_not_settle_what_contradicts_itself(meeting: Meeting) -> None:
    click(meeting, "Sugeng Riyadi")
    click(meeting, "Slamet")
    content = row("Siti Lestari", email="peserta006@example.org")
    (left,) = meeting.plan(HEAD + content).left
    assert left.why is Why.CONTRADICTION
    certain = row("Slamet", email="slamet@example.org") + row("Slamet (HP)")
    assert told(meeting, certain)["Slamet"] == "pasti email"


def applied(meeting: Meeting, *shown: str) -> int:
    """A list with lines that name nobody, of which one certain line was applied; its id."""
    stored = store(meeting, HEAD + "".join(map(row, shown)) + row("Dwi Handayani", email="peserta003@example.org"))
    give(stored.batch_id, batches.sure(batches.lines(stored.batch_id)))
    return stored.batch_id


def claim(meeting: Meeting, line_id: int, name: str) -> bool:
    person_id = meeting.people[name]
    with db.transaction():
        return claiming.claim(line_id, person_id, actor=Actor(person_id=person_id, name=name), now=clock.now())


def test_whoever_went_in_claims_a_line_and_counts(meeting: Meeting) -> None:
    batch_id = applied(meeting, "Galaxy A12", "Oppo 5")
    for name in ("Slamet", "Agus Santoso"):
        click(meeting, name, 20)
    unknown = line(batch_id, "Galaxy A12").id
    assert [r.shown for r in claiming.claimable(meeting.id, meeting.people["Slamet"])] == ["Galaxy A12", "Oppo 5"]
    assert claim(meeting, unknown, "Slamet") is True
    assert "Slamet" in meeting.present()
    assert (decision_of(meeting.id, meeting.people["Slamet"]).minutes) == 150
    assert claiming.claimable(meeting.id, meeting.people["Slamet"]) == []
    with pytest.raises(LineClaimed):
        claim(meeting, line(batch_id, "Oppo 5").id, "Slamet")
    # Another one says so, too: neither counts, and the panitia choose.
    assert claim(meeting, unknown, "Agus Santoso") is False
    assert meeting.present() == {"Dwi Handayani"}
    asked = line(batch_id, "Galaxy A12")
    assert (asked.lane, asked.why, asked.given_at) == (Lane.LIKELY, Why.CLAIMED, None)
    assert asked.candidates == [meeting.people["Slamet"], meeting.people["Agus Santoso"]]
    assert give(batch_id, {unknown: meeting.people["Agus Santoso"]}) == 1
    assert "Agus Santoso" in meeting.present()
    undo(batch_id)
    assert meeting.present() == set()


def test_a_line_longer_than_since_the_click_is_decided_by_the_panitia(meeting: Meeting) -> None:
    batch_id = applied(meeting, "Galaxy A12")
    click(meeting, "Slamet", 60)
    unknown = line(batch_id, "Galaxy A12").id
    assert claim(meeting, unknown, "Slamet") is False
    assert "Slamet" not in meeting.present()
    assert line(batch_id, "Galaxy A12").candidates == [meeting.people["Slamet"]]


def test_what_the_panitia_gave_stays_when_somebody_claims_it(meeting: Meeting) -> None:
    batch_id = applied(meeting, "Galaxy A12")
    unknown = line(batch_id, "Galaxy A12").id
    give(batch_id, {unknown: meeting.people["Siti Lestari"]})
    click(meeting, "Slamet")
    assert claim(meeting, unknown, "Slamet") is False
    assert "Siti Lestari" in meeting.present()


def test_a_line_that_proves_too_little_is_decided_by_the_panitia(meeting: Meeting) -> None:
    stored = store(meeting, "Nama,Surel,Durasi\nGalaxy A12,,150\nDwi,peserta003@example.org,2 jam 30 menit\n")
    give(stored.batch_id, batches.sure(batches.lines(stored.batch_id)))
    click(meeting, "Slamet")
    unknown = line(stored.batch_id, "Galaxy A12")
    assert unknown.verdict == "review"
    assert claim(meeting, unknown.id, "Slamet") is False
    assert line(stored.batch_id, "Galaxy A12").candidates == [meeting.people["Slamet"]]


@pytest.mark.parametrize(("minutes", "offered"), [(25, True), (24, False), (30, True), (60, True), (61, False)])
def test_a_line_is_offered_to_whoever_went_in_within_its_hours(meeting: Meeting, minutes: float, offered: bool) -> None:
    """From half past nine until ten; between a click and the room lie five minutes at most."""
    content = f"{HEAD}Galaxy A12,,20/06/2022 09:30,20/06/2022 10:00\n"
    stored = store(meeting, content + row("Dwi Handayani", email="peserta003@example.org"), least_minutes=20)
    give(stored.batch_id, batches.sure(batches.lines(stored.batch_id)))
    unknown = line(stored.batch_id, "Galaxy A12")
    assert (unknown.starts_at, unknown.ends_at) == (START + timedelta(minutes=30), START + timedelta(minutes=60))
    click(meeting, "Slamet", minutes)
    assert [row.id for row in claiming.claimable(meeting.id, meeting.people["Slamet"])] == [unknown.id] * offered
    if offered:
        assert claim(meeting, unknown.id, "Slamet") is True
    else:
        with pytest.raises(LineNotClaimable):
            claim(meeting, unknown.id, "Slamet")


def outsiders(meeting: Meeting, count: int, came: str, left: str) -> str:
    return "".join(f"Orang {came} {n},,20/06/2022 {came},20/06/2022 {left}\n" for n in range(count))


def test_among_many_outsiders_everybody_is_offered_what_may_be_his(meeting: Meeting, client_of: Opener) -> None:
    """Lines that left before the click or came after it are shown to nobody; the nearest come first, those without hours last."""
    content = HEAD + outsiders(meeting, 120, "09:00", "09:40") + outsiders(meeting, 120, "10:00", "11:30")
    content += "Tanpa jam,,,\n" + outsiders(meeting, 1, "09:51", "11:30") + row("Galaxy A12", "09:50")
    stored = store(meeting, content + row("Dwi Handayani", email="peserta003@example.org"), least_minutes=20)
    give(stored.batch_id, batches.sure(batches.lines(stored.batch_id)))
    click(meeting, "Slamet", 50)
    shown = [found.shown for found in claiming.claimable(meeting.id, meeting.people["Slamet"])]
    assert shown == ["Galaxy A12", "Orang 09:51 0", "Tanpa jam"]
    address = f"/belajar/{meeting.slug}/sesi/2"
    page = client_of(meeting.people["Slamet"]).get(address).get_data(as_text=True)
    assert ("Galaxy A12" in page, "Orang 09:00" in page, "Orang 10:00" in page) == (True, False, False)
    assert claim(meeting, line(stored.batch_id, "Galaxy A12").id, "Slamet") is True


def test_the_nearest_are_offered_where_too_many_may_be_his(meeting: Meeting) -> None:
    content = HEAD + outsiders(meeting, 130, "09:00", "11:30") + row("Galaxy A12", "09:30")
    stored = store(meeting, content + row("Dwi Handayani", email="peserta003@example.org"), least_minutes=20)
    give(stored.batch_id, batches.sure(batches.lines(stored.batch_id)))
    click(meeting, "Slamet", 30)
    found = claiming.claimable(meeting.id, meeting.people["Slamet"])
    assert (len(found), found[0].shown) == (claiming.MOST, "Galaxy A12")


@pytest.mark.parametrize("why", ["no click", "not applied", "known", "present", "short", "undone", "no line"])
def test_what_cannot_be_claimed(meeting: Meeting, why: str) -> None:
    content = HEAD + row("Galaxy A12") + row("Nokia", "11:25")
    stored = store(meeting, content + row("Dwi Handayani", email="peserta003@example.org"))
    if why != "not applied":
        give(stored.batch_id, batches.sure(batches.lines(stored.batch_id)))
    if why != "no click":
        click(meeting, "Slamet", 20)
    wanted = {"known": "Dwi Handayani", "short": "Nokia"}.get(why, "Galaxy A12")
    line_id = line(stored.batch_id, wanted).id if why != "no line" else 2**31
    if why == "present":
        give(stored.batch_id, {line_id: meeting.people["Slamet"]})
    if why == "undone":
        undo(stored.batch_id)
    with pytest.raises(LineNotClaimable):
        claim(meeting, line_id, "Slamet")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(LineClaim)) == 0


def test_who_has_no_seat_claims_nothing_and_nothing_is_claimed_in_a_closed_diklat(meeting: Meeting) -> None:
    unknown = line(applied(meeting, "Galaxy A12"), "Galaxy A12").id
    click(meeting, "Slamet", 60)  # so late that the line would wait for the panitia, and be given to nobody yet
    with db.transaction():
        enrolment.remove(
            meeting.diklat_id, [meeting.people["Slamet"]], reason="pindah", actor=factories.SYSTEM, now=clock.now()
        )
    with pytest.raises(NotAParticipant):
        claim(meeting, unknown, "Slamet")
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).state = DiklatState.CLOSED
    with pytest.raises(AttendanceFinal):
        claim(meeting, unknown, "Slamet")


def test_two_claims_at_once_count_for_nobody(meeting: Meeting, app: Flask) -> None:
    batch_id = applied(meeting, "Galaxy A12")
    unknown = line(batch_id, "Galaxy A12").id
    names = ("Slamet", "Agus Santoso")
    for name in names:
        click(meeting, name, 20)
    db.session().rollback()

    def try_it(name: str) -> bool:
        with app.app_context():
            return claim(meeting, unknown, name)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_it, names)) == [False, True]
    assert meeting.present() == {"Dwi Handayani"}
    assert sorted(line(batch_id, "Galaxy A12").candidates) == sorted(meeting.people[name] for name in names)


def test_the_page_of_a_session_asks_whose_line_it_is(meeting: Meeting, client_of: Opener) -> None:
    batch_id = applied(meeting, "Galaxy A12", "orang@lain.example")
    own = client_of(meeting.people["Slamet"])
    address = f"/belajar/{meeting.slug}/sesi/2"
    assert "Galaxy A12" not in own.get(address).get_data(as_text=True)
    click(meeting, "Slamet", 20)
    page = own.get(address).get_data(as_text=True)
    assert ("Galaxy A12" in page, "orang@lain" in page) == (True, False)
    assert own.post(f"{address}/klaim", data={"baris": ""}).status_code == 303
    assert "Slamet" not in meeting.present()
    own.post(f"{address}/klaim", data={"baris": str(line(batch_id, "Galaxy A12").id)})
    assert "Slamet" in meeting.present()
    stranger = factories.person("Lain").id
    assert client_of(stranger).post(f"{address}/klaim", data={"baris": "1"}).status_code in (302, 303, 404)


def enrol(batch_id: int, line_id: int, person_id: int) -> int:
    with db.transaction():
        return batches.enrol_and_apply(batch_id, line_id, person_id, actor=factories.SYSTEM, now=clock.now())


def test_somebody_who_was_there_is_enrolled_on_the_spot(meeting: Meeting, client_of: Opener) -> None:
    batch_id = applied(meeting, "Galaxy A12", "Oppo 5")
    stranger = factories.person("Tri Wahyuni")
    code, id = stranger.code, stranger.id
    with db.transaction() as session:  # the last session is over
        session.execute(sa.update(Diklat).where(Diklat.id == meeting.diklat_id).values(ends_at=START))
    with pytest.raises(EnrolmentClosed), db.transaction():
        enrolment.join(meeting.diklat_id, id, actor=factories.SYSTEM, now=clock.now(), by_hand=True)
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    unknown, address = line(batch_id, "Galaxy A12").id, f"/kelola/impor/{batch_id}"
    page = panitia.get(f"{address}?baris={unknown}&q=tri+wahyuni").get_data(as_text=True)
    assert "Daftarkan dan pilih" in page
    panitia.post(f"{address}/beri", data={"baris": unknown, "orang": code, "daftar": "1"})
    seat = enrolment_queries.enrolment(meeting.diklat_id, id)
    assert seat is not None
    assert seat.state is EnrolmentState.CONFIRMED
    assert line(batch_id, "Galaxy A12").person_id == id
    db.session().rollback()
    panitia.post(f"{address}/beri", data={"baris": line(batch_id, "Oppo 5").id, "orang": "TIDAKADA00", "daftar": "1"})
    assert line(batch_id, "Oppo 5").given_at is None


def test_nobody_is_enrolled_where_no_seat_is_left_or_the_diklat_is_closed(meeting: Meeting) -> None:
    batch_id = applied(meeting, "Galaxy A12")
    unknown, stranger = line(batch_id, "Galaxy A12").id, factories.person("Tri Wahyuni").id
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).quota = 6
    with pytest.raises(NoSeatLeft):
        enrol(batch_id, unknown, stranger)
    assert enrolment_queries.enrolment(meeting.diklat_id, stranger) is None
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).state = DiklatState.CLOSED
    with pytest.raises(AttendanceFinal):
        enrol(batch_id, unknown, stranger)


def test_lines_of_clicks_are_kept_as_certain(meeting: Meeting) -> None:
    click(meeting, "Slamet")
    stored = store(meeting, HEAD + row("Slamet"), by_name=False)
    kept = line(stored.batch_id, "Slamet")
    assert (kept.lane, kept.by) == (Lane.SURE, By.CLICK)
    assert db.session().get_one(Batch, stored.batch_id).by_name is False
    assert db.session().get_one(BatchLine, kept.id).verdict == "present"
