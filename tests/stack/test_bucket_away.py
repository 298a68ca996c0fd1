"""A page that needs the bucket while it is away says so, keeps what was typed, and works again by itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import SubmissionFile
from calakan.kernel import db
from calakan.kernel.buckets import Bucket, BucketStore
from calakan.web import writing
from tests.assessment.courses import course, task
from tests.materials.samples import JPG
from tests.servers.bucket import BucketServer

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def store(app: Flask) -> Iterator[BucketStore]:
    """The application's, instead of its folder."""
    folder = app.extensions["calakan.files"]
    with BucketServer() as server:
        app.extensions["calakan.files"] = BucketStore(Bucket(server.url))
        yield app.extensions["calakan.files"]
    app.extensions["calakan.files"] = folder


def test_files_come_and_go_by_way_of_the_bucket_and_wait_while_it_is_away(
    app: Flask, client_of: Opener, store: BucketStore
) -> None:
    diklat_id, slug, (ani,) = course()
    task(diklat_id, takes_text=True, takes_file=True)
    phone, address = client_of(ani), f"/belajar/{slug}/tugas/1"
    there, store.bucket = store.bucket, Bucket("s3://a:b@calakan?endpoint=http://127.0.0.1:1")
    sent = {"text": "Sudah saya coba", "file": (io.BytesIO(JPG), "foto.jpg")}
    refused = phone.post(address, data=sent)
    text = refused.get_data(as_text=True)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "belum tersimpan" in text
    assert "Sudah saya coba" in text
    db.db.session.remove()
    assert db.session().scalar(sa.select(SubmissionFile.id)) is None
    assert phone.get(address).status_code == 200, "what needs no file goes on"
    store.bucket = there
    assert phone.post(address, data={**sent, "file": (io.BytesIO(JPG), "foto.jpg")}).status_code == 303
    file = phone.get(f"{address}/berkas/1")
    assert (file.status_code, file.data, file.mimetype) == (200, JPG, "image/jpeg")
    part = phone.get(f"{address}/berkas/1", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.data) == (206, JPG[:10])
    store.bucket = Bucket("s3://a:b@calakan?endpoint=http://127.0.0.1:1")
    assert phone.get(f"{address}/berkas/1").status_code == 503


def test_readyz_tells_of_the_bucket_and_stays_ready(
    app: Flask, client: FlaskClient, store: BucketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "KEPT_SECONDS", 0.0)
    settings = app.extensions["calakan.settings"]
    assert "bucket" not in client.get("/readyz").get_json(), "there is none"
    url = f"s3://kunci:rahasia@calakan?endpoint={store.bucket._query['endpoint']}"
    for place, said in ((url, "ok"), ("s3://a:b@calakan?endpoint=http://127.0.0.1:1", "the bucket is away")):
        monkeypatch.setitem(app.extensions, "calakan.settings", replace(settings, files_url=place))
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["bucket"].partition(":")[0]) == (200, said)
