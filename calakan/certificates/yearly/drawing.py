"""From the frozen facts of a year to a signed file: the front of a certificate, and its table of what was certified."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from calakan import paper
from calakan.certificates.designs.drawing import piece
from calakan.certificates.models import CertificateRole
from calakan.certificates.rendering import unit_of
from calakan.certificates.seals import Seals
from calakan.certificates.yearly.models import YearPaper
from calakan.kernel import clock, formats
from calakan.kernel.files import Store
from calakan.kernel.wording import phrase
from calakan.signing import token


def draw(row: YearPaper, store: Store, seals: Seals, *, base_url: str) -> bytes:
    """Raises paper.UndrawableError, ValueError, and OSError while a key or the logo is away."""
    template = paper.Template(_event(row, store, base_url=base_url))
    return template.render(_holder(row, seals), created_at=row.made_at, sealer=seals.envelope)


def _event(row: YearPaper, store: Store, *, base_url: str) -> paper.EventFacts:
    facts, day = row.facts, formats.day(clock.local(row.made_at))
    return paper.EventFacts(
        organisation=(facts["programme_name"].upper(), facts["tagline"]),
        organiser=facts["organiser"],
        title=phrase("certificates.year.title", year=row.year),
        held_on=phrase("certificates.year.held", count=len(facts["papers"])),
        jp=row.jp,
        jp_in_words=formats.spelled(row.jp),
        issued=f"{facts['place_of_issue']}, {day}",
        programme=(*map(_line, facts["papers"]), *map(_outside, facts.get("outside", ()))),
        signers=(),
        check_host=f"{urlsplit(base_url).netloc}/periksa",
        notes=(phrase("certificates.year.note", year=row.year, day=day),),
        specimen=facts["specimen"],
        heading=phrase("certificates.year.heading"),
        logo=piece(facts["logo"], store) if facts["logo"] else None,
        wording=paper.Wording(
            table=phrase("certificates.year.table"),
            title=phrase("certificates.year.column_title"),
            speaker=phrase("certificates.year.column_number"),
            details=phrase("certificates.year.details"),
        ),
    )


def _line(line: dict[str, Any]) -> paper.ProgrammeRow:
    bearer = line.get("bearer")  # papers made before it was asked have none
    return paper.ProgrammeRow(
        title=phrase("certificates.year.borne", title=line["title"], name=bearer) if bearer else line["title"],
        group=phrase("certificates.year.group"),
        speaker=line["number"],
        when=formats.day_list([date.fromisoformat(day) for day in line["dates"]]),
        jp=line["jp"],
    )


def _outside(line: dict[str, Any]) -> paper.ProgrammeRow:
    """Under a heading of its own, behind all that is summed up."""
    return paper.ProgrammeRow(
        title=line["title"],
        group=phrase("certificates.year.outside"),
        speaker=line["organiser"],
        when=formats.day_list([date.fromisoformat(line["held_on"])]),
        jp=line["jp"],
    )


def _holder(row: YearPaper, seals: Seals) -> paper.HolderFacts:
    facts = row.facts
    return paper.HolderFacts(
        name=facts["name"],
        unit=unit_of(facts),
        role=CertificateRole.PARTICIPANT.value.upper(),
        sentence=phrase("certificates.year.sentence"),
        number=row.number,
        check_url=seals.code_text(row.code, _qr_facts(row)),
        attendance=(
            *(phrase("certificates.year.listed"),) * len(facts["papers"]),
            *(phrase("certificates.year.outside_listed"),) * len(facts.get("outside", ())),
        ),
        revision=row.revision,
    )


def _qr_facts(row: YearPaper) -> token.Facts:
    return token.Facts(
        name=row.facts["name"],
        number=row.number,
        revision=row.revision,
        role=CertificateRole.PARTICIPANT.value,
        jp=row.jp,
        first_on=date(row.year, 1, 1),
        last_on=date(row.year, 12, 31),
        specimen=row.facts["specimen"],
    )
