"""Stacks that are gone after each test, whatever it did."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.stack import STAND_IN, Make, Stack
from tests.stack import small_disk


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_disk.mounted(tmp_path_factory.mktemp("small")) as place:
        yield place


@pytest.fixture
def make() -> Iterator[Make]:
    place = Path(tempfile.mkdtemp(prefix="cal-", dir="/tmp"))  # short enough for a socket
    stacks: list[Stack] = []

    def make(setup: str = STAND_IN, **environ: str) -> Stack:
        stacks.append(Stack(place, setup, **environ))
        return stacks[-1]

    yield make
    for stack in stacks:
        stack.clean()
    shutil.rmtree(place, ignore_errors=True)
