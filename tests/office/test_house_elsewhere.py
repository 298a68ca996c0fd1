"""A crawl of every page, file and mail of a house in another town finds nothing of the first one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from pypdf.errors import PdfReadError

from calakan.intake.kinds import LOGO
from calakan.intake.process import piece_of
from calakan.kernel import clock, db
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.office import house
from calakan.office.models import Emblem
from calakan.office.services import change_settings, set_emblem
from calakan.people.models import Kecamatan, School, Village
from tests import factories
from tests import world as worlds
from tests.conftest import empty_tables
from tests.world import World, build

pytestmark = pytest.mark.any_database

OTHER = {
    "programme_name": "Rumah Guru Tarakan",
    "short_name": "Rumah Guru",
    "programme_tagline": "Belajar gratis untuk guru Kota Tarakan",
    "organiser": "Dinas Pendidikan Kota Tarakan",
    "region": "Kota Tarakan",
    "province": "Kalimantan Utara",
    "zone": "WITA",
    "place_of_issue": "Tarakan",
    "contact": "Bidang Ketenagaan, Tarakan",
    "letterhead_text": "PEMERINTAH KOTA TARAKAN\nDINAS PENDIDIKAN",
    "signers": [],
}
LEAF = re.compile(r"M0-3\.5C-3-7\.5|/(?:logo|ikon-app)\.svg|/ikon-192\.png")
"""The drawing of the built-in logo, and its files."""

OFFERED = '<option value="WIB">WIB</option>'
NAMES = re.compile(r"banyumas|purwokerto|jawa tengah|\bWIB\b", re.I)


@pytest.fixture(scope="module")
def elsewhere(migrated_app: Flask) -> Iterator[World]:
    """The small office of the shared tests, in another town."""
    house.connect(migrated_app.extensions["calakan.settings"].data_dir)
    with migrated_app.app_context():
        with db.transaction():
            change_settings(actor=factories.SYSTEM, now=clock.now(), **OTHER)
            mark = migrated_app.extensions["calakan.files"].put(piece_of(logo(), LOGO))
            set_emblem(Emblem.LOGO, mark, actor=factories.SYSTEM, now=clock.now())
        made = build(migrated_app)
        yield made
        empty_tables()
    house.connect(migrated_app.extensions["calakan.settings"].data_dir)


def logo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (200, 200), "#b00020").save(made, "PNG")
    return made.getvalue()


def readable(body: bytes, kind: str) -> str:
    """The text of an answer: what a reader sees of it, and what stands in its properties."""
    if kind == "application/pdf":
        try:
            read = pypdf.PdfReader(io.BytesIO(body))
            return "\n".join([*(page.extract_text() for page in read.pages), str(read.metadata)])
        except PdfReadError:  # what somebody handed in, as it is
            return body.decode(errors="replace")
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(readable(packed.read(name), "") for name in packed.namelist())
    return "" if kind.startswith("image/") else body.decode(errors="replace")


def places() -> re.Pattern[str]:
    """The names of schools and kecamatan are data: they may stand anywhere."""
    found = [name for model in (School, Kecamatan, Village) for name in db.session().scalars(sa.select(model.name))]
    named = sorted((name for name in found if NAMES.search(name)), key=len, reverse=True)
    return re.compile("|".join(re.escape(name) for name in named), re.I)


def named(text: str, data: re.Pattern[str]) -> list[str]:
    """Where the first house is named, but for names that are data; each with what stands around it."""
    found = []
    for hit in NAMES.finditer(text):
        start = max(0, hit.start() - 100)
        around = text[start : hit.end() + 100]
        if not any(start + name.start() <= hit.start() < start + name.end() for name in data.finditer(around)):
            found.append(around)
    return found


@pytest.mark.timeout(600)
def test_every_page_file_and_mail_is_of_the_house_that_was_set(elsewhere: World) -> None:
    data, wrong, looked = places(), [], 0
    for endpoint in worlds.endpoints(elsewhere.app, "GET"):
        if endpoint in ("web.asset", "office.trail_file"):  # the trail says what the house was called before
            continue
        path = worlds.address(elsewhere.app, endpoint, next(iter(worlds.sides(elsewhere, endpoint).values())))
        for who in ("admin", "peserta", "narasumber", None):
            answer = elsewhere.client(who).get(path)
            if answer.status_code == 200:
                text = unquote(readable(answer.get_data(), answer.mimetype)).replace(OFFERED, "")
                wrong += [(path, around) for around in named(text, data)]
                wrong += [(path, "the built-in logo") for _ in LEAF.findall(text)]
                looked += 1
                break
    db.session().rollback()
    for message in db.session().scalars(sa.select(Message)):
        letter = letters.compose(message, clock.now())
        if letter is not None:
            said = "\n".join((letter.subject, letter.text, letter.short))
            wrong += [(message.kind, around) for around in named(said, data)]
            looked += 1
    assert wrong == []
    assert looked > 120
