"""Migrations run up, down and up again on both databases, one after the other, and nothing of the old schema stays."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from calakan.kernel import db
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


def test_they_follow_each_other_by_number_and_the_file_names_the_newest() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    in_order = [revision.revision for revision in reversed(list(script.walk_revisions()))]
    assert in_order == sorted(in_order)
    (newest,) = script.get_heads()
    found = script.get_revision(newest)
    assert Path(found.path).stem == (MIGRATIONS / "HEAD").read_text().strip()
