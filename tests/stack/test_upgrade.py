"""A new version takes the data over or leaves them as they were, wherever it is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.cli import backup
from calakan.kernel import backup as kernel
from calakan.kernel import clock, db
from calakan.stack import upgrade
from tests import factories
from tests.stack.test_backup_command import data_dir

ROOT = Path(__file__).parents[2]
# Programs that keep "all rows" in a word, and end whoever called them before or after their Nth act.
STAND_IN = """#!/bin/sh
cd "$PLACE"
echo "$1" >> calls
die() { if [ "$(wc -l < calls)" = "$AT" ] && [ "$1" = "$WHEN" ]; then kill -9 $PPID; kill -9 $$; fi; }
die before
case "$1 $2" in
    'backup --rows') cp rows "$4" ;;
    'restore --replace') cp "$4" rows ;;
    'db upgrade') printf new > rows ;;
    'check ') [ "$BROKEN" = no ] || { echo 'calakan: /masuk answers 500' >&2; wrong=1; } ;;
    *) echo "calakan: what is $*?" >&2; exit 2 ;;
esac
die after
exit ${wrong:-0}
"""
SETTLE = """
import sys
from pathlib import Path
from calakan.stack import upgrade
print(upgrade.settle(Path(sys.argv[1]), Path(sys.argv[2]), lambda said: print(said, file=sys.stderr)).name)
"""


def program(version: Path, text: str) -> Path:
    path = version / upgrade.PROGRAM
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def settle(version: Path, data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-c", SETTLE, version, data], cwd=ROOT, env={**os.environ, **environ}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def new(tmp_path: Path) -> Path:
    for name in ("old", "new"):
        program(tmp_path / name, STAND_IN)
    (tmp_path / "new" / "before").symlink_to("../old")
    (tmp_path / "rows").write_text("old")
    return tmp_path / "new"


@pytest.mark.parametrize("broken", ["no", "yes"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_point_it_ends_with_the_rows_of_whichever_runs(new: Path, when: str, broken: str) -> None:
    place = new.parent
    facts = {"PLACE": str(place), "AT": "0", "WHEN": when, "BROKEN": broken}
    for at in range(1, 4 if broken == "no" else 5):
        shutil.rmtree(place / "upgrades", ignore_errors=True)
        (place / "calls").unlink(missing_ok=True)
        (place / "rows").write_text("old")
        assert settle(new, place, **{**facts, "AT": str(at)}).returncode == -signal.SIGKILL
        found = settle(new, place, **facts).stdout.strip()
        assert found == (place / "rows").read_text()
        assert found == ("new" if broken == "no" and at == 1 else "old")
    calls = (place / "calls").read_text()
    assert settle(new, place, **facts).stdout.strip() == "old"
    assert (place / "calls").read_text() == calls, "it is decided once"


def test_undisturbed_the_new_one_runs_and_a_broken_one_does_not(new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = new.parent
    for name, value in {"PLACE": str(place), "AT": "0", "WHEN": "", "BROKEN": "no"}.items():
        monkeypatch.setenv(name, value)
    (place / "upgrades").mkdir()
    (place / "upgrades" / "older.rows").touch()
    assert upgrade.settle(new, place, print) == upgrade.settle(new, place, print) == new
    assert ((place / "rows").read_text(), (place / "calls").read_text()) == ("new", "backup\ndb\ncheck\n")
    assert {path.name for path in (place / "upgrades").iterdir()} == {"new", "new.rows"}
    newer = new.rename(place / "newer")
    monkeypatch.setenv("BROKEN", "yes")
    assert upgrade.settle(newer, place, print) == place / "old"
    assert (place / "upgrades" / "newer").read_text() == "given up\n`calakan check`: /masuk answers 500\n"


def test_what_cannot_be_kept_is_not_begun(new: Path) -> None:
    place = new.parent
    (place / "upgrades").mkdir()
    program(place / "old2", "#!/bin/sh\necho 'calakan: No space left on device' >&2\nexit 1\n")
    (new / "before").unlink()
    (new / "before").symlink_to("../old2")
    said: list[str] = []
    assert upgrade.settle(new, place, said.append) == place / "old2"
    assert (place / "upgrades" / "new").read_text() == "given up\n`calakan backup`: No space left on device\n"
    assert (place / "rows").read_text() == "old"
    assert said[-1] == "the new version is given up: `calakan backup`: No space left on device"


def test_rows_that_do_not_come_back_are_tried_again(new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = new.parent
    for name, value in {"PLACE": str(place), "AT": "0", "WHEN": "", "BROKEN": "yes"}.items():
        monkeypatch.setenv(name, value)
    old = place / "old" / upgrade.PROGRAM
    old.write_text(STAND_IN.replace('cp "$4" rows', "exit 1"))
    with pytest.raises(RuntimeError, match=r"upgrades/new\.rows"):
        upgrade.settle(new, place, print)
    old.write_text(STAND_IN)
    assert upgrade.settle(new, place, print) == place / "old"
    assert (place / "rows").read_text() == "old"


def test_the_first_version_of_a_host_has_nobody_to_ask(tmp_path: Path) -> None:
    assert upgrade.settle(tmp_path, tmp_path, print) == tmp_path
    assert list(tmp_path.iterdir()) == []


def version(place: Path, name: str) -> Path:
    """A folder as `deploy/install` lays it, with the packages of these tests."""
    made = place / name
    for part in ("calakan", "migrations"):
        shutil.copytree(ROOT / part, made / part, ignore=shutil.ignore_patterns("static"))
    (made / "calakan" / "web" / "static").symlink_to(ROOT / "calakan" / "web" / "static")
    for file in ("config.py", "celery_worker.py"):
        shutil.copy(ROOT / file, made)
    program(made, f'#!/bin/sh\nPYTHONPATH="{made}" exec "{sys.executable}" -P -m calakan "$@"\n')
    return made


MIGRATION = """
revision, down_revision = "9999", {head!r}
def upgrade():
    from alembic import op
    op.execute("DELETE FROM choice")
    op.execute("CREATE TABLE left_over (id INTEGER)")
def downgrade(): pass
"""
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
WAITS = "import pathlib, time; pathlib.Path({mark!r}).touch(); time.sleep(120)\n"


@pytest.fixture
def quiet(app: Flask) -> None:
    """Applications that other tests of this process made keep connections; they notice, and open new ones."""
    db.session().rollback()
    if db.engine().dialect.name == "postgresql":
        with db.engine().connect() as connection:
            connection.execute(sa.text(END_OTHERS))
    db.engine().dispose()  # those of our own pool, which threads of other tests filled


def rows(archive: Path) -> dict[str, object]:
    """What is known of every table, and the schema's revision."""
    told = kernel.write(archive, engine=db.engine(), data_dir=None, made_at=clock.now()).told
    return {"revision": told["revision"], **told["tables"]}


def test_killed_while_the_new_schema_is_checked_all_rows_come_back(app: Flask, quiet: None, tmp_path: Path) -> None:
    """The real programs on both databases: the schema is new already, and its rows are gone."""
    from alembic.script import ScriptDirectory

    factories.person("Ibu Guru")
    db.session().rollback()
    url, data, mark = app.extensions["calakan.settings"].database_url, data_dir(app), tmp_path / "checks"
    version(tmp_path, "old")
    new = version(tmp_path, "new")
    (new / "before").symlink_to("../old")
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    (new / "migrations" / "versions" / "9999_spoils.py").write_text(MIGRATION.format(head=head))
    (new / "calakan" / "cli" / "check.py").write_text(
        f"from calakan.cli import cli\n@cli.command()\ndef check():\n    {WAITS.format(mark=str(mark))}"
    )
    before = rows(tmp_path / "before.rows")
    db.engine().dispose()
    facts = {"CALAKAN_DATA_DIR": str(data), "CALAKAN_DATABASE_URL": url}
    process = subprocess.Popen([sys.executable, "-c", SETTLE, new, data], cwd=ROOT, env={**os.environ, **facts})
    deadline = time.monotonic() + 120
    while not mark.exists():
        assert (process.poll(), time.monotonic() < deadline) == (None, True)
        time.sleep(0.05)
    process.kill()
    process.wait()
    again = settle(new, data, **facts)
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "old"), again.stderr
    assert rows(tmp_path / "after.rows") == before
    flask_migrate.check()
    shutil.rmtree(data / "upgrades")


def test_nothing_is_kept_to_go_back_to_while_others_write(
    quiet: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("a file is used by one host")
    monkeypatch.setattr(backup, "QUIET_SECONDS", 0.3)
    engine = sa.create_engine(database_url)
    with engine.connect(), pytest.raises(SystemExit, match="1 others use this database"):
        backup._await_quiet()
    engine.dispose()
    backup._await_quiet()
