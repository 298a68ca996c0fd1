"""A letter about a session names the diklat first, within what is stored of a subject."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from calakan.diklat.models import Diklat, LiveSession
from calakan.notifications import letters
from calakan.notifications.models import LONGEST_SUBJECT

NINE = datetime(2027, 3, 1, 2, tzinfo=UTC)


def session(diklat: str, own: str) -> LiveSession:
    return LiveSession(
        title=own, diklat=Diklat(title=diklat), starts_at=NINE, ends_at=NINE + timedelta(hours=2), place="", room_url=""
    )


@pytest.mark.parametrize(
    ("diklat", "own", "told"),
    [
        ("Literasi digital", "Sesi 1", "Literasi digital · Sesi 1"),
        ("Numerasi", "Numerasi", "Numerasi"),
        ("Numerasi", "numerasi 2: pecahan", "numerasi 2: pecahan"),
    ],
)
def test_the_diklat_comes_first_and_once(app: Flask, diklat: str, own: str, told: str) -> None:
    assert (
        letters.render("enrolment/mail/soon.txt", session=session(diklat, own)).subject == f"Sepuluh menit lagi: {told}"
    )


def test_the_longest_titles_are_cut_at_a_word(app: Flask) -> None:
    long = session("belajar " * 15, "mengajar " * 17 + "z" * 60)
    subject = letters.render("enrolment/mail/soon.txt", session=long).subject
    assert len(subject) <= LONGEST_SUBJECT
    assert subject.endswith("mengajar …")
