"""What is sent is packed in the best way that its asker takes, and unpacked it is always the same."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask import Flask

from calakan.web.assets import asset, zstd

UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": zstd.decompress,
    "gzip": gzip.decompress,
}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("asked", "packed"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip, zstd", "zstd"), ("zstd", "zstd"), ("gzip", "gzip"), ("br;q=0, zstd", "zstd"),
        ("", None), ("deflate", None),
    ],
)  # fmt: skip
def test_files_and_pages_are_packed_as_they_are_asked_for(app: Flask, asked: str, packed: str | None) -> None:
    with app.test_request_context():
        file = asset("gelap.css")
    client = app.test_client(use_cookies=False)
    for path in (file, "/privasi"):
        plain = client.get(path).data
        answer = client.get(path, headers={"Accept-Encoding": asked})
        way = answer.headers.get("Content-Encoding")
        assert "Accept-Encoding" in answer.headers["Vary"]
        if path == file:
            assert way == packed
        assert (UNPACK[way](answer.data) if way else answer.data) == plain
    assert way == packed or packed is None, "a page may be packed in a way that was not asked against"
