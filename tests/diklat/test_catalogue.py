"""The catalogue: search, filters, pages, what to do when nothing is found; the share card of a diklat."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import icalendar
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from calakan.diklat import queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.people.models import Jenjang
from tests import factories

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # nine o'clock in Jakarta
TITLE = re.compile(r'<h3><a href="/diklat/([^"]+)">')


@pytest.fixture
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def found(client: FlaskClient, query: str) -> list[str]:
    """Slugs of the cards on the page; those offered instead do not count."""
    page = client.get(f"/diklat?{query}").get_data(as_text=True)
    return TITLE.findall(page.partition('class="more-h"')[0])


def at(title: str, *starts: datetime, **values: object) -> Diklat:
    """A published diklat that meets for three hours at each of these moments."""
    made = factories.diklat(title, days=(starts[0] - clock.now()).days, **values)
    id = made.id
    for start in starts[1:]:
        factories.live_session(id, start)
    return db.session().get_one(Diklat, id)


@pytest.mark.usefixtures("monday")
def test_time_narrows_the_catalogue(app: Flask, client: FlaskClient) -> None:
    saturday = MONDAY + timedelta(days=5)
    at("Sabtu", saturday)
    at("Sabtu dan Ahad", saturday + timedelta(days=7), saturday + timedelta(days=8))
    at("Sabtu dan Senin", saturday + timedelta(days=14), saturday + timedelta(days=16))
    at("Rabu depan", MONDAY + timedelta(days=9))
    at("April", MONDAY + timedelta(days=40))
    assert found(client, "waktu=pekan") == ["sabtu"]
    assert found(client, "waktu=bulan") == ["sabtu", "rabu-depan", "sabtu-dan-ahad", "sabtu-dan-senin"]
    assert found(client, "waktu=akhir") == ["sabtu", "sabtu-dan-ahad", "april"]
    assert len(found(client, "")) == 5


def test_a_late_evening_counts_as_the_day_in_jakarta(app: Flask, client: FlaskClient) -> None:
    # Eighteen o'clock UTC is one o'clock of the next day in Jakarta.
    with time_machine.travel(datetime(2026, 3, 4, 18, tzinfo=UTC), tick=False):
        factories.diklat("Sabtu Dini", days=2)
        factories.diklat("Senin Dini", days=4)
        assert found(client, "waktu=akhir") == ["sabtu-dini"]


def test_level_topic_words_and_seats_narrow_together(app: Flask, client: FlaskClient) -> None:
    full = factories.diklat("Numerasi SD Penuh", quota=1, levels=[Jenjang.SD], topics=["numerasi"]).id
    factories.diklat("Numerasi SD", quota=5, levels=[Jenjang.SD], topics=["numerasi"])
    factories.diklat("Literasi SMP", levels=[Jenjang.SMP])
    factories.diklat("Untuk Semua")
    teacher = factories.person().id
    with db.transaction():
        enrolment.join(full, teacher, actor=factories.SYSTEM, now=clock.now())
    assert found(client, "jenjang=sd") == ["numerasi-sd-penuh", "numerasi-sd"]
    assert found(client, "jenjang=sd&ada=1") == ["numerasi-sd"]
    assert found(client, "topik=numerasi&q=PENUH") == ["numerasi-sd-penuh"]
    assert found(client, "jenjang=umum") == ["untuk-semua"]
    assert found(client, "q=literasi+smp") == ["literasi-smp"]
    assert found(client, "ada=1") == ["numerasi-sd", "literasi-smp", "untuk-semua"]


def test_only_what_is_published_and_not_over_is_listed(app: Flask, client: FlaskClient) -> None:
    now = clock.now()
    factories.diklat("Terbit", days=3)
    factories.diklat("Draf", publish=False)
    with time_machine.travel(now - timedelta(days=9), tick=False):
        factories.diklat("Lewat", days=3)
    assert found(client, "") == ["terbit"]


def test_nothing_found_offers_what_is_near(app: Flask, client: FlaskClient) -> None:
    for n in range(4):
        factories.diklat(f"SD {n}", levels=[Jenjang.SD], days=n + 2)
    factories.diklat("SMP", levels=[Jenjang.SMP], days=1)
    page = client.get("/diklat?q=robotika&jenjang=sd").get_data(as_text=True)
    assert "Belum ada diklat “robotika”" in page
    assert TITLE.findall(page) == ["sd-0", "sd-1", "sd-2"]
    assert 'href="/diklat?q=robotika"' in page
    page = client.get("/diklat?q=robotika").get_data(as_text=True)
    assert TITLE.findall(page) == ["smp", "sd-0", "sd-1"]
    assert "tanpa saringan" not in page


def test_an_empty_catalogue_says_so(app: Flask, client: FlaskClient) -> None:
    for path in ("/", "/diklat"):
        assert "Belum ada diklat yang dibuka" in client.get(path).get_data(as_text=True)


def test_pages_of_twelve_and_six_on_the_home_page(app: Flask, client: FlaskClient) -> None:
    for n in range(15):
        factories.diklat(f"Diklat {n}", days=n + 2)
    everything = [f"diklat-{n}" for n in range(15)]
    assert found(client, "") == everything[:12]
    assert found(client, "hal=2") == everything[12:]
    assert found(client, "hal=99") == everything[12:]
    assert found(client, "hal=0") == everything[:12]
    home = client.get("/").get_data(as_text=True)
    assert TITLE.findall(home) == everything[:6]
    assert "6 dari 15 diklat" in home
    assert 'href="/diklat?hal=2"' in client.get("/diklat").get_data(as_text=True)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 5000,
        "<script>alert(1)</script>",
        "'; DROP TABLE diklat; --",
        "\u202egnalak",
        "%",
        "_",
        "=cmd",
        "\x07",
        "٣",
    ],
)
def test_nasty_filters_find_nothing_and_do_no_harm(app: Flask, client: FlaskClient, value: str) -> None:
    factories.diklat("Terbit")
    for name in ("q", "jenjang", "topik", "waktu", "jp", "ada", "hal"):
        answer = client.get(f"/diklat?{name}={quote(value)}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.get_data(as_text=True)
    assert found(client, "") == ["terbit"]


@pytest.mark.parametrize("path", ["/", "/diklat", "/diklat/asesmen-formatif"])
def test_the_share_card_is_a_real_picture(app: Flask, client: FlaskClient, path: str) -> None:
    factories.diklat()
    page = client.get(path).get_data(as_text=True)
    facts = dict(re.findall(r'<meta property="og:([a-z:]+)" content="([^"]*)">', page))
    assert {"title", "description", "type", "url", "image", "locale"} <= facts.keys()
    address = urlsplit(facts["image"])
    assert f"{address.scheme}://{address.netloc}" == "http://calakan.test"
    answer = client.get(address.path)
    assert (answer.status_code, answer.mimetype) == (200, facts["image:type"])
    picture = Image.open(io.BytesIO(answer.data))
    assert picture.size == (int(facts["image:width"]), int(facts["image:height"])) == (1200, 630)
    assert len(answer.data) < 300_000


def test_the_share_card_of_a_diklat_is_its_own(app: Flask, client: FlaskClient) -> None:
    long = " ".join(["Pembelajaran", "mendalam"] * 6)[:120]
    slugs = [factories.diklat(title).slug for title in ("Numerasi", long)]

    def card(slug: str) -> tuple[str, bytes]:
        page = client.get(f"/diklat/{slug}").get_data(as_text=True)
        address = urlsplit(dict(re.findall(r'<meta property="og:([a-z:]+)" content="([^"]*)">', page))["image"]).path
        answer = client.get(address)
        assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        return address, answer.data

    first, second = (card(slug) for slug in slugs)
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert card(slugs[0]) == first
    with db.transaction() as session:
        session.execute(sa.update(Diklat).where(Diklat.slug == slugs[0]).values(title="Literasi"))
    assert card(slugs[0])[0] != first[0]
    draft = factories.diklat("Draf", publish=False).slug
    assert client.get(f"/diklat/{draft}/kartu-x.jpg").status_code == 404


def test_the_page_shows_a_code_that_leads_to_it(app: Flask, client: FlaskClient) -> None:
    factories.diklat("Numerasi")
    assert 'alt="Kode QR menuju http://calakan.test/diklat/numerasi"' in client.get("/diklat/numerasi").get_data(
        as_text=True
    )


def test_the_share_card_names_the_diklat(app: Flask, client: FlaskClient) -> None:
    factories.diklat("Numerasi <Asyik>")
    page = client.get("/diklat/numerasi-asyik").get_data(as_text=True)
    assert '<meta property="og:title" content="Numerasi &lt;Asyik&gt;">' in page
    assert '<meta property="og:url" content="http://calakan.test/diklat/numerasi-asyik">' in page


def test_the_calendar_of_a_diklat_holds_its_sessions_without_the_room(app: Flask, client: FlaskClient) -> None:
    course = factories.diklat()
    id, slug = course.id, course.slug
    second = factories.live_session(id, clock.now() + timedelta(days=9)).id
    with db.transaction() as session:
        session.get_one(LiveSession, second).room_url = "https://zoom.example/rahasia"
    answer = client.get(f"/diklat/{slug}.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    book = icalendar.Calendar.from_ical(answer.data)
    starts = [event.decoded("dtstart").astimezone(UTC) for event in book.walk("VEVENT")]
    planned = [row.starts_at.replace(microsecond=0) for row in queries.sessions_of(id)]
    assert starts == planned
    assert b"rahasia" not in answer.data
