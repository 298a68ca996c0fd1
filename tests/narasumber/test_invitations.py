"""Asked by mail, answered by a signed link without a log-in: every way out of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.models import LiveSession
from calakan.diklat.services import sessions as live_sessions
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import queries, rules, services, tokens
from calakan.narasumber.errors import (
    AlreadyAsked,
    InvitationAnswered,
    InvitationExpired,
    InvitationReplaced,
    NotAVolunteer,
    SlotClosed,
    SlotTaken,
    SpeakerClash,
    TooManyInvitations,
)
from calakan.narasumber.models import Assignment, AssignmentState, Origin
from calakan.notifications import letters
from calakan.notifications.models import Message
from tests import factories

Opener = Callable[[int | None], FlaskClient]
SYSTEM = factories.SYSTEM


def invite(session_id: int, person_id: int) -> tuple[int, int]:
    with db.transaction():
        row = services.invite(session_id, person_id, actor=SYSTEM, now=clock.now())
        return row.id, row.round


def answer(asked: tuple[int, int], *, can: bool, reason: str = "") -> None:
    with db.transaction():
        services.answer(*asked, can=can, reason=reason, now=clock.now())


def row_of(asked: tuple[int, int]) -> Assignment:
    db.session().rollback()
    return db.session().get_one(Assignment, asked[0])


def mails(kind: str) -> list[Message]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Message).where(Message.kind == kind).order_by(Message.id)))


def test_asked_by_mail_and_answered_with_one_tap(app: Flask, client: FlaskClient) -> None:
    speaker, id = factories.volunteer("Tri Handoko").id, factories.slot()
    asked = invite(id, speaker)
    message = mails("narasumber.invited")[0]
    letter = letters.compose(message, clock.now())
    assert letter is not None
    assert letter.secret is not None
    told = letter.told(letter.secret(clock.now()))
    address = re.search(r"http://calakan\.test(/relawan/tawaran/\S+)", told.text).group(1)
    assert tokens.token(*asked) not in letter.text
    page = client.get(address)
    text = page.get_data(as_text=True)
    assert (page.status_code, page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == (
        200,
        "no-store",
        "no-referrer",
    )
    assert ('value="bisa"' in text, 'value="tidak"' in text, "Tri Handoko" in text) == (True, True, True)
    assert row_of(asked).state is AssignmentState.INVITED
    assert client.post(address, data={"jawab": "bisa"}).status_code == 303
    row = row_of(asked)
    assert (row.state, row.agreed_at is not None, row.origin) == (AssignmentState.CONFIRMED, True, Origin.PANITIA)
    assert "Terima kasih, jawaban Bapak/Ibu: bisa" in client.get(address).get_data(as_text=True)
    assert client.post(address, data={"jawab": "bisa"}).status_code == 303
    assert len(mails("narasumber.confirmed")) == 1


def test_opening_the_link_a_hundred_times_answers_nothing(app: Flask, client: FlaskClient) -> None:
    asked = invite(factories.slot(), factories.volunteer().id)
    before = row_of(asked)
    state = (before.state, before.round, before.agreed_at, before.decided_at)
    for _ in range(5):
        assert client.get(f"/relawan/tawaran/{tokens.token(*asked)}").status_code == 200
        assert client.head(f"/relawan/tawaran/{tokens.token(*asked)}").status_code == 200
    after = row_of(asked)
    assert (after.state, after.round, after.agreed_at, after.decided_at) == state


def test_the_button_needs_its_token_against_forgery(app: Flask, client: FlaskClient) -> None:
    asked = invite(factories.slot(), factories.volunteer().id)
    app.config["WTF_CSRF_ENABLED"] = True
    address = f"/relawan/tawaran/{tokens.token(*asked)}"
    assert client.post(address, data={"jawab": "bisa"}).status_code == 400
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert csrf is not None
    assert client.post(address, data={"jawab": "bisa", "csrf_token": csrf.group(1)}).status_code == 303
    assert row_of(asked).state is AssignmentState.CONFIRMED


def test_no_with_a_reason(app: Flask, client: FlaskClient) -> None:
    asked = invite(factories.slot(), factories.volunteer().id)
    address = f"/relawan/tawaran/{tokens.token(*asked)}"
    assert client.post(address, data={"jawab": "tidak", "alasan": "ada ujian"}).status_code == 303
    row = row_of(asked)
    assert (row.state, row.reason) == (AssignmentState.DECLINED, "ada ujian")
    assert client.post(address, data={"jawab": "tidak"}).status_code == 303
    assert client.post(address, data={"jawab": "bisa"}).status_code == 409
    assert row_of(asked).state is AssignmentState.DECLINED


@pytest.mark.parametrize("typed", [{}, {"jawab": "mungkin"}, {"jawab": "tidak", "alasan": "x" * 301}])
def test_anything_else_is_no_answer(app: Flask, client: FlaskClient, typed: dict[str, str]) -> None:
    asked = invite(factories.slot(), factories.volunteer().id)
    assert client.post(f"/relawan/tawaran/{tokens.token(*asked)}", data=typed).status_code == 422
    assert row_of(asked).state is AssignmentState.INVITED


def test_forged_links_are_not_valid(app: Flask, client: FlaskClient) -> None:
    asked = invite(factories.slot(), factories.volunteer().id)
    good = tokens.token(*asked)
    payload, _, signature = good.rpartition(".")
    # Not the last letter: some of its bits are no part of the signature.
    flipped = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]
    other = tokens.token(asked[0], 99).rpartition(".")[0]
    wrong = [flipped, payload, f"{payload}.", f"{other}.{signature}", "x", "x" * 5000, "%00", "null.null"]
    for text in wrong:
        assert client.get(f"/relawan/tawaran/{text}").status_code in (400, 404)
        assert client.post(f"/relawan/tawaran/{text}", data={"jawab": "bisa"}).status_code in (400, 404)
    assert client.get(f"/relawan/tawaran/{tokens.token(10**6, 1)}").status_code == 404
    assert row_of(asked).state is AssignmentState.INVITED


def test_a_link_signed_for_another_purpose_is_worthless(app: Flask) -> None:
    from itsdangerous import URLSafeSerializer

    forged = URLSafeSerializer(app.config["SECRET_KEY"], salt="other").dumps([1, 1])
    assert tokens.read(str(forged)) is None
    assert tokens.read(tokens.token(7, 3)) == (7, 3)


def test_a_newer_invitation_ends_the_older_link(app: Flask, client: FlaskClient) -> None:
    id, speaker = factories.slot(), factories.volunteer().id
    first = invite(id, speaker)
    answer(first, can=False)
    second = invite(id, speaker)
    assert second == (first[0], 2)
    page = client.get(f"/relawan/tawaran/{tokens.token(*first)}")
    assert (page.status_code, "undangan yang lebih baru" in page.get_data(as_text=True)) == (410, True)
    with pytest.raises(InvitationReplaced):
        answer(first, can=True)
    assert row_of(second).state is AssignmentState.INVITED


def test_an_expired_link_has_a_clear_page_and_changes_nothing(app: Flask, client: FlaskClient) -> None:
    asked = invite(factories.slot(days=10), factories.volunteer().id)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        page = client.get(f"/relawan/tawaran/{tokens.token(*asked)}")
        assert (page.status_code, "Waktu menjawab sudah lewat" in page.get_data(as_text=True)) == (410, True)
        assert client.post(f"/relawan/tawaran/{tokens.token(*asked)}", data={"jawab": "bisa"}).status_code == 410
        with pytest.raises(InvitationExpired):
            answer(asked, can=True)
    assert row_of(asked).state is AssignmentState.INVITED


def test_a_link_of_a_cancelled_or_past_session_has_a_clear_page(app: Flask, client: FlaskClient) -> None:
    id = factories.slot(days=5)
    asked = invite(id, factories.volunteer().id)
    with time_machine.travel(clock.now() + timedelta(days=6)):
        assert "Sesi ini sudah selesai" in client.get(f"/relawan/tawaran/{tokens.token(*asked)}").get_data(as_text=True)
    with db.transaction():
        live_sessions.cancel(id, reason="gedung dipakai", actor=SYSTEM, now=clock.now())
    page = client.get(f"/relawan/tawaran/{tokens.token(*asked)}")
    assert (page.status_code, "gedung dipakai" in page.get_data(as_text=True)) == (410, True)
    with pytest.raises(SlotClosed):
        answer(asked, can=True)


def test_the_first_yes_wins_and_the_others_are_told_kindly(app: Flask, client: FlaskClient) -> None:
    id = factories.slot()
    one, two, three = (invite(id, factories.volunteer(f"Relawan {n}").id) for n in range(3))
    answer(one, can=True)
    assert [row_of(a).state for a in (one, two, three)] == [
        AssignmentState.CONFIRMED,
        AssignmentState.RELEASED,
        AssignmentState.RELEASED,
    ]
    told = mails("narasumber.released")
    assert sorted((m.person_id, m.facts["why"]) for m in told) == sorted(
        (row_of(a).person_id, "filled") for a in (two, three)
    )
    letter = letters.compose(told[0], clock.now())
    assert letter is not None
    assert "sudah terisi narasumber lain" in letter.text
    page = client.post(f"/relawan/tawaran/{tokens.token(*two)}", data={"jawab": "bisa"})
    assert (page.status_code, "baru saja terisi" in page.get_data(as_text=True)) == (409, True)
    with pytest.raises(SlotTaken):
        answer(three, can=True)
    # The mail of an invitation that is no longer open is not sent any more.
    assert [letters.compose(m, clock.now()) for m in mails("narasumber.invited")] == [None, None, None]


def test_a_clash_is_shown_before_the_tap_by_the_hour(app: Flask, client: FlaskClient) -> None:
    id, speaker = factories.slot("Satu"), factories.volunteer().id
    asked = invite(id, speaker)
    other = factories.live_session(factories.diklat("Lain").id, db.session().get_one(LiveSession, id).starts_at)
    other_id = other.id
    with db.transaction():
        services.appoint(other_id, speaker, agreed=True, actor=SYSTEM, now=clock.now())
    text = client.get(f"/relawan/tawaran/{tokens.token(*asked)}").get_data(as_text=True)
    assert ("Sesi (Lain)" in text, 'value="bisa"' in text, 'value="tidak"' in text) == (True, False, True)
    assert re.search(r"\d\d\.\d\d–\d\d\.\d\d WIB", text)
    with pytest.raises(SpeakerClash):
        answer(asked, can=True)
    assert row_of(asked).state is AssignmentState.INVITED


def test_who_can_be_invited(app: Flask) -> None:
    id, speaker, teacher = factories.slot(), factories.volunteer().id, factories.person().id
    with pytest.raises(NotAVolunteer):
        invite(id, teacher)
    asked = invite(id, speaker)
    with pytest.raises(AlreadyAsked):
        invite(id, speaker)
    answer(asked, can=True)
    with pytest.raises(SlotTaken):
        invite(id, factories.volunteer("Lain").id)
    past = factories.live_session(factories.diklat("Lama").id, clock.now() - timedelta(days=1)).id
    with pytest.raises(SlotClosed):
        invite(past, speaker)


def test_a_hundred_invitations_to_one_person_are_throttled(app: Flask) -> None:
    speaker = factories.volunteer().id
    course = factories.diklat("Banyak")
    ids = [factories.live_session(course.id, clock.now() + timedelta(days=10 + n), hours=1).id for n in range(100)]
    for id in ids[: queries.MOST_INVITATIONS]:
        invite(id, speaker)
    for id in ids[queries.MOST_INVITATIONS :]:
        with pytest.raises(TooManyInvitations):
            invite(id, speaker)
    assert len(mails("narasumber.invited")) == queries.MOST_INVITATIONS
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
        invite(ids[-1], speaker)


def test_inviting_and_appointing_over_http(app: Flask, client_of: Opener) -> None:
    speaker, staff, id = factories.volunteer(), factories.person("Panitia", Role.PANITIA).id, factories.slot()
    session = db.session().get_one(LiveSession, id, options=[sa.orm.joinedload(LiveSession.diklat)])
    path = f"/kelola/diklat/{session.diklat.slug}/sesi/{session.number}/narasumber"
    slug = queries.volunteer(speaker.id).slug
    browser = client_of(staff)
    assert browser.post(f"{path}/undang", data={"orang": slug}).status_code == 303
    db.session().rollback()
    row = queries.assignment_of(id, speaker.id)
    assert row is not None
    assert (row.state, row.round) == (AssignmentState.INVITED, 1)
    assert "Diundang" in browser.get(path).get_data(as_text=True)
    assert "Menunggu jawaban Bapak/Ibu" in client_of(speaker.id).get("/relawan").get_data(as_text=True)
    assert browser.post(f"{path}/lepas", data={"tugas": row.id}).status_code == 303
    assert browser.post(f"{path}/tetapkan", data={"orang": slug, "pasti": "y"}).status_code == 303
    db.session().rollback()
    row = queries.assignment_of(id, speaker.id)
    assert row is not None
    assert (row.state, row.agreed_at is not None) == (AssignmentState.CONFIRMED, True)
    page = browser.get(path).get_data(as_text=True)
    assert ("Sudah pasti" in page, "Lengkap" in page, "Menetapkan narasumber" in page) == (True, True, True)


def test_whoever_was_appointed_unasked_is_asked_to_say_yes(app: Flask, client: FlaskClient) -> None:
    id, speaker = factories.slot(), factories.volunteer().id
    with db.transaction():
        row = services.appoint(id, speaker, agreed=False, actor=SYSTEM, now=clock.now())
        asked = row.id, row.round
    letter = letters.compose(mails("narasumber.confirmed")[0], clock.now())
    assert letter is not None
    assert "/relawan/tawaran/" in letter.text
    assert row_of(asked).agreed_at is None
    assert client.post(f"/relawan/tawaran/{tokens.token(*asked)}", data={"jawab": "bisa"}).status_code == 303
    assert row_of(asked).agreed_at is not None
    with pytest.raises(InvitationAnswered):
        answer(asked, can=False)


@pytest.mark.parametrize(
    ("left", "time"),
    [
        (timedelta(days=10), timedelta(days=7)),
        (timedelta(days=3, hours=12), timedelta(hours=12)),
        (timedelta(days=3), timedelta(hours=9)),
        (timedelta(hours=4), timedelta(minutes=30)),
        (timedelta(minutes=20), timedelta(minutes=5)),
        (timedelta(minutes=-5), timedelta(minutes=5)),
    ],
)
def test_the_closer_the_session_the_shorter_the_time_to_answer(left: timedelta, time: timedelta) -> None:
    now = clock.now()
    session = LiveSession(starts_at=now + left, ends_at=now + left + timedelta(hours=2))
    assert rules.reply_by(session, now=now) == now + time


def test_whoever_said_yes_takes_it_back_by_the_same_link_and_says_why(app: Flask, client: FlaskClient) -> None:
    id, speaker = factories.slot(), factories.volunteer().id
    with db.transaction():
        row = services.appoint(id, speaker, agreed=False, actor=SYSTEM, now=clock.now())
        asked = row.id, row.round
    path = f"/relawan/tawaran/{tokens.token(*asked)}"
    assert client.post(path, data={"jawab": "lepas", "alasan": "sakit"}).status_code == 200  # nothing was said yet
    assert row_of(asked).state is AssignmentState.CONFIRMED
    client.post(path, data={"jawab": "bisa"})
    assert "Ternyata tidak bisa?" in client.get(path).get_data(as_text=True)
    silent = client.post(path, data={"jawab": "lepas", "alasan": " "})
    assert (silent.status_code, "Tulis alasannya" in silent.get_data(as_text=True)) == (422, True)
    assert client.post(path, data={"jawab": "lepas", "alasan": "sakit"}).status_code == 303
    left = row_of(asked)
    assert (left.state, left.reason) == (AssignmentState.DECLINED, "sakit")
    assert "Ternyata tidak bisa?" not in client.get(path).get_data(as_text=True)


def test_the_panitia_find_volunteers_by_their_topic(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    factories.volunteer("Ani Asesmen", topics=("asesmen",))
    factories.volunteer("Budi Numerasi", topics=("numerasi",))
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    page = browser.get("/kelola/narasumber?bidang=numerasi").get_data(as_text=True)
    assert ("Budi Numerasi" in page, "Ani Asesmen" in page) == (True, False)
    assert "Ani Asesmen" in browser.get("/kelola/narasumber?bidang=tidak-ada").get_data(as_text=True)
