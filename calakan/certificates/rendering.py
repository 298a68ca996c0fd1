"""From frozen facts to a stored file: the words of the paper, its prefix and tail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from calakan import paper
from calakan.certificates.designs.drawing import Look, look_of_version, piece
from calakan.certificates.models import Certificate, CertificateRole
from calakan.certificates.seals import Seals
from calakan.diklat.models import Kind, Mode
from calakan.kernel import clock, formats
from calakan.kernel.files import Store
from calakan.kernel.wording import phrase
from calakan.people.names import without_titles
from calakan.people.nip import spaced_nip


@dataclass(frozen=True)
class Drawn:
    """One paper in its two parts, with the hash of the whole and the keys that signed it."""

    prefix: bytes
    tail: bytes
    sha256: str
    paper_kid: str | None
    code_kid: str


@dataclass(frozen=True)
class Files:
    sha256: str
    prefix_sha256: str
    tail_sha256: str
    paper_kid: str | None
    code_kid: str


class Templates:
    """The constant part of each event, built once for a run of papers."""

    def __init__(self, base_url: str, store: Store) -> None:
        self.base_url, self._store = base_url, store
        self._built: dict[str, paper.Template] = {}

    def of(self, row: Certificate) -> paper.Template:
        """Raises OSError while a background or a scanned signature cannot be read."""
        assert row.issued_on is not None
        event, day = row.facts["event"], row.issued_on.isoformat()
        key = json.dumps([event, day, row.design_version_id], sort_keys=True)
        if key not in self._built:
            look = look_of_version(row.design_version_id, self._store)
            self._built[key] = template(row, look, self._store, base_url=self.base_url)
        return self._built[key]


def template(row: Certificate, look: Look, store: Store, *, base_url: str) -> paper.Template:
    """The constant part of a paper that looks like this. Raises OSError, ValueError."""
    assert row.issued_on is not None
    return paper.Template(event_facts(row.facts["event"], look, store, issued_on=row.issued_on, base_url=base_url))


def draw(row: Certificate, templates: Templates, seals: Seals, *, now: datetime) -> Drawn:
    """Render and sign one paper. Raises paper.UndrawableError, ValueError, and OSError while a key is away."""
    template = templates.of(row)
    tail = template.tail(holder_facts(row, seals.qr_text(row)), created_at=now, sealer=seals.envelope)
    return Drawn(
        prefix=template.prefix,
        tail=tail,
        sha256=template.fingerprint(tail),
        paper_kid=seals.paper_kid,
        code_kid=seals.code_kid,
    )


def keep(drawn: Sequence[Drawn], store: Store) -> list[Files]:
    """Store many papers, each prefix once; on return they are on the disk. Raises OSError."""
    prefixes = list({id(paper.prefix): paper.prefix for paper in drawn}.values())
    hashes = store.put_many([*prefixes, *(paper.tail for paper in drawn)])
    of_prefix = {id(prefix): sha256 for prefix, sha256 in zip(prefixes, hashes, strict=False)}
    return [
        Files(
            sha256=paper.sha256,
            prefix_sha256=of_prefix[id(paper.prefix)],
            tail_sha256=tail,
            paper_kid=paper.paper_kid,
            code_kid=paper.code_kid,
        )
        for paper, tail in zip(drawn, hashes[len(prefixes) :], strict=True)
    ]


def picture(row: Certificate, store: Store, *, base_url: str) -> str:
    """The first page as an SVG. Raises paper.UndrawableError, ValueError, OSError."""
    return Templates(base_url, store).of(row).picture(plain_holder(row, base_url=base_url))


def plain_holder(row: Certificate, *, base_url: str) -> paper.HolderFacts:
    """With an unsigned code, for papers that are only looked at."""
    return holder_facts(row, f"{base_url}/s/{row.code}")


def read(row: Certificate, store: Store) -> bytes:
    """The file as it was issued. Raises FileNotFoundError."""
    assert row.tail_sha256 is not None
    prefix = store.get(row.prefix_sha256) if row.prefix_sha256 else b""
    return prefix + store.get(row.tail_sha256)


def event_facts(event: dict[str, Any], look: Look, store: Store, *, issued_on: date, base_url: str) -> paper.EventFacts:
    place = event["place"] if event["mode"] != Mode.ONLINE else ""
    return paper.EventFacts(
        organisation=(event["programme_name"].upper(), event["tagline"]),
        organiser=event["organiser"],
        title=event["title"],
        held_on=formats.day_list([date.fromisoformat(day) for day in event["dates"]]),
        held_at=phrase("certificates.held_in", place=place) if place else phrase(f"certificates.mode.{event['mode']}"),
        jp=event["jp"],
        jp_in_words=formats.spelled(event["jp"]),
        issued=f"{event['place_of_issue']}, {formats.day(issued_on)}",
        programme=tuple(_programme_row(row, event) for row in event["programme"]),
        signers=tuple(_signer(signer, look, store) for signer in event["signers"][:3]),
        check_host=f"{urlsplit(base_url).netloc}/periksa",
        notes=tuple(_notes(event)),
        specimen=event["specimen"],
        heading=paper.STATEMENT if event.get("statement") else paper.CERTIFICATE,
        load=phrase("certificates.load_taught") if event.get("taught") else paper.LOAD,
        design=look.design,
        logo=piece(event["logo"], store) if event.get("logo") else None,
    )


def _notes(event: dict[str, Any]) -> Iterator[str]:
    yield phrase("certificates.note.jp", minutes=event["minutes_per_jp"])
    if event.get("own"):
        yield phrase("certificates.note.own")


def _attended(mark: str) -> str:
    """`partly:1/2` is one of two sessions."""
    known, _, share = mark.partition(":")
    if not share:
        return phrase(f"certificates.attended.{known}") if known else ""
    some, of = share.split("/")
    return phrase("certificates.attended.partly", some=some, of=of)


def _programme_row(row: dict[str, Any], event: dict[str, Any]) -> paper.ProgrammeRow:
    # By the clock of the house when the paper was issued: it must come out the same ever after.
    zone = clock.PLACES[clock.Zone(event.get("zone", clock.Zone.WIB))]
    times = [
        [datetime.fromisoformat(t).astimezone(zone).replace(tzinfo=clock.place()) for t in pair] for pair in row["when"]
    ]
    hours = "; ".join(formats.span(*pair).removesuffix(f" {clock.abbreviation()}") for pair in times)
    when = hours or formats.joined(row.get("shown_by", [])) or None
    return paper.ProgrammeRow(
        title=row["title"],
        group=row["group"].capitalize(),
        speaker=formats.joined(row["speakers"]) or None,
        when=when,
        jp=row["jp"],
    )


def _signer(signer: dict[str, str], look: Look, store: Store) -> paper.Signer:
    nip = signer.get("nip") or ""
    return paper.Signer(
        post=signer["post"],
        name=signer["name"] if look.titles else without_titles(signer["name"]),
        rank=signer.get("rank") or None,
        nip=spaced_nip(nip) if len(nip) == 18 else None,
        scan=piece(signer["scan"], store) if signer.get("scan") else None,
    )


def holder_facts(row: Certificate, check_url: str) -> paper.HolderFacts:
    facts = row.facts
    kind = facts["event"]["kind"]
    if kind == Kind.KOMUNITAS:
        kind = phrase("certificates.kind.komunitas")
    return paper.HolderFacts(
        name=facts["name"],
        unit=unit_of(facts),
        role=(CertificateRole.PARTICIPANT if row.role is CertificateRole.ATTENDEE else row.role).value.upper(),
        sentence=phrase(f"certificates.sentence.{row.role.value}", kind=kind),
        number=row.number or "",
        check_url=check_url,
        attendance=tuple(_attended(mark) for mark in facts["attendance"]),
        revision=row.revision,
    )


def unit_of(facts: dict[str, Any]) -> str:
    """Where the holder works, with the kecamatan unless that is the name already."""
    unit, kecamatan = facts["workplace"], f"Kecamatan {facts['kecamatan']}" if facts["kecamatan"] else ""
    if not kecamatan or unit.startswith("Kecamatan"):
        return str(unit)
    return f"{unit} · {kecamatan}" if unit else kecamatan
