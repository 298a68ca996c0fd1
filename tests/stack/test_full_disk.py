"""The disk of the files is full: uploads are refused with 507 and a sentence, /readyz says so, and all comes back by itself."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from calakan.kernel import clock, db
from calakan.office.services import ensure_choices
from calakan.people.directory import ensure_places
from calakan.web import away
from tests import world as worlds
from tests.conftest import make_app
from tests.hostile.forms import FORMS
from tests.hostile.test_forms import target
from tests.hostile.test_uploads import file_fields
from tests.materials.samples import PDF
from tests.stack.small_disk import full
from tests.world import World

UPLOADS = {"materials.board", "materials.renew", "assessment.task"}  # whose file goes to the disk as it is


@pytest.fixture(scope="module")
def office(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Its rows are on a disk with space, its files on the small one."""
    app = make_app(f"sqlite:///{tmp_path_factory.mktemp('rows') / 'a.sqlite3'}", disk)
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


@pytest.fixture
def paths(office: World) -> dict[str, str]:
    with office.app.app_context():
        found = {name: target(office, name, case) for name, case in FORMS.items()}
        db.db.session.remove()
    return found


def test_no_form_fails_and_uploads_say_why(office: World, disk: Path, paths: dict[str, str]) -> None:
    refused, wrong, long = set(), [], PDF.replace(b"\n", b"\n%" + os.urandom(9000).hex().encode() + b"\n", 1)
    with full(disk):
        for endpoint, case in sorted(FORMS.items(), key=lambda form: form[0] not in UPLOADS):  # some end a log-in
            with office.app.app_context():
                good = case.good(office)
                db.db.session.remove()
            files = {field: (io.BytesIO(long), "a.pdf") for field in file_fields(endpoint)}
            answer = office.client(case.who).post(
                paths[endpoint],
                data={name: value for name, value in {**good, **files}.items() if name != "url"},
                content_type="multipart/form-data",
            )
            if answer.status_code >= 500 and answer.status_code != 507:
                wrong.append(f"{endpoint}: {answer.status_code}")
            if answer.status_code == 507:
                refused.add(endpoint)
                told = away.FULL[1] in answer.text and away.UNSAVED in answer.text and "pilih lagi" in answer.text
                if not told:
                    wrong.append(f"{endpoint}: no sentence")
    assert wrong == []
    assert refused >= UPLOADS


def test_ready_turns_red_and_green_again(office: World, disk: Path) -> None:
    client = office.client(None)
    before = client.get("/readyz")
    assert (before.status_code, before.get_json()["writes"]) == (200, "ok")
    with full(disk):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["writes"]) == (503, "files")
        assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_a_database_without_space_takes_writes_again_by_itself(disk: Path) -> None:
    """SQLite's own file on the full disk: no error of ours, and nothing to do once there is space."""
    app = make_app(f"sqlite:///{disk / 'a.sqlite3'}", disk)
    with app.app_context():
        upgrade()
        with db.engine().connect() as connection:  # what the log took for the migrations would be room enough
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        with full(disk), pytest.raises(sa.exc.OperationalError) as caught, db.transaction():
            ensure_places(now=clock.now())
        assert db.is_away(caught.value)
        with db.transaction():
            ensure_places(now=clock.now())
        db.engine().dispose()
