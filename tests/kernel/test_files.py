"""The store: complete or absent, the same content once, nothing left over when the disk refuses."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from calakan.kernel import files
from calakan.kernel.files import Store


def stored(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_many_are_stored_in_order_and_each_content_once(tmp_path: Path) -> None:
    store, contents = Store(tmp_path), [b"one", b"two", b"one"]
    hashes = store.put_many(contents)
    assert hashes == [hashlib.sha256(content).hexdigest() for content in contents]
    assert [store.get(sha256) for sha256 in hashes] == contents
    assert stored(tmp_path) == sorted(set(hashes))
    assert store.put(b"two") == hashes[1]
    assert stored(tmp_path) == sorted(set(hashes))


def test_every_file_and_its_folder_are_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(files, "_synchronise", lambda path: told.append((str(path), Path(path).is_dir())))
    replace = os.replace
    monkeypatch.setattr(files.os, "replace", lambda old, new: (told.append((str(old), None)), replace(old, new)))
    hashes = Store(tmp_path).put_many([b"one", b"two"])
    kinds = [kind for _, kind in told]
    assert kinds == [False, False, None, None, True, True]
    assert {path for path, kind in told if kind is False} == {path for path, kind in told if kind is None}
    assert {path for path, kind in told if kind} == {str(tmp_path / sha256[:2]) for sha256 in hashes}


def test_a_full_disk_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(10))
    synchronise = files._synchronise

    def full(path: Any) -> None:
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        synchronise(path)

    monkeypatch.setattr(files, "_synchronise", full)
    with pytest.raises(OSError, match="No space"):
        Store(tmp_path).put_many([b"one", b"two", b"three"])
    assert stored(tmp_path) == []
    monkeypatch.setattr(files, "_synchronise", synchronise)
    Store(tmp_path).put_many([b"one", b"two", b"three"])
    assert len(stored(tmp_path)) == 3
