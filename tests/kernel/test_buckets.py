"""A bucket holds what a folder holds, by the same words; a server that is away or full is told as such."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import config
from calakan.cli import commands
from calakan.kernel import buckets, elsewhere
from calakan.kernel.buckets import Bucket, BucketStore
from calakan.kernel.files import AwayError, Store
from calakan.reports.shelf import Shelf
from tests.servers.bucket import BucketServer

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def server() -> Iterator[BucketServer]:
    with BucketServer() as server:
        yield server


@pytest.fixture
def bucket(server: BucketServer) -> Iterator[Bucket]:
    bucket = Bucket(server.url)
    yield bucket
    for name, _ in list(bucket.listed()):
        bucket.remove(name)


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store(tmp_path) if request.param == "folder" else BucketStore(request.getfixturevalue("bucket"))


def sent(found: Any) -> bytes:
    return bytes(found.read_bytes() if isinstance(found, Path) else found.read())


def test_both_stores_keep_the_same_promises(store: Store) -> None:
    contents = [b"satu", b"dua" * 100_000, b"satu", b""]
    hashes = store.put_many(contents)
    assert hashes == [hashlib.sha256(content).hexdigest() for content in contents]
    assert [store.get(sha256) for sha256 in hashes] == contents
    assert store.put(b"satu") == hashes[0]
    assert sent(store.sendable(hashes[1])) == contents[1]
    find = store.finder()
    assert [find(sha256) for sha256 in (hashes[0], "0" * 64)] == [True, False]
    for ask in (store.get, store.sendable):
        with pytest.raises(FileNotFoundError):
            ask("0" * 64)
    now = datetime.now(UTC)
    assert not store.remove(hashes[0], unused_since=now - HOUR), "somebody has stored it since"
    assert store.get(hashes[0]) == b"satu"
    assert store.remove(hashes[0], unused_since=now + 3 * HOUR)
    assert store.remove(hashes[0], unused_since=now + 3 * HOUR), "what is gone already is well"
    with pytest.raises(FileNotFoundError):
        store.get(hashes[0])


def test_a_bucket_that_has_another_clock_takes_nothing_away_too_early(bucket: Bucket) -> None:
    store, now = BucketStore(bucket), datetime.now(UTC)
    sha256 = store.put(b"baru")
    assert not store.remove(sha256, unused_since=now + buckets.CLOCKS_DIFFER / 2)
    assert store.get(sha256) == b"baru"


def test_a_shelf_in_a_bucket_holds_whole_files_and_leaves_no_draft(bucket: Bucket, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, bucket)
    with shelf.draft("kode", "t") as draft:
        draft.write_bytes(b"isi")
        kept = shelf.keep(draft, "kode")
    assert (kept.size, kept.sha256) == (3, hashlib.sha256(b"isi").hexdigest())
    assert list(tmp_path.iterdir()) == []
    other = Shelf(tmp_path / "another host", bucket)
    assert (other.codes(), sent(other.sendable("kode"))) == (["kode"], b"isi")
    other.remove("kode")
    assert shelf.codes() == []
    with pytest.raises(FileNotFoundError):
        shelf.sendable("kode")


def test_a_backup_takes_bucket_and_keys_along_and_brings_them_back(bucket: Bucket, tmp_path: Path) -> None:
    keys, brought = tmp_path / "keys", tmp_path / "brought"
    keys.mkdir()
    (keys / "a.pem").write_bytes(b"kunci")
    (keys / ".lock").touch()
    sha256 = BucketStore(bucket).put(b"berkas")
    places: list[elsewhere.Elsewhere] = [elsewhere.Keys(keys), elsewhere.InBucket(bucket)]
    found = {own.name: own for place in places for own in place.files()}
    assert set(found) == {"keys/a.pem", f"files/{sha256[:2]}/{sha256}"}
    contents = {}
    for name, own in found.items():
        file, size = own.open()
        with file:
            contents[name] = file.read()
        assert size == own.size == len(contents[name])
    bucket.remove(f"files/{sha256[:2]}/{sha256}")
    here = tmp_path / "staged"
    for name, content in contents.items():
        here.write_bytes(content)
        place = elsewhere.Keys(brought) if name.startswith("keys") else places[1]
        place.take(name, here)
        place.take(name, here)
    assert (brought / "a.pem").read_bytes() == b"kunci"
    assert BucketStore(bucket).get(sha256) == b"berkas"


def test_keys_that_are_there_need_no_folder_to_write_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pem").write_bytes(b"kunci")
    staged = tmp_path / "staged"
    staged.write_bytes(b"kunci")
    monkeypatch.setattr(elsewhere, "_put", lambda *_: pytest.fail("it was written"))
    elsewhere.Keys(tmp_path).take("keys/a.pem", staged)


def test_keys_come_whole_and_for_their_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, staged = tmp_path / "keys", tmp_path / "staged"
    staged.write_bytes(b"kunci")
    staged.chmod(0o644)
    elsewhere.Keys(folder).take("keys/a.pem", staged)
    assert ((folder / "a.pem").read_bytes(), (folder / "a.pem").stat().st_mode & 0o777) == (b"kunci", 0o600)
    staged.write_bytes(b"lain")

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        elsewhere.Keys(folder).take("keys/a.pem", staged)
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("a.pem", b"kunci")]


def test_whoever_is_not_let_in_and_who_is_not_there_are_away(server: BucketServer) -> None:
    nowhere = Bucket("s3://a:b@calakan?endpoint=http://127.0.0.1:1")
    unknown = Bucket(server.url.replace("@calakan", "@lain"))
    for bucket in (nowhere, unknown):
        for act in (
            lambda bucket=bucket: bucket.put("files/x", b"x"), lambda bucket=bucket: list(bucket.listed()),
            lambda bucket=bucket: BucketStore(bucket).get("0" * 64),
        ):  # fmt: skip
            with pytest.raises(AwayError):
                act()
    with pytest.raises(AwayError):
        BucketStore(nowhere).put_many([b"x", b"y"])
    with pytest.raises(AwayError):
        BucketStore(nowhere).remove("0" * 64, unused_since=datetime.now(UTC))


def test_the_doctor_says_which_bucket_is_away_and_tells_no_secret(server: BucketServer) -> None:
    near = config.Settings(files_url=server.url)
    away = config.Settings(files_url="s3://a:rahasia@calakan?endpoint=http://127.0.0.1:1")
    assert commands.bucket(near) == "bucket calakan"
    assert "NOT USABLE" in commands.bucket(away)
    assert "rahasia" not in commands.bucket(away)


@pytest.mark.parametrize("act", [lambda bucket: bucket.get("files/x"), lambda bucket: bucket.put("files/x", b"x")])
def test_a_silent_server_is_asked_once(act: Callable[[Bucket], object]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"s3://a:b@calakan?endpoint=http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(AwayError):
            act(Bucket(url, seconds=0.5))
        silent.settimeout(60)
        silent.accept()[0].close()
        silent.settimeout(0.2)
        with pytest.raises(TimeoutError):
            silent.accept()


def test_it_says_what_its_trouble_is(server: BucketServer, bucket: Bucket) -> None:
    assert bucket.trouble() is None
    assert Bucket(server.url.replace("@calakan", "@lain")).trouble() == "there is no such bucket"
    assert "away" in str(Bucket("s3://a:rahasia@calakan?endpoint=http://127.0.0.1:1").trouble())


def test_a_silent_server_is_not_waited_for_long(
    server: BucketServer, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = BucketStore(bucket).put(b"isi")
    monkeypatch.setattr(buckets, "SECONDS", 0.5)
    hasty = BucketStore(Bucket(server.url))
    server.pause()
    try:
        with pytest.raises(AwayError):
            hasty.get(sha256)
    finally:
        server.resume()
    assert BucketStore(bucket).get(sha256) == b"isi"


def test_a_full_bucket_is_a_full_disk(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    from minio.error import S3Error

    def full(*_: object) -> None:
        raise S3Error(None, "XMinioStorageFull", "full", "", "", "")  # type: ignore[arg-type]  # there was no answer

    monkeypatch.setattr(bucket._client, "put_object", full)
    with pytest.raises(OSError, match="full") as refused:
        BucketStore(bucket).put(b"x")
    assert refused.value.errno == errno.ENOSPC


def test_a_fork_has_a_client_of_its_own(bucket: Bucket) -> None:
    bucket.send("files/x", io.BytesIO(b"x"), 1)
    ours = bucket._client
    pid = os.fork()
    if pid == 0:
        os._exit(0 if bucket._client is not ours and bucket.get("files/x") == b"x" else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert bucket._client is ours
