"""The disk of files and rows is full: whatever is handed out or made is refused with 507 or waits, and comes by itself."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask_migrate import upgrade
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.office.services import ensure_choices
from calakan.people import queries as people
from calakan.people.directory import ensure_places
from calakan.people.models import Person, TokenScope
from calakan.people.services import tokens
from calakan.reports import rules, services, tasks
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Dimension, Filters
from calakan.web import away
from tests import world as worlds
from tests.conftest import make_app
from tests.factories import SYSTEM
from tests.stack.small_disk import full
from tests.world import World

KINDS = [(kind, format) for kind in ExportKind for format in rules.formats(kind)]


@pytest.fixture(scope="module")
def office(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Its files are on the small disk, its rows elsewhere, as with PostgreSQL."""
    app = make_app(f"sqlite:///{tmp_path_factory.mktemp('rows') / 'a.sqlite3'}", disk / "data")
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()
        made = worlds.build(app)
    yield made
    with app.app_context():
        db.engine().dispose()


@pytest.fixture(scope="module")
def cramped(disk: Path) -> Iterator[World]:
    """Everything on the small disk, as on one small server."""
    app = make_app(f"sqlite:///{disk / 'b.sqlite3'}", disk / "cramped")
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()
        made = worlds.build(app)
    yield made
    with app.app_context():
        db.engine().dispose()


@contextmanager
def without_room(office: World, disk: Path) -> Iterator[None]:
    """SQLite's log keeps the room that it once had, so it is given back first."""
    with office.app.app_context(), db.engine().connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full(disk):
        yield


def admin(office: World) -> Actor:
    return people.actor_of(db.session().get_one(Person, office.people["admin"]))


def found(id: int) -> Export:
    db.session().rollback()
    return db.session().get_one(Export, id, populate_existing=True)


@pytest.mark.parametrize(("kind", "format"), KINDS)
def test_a_file_that_has_no_room_waits_and_is_made_by_itself(
    office: World, disk: Path, kind: ExportKind, format: ExportFormat
) -> None:
    settings = office.app.extensions["calakan.settings"]
    with office.app.app_context():
        tasks.sweep(settings)
        asked = Filters(diklat=office.diklat["closed"])
        with db.transaction():
            row = services.ask(kind, format, asked, by=[Dimension.JENJANG], actor=admin(office), now=clock.now())
            id = row.id
        with full(disk):
            assert tasks.make_due(settings) == 1
            waits = found(id)
            assert (waits.state, waits.last_error, waits.ready) == (WorkState.PENDING, "storage_full", False)
            page = office.client("admin").get("/kelola/ekspor/kemajuan").text
            assert "Penyimpanan penuh; dicoba lagi sendiri." in page
            db.db.session.remove()
        with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
            assert tasks.sweep(settings) == 1
        made = found(id)
        assert made.ready
        assert tasks.shelf(settings).path(made.code).stat().st_size == made.size
        db.db.session.remove()


def test_what_is_handed_out_is_refused_in_words(cramped: World, disk: Path) -> None:
    """Whose data are taken is noted first; what cannot be noted is not given."""
    refused, wrong = set(), []
    client = cramped.client("admin")
    with without_room(cramped, disk):
        for endpoint in worlds.endpoints(cramped.app, "GET"):
            for parts in worlds.sides(cramped, endpoint).values():
                answer = client.get(worlds.address(cramped.app, endpoint, parts))
                if answer.status_code == 507:
                    refused.add(endpoint)
                    if away.FULL[1] not in answer.text or away.UNSEEN not in answer.text:
                        wrong.append(f"{endpoint}: no sentence")
                elif answer.status_code >= 500 and endpoint != "health.readyz":
                    wrong.append(f"{endpoint}: {answer.status_code}")
    assert wrong == []
    assert refused >= {"exports.file", "attendance.printed", "office.trail_file", "exports.register_file"}
    assert client.get(worlds.address(cramped.app, "office.trail_file", {})).status_code == 200


def test_programs_are_told_with_a_code(cramped: World, disk: Path) -> None:
    with cramped.app.app_context(), db.transaction():
        email = db.session().get_one(Person, cramped.people["admin"]).email
        secret = tokens.make(email, TokenScope.WRITE, actor=SYSTEM, now=clock.now())
    client = cramped.app.test_client()
    with without_room(cramped, disk):
        answer = client.post(
            "/api/v1/diklat",
            json={"title": "Diklat baru " + "x" * 50, "summary": "y" * 200},
            headers={"Authorization": f"Bearer {secret}"},
        )
    assert (answer.status_code, answer.get_json()["code"]) == (507, "storage_full")


def test_a_full_folder_of_temporary_files_refuses_long_uploads(
    office: World, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is longer than half a megabyte is kept in a file while it comes in."""
    sent = {"file": FileStorage(io.BytesIO(os.urandom(1_000_000)), "a.pdf"), "title": "Bahan"}
    stream, length, boundary = stream_encode_multipart(sent, use_tempfile=False)
    path = worlds.address(office.app, "materials.board", worlds.sides(office, "materials.board")["own"], "POST")
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    with full(disk):
        answer = office.client("admin").post(
            path, input_stream=stream, content_length=length, content_type=f"multipart/form-data; boundary={boundary}"
        )
    assert answer.status_code == 507
    assert away.FULL[1] in answer.text
