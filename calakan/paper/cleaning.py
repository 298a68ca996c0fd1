"""Facts with clean, drawable texts; everything else is refused before anything is set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from calakan.paper.characters import clean
from calakan.paper.design import Design
from calakan.paper.facts import EventFacts, HolderFacts, ProgrammeRow, Signer
from calakan.paper.typeset import UndrawableError, drawable


def undrawable(text: str) -> list[str]:
    """The characters, each once, that no shipped font can draw; invisible ones do not count."""
    return [char for char in dict.fromkeys(clean(text)) if not drawable(char)]


def clean_event(facts: EventFacts) -> EventFacts:
    """The same facts with clean texts."""
    return replace(
        facts,
        organisation=_all(facts.organisation),
        organiser=_one(facts.organiser),
        title=_one(facts.title),
        held_on=_one(facts.held_on),
        held_at=_one(facts.held_at) if facts.held_at else None,
        jp_in_words=_one(facts.jp_in_words),
        issued=_one(facts.issued),
        check_host=_one(facts.check_host),
        heading=_one(facts.heading),
        load=_one(facts.load),
        notes=_all(facts.notes),
        programme=tuple(_row(row) for row in facts.programme),
        signers=tuple(_signer(signer) for signer in facts.signers),
        design=_design(facts.design) if facts.design else None,
    )


def clean_holder(facts: HolderFacts, rows: int) -> HolderFacts:
    """The same facts with clean texts; attendance must match the programme."""
    if facts.attendance and len(facts.attendance) != rows:
        raise ValueError("attendance needs one text per programme row")
    name = _one(facts.name)
    if not name:
        raise ValueError("a certificate needs a name")
    return HolderFacts(
        name=name,
        unit=_one(facts.unit),
        role=_one(facts.role),
        sentence=_one(facts.sentence),
        number=_one(facts.number),
        check_url=facts.check_url,
        attendance=_all(facts.attendance),
        revision=facts.revision,
    )


def _row(row: ProgrammeRow) -> ProgrammeRow:
    speaker, when = (_one(text) if text else None for text in (row.speaker, row.when))
    return ProgrammeRow(_one(row.title), _one(row.group), speaker, when, row.jp)


def _signer(signer: Signer) -> Signer:
    rank, nip = (_one(text) if text else None for text in (signer.rank, signer.nip))
    return Signer(_one(signer.post), _one(signer.name), rank, nip, signer.scan)


def _design(design: Design) -> Design:
    return replace(design, places=tuple(replace(place, text=_one(place.text)) for place in design.places))


def _all(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(_one(text) for text in texts)


def _one(text: str) -> str:
    text = clean(text)
    missing = [char for char in dict.fromkeys(text) if not drawable(char)]
    if missing:
        raise UndrawableError(missing)
    return text
