"""Forms of diklat, their sessions, attendance, materials and questionnaires."""

from __future__ import annotations

from typing import Any

from tests.hostile.cases import (
    CHOICE,
    CODE,
    DIKLAT,
    FLAG,
    LINK,
    MARKS,
    MOMENT,
    NUMBER,
    REASON,
    ROW,
    SESSION,
    TEXT,
    FormCase,
    day,
    material,
)
from tests.world import World


def batch(world: World) -> dict[str, Any]:
    return {"id": world.ids["batch"]}


FORMS_OF_COURSES: dict[str, FormCase] = {
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
        {"title": (TEXT, "Angkatan 2"), "cohort": (TEXT, "Angkatan 2"), "first": (MOMENT, ""), "quota": (NUMBER, "30")},
        on="own",
        writes=False,
    ),
    "planning_manage.timetable_page": FormCase(
        "narasumber",
        {
            "baris": (CODE, "0"),
            "b0-title": (TEXT, "Sesi baru"),
            "b0-day": (MOMENT, day(20)),
            "b0-begins": (TEXT, "13.00"),
            "b0-ends": (TEXT, "15.15"),
            "b0-jp": (NUMBER, "3"),
            "b0-account": (CHOICE, lambda world: world.values["account"]),
            "b0-room_url": (TEXT, "https://ruang.example.org/1"),
            "b0-place": (TEXT, "Aula"),
        },
        on="draft",
    ),
    "planning_manage.review": FormCase("panitia", {"text": (TEXT, "Lain kali lebih lama")}, on="own"),
    "feedback.answer": FormCase(
        "peserta",
        {**MARKS, "text": (TEXT, "Terima kasih"), "quote": (CHOICE, "named"), "session": (CODE, "1")},
        on="over",
    ),
    "feedback.answer_survey": FormCase(
        "peserta",
        {
            **{f"u{number}": (CHOICE, "4") for number in range(1, 10)},
            "r1": (CHOICE, "3"),
            "w1": (TEXT, "Praktik"),
            "text": (TEXT, "Terima kasih"),
        },
        on="over",
    ),
    "feedback.set_survey": FormCase(
        "panitia",
        {"ask": (FLAG, "y"), "rated": (TEXT, "Aulanya nyaman"), "worded": (TEXT, "Apa lagi?")},
        on="draft",
        button=True,
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
    "materials.renew": FormCase("narasumber", LINK, parts=material),
    "materials.set_audience": FormCase("narasumber", {"siapa": (FLAG, "everyone")}, parts=material, button=True),
    "materials.withdraw": FormCase("narasumber", parts=material, button=True),
    "attendance.check_in": FormCase(
        "guru lain", {"kode": (TEXT, lambda world: world.values["code"])}, notes=frozenset({"missed_code"})
    ),
    "attendance.close_code": FormCase("narasumber", on="running", button=True),
    "attendance.appeal": FormCase("peserta", {"text": (TEXT, "HP saya mati")}, on="running"),
    "attendance.at_door": FormCase("panitia", {"nomor": (TEXT, lambda world: world.values["ticket"])}, on="running"),
    "attendance.receive": FormCase(
        "panitia", {"sesi": (CODE, "1")}, parts=lambda world: {"code": world.values["ticket"]}, button=True
    ),
    "attendance.claim": FormCase("peserta", {"baris": (NUMBER, "1")}, on="running", button=True, writes=False),
    "attendance_manage.answer_appeal": FormCase(
        "panitia",
        {
            "sesi": (CHOICE, "1"),
            "orang": (CHOICE, lambda world: world.codes["peserta"]),
            "terima": (CHOICE, "1"),
            "jawaban": (CODE, "Baik"),
        },
        on="running",
        button=True,
        writes=False,
    ),
    # Another part of the sheet, with what was ticked.
    "attendance.sheet": FormCase(
        "panitia",
        {"ke": (CODE, "saring:belum"), "q": (CODE, "Sri")},
        on="running",
        button=True,
        writes=False,
    ),
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
        "panitia",
        {
            "sesi": (CHOICE, "1"),
            "menit": (NUMBER, "60"),
            "zona": (CHOICE, "Asia/Jakarta"),
            "satuan": (CHOICE, "minutes"),
            "nama": (FLAG, "y"),
        },
        on="running",
        writes=False,
    ),
    # Another part of the list, with what was ticked.
    "attendance_manage.batch": FormCase(
        "panitia", {"ke": (CODE, "hal:2"), "cari": (CODE, "Sri")}, parts=batch, button=True, writes=False
    ),
    "attendance_manage.apply_batch": FormCase(
        "panitia",
        {"hadir": (CHOICE, lambda world: f"{world.values['line']}:{world.codes['peserta']}"), "semua": (CHOICE, "")},
        parts=batch,
        button=True,
    ),
    "attendance_manage.give_line": FormCase(
        "panitia",
        {
            "baris": (CHOICE, lambda world: world.values["unknown line"]),
            "orang": (CHOICE, lambda world: world.codes["guru lain"]),
            "daftar": (FLAG, ""),
        },
        parts=batch,
        button=True,
    ),
    "attendance_manage.undo_batch": FormCase("panitia", parts=batch, button=True),
    "attendance.finish": FormCase("narasumber", on="running", button=True),
    "attendance.ask_codes": FormCase("narasumber", {"jumlah": (CHOICE, "2")}, on="running", button=True),
    "attendance.substitute": FormCase("panitia", {"reason": (TEXT, "Belum masuk")}, on="running"),
    "attendance.open_code": FormCase("narasumber", {"menit": (CHOICE, "30")}, on="running", button=True),
    "diklat_manage.answer_offer": FormCase(
        "panitia",
        {"assignment": (CHOICE, lambda world: world.values["assignment"]), "accept": (FLAG, "1")},
        parts=lambda world: {"slug": world.diklat["own"], "number": 2},
        button=True,
    ),
    "diklat_manage.cancel": FormCase("panitia", REASON, on="own"),
    "completion.close": FormCase("panitia", on="over"),
    "completion.give_exceptions": FormCase(
        "panitia", {**REASON, "kurang": (CHOICE, "presence")}, on="own", button=True, writes=False
    ),
    "completion.remind": FormCase("panitia", {"kurang": (CHOICE, "presence")}, on="own", button=True),
    "completion.give_exception": FormCase(
        "panitia", {**REASON, "orang": (CODE, lambda world: world.codes["peserta"])}, on="own", button=True
    ),
    "completion.take_back_exception": FormCase(
        "panitia", {"orang": (CODE, lambda world: world.codes["peserta"])}, on="own", button=True
    ),
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
    "diklat_manage.publish": FormCase("panitia", on="foreign draft", button=True),
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
    "enrolment.wish": FormCase(
        "peserta", {"q": (TEXT, "robotika"), "jenjang": (CHOICE, "sd"), "act": (CODE, "")}, button=True
    ),
    "enrolment.leave": FormCase("peserta", {"reason": (TEXT, "Bentrok dengan rapat")}, on="own"),
}
