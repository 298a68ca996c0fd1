"""What `calakan backup` and `restore` do on the command line, and what a backup leaves out."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from calakan.kernel import backup, clock, db, sealed
from calakan.kernel.archive import BackupUnreadable
from calakan.people.models import Person, SecondFactor
from tests import factories
from tests.conftest import make_app

ROOT = Path(__file__).parents[2]
SPARSE_BYTES = (5 << 30) if os.environ.get("CALAKAN_TEST_LARGE") else (1 << 30) - 7
MIDDLE = SPARSE_BYTES // 2 | 1


def data_dir(app: Flask) -> Path:
    found: Path = app.extensions["calakan.settings"].data_dir
    return found


def command(*words: object, data: Path, url: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CALAKAN_")}
    kept |= {"CALAKAN_DATA_DIR": str(data), **({"CALAKAN_DATABASE_URL": url} if url else {}), **environ}
    return subprocess.run(
        [sys.executable, "-m", "calakan", *map(str, words)], cwd=ROOT, env=kept, capture_output=True, text=True, check=False
    )  # fmt: skip


def members(archive: Path) -> set[str]:
    with tarfile.open(archive) as opened:
        return set(opened.getnames())


def write(app: Flask, target: Path, **more: Any) -> None:
    backup.write(target, engine=db.engine(), data_dir=data_dir(app), made_at=clock.now(), **more)


def test_a_backup_leaves_out_itself_earlier_ones_and_drafts(app: Flask) -> None:
    place = data_dir(app)
    names = ["b1.tar.gz", "b2.tar.gz", "sub/b3.tar.gz", "b4.sealed"]
    (place / "sub").mkdir()
    (place / "keys").mkdir(exist_ok=True)
    (place / "keys" / "kunci.gz").write_bytes(b"\x1f\x8b but no archive of ours")
    (place / ".backup-abc").write_bytes(b"half")
    given = app.extensions["calakan.files"].put(b"\x1f\x8b looks like one")
    for name in names:
        write(app, place / name, passphrase="sandi" if name.endswith("sealed") else "")
    try:
        write(app, place / "b5.tar.gz")
        found = members(place / "b5.tar.gz")
        assert {name for name in found if Path(name).name in (".backup-abc", *(Path(n).name for n in names))} == set()
        assert {"data/keys/kunci.gz", f"data/files/{given[:2]}/{given}"} <= found
        earlier = members(place / "b1.tar.gz")
        assert found == earlier
    finally:
        for name in [*names, "b5.tar.gz", ".backup-abc", "keys/kunci.gz"]:
            (place / name).unlink()


def test_what_is_unpacked_by_hand_is_its_owner_s_alone(app: Flask, tmp_path: Path) -> None:
    app.extensions["calakan.files"].put(b"berkas")
    write(app, tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as opened:
        assert {member.name.partition("/")[0] for member in opened} >= {"backup.json", "tables", "data", "files.json"}
        assert {member.mode for member in opened.getmembers()} == {0o600}


def test_no_transaction_stays_open_while_files_are_packed(app: Flask, database_url: str, tmp_path: Path) -> None:
    """Our own limit ends whoever idles in a transaction, and packing may take hours."""
    if not database_url.startswith("postgresql"):
        pytest.skip("a server's limit")
    factories.person()
    app.extensions["calakan.files"].put(b"x" * 3_000_000)
    url = sa.make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    db.session().rollback()
    seen = []

    def look(count: int) -> None:
        with psycopg.connect(url, autocommit=True) as watching:
            wanted = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"  # nor the server's own sweeping
            )
            seen.append(watching.execute(wanted).fetchone())

    write(app, tmp_path / "a.tgz", progress=look)
    assert seen
    assert set(seen) == {(0,)}


def test_an_encrypted_one_opens_with_its_passphrase_alone(app: Flask, tmp_path: Path) -> None:
    url, archive = app.extensions["calakan.settings"].database_url, tmp_path / "a.sealed"
    person, now = factories.person("Rahasia Sekali").id, clock.now()
    with db.transaction() as session:
        session.add(SecondFactor(person_id=person, secret="x", created_at=now, confirmed_at=now))
    db.session().rollback()  # commands may take a minute on a busy machine, and nobody idles so long in a transaction
    app.extensions["calakan.files"].put(os.urandom(2_500_000))  # several pieces
    made = command("backup", archive, "--encrypt", data=data_dir(app), url=url, CALAKAN_BACKUP_PASSPHRASE="kopi pahit")
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[-1] == f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive}"
    assert b"Rahasia" not in archive.read_bytes()
    assert not tarfile.is_tarfile(archive)
    wrong = command("restore", archive, data=tmp_path / "b", CALAKAN_BACKUP_PASSPHRASE="teh manis")
    assert (wrong.returncode, wrong.stderr.count("\n"), "passphrase" in wrong.stderr) == (1, 1, True)
    right = command("restore", archive, data=tmp_path / "c", CALAKAN_BACKUP_PASSPHRASE="kopi pahit")
    assert (right.returncode, right.stderr) == (0, "")
    assert "opens all that is sealed" in right.stdout
    given = {"CALAKAN_BACKUP_PASSPHRASE": "kopi pahit", "CALAKAN_DATA_KEYS": "k" * 40}
    assert "LOST OR ANOTHER ONE" in command("restore", archive, data=tmp_path / "d", **given).stdout
    with pytest.raises(sealed.WrongPassphrase):
        read(archive, "")


def read(archive: Path, passphrase: str) -> None:
    from calakan.kernel.archive import read_through

    read_through(archive, passphrase, keep=lambda name, content: None)


@pytest.mark.parametrize("spoil", ["changed", "cut", "swapped", "extended"])
def test_an_encrypted_one_that_was_tampered_with_is_refused(app: Flask, tmp_path: Path, spoil: str) -> None:
    archive = tmp_path / "a.sealed"
    app.extensions["calakan.files"].put(os.urandom(3_500_000))
    write(app, archive, passphrase="sandi")
    content, head, piece = archive.read_bytes(), len(sealed.MAGIC) + 16, sealed.PIECE + 16
    first, second, rest = (
        content[head : head + piece],
        content[head + piece : head + 2 * piece],
        content[head + 2 * piece :],
    )
    spoilt = {
        "changed": content[:head] + first[:9] + bytes([first[9] ^ 1]) + first[10:] + second + rest,
        "cut": content[: head + 2 * piece],
        "swapped": content[:head] + second + first + rest,
        "extended": content + b"x",
    }[spoil]
    archive.write_bytes(spoilt)
    with pytest.raises(sealed.WrongPassphrase):
        read(archive, "sandi")


@pytest.mark.parametrize("at", [0.2, 0.6, 0.95])
def test_a_plain_one_with_a_flipped_bit_is_refused(app: Flask, tmp_path: Path, at: float) -> None:
    archive = tmp_path / "a.tgz"
    app.extensions["calakan.files"].put(os.urandom(2_000_000))
    write(app, archive)
    content = bytearray(archive.read_bytes())
    content[int(len(content) * at)] ^= 4
    archive.write_bytes(content)
    with pytest.raises(BackupUnreadable):
        read(archive, "")


def test_a_file_larger_than_memory_comes_back(tmp_path: Path) -> None:
    """A hole stays a hole; with CALAKAN_TEST_LARGE=1 at five gigabytes. Files go the same way on both databases."""
    apps = {}
    for name in ("old", "new"):
        apps[name] = make_app(f"sqlite:///{tmp_path / name}.sqlite3", tmp_path / name)
        with apps[name].app_context():
            upgrade()
    big = data_dir(apps["old"]) / "files" / "ab" / "besar"
    big.parent.mkdir(parents=True)
    with big.open("wb") as file:
        file.truncate(SPARSE_BYTES)
        file.seek(MIDDLE)
        file.write(b"di tengah")
    with apps["old"].app_context():
        write(apps["old"], tmp_path / "a.tgz")
    with apps["new"].app_context():
        found = backup.restore(
            tmp_path / "a.tgz", engine=db.engine(), data_dir=data_dir(apps["new"]), guard=db.table(Person)
        )
        db.engine().dispose()
    back = data_dir(apps["new"]) / "files" / "ab" / "besar"
    assert (back.stat().st_size, back.stat().st_blocks * 512 < 8 << 20) == (SPARSE_BYTES, True)
    with back.open("rb") as file:
        file.seek(MIDDLE)
        assert file.read(9) == b"di tengah"
    assert "data/files/ab/besar" in found.files


def test_an_archive_of_the_first_format_is_read(app: Flask, tmp_path: Path) -> None:
    import io
    import json

    write(app, tmp_path / "new.tgz")
    with tarfile.open(tmp_path / "new.tgz") as new, tarfile.open(tmp_path / "old.tgz", "w:gz") as old:
        for member in new:
            content = new.extractfile(member)
            if content is not None and member.name not in ("backup.json", "files.json"):
                old.addfile(member, content)
        kept = new.extractfile("backup.json")
        assert kept is not None
        told = json.dumps({**json.load(kept), "format": 1}).encode()
        info = tarfile.TarInfo("backup.json")
        info.size = len(told)
        old.addfile(info, io.BytesIO(told))
    read(tmp_path / "old.tgz", "")
