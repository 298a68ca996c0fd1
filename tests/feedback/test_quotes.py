"""Words that may be printed: by consent, as many as fit, and gone with the consent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.models import LiveSession
from calakan.feedback import queries, quotes, services
from calakan.feedback.errors import QuoteEmpty, QuotesFull
from calakan.feedback.models import ITEMS, Answered, Consent, Quote, SessionAnswer
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.people.models import Person
from calakan.privacy import erasure
from calakan.reports.documents.evidence import Section, evidence
from tests import factories
from tests.feedback.test_feedback import course

Opener = Callable[[int | None], FlaskClient]
GOOD = dict.fromkeys(ITEMS, 4)


def answer(session_id: int, person_id: int, text: str, quote: Consent | None) -> None:
    with db.transaction():
        services.answer(
            session_id, person_id, GOOD, text=text, quote=quote, actor=factories.SYSTEM, now=clock.now()
        )  # fmt: skip


def quoted(person_id: int) -> int:
    return db.session().scalars(sa.select(Quote.id).where(Quote.person_id == person_id)).one()


def act(what: Callable[..., None], quote_id: int) -> None:
    with db.transaction():
        what(quote_id, actor=factories.SYSTEM, now=clock.now())


def voices() -> Section | None:
    made = evidence(None, None, visible_to=factories.SYSTEM, now=clock.now())
    return next((section for section in made.sections if section.title == "Suara peserta"), None)


def test_words_that_may_be_quoted_stand_apart_from_the_marks(app: Flask) -> None:
    _, session_id, people = course(5)
    answer(session_id, people[0], "Runtut dan ramah", Consent.NAMELESS)
    answer(session_id, people[1], "Untuk narasumber saja", None)
    with pytest.raises(QuoteEmpty):
        answer(session_id, people[2], "  ", Consent.NAMED)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Answered)) == 2
    assert sorted(db.session().scalars(sa.select(SessionAnswer.text))) == ["", "Untuk narasumber saja"]
    assert db.session().execute(sa.select(Quote.person_id, Quote.text, Quote.consent)).all() == [
        (people[0], "Runtut dan ramah", Consent.NAMELESS)
    ]
    assert queries.digests([session_id]) == {}
    for person_id in people[2:]:
        answer(session_id, person_id, "", None)
    assert queries.digests([session_id])[session_id].texts == ("Runtut dan ramah", "Untuk narasumber saja")


def test_the_report_prints_what_was_chosen_as_it_was_allowed(app: Flask) -> None:
    _, session_id, (one, two, three) = course(3)
    with db.transaction() as session:
        session.execute(
            sa.update(Person)
            .where(Person.id == two)
            .values(title_after="S.Pd.", school_id=None, school_elsewhere="SMP X")
        )
    answer(session_id, one, "Runtut\nsekali", Consent.NAMELESS)
    answer(session_id, two, "Langsung dipakai", Consent.NAMED)
    answer(session_id, three, "Tidak dipilih", Consent.NAMED)
    assert voices() is None
    for person_id in (one, two):
        act(quotes.choose, quoted(person_id))
        act(quotes.choose, quoted(person_id))
    found = voices()
    assert found is not None
    course_title = queries.quotes_of(one)[0].live_session.diklat.title
    assert found.rows == [
        ["Runtut sekali", f"Peserta ({course_title})"],
        ["Langsung dipakai", f"Guru 1, S.Pd., SMP X ({course_title})"],
    ]
    tomorrow = clock.today() + timedelta(days=2)
    later = evidence(tomorrow, None, visible_to=factories.SYSTEM, now=clock.now())
    assert "Suara peserta" not in [section.title for section in later.sections]
    act(quotes.drop, quoted(one))
    assert [row[0] for row in (voices() or found).rows] == ["Langsung dipakai"]


def test_a_year_has_a_handful_and_a_freed_place_is_filled(app: Flask) -> None:
    _, session_id, people = course(quotes.MOST + 1)
    for person_id in people:
        answer(session_id, person_id, f"Kata {person_id}", Consent.NAMELESS)
    for person_id in people[:-1]:
        act(quotes.choose, quoted(person_id))
    with pytest.raises(QuotesFull):
        act(quotes.choose, quoted(people[-1]))
    act(quotes.drop, quoted(people[2]))
    act(quotes.choose, quoted(people[-1]))
    assert db.session().get_one(Quote, quoted(people[-1])).place == 3


def test_withdrawn_or_erased_words_are_gone_at_once(app: Flask) -> None:
    _, session_id, (one, two) = course(2)
    for person_id in (one, two):
        answer(session_id, person_id, f"Kata {person_id}", Consent.NAMED)
        act(quotes.choose, quoted(person_id))
    first = quoted(one)
    act(quotes.withdraw, first)
    assert [row[0] for row in voices().rows] == [f"Kata {two}"]
    with pytest.raises(NotFound):
        act(quotes.withdraw, first)
    with db.transaction():
        erasure.erase(two, reason="Diminta", actor=factories.SYSTEM, now=clock.now())
    assert voices() is None
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Quote)) == 0


def test_from_the_questionnaire_to_the_report_and_back(app: Flask, client_of: Opener) -> None:
    slug, session_id, (teacher, other) = course(2)
    number = db.session().get_one(LiveSession, session_id).number
    browser, staff = client_of(teacher), client_of(factories.person("Panitia", Role.PANITIA).id)
    typed = {"session": str(number), **dict.fromkeys(ITEMS, "4"), "quote": "named"}
    silent = browser.post(f"/belajar/{slug}/angket", data=typed)
    assert (silent.status_code, "Tulis dulu pesan yang boleh dikutip" in silent.get_data(as_text=True)) == (422, True)
    assert browser.post(f"/belajar/{slug}/angket", data={**typed, "text": "Mantap"}).status_code == 303
    assert [row["text"] for row in json.loads(browser.get("/saya/data.json").data)["kutipan"]] == ["Mantap"]
    code = db.session().scalars(sa.select(Quote.code)).one()
    board = staff.get("/kelola/laporan/kutipan").get_data(as_text=True)
    assert ("Mantap" in board, "Guru 0" in board, "Keluarkan" in board) == (True, True, False)
    assert staff.post(f"/kelola/laporan/kutipan/{code}", data={"muat": "1"}).status_code == 303
    assert "Keluarkan" in staff.get("/kelola/laporan/kutipan").get_data(as_text=True)
    assert "Dimuat di laporan" in browser.get("/saya/kutipan").get_data(as_text=True)
    assert client_of(other).post(f"/saya/kutipan/{code}/tarik").status_code == 404
    assert browser.post(f"/saya/kutipan/{code}/tarik").status_code == 303
    assert "Mantap" not in staff.get("/kelola/laporan/kutipan").get_data(as_text=True)
