"""One page gives, shows and withdraws every consent, with its log; what depended on one really stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.diklat import queries as diklat_queries
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.materials import queries as materials
from calakan.materials import services as handing_out
from calakan.materials.models import Audience, Material, MaterialKind
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Assignment, AssignmentState, Volunteer
from calakan.notifications import addresses, queries, ways
from calakan.notifications.models import AddressState, ChannelAddress
from calakan.notifications.ways import Way
from calakan.people import notices
from calakan.people.agreements import Consent, ConsentTo, NoticeAcceptance
from calakan.people.models import Person
from calakan.people.services import consents, profile
from calakan.privacy import consents as page
from calakan.privacy import erasure
from tests import factories

Opener = Callable[[int | None], FlaskClient]
WORDS = "Saya setuju difoto."
PHOTOS = ConsentTo.PHOTOS


def say(person_id: int, *, given: bool, words: str = WORDS) -> None:
    with db.transaction():
        if given:
            consents.give(person_id, PHOTOS, words=words, actor=factories.SYSTEM, now=clock.now())
        else:
            consents.withdraw(person_id, PHOTOS, actor=factories.SYSTEM, now=clock.now())


def acts(*wanted: str) -> list[str]:
    db.session().rollback()
    found = sa.select(AuditEntry.act).where(AuditEntry.act.in_(wanted or page.ACTS)).order_by(AuditEntry.id)
    return [act for act in db.session().scalars(found) if act != "people.accept_notice"]


def test_what_was_said_is_kept_with_its_words_and_on_the_trail(app: Flask) -> None:
    ani, budi = factories.person("Ani").id, factories.person("Budi").id
    assert consents.of_person(ani, PHOTOS) is None
    assert consents.refusing(PHOTOS, [ani, budi]) == set()
    say(ani, given=True)
    say(ani, given=True)  # changes nothing
    say(ani, given=True, words="Kata baru.")
    assert consents.refusing(PHOTOS, [ani, budi]) == set()
    say(ani, given=False)
    say(ani, given=False)
    say(budi, given=False)  # a no of somebody who was never asked
    assert consents.refusing(PHOTOS, [ani, budi]) == {ani, budi}
    assert consents.refusing(PHOTOS, [budi]) == {budi}
    assert consents.refusing(PHOTOS, []) == set()
    assert acts() == [consents.GIVE, consents.GIVE, consents.WITHDRAW, consents.WITHDRAW]
    held = consents.of_person(ani, PHOTOS)
    assert held is not None
    assert (held.given, held.words) == (False, "")


@pytest.fixture
def taught(app: Flask) -> tuple[str, int, int]:
    """(slug, speaker, session) of a diklat with slides and the recording of its one session, open to everyone."""
    speaker = factories.volunteer("Tri", public=True).id
    diklat = factories.diklat()
    session_id, over = diklat_queries.sessions_of(diklat.id)[0].id, factories.morning(4)
    with db.transaction() as session:
        session.add(
            Assignment(
                live_session_id=session_id, person_id=speaker, state=AssignmentState.CONFIRMED, created_at=clock.now()
            )
        )
    for title, of, kind in (
        ("Rekaman sesi", session_id, MaterialKind.RECORDING),
        ("Salindia", session_id, MaterialKind.MATERIAL),
    ):
        with db.transaction():
            handing_out.hand_out(
                diklat.id,
                handing_out.Content(url="https://video.example.org/1"),
                title=title,
                kind=kind,
                audience=Audience.EVERYONE,
                session_id=of,
                actor=factories.SYSTEM,
                now=over,
            )
    return diklat.slug, speaker, session_id


def titles(slug: str, *, enrolled: bool) -> set[str]:
    db.session().rollback()
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    return {row.title for row in materials.shown(diklat, enrolled=enrolled)}


def test_recordings_of_a_speaker_who_says_no_are_shown_to_nobody_else(
    app: Flask, client_of: Opener, taught: tuple[str, int, int]
) -> None:
    slug, speaker, _ = taught
    everything = {"Rekaman sesi", "Salindia"}
    code = db.session().scalars(sa.select(Material.code).where(Material.title == "Rekaman sesi")).one()
    slides = db.session().scalars(sa.select(Material.code).where(Material.title == "Salindia")).one()
    visitor, panitia = client_of(None), client_of(factories.person("Rina", Role.PANITIA).id)
    assert titles(slug, enrolled=True) == titles(slug, enrolled=False) == everything
    assert visitor.get(f"/berkas/{code}").status_code == 302
    say(speaker, given=False)
    assert titles(slug, enrolled=True) == titles(slug, enrolled=False) == {"Salindia"}
    # As whatever is private: to the log-in page, then 404.
    assert "/masuk" in visitor.get(f"/berkas/{code}").headers.get("Location", "/masuk")
    assert client_of(factories.person("Ani").id).get(f"/berkas/{code}").status_code == 404
    assert visitor.get(f"/berkas/{slides}").headers["Location"] == "https://video.example.org/1"
    assert panitia.get(f"/berkas/{code}").headers["Location"] == "https://video.example.org/1"
    assert panitia.get(f"/kelola/diklat/{slug}/materi").text.count("tidak setuju direkam") == 1
    say(speaker, given=True)
    assert titles(slug, enrolled=False) == everything


def test_a_recording_of_somebody_else_stays(app: Flask, taught: tuple[str, int, int]) -> None:
    slug, speaker, _ = taught
    with db.transaction() as session:
        row = session.scalars(sa.select(Assignment).where(Assignment.person_id == speaker)).one()
        row.state = AssignmentState.RELEASED
    say(speaker, given=False)
    say(factories.person("Budi").id, given=False)
    assert "Rekaman sesi" in titles(slug, enrolled=False)


def test_the_panitia_see_whom_not_to_photograph(app: Flask, client_of: Opener) -> None:
    ani, diklat = factories.person("Ani").id, factories.diklat()
    slug = diklat.slug
    factories.enrol(diklat.id, [ani])
    panitia = client_of(factories.person("Rina", Role.PANITIA).id)
    assert "Tidak mau difoto" not in panitia.get(f"/kelola/diklat/{slug}/peserta").text
    say(ani, given=False)
    assert "Tidak mau difoto" in panitia.get(f"/kelola/diklat/{slug}/peserta").text


def test_the_photo_of_a_narasumber_goes_with_the_consent(app: Flask, client_of: Opener) -> None:
    tri = factories.volunteer("Tri", public=True).id
    with db.transaction() as session:
        volunteer = session.get_one(Volunteer, tri)
        volunteer.photo_sha256 = app.extensions["calakan.files"].put(b"picture")
        slug = volunteer.slug
    visitor, own = client_of(None), client_of(tri)
    assert visitor.get(f"/narasumber/{slug}/foto.webp").status_code == 200
    assert "foto.webp" in visitor.get(f"/narasumber/{slug}").text
    say(tri, given=False)
    assert visitor.get(f"/narasumber/{slug}/foto.webp").status_code == 404
    assert "foto.webp" not in visitor.get(f"/narasumber/{slug}").text
    assert own.get(f"/narasumber/{slug}/foto.webp").status_code == 200


def test_the_public_page_is_published_and_hidden_from_here(app: Flask, client_of: Opener) -> None:
    tri = factories.volunteer("Tri", public=True).id
    slug = db.session().get_one(Volunteer, tri).slug
    own, visitor = client_of(tri), client_of(None)
    assert visitor.get(f"/narasumber/{slug}").status_code == 200
    for _ in range(2):
        assert own.post("/saya/persetujuan", data={"untuk": "halaman", "setuju": "0"}).status_code == 303
    assert visitor.get(f"/narasumber/{slug}").status_code in (302, 404)
    db.session().rollback()
    assert db.session().get_one(Volunteer, tri).public_at is None
    own.post("/saya/persetujuan", data={"untuk": "halaman", "setuju": "1"})
    assert visitor.get(f"/narasumber/{slug}").status_code == 200
    assert acts("narasumber.hide_page", "narasumber.show_page") == ["narasumber.hide_page", "narasumber.show_page"]
    ani = factories.person("Ani").id
    with pytest.raises(NotFound), db.transaction():
        speaking.publish(ani, True, actor=factories.SYSTEM, now=clock.now())


@pytest.fixture
def whatsapp() -> Iterator[None]:
    caps = {way: ways.usual_caps(way) for way in ways.configured()}
    ways.connect({**caps, Way.WHATSAPP: {}})
    yield
    ways.connect(caps)


def test_one_page_gives_shows_and_withdraws(app: Flask, client_of: Opener, whatsapp: None) -> None:
    ani = factories.person("Ani").id
    browser = client_of(ani)
    first = browser.get("/saya/persetujuan")
    assert (first.status_code, "Belum ditanyakan" in first.text, "WhatsApp" in first.text) == (200, True, True)
    assert browser.post("/saya/persetujuan", data={"untuk": "photos", "setuju": "1"}).status_code == 303
    given = browser.get("/saya/persetujuan").text
    assert ("Disetujui" in given, "memberi persetujuan: Foto dan rekaman" in given) == (True, True)
    with db.transaction() as session:
        session.add(
            ChannelAddress(
                person_id=ani, channel=Way.WHATSAPP, address="628123", state=AddressState.CONFIRMED,
                consent="Kirim ke sini.", asked_at=clock.now(), confirmed_at=clock.now(),
            )
        )  # fmt: skip
    assert "Kirim ke sini." in browser.get("/saya/persetujuan").text
    answer = browser.post("/saya/pesan/putuskan", data={"kanal": "whatsapp", "next": "/saya/persetujuan"})
    assert answer.headers["Location"] == "/saya/persetujuan"
    assert queries.addresses([ani], [Way.WHATSAPP]) == {}
    browser.post("/saya/persetujuan", data={"untuk": "photos", "setuju": "0"})
    told = browser.get("/saya/persetujuan").text
    assert "menarik persetujuan: Foto dan rekaman" in told
    assert "Kirim ke sini." not in told
    assert "tidak dikenal" in browser.post("/saya/persetujuan", data={"untuk": "x"}, follow_redirects=True).text
    assert client_of(None).get("/saya/persetujuan").status_code == 302
    assert "memberi persetujuan" not in client_of(factories.person("Budi").id).get("/saya/persetujuan").text


def test_the_log_holds_what_a_provider_told(app: Flask) -> None:
    ani, now = factories.person("Ani").id, clock.now()
    with db.transaction() as session:
        session.add(
            ChannelAddress(
                person_id=ani, channel=Way.WHATSAPP, address="628123", state=AddressState.CONFIRMED, consent="Ya",
                asked_at=now, confirmed_at=now,
            )
        )  # fmt: skip
    with db.transaction():
        assert addresses.stop(Way.WHATSAPP, "628123", said_at=now + timedelta(minutes=1), now=now)
    [entry] = [entry for entry in page.of_person(ani).log if entry.act.startswith("notifications")]
    assert (entry.act, entry.subject_name, entry.actor_id) == ("notifications.withdraw_channel", "whatsapp", None)


def test_each_version_that_was_read_is_kept_and_a_new_one_is_asked_for(
    app: Flask, client_of: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    ani, start = factories.person("Ani").id, clock.now()
    with db.transaction() as session:
        session.get_one(Person, ani).notice_version = 1
        session.execute(sa.delete(NoticeAcceptance))
        session.add(NoticeAcceptance(person_id=ani, version=1, at=start))
    assert not db.session().get_one(Person, ani).knows_notice
    with time_machine.travel(start + timedelta(days=3), tick=False), db.transaction():
        profile.accept_notice(ani, actor=factories.SYSTEM, now=clock.now())
    rows = db.session().execute(sa.select(NoticeAcceptance.version, NoticeAcceptance.at).order_by("version")).all()
    assert [tuple(row) for row in rows] == [(1, start), (notices.CURRENT, start + timedelta(days=3))]
    person = db.session().get_one(Person, ani)
    assert (person.knows_notice, person.notice_version) == (True, notices.CURRENT)
    told = client_of(ani).get("/saya/persetujuan").text
    assert ("Versi 1" in told, f"Versi {notices.CURRENT}" in told) == (True, True)


def test_erasing_takes_consents_and_what_was_read(app: Flask) -> None:
    ani = factories.person("Ani").id
    say(ani, given=True)
    with db.transaction():
        erasure.erase(ani, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    for model in (Consent, NoticeAcceptance):
        assert db.session().scalars(sa.select(model).where(model.person_id == ani)).all() == []
