"""Every bad start and every command that fails: one line on standard error, a non-zero exit, no traceback."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.postgres import PostgresServer
from tests.stack.test_backup_command import ROOT, command

COMMANDS = [["run"], ["audit"], ["db", "upgrade"], ["backup", "x.tgz"]]


def one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = done.stderr.strip().splitlines()
    assert done.returncode != 0
    assert len(said) == 1, done.stderr
    assert all(word in said[0] for word in words), said[0]
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_damaged_database_file(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "calakan.sqlite3").write_bytes(b"zeros and ones" * 1000)
    done = command(*words, data=tmp_path)
    one_line(done, "damaged", "restore")


@pytest.mark.parametrize("words", [["audit"], ["backup", "x.tgz"]], ids=" ".join)
def test_no_tables_yet(tmp_path: Path, words: list[str]) -> None:
    one_line(command(*words, data=tmp_path), "calakan db upgrade")


def test_a_server_that_is_not_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"postgresql://calakan:rahasia@127.0.0.1:{port}/calakan"
    done = command("db", "upgrade", data=tmp_path, url=url)
    one_line(done, "the database does not answer")
    assert "rahasia" not in done.stderr


def test_run_waits_for_the_server(tmp_path: Path) -> None:
    """It comes up while `run` waits; what follows finds a database."""
    with PostgresServer() as server:
        url = server.create_database("late")
        server.stop()
        script = "from calakan.cli.run import prepare; prepare(); print('prepared')"
        environ = {
            "CALAKAN_DATA_DIR": str(tmp_path),
            "CALAKAN_DATABASE_URL": url,
            "CALAKAN_PUSH_HOSTS": "none",
            "CALAKAN_ENV": "development",
            "PATH": "/usr/bin:/bin",
        }
        with subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as waiting:
            assert waiting.stderr is not None
            assert "waiting for the database" in waiting.stderr.readline()
            server.start()
            waited, _ = waiting.communicate(timeout=120)
    assert waited.endswith("prepared\n")


def test_run_gives_up_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import calakan.cli.run as r, sys; r.WAIT_SECONDS = 1; sys.argv = ['calakan', 'run']; from calakan.cli import main; main()"
    environ = {
        "CALAKAN_DATA_DIR": str(tmp_path),
        "CALAKAN_DATABASE_URL": f"postgresql+psycopg:///x?host={tmp_path}",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert done.stderr.strip().splitlines()[-1].startswith("calakan: the database does not answer")


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("CALAKAN_REDIS_URL", "localhost", "redis:"),
        ("CALAKAN_REDIS_URL", "redis://localhost:port/0", "port"),
        ("CALAKAN_DATABASE_URL", "localhost/calakan", "postgresql"),
        ("CALAKAN_DATABASE_URL", "mysql://localhost/calakan", "postgresql"),
        ("CALAKAN_DATABASE_URL", "postgresql://localhost:port/calakan", "port"),
    ],
)  # fmt: skip
def test_a_wrong_address(tmp_path: Path, name: str, value: str, word: str) -> None:
    one_line(command("run", data=tmp_path, **{name: value}), name, word)


@pytest.mark.parametrize("words", [["run"], ["settings"]], ids=" ".join)
def test_a_data_directory_that_cannot_be_written(words: list[str]) -> None:
    one_line(command(*words, data=Path("/proc/calakan")), "/proc/calakan")


def test_a_full_disk_at_the_first_start(tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("needs to mount a small disk")
    try:
        done = command("run", data=place)
        said = done.stderr.strip().splitlines()
        assert (done.returncode, len(said)) == (1, 1), done.stderr
        assert "full" in said[0] or "space" in said[0]
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_backup_that_does_not_fit(tmp_path: Path) -> None:
    assert command("db", "upgrade", data=tmp_path).returncode == 0
    one_line(command("backup", tmp_path / "no" / "such" / "folder.tgz", data=tmp_path), "No such file")
    (tmp_path / "noise.tgz").write_bytes(b"noise")
    one_line(command("restore", tmp_path / "noise.tgz", data=tmp_path / "other"))


def test_debug_shows_where(tmp_path: Path) -> None:
    (tmp_path / "calakan.sqlite3").write_bytes(b"zeros and ones" * 1000)
    assert "Traceback" in command("--debug", "audit", data=tmp_path).stderr


def test_checks_of_the_schema_are_quiet_and_what_a_command_makes_is_its_users_alone(tmp_path: Path) -> None:
    assert command("db", "upgrade", data=tmp_path).stderr == ""
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []
    assert (tmp_path / "calakan.sqlite3") in made
    done = command("db", "check", data=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_people_can_be_imported_into_a_database_that_was_never_served(tmp_path: Path) -> None:
    assert command("db", "upgrade", data=tmp_path).returncode == 0
    people = tmp_path / "guru.csv"
    people.write_text("nama,email,jabatan\nSri Rahayu,sri@example.org,Guru kelas\n")
    done = command("people", "import", people, "--dry-run", data=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
