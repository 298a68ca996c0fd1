"""What a value of a dimension is called, and in which order values stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from calakan.diklat.models import Diklat, Mode
from calakan.kernel import db, formats
from calakan.kernel.wording import phrase
from calakan.office.house import house
from calakan.office.models import Choice, ChoiceKind
from calakan.people.models import Authority, Jenjang, Kecamatan, School
from calakan.reports.terms import LEVELS, PERIODS, Dimension, Key

NAMELESS = {Dimension.KECAMATAN, Dimension.SCHOOL, Dimension.TOPIC}
"""What is called in a way of its own where it is missing."""

_WORDS: dict[Dimension, dict[str, str]] = {
    Dimension.JENJANG: {level.value: text for level, text in LEVELS.items()},
}
_KINDS = {
    Dimension.JABATAN: ChoiceKind.JABATAN,
    Dimension.STATUS: ChoiceKind.STATUS,
    Dimension.TOPIC: ChoiceKind.TOPIC,
}
_RANKS = {level.value: rank for rank, level in enumerate(Jenjang)}


def naming(dimension: Dimension) -> Callable[[Any], Key]:
    """What makes a stored value of this dimension into its key."""
    listed = _listed(dimension)

    def name(value: Any) -> Key:
        if value is None or value == "":
            return Key("", missing(dimension))
        if dimension in PERIODS:
            return _period_key(dimension, value)
        return listed.get(value) or Key(value, value)

    return name


def missing(dimension: Dimension) -> str:
    """What stands for a value that nobody filled in."""
    if dimension in PERIODS:
        return phrase("reports.unscheduled")
    return phrase(f"reports.no_{dimension.value}" if dimension in NAMELESS else "reports.not_filled")


def choices(dimension: Dimension) -> list[tuple[str, str]]:
    """(value, name) of what a dimension of few values can be narrowed to, in the order of a report."""
    keys = sorted(_listed(dimension).values(), key=lambda key: order(dimension, key))
    return [(key.code, key.label) for key in keys]


def _authorities() -> dict[Authority, str]:
    return {
        Authority.KABUPATEN: house().region,
        Authority.PROVINCE: phrase("reports.province", name=house().province),
        Authority.KEMENAG: phrase("reports.kemenag"),
    }


def _listed(dimension: Dimension) -> Mapping[Any, Key]:
    """Stored value -> its key; what is on no list is its own name."""
    if dimension is Dimension.AUTHORITY:
        return {code.value: Key(code.value, text) for code, text in _authorities().items()}
    if dimension is Dimension.SEX:
        return {code: Key(code, phrase(f"reports.sex_{code}")) for code in ("L", "P")}
    if dimension is Dimension.MODE:
        return {mode.value: Key(mode.value, phrase(f"reports.mode_{mode.value}")) for mode in Mode}
    if dimension is Dimension.COHORT:
        held = db.session().scalars(sa.select(Diklat.cohort).where(Diklat.cohort != "").distinct())
        return {cohort: Key(cohort, cohort) for cohort in held}
    if dimension in _WORDS:
        return {code: Key(code, text) for code, text in _WORDS[dimension].items()}
    if dimension in PERIODS:
        return {}
    return {value: Key(code, text) for value, code, text in db.session().execute(_stored(dimension))}


def _stored(dimension: Dimension) -> sa.Select[Any, str, str]:
    if dimension is Dimension.SCHOOL:
        return sa.select(School.id, School.npsn, School.name)
    if dimension is Dimension.DIKLAT:
        return sa.select(Diklat.id, Diklat.slug, Diklat.title)
    if dimension is Dimension.KECAMATAN:
        return sa.select(Kecamatan.code, Kecamatan.code, Kecamatan.name)
    return sa.select(Choice.code, Choice.code, Choice.label).where(Choice.kind == _KINDS[dimension])


def _period_key(dimension: Dimension, code: int) -> Key:
    if dimension is Dimension.YEAR:
        return Key(str(code), str(code))
    if dimension is Dimension.QUARTER:
        year, third = divmod(code, 10)
        return Key(f"{year}-T{third}", phrase("reports.quarter", third=("I", "II", "III", "IV")[third - 1], year=year))
    year, month = divmod(code, 100)
    return Key(f"{year}-{month:02}", formats.month(date(year, month, 1)))


def order(dimension: Dimension, key: Key) -> tuple[bool, int, str]:
    """By time, by level of education, else by name, the tenth after the second; what is missing comes last."""
    if dimension in PERIODS:
        return not key.code, 0, key.code
    if dimension is Dimension.COHORT:
        return not key.code, 0, re.sub(r"\d+", lambda number: number[0].zfill(4), key.label.casefold()) + key.code
    rank = _RANKS[key.code] if dimension is Dimension.JENJANG and key.code else 0
    return not key.code, rank, key.label.casefold() + key.code
