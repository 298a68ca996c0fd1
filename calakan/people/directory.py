"""The kecamatan, villages and schools that ship with the application, and how a school's name is searched."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.text import search_key
from calakan.people.models import Jenjang, Kecamatan, School, SchoolSource, Sector, Village

DATA = Path(__file__).parent / "data"
SCHOOLS_AS_OF = date(2019, 6, 4)
_SHORT = {"sdn": "sd", "smpn": "smp", "sman": "sma", "smkn": "smk", "slbn": "slb", "tkn": "tk"}
# These are words of other names too, so they are short for a kind at the beginning alone.
_FIRST = {"min": "mi", "mis": "mi", "mtsn": "mts", "mtss": "mts", "man": "ma", "mas": "ma"}
_STATE = {"negeri", "n"}
_LEVELS = {"sd", "smp", "sma", "smk", "slb", "tk", "kb", "paud", "mi", "mts", "ma"}


def school_key(name: str) -> str:
    """`SD NEGERI 01 KEDUNGWULUH`, `SDN 1 Kedungwuluh` and `sd n 1 kedungwuluh` give the same key, as do the spellings of a
    place in `ejaan.csv`, also when only the beginning was typed.
    """
    plain = search_key(name)
    for written, read in _spellings():
        plain = plain.replace(written, read)
    words = re.sub(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", " ", plain).split()
    key: list[str] = []
    for word in words:
        if word in _STATE and key and key[-1] in _LEVELS:
            continue
        word = _SHORT.get(word, word) if key else _FIRST.get(word, _SHORT.get(word, word))
        key.append(word.lstrip("0") or "0" if word.isdigit() else word)
    return " ".join(key)


_ROMAN = {roman: str(number) for number, roman in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii"), start=1)}
_UNIT = re.compile(r"^uptd? ")


def other_key(key: str) -> str:
    """What `upt sd ii kuncup` is, where no school bears that very name: its office left out, Roman numbers as others write them."""
    kind, *rest = _UNIT.sub("", key).split(" ")
    return school_key(" ".join([kind, *(_ROMAN.get(word, word) for word in rest)])) if kind in _LEVELS else key


@cache
def _spellings() -> list[tuple[str, str]]:
    return [(row["ditulis"], row["dibaca"]) for row in _rows("ejaan.csv")]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def ensure_places(*, now: datetime) -> bool:
    """Load places and schools on the first start; False when they are there already."""
    session = db.session()
    if session.scalar(sa.select(sa.func.count()).select_from(Kecamatan)):
        return False
    session.execute(
        sa.insert(Kecamatan),
        [
            {
                "code": row["kode"],
                "name": row["nama"],
                "bps_code": row["kode_bps"],
                "dapodik_code": row["kode_dapodik"],
                "dapodik_name": row["nama_dapodik"],
                "latitude": float(row["lat"]),
                "longitude": float(row["lng"]),
            }
            for row in _rows("kecamatan.csv")
        ],
    )
    session.execute(
        sa.insert(Village),
        [
            {"code": r["kode"], "kecamatan_code": r["kode_kecamatan"], "name": r["nama"], "kind": r["jenis"]}
            for r in _rows("desa.csv")
        ],
    )
    session.execute(sa.insert(School), [_school(row) for row in _rows("schools.csv")])
    session.add(SchoolSource(name="schools.csv", as_of=SCHOOLS_AS_OF, read_at=now))
    session.flush()
    return True


def _school(row: dict[str, str]) -> dict[str, object]:
    return {
        "npsn": row["npsn"].upper(),
        "name": " ".join(row["nama"].split()),
        "search_key": school_key(row["nama"]),
        "jenjang": Jenjang(row["jenjang"].lower()),
        "sector": Sector(row["status"]),
        "kecamatan_code": row["kode_kecamatan"],
        "latitude": float(row["lat"]) if row["lat"] else None,
        "longitude": float(row["lng"]) if row["lng"] else None,
        "active": True,
    }
