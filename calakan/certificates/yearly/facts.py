"""What a paper over a year says: what is valid now of many people, in three statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from calakan.certificates import queries
from calakan.certificates.models import Certificate
from calakan.certificates.outside import services as outside
from calakan.certificates.outside.models import OutsideJp
from calakan.kernel.text import search_key
from calakan.office.queries import OfficeSettings, office_settings

Facts = dict[str, Any]


def of(person_ids: Iterable[int], year: int) -> Mapping[int, Facts]:
    """person -> what the paper of the year would say, of those who hold a certificate that counts for it.

    Nothing that a profile says today: whoever writes another name there makes no paper in it.
    """
    if not date.min.year < year < date.max.year:
        return {}
    office = office_settings()
    papers = queries.counted_of(person_ids, year)
    elsewhere = outside.confirmed_of(papers, year)
    return {id: _facts(found, elsewhere.get(id, ()), office) for id, found in papers.items()}


def _facts(papers: Sequence[Certificate], elsewhere: Sequence[OutsideJp], office: OfficeSettings) -> Facts:
    newest = papers[-1]
    return {
        "name": newest.facts["name"],
        "workplace": newest.facts["workplace"],
        "kecamatan": newest.facts["kecamatan"],
        "jp": sum(paper.jp for paper in papers),
        "papers": [_line(paper, newest) for paper in papers],
        **_outside(elsewhere),
        "organiser": office.organiser,
        "programme_name": office.programme_name,
        "tagline": office.programme_tagline,
        "place_of_issue": office.place_of_issue,
        "logo": office.logo,
        "specimen": any(paper.facts["event"]["specimen"] for paper in papers),
    }


def _outside(rows: Sequence[OutsideJp]) -> Facts:
    """What was confirmed from elsewhere, beside the sum and in no part of it; nothing where there is none."""
    told = [
        {
            "code": row.code,
            "title": row.title,
            "organiser": row.organiser,
            "held_on": row.held_on.isoformat(),
            "jp": row.jp,
        }
        for row in rows
    ]
    return {"outside": told} if told else {}


def _line(paper: Certificate, newest: Certificate) -> Facts:
    """`bearer` where a certificate was made out to another name than the newest, which the paper bears; titles aside."""
    event = paper.facts["event"]
    same = _bare(paper) == _bare(newest)
    return {
        "code": paper.code,
        "number": paper.number,
        "title": event["title"],
        "dates": event["dates"],
        "jp": paper.jp,
        "bearer": "" if same else paper.facts["name"],
    }


def _bare(paper: Certificate) -> str:
    """Older papers did not keep the name apart from its titles."""
    return search_key(paper.facts.get("bare_name") or queries.without_titles(paper.facts["name"]))
