"""What is an address of mail, the same at every door and without a long look at what is too long."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from calakan.people import mailboxes

SOURCE = Path(__file__).parents[2] / "calakan"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sri.Mulyati@Example.org", "sri.mulyati@example.org"),
        ("a" * 64 + "@" + "b" * 61 + "." + "c" * 61 + "." + "d" * 61 + ".id", "a" * 64 + "@" + "b" * 61 + "." + "c" * 61 + "." + "d" * 61 + ".id"),
        ("sri@" + "b.c" * 84, None),
        ("", None),
        ("sri", None),
        ("sri@", None),
        ("sri@example", None),
        ("Sri <sri@example.org>", None),
        ("sri\n@example.org", None),
    ],
)  # fmt: skip
def test_what_is_an_address(typed: str, kept: str | None) -> None:
    assert mailboxes.checked(typed) == kept


@pytest.mark.parametrize("typed", ["x" * 1_000_000, "x@" + "y." * 500_000 + "id"])
def test_a_megabyte_is_not_read(typed: str) -> None:
    assert mailboxes.checked("sri@example.org")  # the library is loaded
    begun = time.process_time()
    assert mailboxes.checked(typed) is None
    assert time.process_time() - begun < 0.1


def test_nobody_asks_the_library_himself() -> None:
    asking = {path.name for path in SOURCE.rglob("*.py") if "email_validator" in path.read_text()}
    assert asking == {"mailboxes.py"}
