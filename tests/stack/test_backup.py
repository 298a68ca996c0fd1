"""A backup holds one instant and comes back whole, on the same database or the other."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import threading
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from calakan.enrolment import services
from calakan.enrolment.models import Enrolment
from calakan.kernel import backup, clock, db, elsewhere
from calakan.kernel.buckets import Bucket, BucketStore
from calakan.kernel.files import Store
from calakan.people.models import Person
from tests import factories
from tests.conftest import empty_tables, make_app
from tests.servers.bucket import BucketServer
from tests.servers.postgres import GivenServer

GUARD = db.table(Person)


def told(archive: Path) -> dict[str, object]:
    with tarfile.open(archive) as opened:
        file = opened.extractfile("backup.json")
        assert file is not None
        found = json.loads(file.read())
    del found["made_at"]
    return found


def written(target: Path, app: Flask) -> Path:
    data_dir = app.extensions["calakan.settings"].data_dir
    with app.app_context():
        backup.write(target, engine=db.engine(), data_dir=data_dir, made_at=clock.now())
    return target


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GivenServer | None]:
    """A migrated database without a row, to be copied: a file, or one of this name on the server."""
    place, server, name = tmp_path_factory.mktemp("blank"), None, f"blank_{uuid.uuid4().hex[:8]}"
    url = f"sqlite:///{place / name}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        url = server.create_database(name)
    made = make_app(url, place)
    with made.app_context():
        upgrade()
        db.engine().dispose()
    return place / name, server


@pytest.fixture
def empty(blank: tuple[Path, GivenServer | None], tmp_path: Path) -> Flask:
    template, server = blank
    if server is None:
        shutil.copyfile(template, tmp_path / "other.sqlite3")
        return make_app(f"sqlite:///{tmp_path / 'other.sqlite3'}", tmp_path / "other")
    return make_app(server.create_database(f"other_{uuid.uuid4().hex[:8]}", template=template.name), tmp_path / "other")


def restored(archive: Path, app: Flask) -> None:
    with app.app_context():
        data_dir = app.extensions["calakan.settings"].data_dir
        backup.restore(archive, engine=db.engine(), data_dir=data_dir, guard=GUARD)


def test_what_comes_back_is_what_was_written(app: Flask, empty: Flask, tmp_path: Path) -> None:
    store: Store = app.extensions["calakan.files"]
    sha256 = store.put(b"sertifikat")
    diklat_id, teacher = factories.diklat(quota=5).id, factories.person("Ngadiyo ‘Aisyah’")
    with db.transaction():
        services.join(diklat_id, teacher.id, actor=factories.actor(teacher), now=clock.now())
    archive = written(tmp_path / "satu.tgz", app)
    restored(archive, empty)
    assert told(written(tmp_path / "dua.tgz", empty)) == told(archive)
    assert empty.extensions["calakan.files"].get(sha256) == b"sertifikat"
    assert archive.stat().st_mode & 0o077 == 0
    with empty.app_context():  # its counters go on where they stood
        before = set(db.session().scalars(sa.select(Person.id)))
        db.session().rollback()
        assert factories.person("Baru", complete=False).id not in before
        db.engine().dispose()


def test_a_site_moves_into_a_bucket_and_back(app: Flask, empty: Flask, tmp_path: Path) -> None:
    place = app.extensions["calakan.settings"].data_dir
    sha256 = app.extensions["calakan.files"].put(b"sertifikat")
    for name, content in (("exports/kode", b"ekspor"), ("keys/uji.pem", b"kunci")):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(content)
    factories.person("Ngadiyo")
    archive = written(tmp_path / "satu.tgz", app)
    for name in ("exports/kode", "keys/uji.pem"):
        (place / name).unlink()
    with BucketServer() as server, empty.app_context():
        here, bucket = empty.extensions["calakan.settings"].data_dir, Bucket(server.url)
        shared: list[elsewhere.Elsewhere] = [elsewhere.Keys(tmp_path / "kunci"), elsewhere.InBucket(bucket)]
        backup.restore(archive, engine=db.engine(), data_dir=here, guard=GUARD, elsewhere=shared)
        assert BucketStore(bucket).get(sha256) == b"sertifikat"
        assert bucket.get("exports/kode") == b"ekspor"
        assert (tmp_path / "kunci" / "uji.pem").read_bytes() == b"kunci"
        assert [name for name in ("files", "exports", "keys") if (here / name / "uji.pem").exists()] == []
        again = tmp_path / "dua.tgz"
        backup.write(again, engine=db.engine(), data_dir=here, made_at=clock.now(), elsewhere=shared)
        empty_tables()
        db.engine().dispose()
    assert told(again) == told(archive)
    restored(again, empty)
    assert empty.extensions["calakan.files"].get(sha256) == b"sertifikat"
    assert ((here / "exports" / "kode").read_bytes(), (here / "keys" / "uji.pem").read_bytes()) == (b"ekspor", b"kunci")


def test_a_site_with_people_is_never_overwritten(app: Flask, tmp_path: Path) -> None:
    factories.person()
    archive = written(tmp_path / "satu.tgz", app)
    with pytest.raises(backup.NotEmpty):
        restored(archive, app)


def rewritten(archive: Path, target: Path, name: str, change: bytes | None) -> Path:
    """The same archive with one member changed, or left out."""
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            content = file.read()
            if member.name == name:
                if change is None:
                    continue
                content = change
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tables/kecamatan.jsonl", b""),
        ("tables/kecamatan.jsonl", b"bukan json\n"),
        ("tables/kecamatan.jsonl", b'["kurang"]\n'),
        ("tables/person.jsonl", None),
        ("backup.json", b"{}"),
        ("backup.json", b'{"format": 99}'),
    ],
)
def test_a_damaged_archive_changes_nothing(
    app: Flask, empty: Flask, tmp_path: Path, name: str, change: bytes | None
) -> None:
    archive = rewritten(written(tmp_path / "satu.tgz", app), tmp_path / "rusak.tgz", name, change)
    with pytest.raises(backup.BackupUnreadable):
        restored(archive, empty)
    with empty.app_context():
        for table in db.Base.metadata.sorted_tables:
            assert db.session().scalar(sa.select(sa.func.count()).select_from(table)) == 0, table.name
        db.session().rollback()
        db.engine().dispose()


def test_no_file_leaves_the_data_directory(app: Flask, empty: Flask, tmp_path: Path) -> None:
    archive = written(tmp_path / "satu.tgz", app)
    evil = tmp_path / "jahat.tgz"
    with tarfile.open(archive) as old, tarfile.open(evil, "w:gz") as new:
        for member in old:
            new.addfile(member, old.extractfile(member))
        info = tarfile.TarInfo("data/../../keluar")
        info.size = 1
        new.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(backup.BackupUnreadable):
        restored(evil, empty)
    assert not (tmp_path / "keluar").exists()


def test_no_archive_at_all(empty: Flask, tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"bukan arsip", b"\x1f\x8b\x08\x00rusak")):
        archive = tmp_path / f"{number}.tgz"
        archive.write_bytes(content)
        with pytest.raises(backup.BackupUnreadable):
            restored(archive, empty)


def test_a_busy_site_is_written_at_one_instant(app: Flask, tmp_path: Path) -> None:
    """Each transaction adds a person, an enrolment and a trail; in the archive they are all there or all not."""
    diklat_id, stop = factories.diklat().id, threading.Event()

    def keep_busy() -> None:
        with app.app_context():
            while not stop.is_set():
                teacher = factories.person(complete=True)
                with db.transaction():
                    services.join(diklat_id, teacher.id, actor=factories.actor(teacher), now=clock.now())

    writer = threading.Thread(target=keep_busy)
    writer.start()
    try:
        archives = [written(tmp_path / f"{n}.tgz", app) for n in range(4)]
    finally:
        stop.set()
        writer.join()
    counts = []
    for archive in archives:
        tables = told(archive)["tables"]
        assert isinstance(tables, dict)
        with tarfile.open(archive) as opened:
            file = opened.extractfile("tables/enrolment.jsonl")
            people = opened.extractfile("tables/person.jsonl")
            assert file is not None
            assert people is not None
            enrolled = {json.loads(line)["person_id"] for line in file}
            known = {json.loads(line)["id"] for line in people}
        assert enrolled <= known
        counts.append(tables["enrolment"]["rows"])
    assert counts == sorted(counts)
    db.session().rollback()
    assert (db.session().scalar(sa.select(sa.func.count(Enrolment.id))) or 0) >= counts[-1]
