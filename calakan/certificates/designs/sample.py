"""An invented paper, to look at a design before anybody gets one: real organiser and signers, no real event."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from calakan.certificates.designs import queries
from calakan.certificates.models import Certificate, CertificateRole
from calakan.office.numbering import official_number
from calakan.office.queries import OfficeSettings
from calakan.paper import name_width, undrawable

NAME, UNIT, KECAMATAN = "Sri Mulyati, S.Pd.", "SD Negeri 1 Contoh", "Contoh"
ROWS = (
    ("Kebijakan asesmen di sekolah dasar", "umum", 4),
    ("Merancang asesmen awal pembelajaran", "pokok", 12),
    ("Praktik dan umpan balik sejawat", "pokok", 12),
    ("Rencana tindak lanjut", "penunjang", 4),
)


def longest_name() -> str:
    """The printed name on record that takes the most room; of nobody, that of the sample."""
    names = [name for name in queries.long_names() if not undrawable(name)]
    return max(names, key=name_width, default=NAME)


def paper_of(name: str, office: OfficeSettings, *, on: date, specimen: bool) -> Certificate:
    """No row; `specimen` says so on it."""
    return Certificate(
        code="PRATINJAU",
        role=CertificateRole.PARTICIPANT,
        revision=0,
        number=official_number(office.number_pattern, serial=1, on=on, classification=office.classification),
        jp=sum(jp for *_, jp in ROWS),
        issued_on=on,
        facts={
            "event": _event(office, on) | {"specimen": specimen},
            "name": name,
            "workplace": UNIT,
            "kecamatan": KECAMATAN,
            "attendance": ["done"] * len(ROWS),
        },
    )


def _event(office: OfficeSettings, on: date) -> dict[str, Any]:
    return {
        "title": "Asesmen Formatif untuk Pembelajaran Mendalam di Kelas Awal",
        "kind": "diklat",
        "mode": "daring",
        "place": "",
        "level": office.event_level,
        "dates": [on.isoformat()],
        "jp": sum(jp for *_, jp in ROWS),
        "minutes_per_jp": office.minutes_per_jp,
        "programme": [
            {"title": title, "group": group, "jp": jp, "speakers": [], "when": []} for title, group, jp in ROWS
        ],
        "organiser": office.organiser,
        "programme_name": office.programme_name,
        "tagline": office.programme_tagline,
        "place_of_issue": office.place_of_issue,
        "logo": office.logo,
        "signers": [asdict(signer) for signer in office.signers],
    }
