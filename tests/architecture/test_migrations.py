"""Migrations run up, down and up again on both databases, one after the other, and nothing of the old schema stays."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from calakan.certificates.models import CertificateRole
from calakan.diklat.models import Diklat
from calakan.diklat.queries import programme
from calakan.kernel import clock, db
from calakan.office.services import change_settings
from calakan.people.directory import ensure_places
from tests import factories
from tests.certificates.test_register import asked, number
from tests.conftest import make_app

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgres"), f"migrations_{tmp_path.name[-20:]}".lower()
        server.create_database(name)
        url = server.url(name)
    return make_app(url, tmp_path)


def test_up_down_and_up_again(empty: Flask) -> None:
    with empty.app_context():
        upgrade()
        tables = set(sa.inspect(db.engine()).get_table_names())
        downgrade(revision="base")
        assert set(sa.inspect(db.engine()).get_table_names()) == {"alembic_version"}
        upgrade()
        assert set(sa.inspect(db.engine()).get_table_names()) == tables
        check()
        db.engine().dispose()


def before_statement_registers() -> str:
    (path,) = MIGRATIONS.glob("versions/*_statement_register.py")
    revision = ScriptDirectory(str(MIGRATIONS)).get_revision(path.name.partition("_")[0])
    assert isinstance(revision.down_revision, str)
    return revision.down_revision


def numbers() -> list[tuple[str, int | None, str | None]]:
    rows = db.session().execute(sa.text("SELECT role, serial, number FROM certificate ORDER BY id")).all()
    db.session().rollback()
    return [(role, serial, number) for role, serial, number in rows]


def test_issued_numbers_outlive_the_way_down_and_up(empty: Flask) -> None:
    """A register that an older version does not know is given up, not the numbers that people hold."""
    with empty.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
        asked(3, CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE)
        number()
        before = numbers()
        assert [serial for _, serial, _ in before] == [1, 1, 2]
        downgrade(revision=before_statement_registers())
        assert numbers() == [(role, None if role == "hadir" else serial, text) for role, serial, text in before]
        upgrade()
        asked(1, CertificateRole.ATTENDEE)
        number()
        assert [text for _, _, text in numbers()][:3] == [text for _, _, text in before]
        assert len({text for _, _, text in numbers()}) == 4
        db.engine().dispose()


def test_what_rolls_are_made_from_is_watched(empty: Flask) -> None:
    """A table that is made anew by a migration on SQLite (batch) loses its triggers: that migration makes them again."""
    watched = {"enrolment", "presence", "live_session", "certificate", "diklat"}
    with empty.app_context():
        upgrade()
        if db.engine().dialect.name == "sqlite":
            triggers = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'roll%'"
            expected = sorted([*watched] * 3)
        else:
            triggers = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'roll%'"
            expected = sorted(watched)
        assert sorted(db.session().scalars(sa.text(triggers))) == expected
        db.session().rollback()
        db.engine().dispose()


def test_what_is_kept_of_a_diklat_is_watched(empty: Flask) -> None:
    tables = {
        "diklat_topic",
        "diklat_level",
        "diklat_post",
        "programme_row",
        "live_session",
        "exercise",
        "exam",
        "row_proof",
    }
    with empty.app_context():
        upgrade()
        if db.engine().dialect.name == "sqlite":
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'edition%'"
        else:
            triggers = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'edition%'"
        found = set(db.session().scalars(sa.text(triggers)))
        events = {f"edition_{table}_{event}" for table in tables for event in ("insert", "update", "delete")}
        assert found == {"edition_diklat_update", *events}
        db.session().rollback()
        db.engine().dispose()


def test_they_follow_each_other_by_number_and_the_file_names_the_newest() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    in_order = [revision.revision for revision in reversed(list(script.walk_revisions()))]
    assert in_order == sorted(in_order)
    (newest,) = script.get_heads()
    found = script.get_revision(newest)
    assert Path(found.path).stem == (MIGRATIONS / "HEAD").read_text().strip()


def test_minutes_of_a_jp_are_those_that_the_office_had_and_rows_keep_their_jp(empty: Flask) -> None:
    (path,) = MIGRATIONS.glob("versions/*_minutes_of_a_jp.py")
    revision = ScriptDirectory(str(MIGRATIONS)).get_revision(path.name.partition("_")[0])
    assert isinstance(revision.down_revision, str)
    with empty.app_context():
        upgrade()
        with db.transaction():
            change_settings(actor=factories.SYSTEM, now=clock.now(), minutes_per_jp=50)
        id = factories.diklat("Asesmen").id
        db.session().rollback()
        downgrade(revision=revision.down_revision)
        upgrade()
        diklat = db.session().get_one(Diklat, id)
        assert (diklat.minutes_per_jp, diklat.jp) == (50, 3)
        assert [(row.jp, row.jp_typed) for row in programme(id)] == [(3, True)]
        db.session().rollback()
        db.engine().dispose()
