"""The catalogue knows who looks, forgives how it is asked, and sells no seat that cannot be had."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat import search
from calakan.diklat.models import Diklat, Kind, LiveSession, Mode
from calakan.diklat.services import states
from calakan.enrolment import looking
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Duty
from calakan.people.models import Jenjang, Person
from tests import factories

Opener = Callable[[int | None], FlaskClient]
TITLE = re.compile(r'<h3><a href="/diklat/([^"]+)">')


def found(client: FlaskClient, query: str) -> list[str]:
    return TITLE.findall(client.get(f"/diklat?{query}").get_data(as_text=True).partition('class="more-h"')[0])


def card(page: str, slug: str) -> str:
    return page.partition(f'<a href="/diklat/{slug}">')[2].partition("</li>")[0]


def change(diklat_id: int, **values: object) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Diklat).where(Diklat.id == diklat_id).values(**values))


def join(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)


def marks(diklat_ids: list[int], person_id: int | None) -> list[looking.Mark]:
    wanted = sa.select(Diklat).where(Diklat.id.in_(diklat_ids)).order_by(Diklat.id)
    held = looking.marks(db.session().scalars(wanted).all(), person_id, now=clock.now())
    return [held[id] for id in diklat_ids]


def test_marks_say_where_one_stands_and_whether_one_is_meant(app: Flask) -> None:
    everybody, mine, level, post = (
        factories.diklat(f"D{n}", quota=1, days=n + 2, **values).id
        for n, values in enumerate(
            ({}, {"levels": [Jenjang.SD]}, {"levels": [Jenjang.SMP]}, {"posts": ["kepala_sekolah"]})
        )
    )
    me, other = factories.person("Sri").id, factories.person("Lain").id
    first = marks([everybody, mine, level, post], me)
    assert [(mark.open, mark.state, mark.fits) for mark in first] == [
        (True, None, None), (True, None, True), (True, None, False), (True, None, False),
    ]  # fmt: skip
    assert [mark.fits for mark in marks([mine, level], None)] == [None, None]
    join(everybody, me)
    join(mine, other)
    join(mine, me)
    [seated, waiting] = marks([everybody, mine], me)
    assert (seated.state, seated.place) == (EnrolmentState.CONFIRMED, None)
    assert (waiting.state, waiting.place) == (EnrolmentState.WAITING, 1)
    with db.transaction():
        enrolment.leave(everybody, me, actor=factories.SYSTEM, now=clock.now())
    assert marks([everybody], me)[0].state is None
    assert looking.marks([], me, now=clock.now()) == {}


def test_cards_tell_it_and_closed_ones_come_last_without_seats(app: Flask, client_of: Opener) -> None:
    soon = factories.diklat("Ditutup", quota=500, days=2).id
    change(soon, enrol_closes_at=clock.now() - timedelta(hours=1))
    factories.diklat("Untuk SMP", levels=[Jenjang.SMP], days=3)
    factories.diklat("Untuk SD", levels=[Jenjang.SD], days=4)
    mine = factories.diklat("Milikku", quota=1, days=5).id
    me = factories.person("Sri").id
    join(mine, me)
    browser = client_of(me)
    page = browser.get("/diklat").get_data(as_text=True)
    assert TITLE.findall(page) == ["untuk-smp", "untuk-sd", "milikku", "ditutup"]
    assert "Bukan sasaran" in card(page, "untuk-smp")
    assert "Cocok untuk Bapak/Ibu" in card(page, "untuk-sd")
    assert "Terdaftar" in card(page, "milikku")
    assert "Penuh" not in card(page, "milikku")
    assert "Pendaftaran ditutup" in card(page, "ditutup")
    assert "500 kursi" not in card(page, "ditutup")


def test_words_forgive_synonyms_topics_names_and_slips(app: Flask, client: FlaskClient) -> None:
    bullied = factories.diklat("Kelas Aman dari Perundungan", topics=["asesmen"]).id
    factories.diklat("Nilai Rapor", days=4)
    tri = factories.volunteer("Tri Handoko").id
    with db.transaction():
        live = db.session().scalars(sa.select(LiveSession).where(LiveSession.diklat_id == bullied)).one()
        speaking.confirm(live, tri, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
    slug = "kelas-aman-dari-perundungan"
    for words in ("bully", "perundungan kelas", "asesmen", "handoko", "tri perundungan", "perundugan", "PERUNDUNGN"):
        assert found(client, f"q={words}") == [slug], words
    page = client.get("/diklat?q=perundugan").get_data(as_text=True)
    assert "Tidak ada “perundugan”. Ini hasil untuk “perundungan”" in page
    assert found(client, "q=ai") == []  # not "nilai"
    assert found(client, "q=nil") == ["nilai-rapor"]
    for words in ("xyzw", "ndoko"):
        assert found(client, f"q={words}") == [], words
    assert search.corrected("nilai rapor") == ""
    assert search.corrected("") == ""


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("jenis=webinar", ["b"]),
        ("cara=luring", ["c"]),
        ("jabatan=kepala_sekolah", ["a", "b", "c"]),
        ("jabatan=guru_kelas", ["a", "c"]),
        ("jenis=apa&cara=apa&dari=kemarin&sampai=x", ["a", "b", "c"]),
        ("dari={2}", ["b", "c"]),
        ("sampai={2}", ["a", "b"]),
        ("dari={2}&sampai={2}", ["b"]),
        ("dari=0001-01-01", ["a", "b", "c"]),
    ],
)
def test_filters_of_kind_way_post_and_days(app: Flask, client: FlaskClient, query: str, wanted: list[str]) -> None:
    factories.diklat("A", days=1)
    factories.diklat("B", days=2, kind=Kind.WEBINAR, posts=["kepala_sekolah"])
    factories.diklat("C", days=3, mode=Mode.ON_SITE)
    day = clock.today() + timedelta(days=2)
    assert found(client, query.replace("{2}", day.isoformat())) == wanted


def test_what_is_over_is_found_when_asked_for(app: Flask, client: FlaskClient) -> None:
    old = factories.diklat("Dulu").id
    before = clock.now() - timedelta(days=9)
    with db.transaction() as session:
        session.execute(
            sa.update(LiveSession).where(LiveSession.diklat_id == old)
            .values(starts_at=before, ends_at=before + timedelta(hours=3))
        )  # fmt: skip
        states.close(old, actor=factories.SYSTEM, now=clock.now())
    change(old, starts_at=before, ends_at=before + timedelta(hours=3))
    factories.diklat("Nanti")
    factories.diklat("Draf", publish=False)
    assert found(client, "") == ["nanti"]
    assert found(client, "waktu=lewat") == ["dulu"]
    assert "Diklat ini sudah selesai." in client.get("/diklat?waktu=lewat").get_data(as_text=True)
    assert client.get("/diklat/dulu").status_code == 200


def test_the_page_of_a_diklat_says_its_last_date_and_what_a_room_costs(app: Flask, client: FlaskClient) -> None:
    once, often = factories.diklat("Sekali", mode=Mode.ON_SITE), factories.diklat("Berkali")
    slugs = [once.slug, often.slug]
    factories.live_session(often.id, factories.morning(9))
    short, long = (client.get(f"/diklat/{slug}").get_data(as_text=True) for slug in slugs)
    assert "250 MB" not in short
    assert "250 MB per jam" in long
    assert re.search(r"sampai \w{3}, \d", long)
    assert not re.search(r"sampai \w{3}, \d", short)


def test_a_card_that_was_drawn_is_shown_where_it_says_the_same_and_nowhere_else(
    app: Flask, client_of: Opener, client: FlaskClient
) -> None:
    """Whoever looks first, each sees his own; and every change of what stands on it is seen by the next look."""
    course = factories.diklat("Numerasi", quota=60, levels=[Jenjang.SD])
    id, slug = course.id, course.slug
    fits, other = factories.person("Sri", jenjang=Jenjang.SD).id, factories.person("Ani", jenjang=Jenjang.SMP).id
    with db.transaction():
        enrolment.join(id, fits, actor=factories.SYSTEM, now=clock.now())
    looks = [client_of(fits), client_of(other), client]
    for _ in range(2):
        seen = [card(look.get("/diklat").text, slug) for look in looks]
        assert ["Terdaftar" in text for text in seen] == [True, False, False]
        assert ["Bukan sasaran" in text for text in seen] == [False, True, False]
    speaker, third = factories.volunteer("Retno").id, factories.person("Wati", jenjang=Jenjang.SD).id
    later = factories.morning(20)

    def at(text: str) -> bool:
        return all(text in card(look.get("/diklat").text, slug) for look in looks)

    with db.transaction():
        enrolment.join(id, third, actor=factories.SYSTEM, now=clock.now())
    assert at("Sisa 58")
    factories.live_session(id, later)
    assert at("2 sesi")
    change(id, title="Numerasi Lanjut")
    assert at("Numerasi Lanjut")
    with db.transaction() as session:
        live = session.scalars(sa.select(LiveSession).where(LiveSession.diklat_id == id, LiveSession.number == 1)).one()
        speaking.confirm(live, speaker, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
    assert at("Retno")
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == speaker).values(name="Retno Wulan"))
    assert at("Retno Wulan")
    change(id, enrol_closes_at=clock.now() - timedelta(hours=1))
    assert at("Pendaftaran ditutup")
