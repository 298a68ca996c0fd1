"""What a value of a dimension is called, and in which order values stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from calakan.diklat.models import Diklat
from calakan.kernel import db, formats
from calakan.office.house import house
from calakan.office.models import Choice, ChoiceKind
from calakan.people.models import Authority, Jenjang, Kecamatan, School
from calakan.reports.terms import LEVELS, PERIODS, Dimension, Key

NOT_FILLED = "Belum diisi"
_WORDS: dict[Dimension, dict[str, str]] = {
    Dimension.JENJANG: {level.value: text for level, text in LEVELS.items()},
    Dimension.SEX: {"L": "Laki-laki", "P": "Perempuan"},
}
_KINDS = {
    Dimension.JABATAN: ChoiceKind.JABATAN,
    Dimension.STATUS: ChoiceKind.STATUS,
    Dimension.TOPIC: ChoiceKind.TOPIC,
}
_MISSING = {
    Dimension.KECAMATAN: "Luar kabupaten atau belum diisi",
    Dimension.SCHOOL: "Tanpa sekolah dalam daftar",
    Dimension.TOPIC: "Tanpa bidang",
    Dimension.MONTH: "Belum terjadwal",
    Dimension.QUARTER: "Belum terjadwal",
    Dimension.YEAR: "Belum terjadwal",
}
_RANKS = {level.value: rank for rank, level in enumerate(Jenjang)}


def naming(dimension: Dimension) -> Callable[[Any], Key]:
    """What makes a stored value of this dimension into its key."""
    listed = _listed(dimension)

    def name(value: Any) -> Key:
        if value is None or value == "":
            return Key("", _MISSING.get(dimension, NOT_FILLED))
        if dimension in PERIODS:
            return _period_key(dimension, value)
        return listed.get(value) or Key(value, value)

    return name


def _authorities() -> dict[Authority, str]:
    return {
        Authority.KABUPATEN: house().region,
        Authority.PROVINCE: f"Provinsi {house().province}",
        Authority.KEMENAG: "Kementerian Agama",
    }


def _listed(dimension: Dimension) -> Mapping[Any, Key]:
    """Stored value -> its key; what is on no list is its own name."""
    if dimension is Dimension.AUTHORITY:
        return {code.value: Key(code.value, text) for code, text in _authorities().items()}
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
        return Key(f"{year}-T{third}", f"Triwulan {('I', 'II', 'III', 'IV')[third - 1]} {year}")
    year, month = divmod(code, 100)
    return Key(f"{year}-{month:02}", formats.month(date(year, month, 1)))


def order(dimension: Dimension, key: Key) -> tuple[bool, int, str]:
    """By time, by level of education, else by name; what is missing comes last."""
    if dimension in PERIODS:
        return not key.code, 0, key.code
    rank = _RANKS[key.code] if dimension is Dimension.JENJANG and key.code else 0
    return not key.code, rank, key.label.casefold() + key.code
