"""Every address that takes a form: who may send it, to which thing, and a form that is accepted.

`test_forms` fails for an endpoint that takes POST and has no line here, and for a line whose form is not accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyotp

from calakan.certificates.models import Design
from calakan.kernel import clock, db
from tests.world import DEVICE, PASSWORD, World

TEXT, SECRET, CHOICE, NUMBER, MOMENT, FLAG, CODE = "text", "secret", "choice", "number", "moment", "flag", "code"
# These hold one of a few values, so anything else must be refused.
STRICT = (CHOICE, NUMBER, MOMENT)
NEW_PASSWORD = "belimbing wuluh tiga keranjang"
Typed = dict[str, Any]


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


def _local(days: float) -> Callable[[World], str]:
    return lambda world: (clock.local(clock.now()) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


DIKLAT = {
    "title": (TEXT, "Belajar Mendalam"),
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
    "enrol_opens_at": (MOMENT, _local(1)),
    "enrol_closes_at": (MOMENT, _local(2)),
    "min_attendance_percent": (NUMBER, "80"),
    "remind": (FLAG, "y"),
}
SESSION = {
    "title": (TEXT, "Sesi baru"),
    "starts_at": (MOMENT, _local(20)),
    "ends_at": (MOMENT, _local(20.1)),
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
    "active": (FLAG, "y"),
}

BUSY = {"starts_at": (MOMENT, _local(30)), "ends_at": (MOMENT, _local(30.1)), "note": (TEXT, "Rapat dinas")}
LINK = {"url": (TEXT, "https://drive.example.org/berkas"), "note": (TEXT, "Perbaikan")}
NAMES = {"title_before": (TEXT, "Dra."), "name": (TEXT, "Sri Rejeki"), "title_after": (TEXT, "S.Pd.")}
MARKS: dict[str, tuple[str, Any]] = dict.fromkeys(("mastery", "delivery", "interaction", "timing"), (CHOICE, "4"))


NARASUMBER = {"orang": (CODE, lambda world: world.volunteers["narasumber"])}


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


def _open_slot(world: World) -> dict[str, Any]:
    return {"slug": world.diklat["own"], "number": 2}


def _material(world: World) -> dict[str, Any]:
    return {"code": world.values["material"]}


def _open_slot(world: World) -> dict[str, Any]:
    return {"slug": world.diklat["own"], "number": 2}


TASK = {
    "title": (TEXT, "Rencana pembelajaran"),
    "instruction": (TEXT, "Tulis satu rencana."),
    "due_at": (MOMENT, _local(5)),
    "compulsory": (FLAG, "y"),
    "late_allowed": (FLAG, "y"),
    "takes_text": (FLAG, "y"),
    "takes_link": (FLAG, "y"),
    "takes_file": (FLAG, "y"),
}


EXAM = {
    "title": (TEXT, "Tes akhir"),
    "opens_at": (MOMENT, _local(1)),
    "closes_at": (MOMENT, _local(3)),
    "attempts_allowed": (NUMBER, "2"),
    "minutes": (NUMBER, "30"),
    "pass_score": (NUMBER, "70"),
}
QUESTION = {"text": (TEXT, "Apa itu rubrik?"), "options": (TEXT, "* Pedoman\nNilai")}
CHOSEN: dict[str, tuple[str, Any]] = {"soal-1": (CODE, "1"), "soal-2": (CODE, "2")}


def _untouched_exam(world: World) -> dict[str, Any]:
    return {"slug": world.diklat["own"], "number": 2}


FORMS: dict[str, FormCase] = {
    "assessment.begin": FormCase("guru lain", on="own", button=True),
    "assessment.save_answers": FormCase("peserta", CHOSEN, on="own", button=True),
    # With an answer missing it asks once more, and keeps those that are there.
    "assessment.send_answers": FormCase(
        "peserta",
        {**CHOSEN, "yakin": (FLAG, "1")},
        on="own",
        button=True,
        notes=frozenset({"attempt", "given_answer"}),
    ),
    "assessment_manage.exams": FormCase("narasumber", {**EXAM, "kind": (CHOICE, "post")}, on="own"),
    "assessment_manage.edit_exam": FormCase("narasumber", EXAM, parts=_untouched_exam),
    "assessment_manage.withdraw_exam": FormCase("narasumber", on="own", button=True),
    "assessment_manage.questions": FormCase("narasumber", QUESTION, parts=_untouched_exam),
    # Only the file counts.
    "assessment_manage.import_questions": FormCase("narasumber", parts=_untouched_exam, writes=False),
    "assessment_manage.edit_question": FormCase("narasumber", QUESTION, parts=_untouched_exam),
    "assessment_manage.remove_question": FormCase("narasumber", parts=_untouched_exam, button=True),
    # Only the file counts, and a preview writes nothing.
    "assessment_manage.import_scores": FormCase(
        "narasumber", {"most": (NUMBER, "10"), "source": (TEXT, "Google Forms")}, on="own", writes=False
    ),
    "assessment_manage.save_scores": FormCase(
        "narasumber",
        {"nilai": (CODE, lambda world: f"{world.codes['peserta']}:87.5"), "source": (TEXT, "Google Forms")},
        on="own",
        button=True,
    ),
    "assessment.task": FormCase(
        "peserta",
        {"text": (TEXT, "Jawaban baru"), "url": (TEXT, "https://drive.example.org/baru"), "drop_file": (FLAG, "y")},
        on="own",
    ),
    "assessment_manage.tasks": FormCase("narasumber", TASK, on="own"),
    "assessment_manage.edit_task": FormCase("narasumber", TASK, on="own"),
    "assessment_manage.withdraw_task": FormCase("narasumber", on="own", button=True),
    "assessment_manage.accept_many": FormCase(
        "narasumber", {"chosen": (CODE, lambda world: f"{world.codes['peserta']}:1")}, on="own", button=True
    ),
    "assessment_manage.answer": FormCase(
        "narasumber",
        {"remark": (TEXT, "Tambahkan tujuannya"), "verdict": (FLAG, "kembalikan"), "seen": (CODE, "1")},
        on="own",
    ),
    "narasumber.answer": FormCase(None, {"jawab": (CHOICE, "bisa"), "alasan": (TEXT, "Ada ujian")}),
    "narasumber.invitation_check_in": FormCase(None, button=True),
    "narasumber.check_in": FormCase("narasumber", on="running", button=True),
    "narasumber.step_back": FormCase("narasumber", {"alasan": (TEXT, "Anak sakit")}, on="own"),
    "narasumber_manage.invite": FormCase("panitia", SPEAKER, parts=_open_slot, button=True),
    "narasumber_manage.appoint": FormCase(
        "panitia",
        {**SPEAKER, "pasti": (FLAG, "y"), "bentrok": (TEXT, "Bergantian")},
        parts=_open_slot,
        button=True,
    ),
    "narasumber_manage.dismiss": FormCase(
        "panitia", {"tugas": (CODE, lambda world: world.values["own standing"])}, on="own", button=True
    ),
    "narasumber_manage.answer_offer": FormCase(
        "panitia",
        {"tugas": (CODE, lambda world: world.values["assignment"]), "putusan": (FLAG, "terima")},
        parts=_open_slot,
        button=True,
    ),
    "narasumber_manage.relay": FormCase("panitia", {"alasan": (TEXT, "Sudah ada")}, on="own", button=True),
    "narasumber_manage.remark": FormCase(
        "panitia",
        {"catatan": (TEXT, "Selalu siap")},
        parts=lambda world: {"slug": world.volunteers["narasumber"]},
    ),
    "narasumber_manage.accounts": FormCase(
        "panitia", {"name": (TEXT, "Zoom Dinas 2"), "room_url": (TEXT, "https://zoom.example.org/j/2")}
    ),
    "narasumber_manage.switch_account": FormCase(
        "panitia", {"id": (CODE, lambda world: world.values["account"]), "aktif": (FLAG, "0")}, button=True
    ),
    "planning.propose": FormCase(
        "narasumber",
        {
            "title": (TEXT, "Seri literasi"),
            "summary": (TEXT, "Enam pekan"),
            "description": (TEXT, "Uraian"),
            "kind": (CHOICE, "diklat"),
            "topics": (CHOICE, "literasi"),
            "levels": (CHOICE, "sd"),
            "quota": (NUMBER, "30"),
            "weekday": (CHOICE, "1"),
            "at": (TEXT, "13.00"),
            "minutes": (CHOICE, "90"),
            "times": (NUMBER, "3"),
            "first": (MOMENT, "2027-03-02"),
            "skip_holidays": (FLAG, "y"),
        },
        writes=False,
    ),
    # Accepted, it looks at what it made, which is undone by then: so this form is never complete.
    "planning_manage.clone": FormCase(
        "panitia",
        {"title": (TEXT, "Angkatan 2"), "first": (MOMENT, ""), "quota": (NUMBER, "30")},
        on="own",
        writes=False,
    ),
    "planning_manage.review": FormCase("panitia", {"text": (TEXT, "Lain kali lebih lama")}, on="own"),
    "availability.add": FormCase("narasumber", BUSY),
    "availability.connect": FormCase("narasumber", {"url": (TEXT, "https://kalender.example.org/saya.ics")}),
    "availability.disconnect": FormCase("narasumber", button=True, writes=False),
    "availability.remove": FormCase("narasumber", {"id": (CODE, "1")}, button=True, writes=False),
    "availability.toggle": FormCase("narasumber", {"petak": (CHOICE, "1-pagi")}, button=True),
    # No service to sign with, and nobody waits for a signature: refused, whatever is typed.
    "certificates_manage.esign": FormCase(
        "panitia", {"nik": (CODE, "3302010101010001"), "passphrase": (SECRET, "x")}, on="closed", writes=False
    ),
    "certificates_manage.upload_signed": FormCase("panitia", on="closed", writes=False),
    "enrolment_manage.act": FormCase(
        "panitia",
        {
            "tindakan": (CHOICE, "batal"),
            "reason": (TEXT, "Permintaan sekolah"),
            "orang": (CODE, lambda world: world.codes["peserta"]),
        },
        on="own",
    ),
    "enrolment_manage.add": FormCase("panitia", {"orang": (CODE, lambda world: world.codes["baru"])}, on="foreign"),
    "coverage.targets": FormCase("admin", {"sumber": (TEXT, "Dapodik"), "per": (MOMENT, "2026-07-01")}, writes=False),
    "evidence.save_cost": FormCase(
        "admin", {"tahun": (NUMBER, "2026"), "rupiah": (NUMBER, "25000000"), "catatan": (TEXT, "Konsumsi")}
    ),
    "exports.schedule": FormCase(
        "admin",
        {
            "orang": (CHOICE, lambda world: str(world.people["pimpinan"])),
            "berkas": (CHOICE, "evidence"),
            "sebagai": (CHOICE, "pdf"),
        },
    ),
    "exports.unschedule": FormCase("admin", {"id": (CODE, "1")}, button=True, writes=False),
    "exports.ask": FormCase(
        "panitia",
        {
            "jenis": (CHOICE, "participants"),
            "format": (CHOICE, "xlsx"),
            "dari": (MOMENT, "2026-01-01"),
            "sampai": (MOMENT, "2026-12-31"),
            "tahap": (CHOICE, "enrolled"),
            "hitung": (CHOICE, "peserta"),
            "bentuk": (CHOICE, "daftar"),
            "diklat": (CHOICE, ""),
            "kecamatan": (CHOICE, ""),
            "menurut": (CODE, "jenjang"),
        },
    ),
    "exports.remove": FormCase("pimpinan", parts=lambda world: {"code": world.values["export"]}, button=True),
    "exports.stop": FormCase(
        "pimpinan", parts=lambda world: {"code": world.values["export"]}, button=True, writes=False
    ),
    "enrolment_manage.messages": FormCase(
        "panitia",
        {
            "remind": (FLAG, "y"),
            "moments": (CHOICE, "d7"),
            "morning": (CHOICE, "06:30"),
            "note": (TEXT, "Siapkan modul ajar"),
        },
        on="own",
    ),
    "enrolment_manage.new_broadcast": FormCase(
        "panitia",
        {
            "diklat": (CHOICE, lambda world: world.diklat["own"]),
            "stage": (CHOICE, "confirmed"),
            "jenjang": (CHOICE, "sd"),
            "kecamatan": (CHOICE, lambda world: world.values["here"]),
            "npsn": (CODE, ""),
            "role": (CHOICE, "peserta"),
            "subject": (TEXT, "Kabar baik"),
            "body": (TEXT, "Yth. Bapak/Ibu {nama}, sampai jumpa."),
            "channels": (CHOICE, "telegram"),
        },
    ),
    "enrolment_manage.send_broadcast": FormCase("panitia", {"at": (MOMENT, _local(2))}, on="own"),
    "enrolment_manage.stop_broadcast": FormCase("panitia", on="own", button=True),
    "enrolment_manage.try_broadcast": FormCase("panitia", on="own", button=True),
    "enrolment_manage.share": FormCase(
        "panitia", {"group": (CHOICE, "mgmp"), "label": (TEXT, "MGMP IPA Wangon")}, on="own"
    ),
    "enrolment_manage.share_kecamatan": FormCase("panitia", on="own", button=True),
    "enrolment_manage.set_preset": FormCase("panitia", {"paket": (CHOICE, "lengkap")}, on="own", button=True),
    "feedback.answer": FormCase(
        "peserta",
        {**MARKS, "text": (TEXT, "Terima kasih"), "quote": (CHOICE, "named"), "session": (CODE, "1")},
        on="over",
    ),
    "feedback.choose_quote": FormCase("panitia", {"muat": (FLAG, "1")}, on="own", button=True),
    "feedback.withdraw_quote": FormCase("peserta", on="own", button=True),
    "materials.board": FormCase(
        "narasumber",
        {
            **LINK,
            "title": (TEXT, "Bahan tayang"),
            "kind": (CHOICE, "material"),
            "session": (CHOICE, ""),
            "audience": (CHOICE, "enrolled"),
        },
        on="own",
    ),
    "materials.renew": FormCase("narasumber", LINK, parts=_material),
    "materials.set_audience": FormCase("narasumber", {"siapa": (FLAG, "everyone")}, parts=_material, button=True),
    "materials.withdraw": FormCase("narasumber", parts=_material, button=True),
    "office.holidays": FormCase(
        "admin", {"day": (MOMENT, "2027-03-03"), "name": (TEXT, "Hari jadi"), "yearly": (FLAG, "y")}
    ),
    "office.remove_holiday": FormCase("admin", {"id": (CODE, "1")}, button=True, writes=False),
    "office.sample": FormCase(
        "admin", {"number_pattern": (TEXT, "{urut}/{tahun}"), "classification": (TEXT, "400")}, writes=False
    ),
    # The office of the tests has no signer with a name: refused, whatever comes.
    "office.scan": FormCase(
        "admin", {"signer": (TEXT, "Sri Rejeki"), "act": (FLAG, "remove")}, button=True, writes=False
    ),
    "office.signers": FormCase(
        "admin",
        {
            "orang-0-post": (TEXT, "Kepala Dinas"),
            "orang-0-name": (TEXT, "Sri Rejeki"),
            "orang-0-rank": (TEXT, "Pembina"),
            "orang-0-nip": (TEXT, "198501312010012001"),
            "orang-0-place": (CHOICE, "1"),
        },
    ),
    "people.name_preview": FormCase("peserta", NAMES, writes=False),
    "second_factor.activate": FormCase(
        "panitia", {"code": (CODE, lambda world: pyotp.TOTP(world.values["panitia key"]).now())}
    ),
    # Nobody has typed a password in this browser.
    "second_factor.code": FormCase(None, {"code": (CODE, "123456")}, button=True, writes=False),
    "second_factor.prepare": FormCase("panitia", button=True),
    "second_factor.prove": FormCase("panitia", {"current": (SECRET, PASSWORD), "code": (CODE, "")}),
    "second_factor.renew_codes": FormCase("pimpinan", button=True),
    "second_factor.turn_off": FormCase("pimpinan", button=True),
    "personal.ask": FormCase("peserta", button=True),
    "personal.erase": FormCase("admin", REASON, on="own"),
    "web.appearance": FormCase(None, {"tema": (CHOICE, "dark")}, writes=False),
    "attendance.check_in": FormCase(
        "guru lain", {"kode": (TEXT, lambda world: world.values["code"])}, notes=frozenset({"missed_code"})
    ),
    "attendance.close_code": FormCase("narasumber", on="running", button=True),
    "attendance.mark": FormCase(
        "panitia",
        {
            "sesi": (CHOICE, "1"),
            "status": (CHOICE, "hadir"),
            "alasan": (TEXT, "Terlihat di ruang"),
            "orang": (CHOICE, lambda world: world.codes["peserta"]),
        },
        on="running",
    ),
    # Only the file counts, and a preview writes nothing.
    "attendance_manage.import_list": FormCase(
        "panitia", {"sesi": (CHOICE, "1"), "menit": (NUMBER, "60")}, on="running", writes=False
    ),
    "attendance_manage.save_list": FormCase(
        "panitia",
        {
            "sesi": (CHOICE, "1"),
            "sumber": (TEXT, "laporan.csv"),
            "hadir": (CHOICE, lambda world: world.codes["peserta"]),
        },
        on="running",
        button=True,
    ),
    "attendance.finish": FormCase("narasumber", on="running", button=True),
    "attendance.substitute": FormCase("panitia", {"reason": (TEXT, "Belum masuk")}, on="running"),
    "attendance.open_code": FormCase("narasumber", {"menit": (CHOICE, "30")}, on="running", button=True),
    "designs.listing": FormCase(
        "panitia", {"name": (TEXT, "Bingkai jahe"), "start": (CHOICE, lambda world: str(world.ids["design"]))}
    ),
    "designs.edit": FormCase("panitia", DESIGN, on="own"),
    "designs.preview": FormCase("panitia", DESIGN, on="own", button=True, writes=False),
    "designs.archive": FormCase("panitia", {"act": (FLAG, "archive")}, on="own", button=True),
    "designs.default": FormCase("admin", A_DESIGN, button=True),
    "designs.choose": FormCase("panitia", A_DESIGN, on="own", button=True),
    "certificates.confirm_name": FormCase("peserta", on="running", button=True),
    # The paper says what the profile says: refused, whatever the reason.
    "certificates.correction": FormCase(
        "peserta", {"reason": (TEXT, "Gelar kurang.")}, on="own", button=True, writes=False
    ),
    "certificates_manage.committee": FormCase(
        "panitia",
        {"email": (CODE, lambda world: world.emails["guru lain"]), "act": (FLAG, "add")},
        on="closed",
        button=True,
    ),
    # Nobody asked for a correction.
    "certificates_manage.decide": FormCase(
        "panitia", {"act": (FLAG, "refuse"), "answer": (TEXT, "Tidak.")}, on="own", button=True, writes=False
    ),
    "certificates_manage.pause": FormCase("panitia", {"lanjut": (FLAG, "1")}, on="closed", button=True),
    "certificates_manage.reserve": FormCase(
        "panitia", {"first": (NUMBER, "90001"), "last": (NUMBER, "90010"), "purpose": (TEXT, "Ditulis tangan")}
    ),
    # Nothing failed here.
    "certificates_manage.void": FormCase(
        "panitia", {"code": (CODE, "0"), "reason": (TEXT, "Ganda")}, on="closed", button=True, writes=False
    ),
    "certificates_manage.statements": FormCase("panitia", on="closed", button=True, writes=False),
    "certificates_manage.issue": FormCase("panitia", on="closed", button=True, writes=False),
    "certificates_manage.reissue": FormCase("panitia", REASON, on="own"),
    "certificates_manage.retry": FormCase("panitia", on="closed", button=True),
    "certificates_manage.revoke": FormCase("panitia", REASON, on="own"),
    "diklat_manage.answer_offer": FormCase(
        "panitia",
        {"assignment": (CHOICE, lambda world: world.values["assignment"]), "accept": (FLAG, "1")},
        parts=lambda world: {"slug": world.diklat["own"], "number": 2},
        button=True,
    ),
    "diklat_manage.cancel": FormCase("panitia", REASON, on="own"),
    "diklat_manage.close": FormCase("panitia", on="over"),
    "diklat_manage.create": FormCase("narasumber", DIKLAT),
    "diklat_manage.edit": FormCase("narasumber", DIKLAT, on="draft"),
    "diklat_manage.programme": FormCase("narasumber", ROW, on="draft"),
    "diklat_manage.edit_row": FormCase(
        "narasumber",
        {**ROW, "row": (CODE, lambda world: world.values["row"])},
        parts=lambda world: {"slug": world.diklat["draft"], "position": 2},
    ),
    "diklat_manage.move_row": FormCase(
        "narasumber",
        {"row": (CODE, lambda world: world.values["row"]), "ke": (NUMBER, "1")},
        parts=lambda world: {"slug": world.diklat["draft"], "position": 2},
        button=True,
    ),
    "diklat_manage.propose": FormCase("narasumber", on="draft", button=True),
    "diklat_manage.publish": FormCase("panitia", on="draft", button=True),
    "diklat_manage.remove_row": FormCase(
        "narasumber",
        {"row": (CODE, lambda world: world.values["row"])},
        parts=lambda world: {"slug": world.diklat["draft"], "position": 2},
        button=True,
    ),
    "diklat_manage.send_back": FormCase("panitia", REASON, on="foreign draft"),
    "diklat_manage.session_cancel": FormCase("narasumber", REASON, on="own"),
    "diklat_manage.session_edit": FormCase("narasumber", SESSION, on="draft"),
    "diklat_manage.session_new": FormCase("narasumber", {**SESSION, "row": (CHOICE, "")}, on="draft"),
    "enrolment.join": FormCase("peserta", {"tetap": (FLAG, "1")}, on="foreign", button=True),
    "enrolment.leave": FormCase("peserta", {"reason": (TEXT, "Bentrok dengan rapat")}, on="own"),
    "narasumber.apply": FormCase(
        "baru",
        {
            "headline": (TEXT, "Guru SD di Sokaraja"),
            "profession": (TEXT, "Perawat, puskesmas"),
            "bio": (TEXT, "Mengajar sejak 2010."),
            "topics": (CHOICE, "numerasi"),
            "levels": (CHOICE, "sd"),
            "modes": (CHOICE, "daring"),
            "languages": (CHOICE, "jv"),
            "links": (TEXT, "https://karya.example.org/saya"),
            "drop_photo": (FLAG, ""),
            "public": (FLAG, "y"),
        },
    ),
    "narasumber.decide": FormCase(
        "panitia",
        {"putusan": (CHOICE, "setuju"), "catatan": (TEXT, "Selamat")},
        parts=lambda world: {"slug": world.volunteers["pelamar"]},
    ),
    "narasumber.volunteer_for": FormCase(
        "narasumber", parts=lambda world: {"slug": world.diklat["foreign"], "number": 2}, button=True
    ),
    "narasumber.withdraw": FormCase(
        "narasumber lain", parts=lambda world: {"slug": world.diklat["own"], "number": 2}, button=True
    ),
    "notifications.mark_read": FormCase("peserta", button=True),
    "notifications.preferences": FormCase("peserta", {"topics": (CHOICE, "angket")}),
    "notifications.add_device": FormCase(
        "peserta",
        {
            "endpoint": (CODE, f"{DEVICE.endpoint}/2"),
            "public": (CODE, DEVICE.public),
            "auth": (CODE, DEVICE.auth),
        },
        button=True,
    ),
    "notifications.remove_device": FormCase(
        "peserta", {"perangkat": (CODE, lambda world: world.values["device"])}, button=True
    ),
    "notifications.whatsapp": FormCase("guru lain", {"phone": (TEXT, "0812 3456 7890"), "agree": (FLAG, "y")}),
    # A wrong code counts.
    "notifications.whatsapp_code": FormCase(
        "peserta", {"code": (TEXT, lambda world: world.values["channel code"])}, notes=frozenset({"channel_address"})
    ),
    "notifications.telegram": FormCase("guru lain", {"agree": (FLAG, "y")}),
    "notifications.disconnect": FormCase("narasumber", {"kanal": (CODE, "telegram")}, button=True),
    "notifications.unsubscribe": FormCase(None, {"pilih": (FLAG, "berhenti")}, button=True),
    "notifications.resend_failed": FormCase(
        "panitia", {"jenis": (CODE, lambda world: world.values["failed kind"])}, button=True
    ),
    "notifications.try_channel": FormCase("panitia", {"kanal": (CODE, "mail")}, button=True),
    "notifications.resend": FormCase("panitia", {"id": (CODE, lambda world: world.values["message"])}, button=True),
    "bounces.trust_mine": FormCase("guru lain", button=True),
    "bounces.trust": FormCase("panitia", {"alamat": (CODE, lambda world: world.emails["guru lain"])}, button=True),
    # Closed as long as no key of signatures is set.
    "bounces.told": FormCase(None, button=True, writes=False),
    "office.add_choice": FormCase("admin", {"kind": (CODE, "topic"), "label": (TEXT, "Kebun sekolah")}, button=True),
    "office.settings": FormCase(
        "admin",
        {
            "organiser": (TEXT, "Dinas Pendidikan"),
            "programme_name": (TEXT, "Calakan"),
            "programme_tagline": (TEXT, "Rumah belajar"),
            "place_of_issue": (TEXT, "Purwokerto"),
            "number_pattern": (TEXT, "{klas}/{urut:04}/{tahun}"),
            "classification": (TEXT, "400.3"),
            "statement_pattern": (TEXT, "{klas}/{urut:04}/KET/{tahun}"),
            "letter_pattern": (TEXT, "{urut:03}/ST/{tahun}"),
            "event_level": (TEXT, "kabupaten"),
            "correction_days": (NUMBER, "30"),
            "approve_titles": (FLAG, "y"),
            "yearly_jp_target": (NUMBER, "20"),
            "minutes_per_jp": (NUMBER, "45"),
            "export_days": (NUMBER, "30"),
            "min_attendance_percent": (NUMBER, "75"),
            "room_opens_minutes": (NUMBER, "30"),
            "mail_per_second": (NUMBER, "0"),
            "mail_per_minute": (NUMBER, "0"),
            "mail_per_hour": (NUMBER, "500"),
            "mail_per_day": (NUMBER, "0"),
            "whatsapp_per_second": (NUMBER, "0"),
            "whatsapp_per_minute": (NUMBER, "0"),
            "whatsapp_per_hour": (NUMBER, "0"),
            "whatsapp_per_day": (NUMBER, "0"),
            "telegram_per_second": (NUMBER, "0"),
            "telegram_per_minute": (NUMBER, "0"),
            "telegram_per_hour": (NUMBER, "0"),
            "telegram_per_day": (NUMBER, "0"),
            "clash_buffer_minutes": (NUMBER, "15"),
            "contact": (TEXT, "calakan@example.org"),
            "privacy_contact": (TEXT, "privasi@example.org"),
        },
    ),
    "office.switch_choice": FormCase("admin", {"id": (CODE, "1"), "active": (FLAG, "")}, button=True),
    "people.confirm": FormCase(None),
    "people.forgot": FormCase(None, {"email": (TEXT, lambda world: world.emails["peserta"])}),
    "people.login": FormCase(
        None, {"email": (TEXT, lambda world: world.emails["peserta"]), "password": (SECRET, PASSWORD)}
    ),
    "people.logout": FormCase("peserta", button=True),
    "people.password": FormCase("peserta", {"password": (SECRET, NEW_PASSWORD), "current": (SECRET, PASSWORD)}),
    "people.profile": FormCase(
        "peserta",
        {
            **NAMES,
            "sex": (CHOICE, "P"),
            "phone": (TEXT, "0812 3456 7890"),
            "jabatan": (CHOICE, "guru_mapel"),
            "subject_taught": (TEXT, "Matematika"),
            "jenjang": (CHOICE, "sd"),
            "employment": (CHOICE, "pns"),
            "school_words": (TEXT, ""),
            "school_id": (CODE, ""),
            "school_elsewhere": (TEXT, "SD di luar"),
            "kabupaten_elsewhere": (TEXT, ""),
            "kecamatan_code": (CHOICE, lambda world: world.values["here"]),
            "nip": (TEXT, "19850131 201001 2 777"),
            "nuptk": (TEXT, "1234567890123456"),
            "accept_notice": (FLAG, "y"),
        },
    ),
    "people.register": FormCase(
        None,
        {
            "name": (TEXT, "Orang Baru"),
            "email": (TEXT, "orang.baru@example.org"),
            "password": (SECRET, NEW_PASSWORD),
            "notice": (FLAG, "y"),
        },
    ),
    "people.reset": FormCase(None, {"password": (SECRET, NEW_PASSWORD)}),
    "people_manage.add_person": FormCase(
        "admin",
        {"name": (TEXT, "Panitia Baru"), "email": (TEXT, "panitia.baru@example.org"), "roles": (CHOICE, "panitia")},
    ),
    "people_manage.reset_second_factor": FormCase(
        "admin", parts=lambda world: {"code": world.codes["pimpinan"]}, button=True
    ),
    "people_manage.school_edit": FormCase("admin", SCHOOL, on="own"),
    "people_manage.school_new": FormCase("admin", SCHOOL),
    # Only the file counts; what can be wrong with it is in `test_uploads`.
    "people_manage.schools": FormCase("admin", writes=False),
    "people_manage.set_roles": FormCase("admin", {"roles": (CHOICE, "panitia")}, on="own", button=True),
    "people_manage.set_scope": FormCase(
        "admin",
        {
            "npsn": (CODE, lambda world: world.schools["own"]),
            "kecamatan": (CHOICE, lambda world: world.values["here"]),
        },
        on="own",
        button=True,
    ),
    "people_manage.switch_account": FormCase("admin", {"aktif": (FLAG, "")}, on="own", button=True),
}
