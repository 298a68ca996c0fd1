"""What a line of the table of forms says, and the values that several of them type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from calakan.certificates.models import Design
from calakan.kernel import clock, db
from tests.world import World

TEXT, SECRET, CHOICE, NUMBER, MOMENT, FLAG, CODE = "text", "secret", "choice", "number", "moment", "flag", "code"
# These hold one of a few values, so anything else must be refused.
STRICT = (CHOICE, NUMBER, MOMENT)
NEW_PASSWORD = "belimbing wuluh tiga keranjang"
Typed = dict[str, Any]


# A form that is refused is its page seen once more, and what that page shows of others is noted.
SEEN = frozenset({"audit_entry"})


@dataclass(frozen=True)
class FormCase:
    """`fields` are name -> (kind, value); a value may be a function of the world."""

    who: str | None
    fields: dict[str, tuple[str, Any]] = field(default_factory=dict)
    on: str = ""  # which of the world's things stands in the address
    parts: Callable[[World], dict[str, Any]] | None = None
    button: bool = False  # without a text to lose: refused by a message on the page it came from
    writes: bool = True
    # What a refusal may write all the same: tries are kept for review.
    notes: frozenset[str] = frozenset()
    path: str = ""  # more of the address, such as a query

    def good(self, world: World) -> Typed:
        return {name: value(world) if callable(value) else value for name, (_, value) in self.fields.items()}


def local(days: float) -> Callable[[World], str]:
    return lambda world: (clock.local(clock.now()) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def day(days: int) -> Callable[[World], str]:
    return lambda world: (clock.today() + timedelta(days=days)).isoformat()


DIKLAT = {
    "title": (TEXT, "Belajar Mendalam"),
    "cohort": (TEXT, "Angkatan 2"),
    "summary": (TEXT, "Merancang pembelajaran."),
    "kind": (CHOICE, "diklat"),
    "mode": (CHOICE, "daring"),
    "place": (TEXT, "Zoom"),
    "topics": (CHOICE, "numerasi"),
    "levels": (CHOICE, "sd"),
    "posts": (CHOICE, "guru_kelas"),
    "description": (TEXT, "Uraian."),
    "outcomes": (TEXT, "Satu hasil"),
    "quota": (NUMBER, "30"),
    "enrol_opens_at": (MOMENT, local(1)),
    "enrol_closes_at": (MOMENT, local(2)),
    "seat_by": (CHOICE, "jenjang"),
    "seat_limit": (TEXT, "SD 1, SMP 1"),
    "seat_release_days": (NUMBER, "3"),
    "newcomers_first": (FLAG, "y"),
    "keep_seated": (FLAG, "y"),
    "min_attendance_percent": (NUMBER, "80"),
    "minutes_per_jp": (NUMBER, "45"),
    "remind": (FLAG, "y"),
}
SESSION = {
    "title": (TEXT, "Sesi baru"),
    "starts_at": (MOMENT, local(20)),
    "ends_at": (MOMENT, local(20.1)),
    "jp": (NUMBER, "3"),
    "speakers": (CHOICE, lambda world: str(world.people["narasumber lain"])),
    "moderators": (CHOICE, lambda world: str(world.people["narasumber"])),
    "needed": (NUMBER, "1"),
    "account": (CHOICE, lambda world: world.values["account"]),
    "room_url": (TEXT, "https://ruang.example.org/1"),
    "room_note": (TEXT, "Sandi 123"),
    "place": (TEXT, "Aula"),
}
ROW = {
    "title": (TEXT, "Praktik mandiri"),
    "note": (TEXT, "Unggah hasilnya"),
    "group": (CHOICE, "pokok"),
    "jp": (NUMBER, "4"),
    "live": (FLAG, "y"),
}
REASON = {"reason": (TEXT, "Narasumber berhalangan")}
SCHOOL = {
    "npsn": (TEXT, "20309999"),
    "name": (TEXT, "SD Negeri Baru"),
    "jenjang": (CHOICE, "sd"),
    "sector": (CHOICE, "negeri"),
    "kecamatan_code": (CHOICE, lambda world: world.values["here"]),
    "also": (TEXT, "SD Inpres Lama"),
    "active": (FLAG, "y"),
}

BUSY = {"starts_at": (MOMENT, local(30)), "ends_at": (MOMENT, local(30.1)), "note": (TEXT, "Rapat dinas")}
LINK = {"url": (TEXT, "https://drive.example.org/berkas"), "note": (TEXT, "Perbaikan")}
NAMES = {"title_before": (TEXT, "Dra."), "name": (TEXT, "Sri Rejeki"), "title_after": (TEXT, "S.Pd.")}
MARKS: dict[str, tuple[str, Any]] = dict.fromkeys(("mastery", "delivery", "interaction", "timing"), (CHOICE, "4"))


SPEAKER = {"orang": (CODE, lambda world: world.volunteers["narasumber"])}


def _seen(world: World) -> str:
    design = db.session().get(Design, world.ids["design"])
    assert design is not None
    return design.changed_at.isoformat()


DESIGN = {
    "name": (TEXT, "Bingkai lumbon"),
    "seen": (CODE, _seen),
    "ground": (CHOICE, "artwork"),
    "titles": (FLAG, "y"),
    "name_x": (CODE, "60.5"),  # not one of a few: fractions are right
    "name_size": (CODE, "12"),
    "name_align": (CHOICE, "centre"),
    "name_lines": (CHOICE, "2"),
    "name_colour": (CHOICE, "#112233"),
    "given_on": (FLAG, "y"),
    "given_text": (TEXT, "dengan hormat kepada"),
}
A_DESIGN = {"templat": (CODE, lambda world: str(world.ids["design"]))}


def open_slot(world: World) -> dict[str, Any]:
    return {"slug": world.diklat["own"], "number": 2}


def two_accounts(world: World) -> dict[str, Any]:
    return {"code": world.codes["baru"], "other": world.codes["penunggu"]}


def material(world: World) -> dict[str, Any]:
    return {"code": world.values["material"]}


TASK = {
    "title": (TEXT, "Rencana pembelajaran"),
    "instruction": (TEXT, "Tulis satu rencana."),
    "due_at": (MOMENT, local(5)),
    "compulsory": (FLAG, "y"),
    "late_allowed": (FLAG, "y"),
    "takes_text": (FLAG, "y"),
    "takes_link": (FLAG, "y"),
    "takes_file": (FLAG, "y"),
}
