"""A web process draws in several threads, and the first papers of its life may be asked for at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from calakan.paper import Template, fonts, picture, typeset
from tests.paper.paper_samples import AT, EVENT, HOLDER

THREADS = 6


@pytest.fixture
def fresh() -> Iterator[None]:
    """As at the start of a process, with threads that give way to each other often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("fresh")
def test_the_first_papers_and_pictures_of_a_process_are_drawn_at_once() -> None:
    template = Template(EVENT)
    expected = template.render(HOLDER, created_at=AT), template.picture(HOLDER)
    for _ in range(3):
        for kept in (fonts.face, picture._outline):
            kept.cache_clear()
        for voice in (value for value in vars(typeset).values() if isinstance(value, typeset.Voice)):
            voice._steps.clear()
        together = Barrier(THREADS)

        def draw(_: int, together: Barrier = together) -> tuple[bytes, str]:
            together.wait()
            drawn = Template(EVENT)
            return drawn.render(HOLDER, created_at=AT), drawn.picture(HOLDER)

        with ThreadPoolExecutor(THREADS) as pool:
            assert set(pool.map(draw, range(THREADS))) == {expected}
