"""Lists of how many people work at each school: the denominators of coverage."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.wording import phrase
from calakan.office.models import ChoiceKind
from calakan.office.queries import choices
from calakan.people import other_names
from calakan.reports.errors import HeadcountsWrong
from calakan.reports.models import Headcount, HeadcountSource
from calakan.tables.reading import Column, table

COLUMNS = (Column("npsn", required=True), Column("jumlah", required=True), Column("jabatan"))
MOST_PEOPLE = 1000


def import_headcounts(content: bytes, *, name: str, as_of: date, actor: Actor, now: datetime) -> int:
    """Read a CSV or XLSX with npsn, jumlah and perhaps jabatan; returns how many lines. All or nothing.

    Raises TableUnreadable, and HeadcountsWrong with each line that cannot be right.
    """
    lines = table(content, COLUMNS).lines
    schools = other_names.by_npsn()
    posts = {text.casefold(): row.code for row in choices().rows(ChoiceKind.JABATAN) for text in (row.code, row.label)}
    found: dict[tuple[int, str], int] = {}
    wrong: list[tuple[int, str]] = []
    for line in lines:
        school = schools.get(line["npsn"].strip().upper())
        post = posts.get(line["jabatan"].strip().casefold(), "") if line["jabatan"].strip() else ""
        text = line["jumlah"].strip().replace(".", "")
        if school is None:
            wrong.append((line.number, "npsn"))
        elif line["jabatan"].strip() and not post:
            wrong.append((line.number, "jabatan"))
        elif not (text.isascii() and text.isdigit()) or int(text[:9]) > MOST_PEOPLE:
            wrong.append((line.number, "jumlah"))
        elif (school, post) in found:
            wrong.append((line.number, phrase("reports.twice")))
        else:
            found[school, post] = int(text)
    if wrong:
        raise HeadcountsWrong(lines=wrong)
    source = HeadcountSource(name=name.strip(), as_of=as_of, read_at=now)
    db.session().add(source)
    db.session().flush()
    db.insert_new(
        Headcount,
        [
            {"source_id": source.id, "school_id": school, "jabatan": post, "people": people}
            for (school, post), people in found.items()
        ],
    )
    audit.record("reports.import_headcounts", source, actor=actor, now=now, lines=len(found), as_of=as_of.isoformat())
    return len(found)


def newest() -> HeadcountSource | None:
    """The list that counts: the one that speaks of the latest day."""
    return db.session().scalars(sources().limit(1)).first()


def sources() -> sa.Select[HeadcountSource]:
    return sa.select(HeadcountSource).order_by(HeadcountSource.as_of.desc(), HeadcountSource.id.desc())


def by_school(source_id: int) -> dict[int, int]:
    """school -> people, whatever their post."""
    rows = db.session().execute(
        sa.select(Headcount.school_id, sa.func.sum(Headcount.people))
        .where(Headcount.source_id == source_id)
        .group_by(Headcount.school_id)
    )
    return {school: int(people) for school, people in rows}
