"""Headings of lists as Zoom, Teams, Meet, Moodle, Forms and offices write them (domain guide 5): which column says what. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from calakan.attendance import denials, durations, times

HEADINGS = {
    "name": (
        "name", "user name", "full name", "participant", "participant name", "display name", "attendee",
        "attendee name", "student", "nama", "peserta", "nama lengkap", "nama peserta", "nama tampilan", "nama guru",
        "nama siswa", "nama pengguna zoom", "nama dan gelar", "nama lengkap dan gelar",
    ),
    "first": ("first name", "given name", "nama depan"),
    "last": ("last name", "family name", "surname", "nama belakang"),
    "email": (
        "email", "e-mail", "user email", "email address", "e-mail address", "alamat email", "alamat e-mail", "surel",
        "alamat surel", "nama pengguna", "username", "email pengguna", "email peserta", "mail", "akun belajar.id",
    ),
    "number": ("nip", "nuptk", "nip/nuptk", "nip / nuptk", "nip pegawai", "nomor induk pegawai", "no nip", "nip/nuptk/nik"),
    "join": (
        "join time", "time joined", "joined", "join", "joined at", "first join", "first join time", "entry date",
        "entry time", "login time", "waktu bergabung", "waktu gabung", "waktu masuk", "bergabung", "jam masuk", "masuk",
        "jam datang", "waktu mulai bergabung", "gabung pertama", "first seen", "time in", "check in",
    ),
    "leave": (
        "leave time", "time exited", "left", "leave", "left at", "last leave", "last leave time", "exit date",
        "exit time", "logout time", "waktu keluar", "waktu meninggalkan", "keluar", "jam keluar", "jam pulang", "pulang",
        "keluar terakhir", "last seen", "time out", "check out",
    ),
    "minutes": (
        "duration", "total duration", "time in session", "time in call", "in-meeting duration", "attendance duration",
        "meeting duration", "total time", "durasi", "total durasi", "durasi total", "menit", "minutes", "lama",
        "lama hadir", "waktu dalam sesi", "waktu dalam rapat", "durasi dalam rapat", "jumlah menit", "lama mengikuti",
        "durasi kehadiran", "seconds", "detik",
    ),
    "waiting": ("in waiting room", "di ruang tunggu"),
    "status": (
        "attended", "attendance", "attendance status", "presence", "status", "kehadiran", "status kehadiran", "hadir",
        "absensi", "presensi", "absen", "status presensi", "tanda tangan", "ttd", "paraf", "signature", "hadir/tidak",
        "keterangan kehadiran", "keterangan hadir", "h", "menghadiri", "dihadiri",
    ),
    "away": ("izin", "ijin", "sakit", "alpa", "alpha", "alfa", "tidak hadir", "absent", "i", "s", "a", "tanpa keterangan"),
    "remark": ("keterangan", "ket", "remarks", "remark", "catatan", "notes"),
    "stamp": (
        "timestamp", "cap waktu", "stempel waktu", "waktu pengisian", "waktu isi", "waktu scan", "waktu presensi",
        "waktu absen", "waktu hadir", "jam hadir", "submitted at", "submission date", "completion time", "scanned at",
        "submitted date/time", "waktu check in", "waktu checkin", "check in time", "checked in at", "dikirim pada",
    ),
    "date": ("tanggal", "date", "tgl", "hari/tanggal", "hari, tanggal", "tanggal kegiatan", "session date"),
    "zone": ("zona waktu", "zona", "time zone", "timezone", "tz"),
    "session": ("sesi", "session", "sesi ke", "pertemuan", "pertemuan ke", "hari ke"),
    "role": ("role", "peran"),
    "score": (
        "nilai", "skor", "score", "grade", "points", "poin", "nilai akhir", "nilai tes", "nilai kuis", "nilai tugas",
        "nilai post test", "nilai pre test", "nilai posttest", "nilai pretest", "total score", "total skor",
    ),
    "token": (
        "token", "token kehadiran", "token presensi", "kode hadir", "kode kehadiran", "kode presensi", "kode absen",
        "kode absensi", "kata kunci", "keyword", "attendance code", "session code", "secret word",
    ),
    "registered": (
        "registration time", "approval status", "registration status", "registration date", "waktu pendaftaran",
        "waktu registrasi", "status persetujuan", "status pendaftaran", "tanggal pendaftaran", "tanggal daftar",
        "waktu daftar", "registered at", "ticket type", "order date",
    ),
    "invited": (
        "response", "respons", "tanggapan", "rsvp", "invitation status", "status undangan", "konfirmasi",
        "konfirmasi kehadiran", "bersedia hadir", "kesediaan", "kesediaan hadir", "response status", "invite status",
    ),
    "meeting": (
        "topic", "topik", "meeting id", "webinar id", "id rapat", "id webinar", "id meeting", "host name", "nama host",
        "nama tuan rumah", "meeting title", "judul rapat",
    ),
    "held_from": (
        "start time", "actual start time", "meeting start time", "waktu mulai", "waktu mulai aktual", "waktu mulai rapat",
        "session start", "mulai", "tanggal rapat", "meeting date",
    ),
    "held_to": ("end time", "meeting end time", "waktu berakhir", "waktu selesai", "waktu berakhir rapat", "session end"),
}  # fmt: skip
_FIELD = {heading: kind for kind, headings in HEADINGS.items() for heading in headings}
_ORIGINAL = ("original name", "nama asli")
PERSON = frozenset({"name", "first", "email", "number"})
EVIDENCE = frozenset({"join", "leave", "minutes", "status", "away", "stamp", "waiting"})
# A heading that is not listed is known by a word in it; those of the second set make it something else.
_BY_WORD: tuple[tuple[str, set[str], set[str]], ...] = (
    ("remark", {"alasan"}, set()),
    ("minutes", {"durasi", "duration", "menit", "minutes"}, set()),
    ("join", {"masuk", "join", "joined", "bergabung", "gabung", "login"}, {"tahun"}),
    ("leave", {"keluar", "leave", "left", "logout", "pulang"}, {"tahun"}),
    (
        "status",
        {"hadir", "kehadiran", "presensi", "absensi", "attendance", "attended"},
        {"jam", "waktu", "tanggal", "time"},
    ),
)
# Whoever is to come has not come yet.
_AHEAD = {
    "akan", "rencana", "berencana", "wajib", "harus", "bersedia", "kesediaan", "sanggup", "kesanggupan", "konfirmasi",
    "target", "will", "plan", "planned", "planning", "expected", "intend", "intending", "undangan", "diundang",
    "dapat", "bisa", "siap", "mau", "ingin", "minat", "berminat", "can", "could", "able", "would", "want", "interested",
}  # fmt: skip
_COMING = {"hadir", "kehadiran", "mengikuti", "ikut", "menghadiri", "attend", "attending", "attendance", "join"}
# Whether somebody took part in this, as a form asks on the day; what else of it forms ask.
_TAKING = {"mengikuti", "ikut", "menghadiri", "menyimak", "attend", "join", "participate"}
_THIS = {
    "sesi", "session", "selesai", "acara", "kegiatan", "diklat", "webinar", "zoom", "rapat", "meeting", "penuh", "akhir",
    "ini", "end", "full", "whole",
}  # fmt: skip
_OTHERWISE = {
    "pernah", "sebelumnya", "serupa", "sejenis", "lain", "lainnya", "before", "ever", "previously", "kesan", "pesan",
    "saran", "harapan", "alasan", "motivasi", "manfaat", "kendala", "berapa", "kali", "jumlah", "how", "why", "mengapa",
}  # fmt: skip
_COUNTS = {"jumlah", "total", "jml"}
_ENROLLING = {
    "registered", "registration", "registering", "registrasi", "pendaftaran", "mendaftar", "approval", "approved", "persetujuan",
}  # fmt: skip
_NUMBERS = {"no", "nomor", "nomer", "number", "id", "kode", "code", "link", "tautan"}
# Whose address it is, or of what; any other word makes it somebody else's.
_OF_EMAIL = {
    "e", "mail", "email", "surel", "alamat", "address", "aktif", "active", "pribadi", "peserta", "participant", "attendee",
    "guru", "anda", "user", "pengguna", "akun", "zoom", "google", "belajar", "id", "your", "primary", "utama", "terdaftar",
    "yang", "registered",
}  # fmt: skip
# Hours of something else.
_OTHER_HOURS = {
    "kerja",
    "bekerja",
    "mengajar",
    "mengabdi",
    "perjalanan",
    "tempuh",
    "pengerjaan",
    "mengerjakan",
    "usia",
    "umur",
}
_NO_EVIDENCE = {
    "link", "tautan", "url", "id", "bukti", "foto", "selfie", "nama", "daftar", "name", "cara", "email", "kode",
}  # fmt: skip
# What a form asks for to be sure of somebody: shown in the room.
_TOKENS = {"token", "kunci", "keyword"}
_CODES = {"kode", "code"}
_SHOWN = {
    "hadir", "kehadiran", "presensi", "absen", "absensi", "attendance", "sesi", "session", "rahasia", "secret",
    "ditampilkan", "disampaikan", "diberikan",
}  # fmt: skip
_FORMAT = re.compile(
    r"[hmsdyjbt:/.\-\s]+|loca?l|lokal|jam|pukul|(?:12|24)[ -](?:jam|hours?)|am/pm|zoom|meet|teams|pertama|terakhir|"
    r"first|last|wajib.*|diisi.*|required|optional|otomatis"
)
# Words that a meeting's own line uses for a number.
_COUNTED = ("peserta", "participants", "participant", "attendee")


@dataclass
class Columns:
    """Position -> kind, for one row of headings. `units` are minutes; `zones` those that a heading names.

    `strange`: its times are of a zone, or a kind, that nobody knows; `plain`: its heading names no
    unit; `loose`: known by one word of it; `unknown`: the headings that nobody knows; `written`: how it says that durations are written.
    """

    kinds: dict[int, str] = field(default_factory=dict)
    units: dict[int, float] = field(default_factory=dict)
    zones: dict[int, tzinfo] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    strange: set[int] = field(default_factory=set)
    plain: set[int] = field(default_factory=set)
    loose: set[int] = field(default_factory=set)
    written: dict[int, frozenset[str]] = field(default_factory=dict)

    def __contains__(self, kind: str) -> bool:
        return kind in self.kinds.values()

    def places(self, *kinds: str) -> list[int]:
        return [at for at, kind in self.kinds.items() if kind in kinds]

    @property
    def about_the_meeting(self) -> bool:
        """The line of the meeting itself, not of people."""
        named = [at for at in self.places("name", "first") if self.texts[at] not in _COUNTED]
        return "meeting" in self and not named

    @property
    def evidence(self) -> set[str]:
        return set(EVIDENCE) & set(self.kinds.values())


def columns_of(row: Sequence[str]) -> Columns | None:
    """The columns, when this row is a heading: it names a person, or a meeting, somehow."""
    found = Columns()
    for at, cell in enumerate(row):
        text, zone_beside = _without_zone(heading(cell))
        if not text or "[" in text:  # scores and comments of a quiz
            continue
        base, inside = _parts(text)
        kind = (
            "name"
            if any(word in inside for word in _ORIGINAL)
            else _FIELD.get(text) or _FIELD.get(base) or _FIELD.get(base.replace("-", " "))
        )
        unit = next((unit for word in inside if (unit := times.unit_of(word)) is not None), None)
        if kind is None:
            kind = _loose(base, unit)
            found.loose.add(at)
        if kind is None:
            found.unknown[at] = base
            continue
        kind = "minutes" if kind == "status" and unit is not None else kind  # `Hadir (menit)`
        found.kinds[at], found.texts[at] = kind, base
        if kind == "minutes":
            unit = unit or times.unit_of(base) or times.unit_of(base.split()[-1])
            found.units[at] = unit or 1.0
            found.plain |= set() if unit else {at}
            found.written[at] = durations.written(inside, unit)
        zone = zone_beside or next((zone for word in inside if (zone := times.zone_of(word)) is not None), None)
        if zone is not None:
            found.zones[at] = zone
        elif any(not _FORMAT.fullmatch(word) for word in inside):
            found.strange.add(at)
    kinds = set(found.kinds.values())
    if not PERSON & kinds and not ("meeting" in kinds and len(kinds) > 1):
        return None
    if any(found.texts[at] in ("menit", "minutes", "mins") for at in found.places("minutes")):
        found.kinds |= dict.fromkeys(
            (at for at, base in found.unknown.items() if base in ("jam", "hours", "hour")), "hours"
        )
    for at in found.loose & found.kinds.keys():
        if any(kind == found.kinds[at] for other, kind in found.kinds.items() if other not in found.loose):
            del found.kinds[at]
    _of_people(found)
    return found


def heading_row(row: Sequence[str], *, first: bool) -> Columns | None:
    """The columns, unless the row is rather one about somebody, or a title."""
    found = columns_of(row)
    if found is None or any("@" in cell for cell in row):
        return None
    filled = sum(1 for cell in row if cell)
    return found if first or len(found.kinds) > 1 or filled == 1 else None


def _without_zone(text: str) -> tuple[str, tzinfo | None]:
    """`join time utc`, `join time [utc]` -> `join time` and the zone."""
    if (bracket := re.fullmatch(r"(.*?)\s*\[([^\]]+)\]", text)) and (zone := times.zone_of(bracket[2])) is not None:
        return bracket[1], zone
    words = text.split()
    for word, rest in ((words[-1], words[:-1]), (words[0], words[1:])) if len(words) > 1 else ():
        if word[:1].isalpha() and (zone := times.zone_of(word)) is not None:
            return " ".join(rest), zone
    return text, None


def _of_people(found: Columns) -> None:
    """Where the meeting's own columns stand in each line, those about the person begin with the name."""
    if "meeting" in found and not found.about_the_meeting:
        start = min(at for at in found.places("name", "first") if found.texts[at] not in _COUNTED)
        for at in [at for at, kind in found.kinds.items() if at < start and kind not in ("held_from", "held_to")]:
            del found.kinds[at]
    names = found.places("name")
    if len(names) > 1:
        for at in [at for at in names if found.texts[at] in _COUNTED]:
            del found.kinds[at]


def heading(cell: str) -> str:
    return " ".join(cell.replace("_", " ").casefold().split()).strip(" :*")


def _parts(text: str) -> tuple[str, list[str]]:
    """`total durasi (menit)s` -> `total durasi`, [`menit`]."""
    inside = [part.strip() for part in re.findall(r"\(([^)]*)\)", text)]
    return " ".join(re.sub(r"\([^)]*\)s?", " ", text).split()).strip(" :*"), inside


def _loose(base: str, unit: float | None) -> str | None:
    """Headings with something behind the words that decide; `unit`: the minutes of one that they name beside them."""
    if base.startswith("nama lengkap"):
        return "name"
    words = re.findall(r"\w+", base)
    if len(words) > 1 and times.unit_of(words[-1]) is not None and _FIELD.get(" ".join(words[:-1])) == "minutes":
        return "minutes"
    said = set(words)
    if said & {"email", "surel", "mail"} and said <= _OF_EMAIL:
        return "email"
    if "alasan" not in said and denials.of_title(base, evidence=True):
        return "away"
    if said & _AHEAD and said & _COMING and not said & {"diisi", "isi"}:
        return "invited"
    if said & _ENROLLING and not said & {*_NUMBERS, "ulang"}:  # `registrasi ulang` is at the door
        return "registered"
    if said & _COUNTS and any(_FIELD.get(word) == "away" for word in said):
        return "away"
    if said & _TOKENS or (said & _CODES and said & _SHOWN):
        return "token"
    if said & _NO_EVIDENCE or said & _OTHER_HOURS:
        return None
    if said & _TAKING and said & _THIS and not said & _OTHERWISE:
        return "took_part"
    if words[:1] == ["lama"] or (said & _COUNTS and (unit or said & {"jam", "hours"})):
        return "minutes"
    if unit is not None and unit < 60:  # `Waktu (jam)` may as well be the hour of the clock
        return "minutes"
    return next((kind for kind, any_of, none_of in _BY_WORD if said & any_of and not said & none_of), None)
