"""Small lists with odd columns, words, lengths, times, titles and names: what is not understood counts for nobody, and is not lost.

Each says what may become of whom; whoever is not named there is in no lane of those who were found.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from calakan.attendance import times
from calakan.attendance.errors import ListIsNoEvidence
from calakan.attendance.lists import Unclear
from calakan.attendance.matching import Plan, Why
from tests.attendance.test_list_kinds import Reader, diklat_id, read

__all__ = ["diklat_id", "read"]
pytestmark = pytest.mark.any_database

B, R, A, T, J, H = (
    f"{name}@example.org"
    for name in ("budi.santoso", "rina.kartika", "agus.wijaya", "tuti.handayani", "joko.purnomo", "nur.hidayat")
)
BUDI, RINA, AGUS, TUTI, JOKO, HIDAYAT = (
    "Budi Santoso", "Rina Kartika", "Agus Wijaya", "Tuti Handayani", "Joko Purnomo", "M. Nur Hidayat",
)  # fmt: skip
NO = "review absent"  # either way not there


def verdicts(plan: Plan) -> dict[str, str]:
    return {row.participant.name: row.verdict.value for row in plan.found}


def check(plan: Plan, expected: Mapping[str, str], what: str) -> None:
    found = verdicts(plan)
    assert found.keys() == expected.keys(), (what, found)
    for name, allowed in expected.items():
        assert found[name] in allowed.split(), (what, name, found[name])


STATUSES = {
    "present": ("HADIR", "1 (Hadir)", "✔️", "Ada", "Y", "Joined"),
    "absent": ("th.", "Tdk hadir", "No Show", "no-show", "Not present", "Never joined", "Cuti bersalin"),
    "review": (
        "Hadir sebagian", "Hadir 1 sesi", "Setengah hari", "Pulang awal", "Terlambat 30 menit", "Partial", "Present (late)",
        "Tardy", "Diwakilkan", "Hadir diwakili", "Hadir/diwakilkan", "Hadir; izin sholat", "0 (Hadir)", "P", "Hadir (HP)",
        "Hadir???", "Hdr", "Was present", "Left early", "Invited", "Registered", "Maybe", "☒", "❎", "O", "*", "+", "Aktif",
        "Selesai", "Lulus", "100%", "2 sesi", "8 JP", "09.00", "Sudah absen", "WFH", "Hadir (kamera mati)", "mutasi", "👍",
        "Ya (izin)", "Rawuh",
    ),
    NO: (
        "Excused late", "Berhalangan hadir", "Ada halangan", "Hadir lalu izin", "Tidak sakit", "bukan peserta", "belum absen",
        "absen", "Tugas luar/DL", "Online - tidak on cam", "Tidak Hadir (Dinas)",
    ),
}  # fmt: skip


def test_words_of_both_languages(read: Reader) -> None:
    for allowed, words in STATUSES.items():
        for word in words:
            plan = read(f"Nama,Email,Status Kehadiran\na,{R},Hadir\nb,{B},{word}\n")
            check(plan, {RINA: "present", BUDI: allowed}, word)


DURATIONS = {
    "present": (
        "2h31m", "151 min.", "2.5 h", '"2,5 jam"', "2 jam 31 mnt 5 dtk", "2 jam, 31 menit", "150 m", "9000s", "PT2H30M0.5S",
        "pt150m", "2hr31min", "2 hrs. 31 mins.",
    ),
    "short": ('"0,1 jam"', "0", "0 menit"),
    "review": (
        "2h31", "2 jam lebih", "±150 menit", "150 menit+", "150-160 menit", "seratus lima puluh menit", "2½ jam",
        "2:31:00 jam", "kurang dari 1 jam", "lebih dari 2 jam", "> 120 menit", "2 jam:31 menit", "1 hari", "3 JP",
        "150 menit (2 kali)", "75 + 75 menit", "75 menit; 75 menit", "N/A", "-", "#REF!", "#VALUE!", "=150", "1e2",
        "150 minut", "2 Std. 31 Min.", "2 jam 31", "∞", "setengah sesi", "150 menit kurang", "hampir 150 menit",
    ),
}  # fmt: skip


def test_lengths_as_people_and_programs_write_them(read: Reader) -> None:
    for allowed, texts in DURATIONS.items():
        for text in texts:
            row = text if text.startswith('"') else f'"{text}"'
            plan = read(f"Nama,Email,Durasi (menit)\na,{R},130\nb,{B},{row}\n")
            check(plan, {RINA: "present", BUDI: allowed}, text)


TIMES = {
    "present": (
        "29/11/2026 11.00 WIT|29/11/2026 13.30 WIT", "29/11/2026 09.00 (WIB)|29/11/2026 11.30 (WIB)",
        "2026-11-29T10:00:00+08|2026-11-29T12:30:00+08", "2026-11-29 02:00:00 UTC+0|2026-11-29 04:30:00 UTC+0",
        "29-11-2026 jam 09.00|29-11-2026 jam 11.30", "Ahad, 29 Nov 2026 09:00|Ahad, 29 Nov 2026 11:30",
        "29.11.26 09.00|29.11.26 11.30", "2026-11-28T21:00:00-05:00|2026-11-28T23:30:00-05:00",
        "2026-11-29T09:00:00+07:00|2026-11-29T12:30:00+08:00", "29/11/2026, 09.00|29/11/2026, 11.30",
    ),
    "short": (
        "2026-11-29T09:00:00Z|2026-11-29T11:30:00Z", "29/11/2025 09:00|29/11/2025 11:30", "29/10/2026 09:00|29/10/2026 11:30",
        "30/11/2026 09:00|30/11/2026 11:30", "29/11/2026 9:00 PM|29/11/2026 11:30 PM", "29/11/2026 21:00|29/11/2026 23:30",
        "09:00|09:00", "09:00 WITA|11:30 WITA",
    ),
    "review": (
        "1796004000|1796013000", "46355.375|46355.479", "20261129090000|20261129113000",
        "29/11/2026 09.00 pagi|29/11/2026 11.30 pagi", "Sabtu, 29 Nov 2026 09:00|Sabtu, 29 Nov 2026 11:30",
        "29 Nov 09:00|29 Nov 11:30", "29/11/2026 09:00 EST|29/11/2026 11:30 WIB", "today 09:00|today 11:30",
        "--:--|--:--", "29/11/2026 24:00|29/11/2026 25:30", "32/11/2026 09:00|32/11/2026 11:30",
    ),
}  # fmt: skip


def test_times_of_many_zones_and_days(read: Reader) -> None:
    head = f"Nama;Email;Waktu bergabung;Waktu keluar\na;{R};29/11/2026 08:55:00;29/11/2026 11:31:00\n"
    for allowed, texts in TIMES.items():
        for text in texts:
            plan = read(f"{head}b;{B};{text.replace('|', ';')}\n")
            check(plan, {RINA: "present", BUDI: allowed}, text)


FILES: dict[str, tuple[str, dict[str, str]]] = {
    "Meet, when somebody was first seen and for how long": (
        f"* Meet Code: abc\n* Created on 2026-11-29 08:59:00\n\nFull Name,Email,First Seen,Time in Call\n"
        f"a,{B},2026-11-29 09:01:11,2:28:30\nb,{R},2026-11-29 09:05:00,0:19:00\nc,{A},2026-11-29 11:20:00,2:00:00\n",
        {BUDI: "present", RINA: "short", AGUS: "short"},
    ),
    "coming and a length, before, late, and on another day": (
        f"Nama,Email,Waktu masuk,Durasi (menit)\na,{B},29/11/2026 09:00,125\nb,{R},29/11/2026 11:00,150\n"
        f"c,{A},29/11/2026 08:00,150\nd,{T},22/11/2026 09:00,150\n",
        {BUDI: "present", RINA: "short", AGUS: "short", TUTI: "short"},
    ),
    "Meet, nobody saw him leave": (
        f"Participant,Email,Joined at,Left at\na,{B},2026-11-29T01:55:00.000Z,2026-11-29T04:31:00.000Z\n"
        f"b,{R},2026-11-29T02:00:00.000Z,\n",
        {BUDI: "present", RINA: "review"},
    ),
    "Teams, a first join and a last leave with less between": (
        "2. Participants\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tRole\n"
        f"Budi\t11/29/26, 9:00:00 AM\t11/29/26, 11:30:00 AM\t1h\t{B}\tAttendee\n",
        {BUDI: "short"},
    ),
    "Teams, people who were to come": (
        f"First Name,Last Name,Email,Registration Status,Attended\nBudi,Santoso,{B},Registered,Yes\n"
        f"Rina,Kartika,{R},Waitlisted,No\nAgus,Wijaya,{A},Registered,\n",
        {BUDI: "present", RINA: "absent", AGUS: "review"},
    ),
    "Zoom says no and times": (
        f"Attended,User Name (Original Name),Email,Join Time,Leave Time\nNo,a,{B},11/29/2026 08:55:00 AM,11/29/2026 11:31:00 AM\n"
        f"Yes,b,{R},11/29/2026 08:55:00 AM,11/29/2026 11:31:00 AM\n",
        {BUDI: NO, RINA: "present"},
    ),
    "Zoom, questions that were asked": (
        f"#,Question,Asker Name,Asker Email,Answer(s)\n1,Apa itu JP?,a,{B},45 menit\n", {BUDI: "review"},
    ),
    "a waiting room that is not sure": (
        f"Nama (nama asli),Email,Total durasi (menit),Di ruang tunggu\nx,{B},157,Tidak\ny,{R},157,?\nz,{A},157,Ya\n",
        {BUDI: "present", RINA: "review"},
    ),
    "a form and its token: another, none, and the same in other letters": (
        f"Cap waktu,Alamat Email,Token Kehadiran\n29/11/2026 11:01:00,{B},CALAKAN22\n29/11/2026 11:02:00,{R},SALAH99\n"
        f"29/11/2026 11:03:00,{A},\n29/11/2026 11:04:00,{T},calakan 22\n29/11/2026 11:05:00,{J},CALAKAN22\n",
        {BUDI: "present", RINA: "review", AGUS: "review", TUTI: "present", JOKO: "present"},
    ),
    "a form where each wrote another code": (
        f"Timestamp,Email Address,Kode Hadir\n29/11/2026 11:01:00,{B},111222\n29/11/2026 11:02:00,{R},333444\n",
        {BUDI: "review", RINA: "review"},
    ),
    "a word that was said in the room": (
        f"Stempel waktu,Alamat email,Apa kata kunci sesi ini?\n29/11/2026 10:01:00,{B},Serayu\n"
        f"29/11/2026 10:02:00,{R},tidak tahu\n29/11/2026 10:02:30,{A},serayu \n",
        {BUDI: "present", RINA: "review", AGUS: "present"},
    ),
    "each day has its token": (
        f"Cap waktu,Alamat Email,Token\n29/11/2026 11:01:00,{B},AAA\n30/11/2026 11:02:00,{R},BBB\n30/11/2026 11:03:00,{A},BBB\n"
        f"30/11/2026 11:04:00,{T},BBB\n",
        {BUDI: "present", RINA: "late", AGUS: "late", TUTI: "late"},
    ),
    "a code without any time": (
        f"Nama,Email,Kode hadir\na,{B},123456\nb,{R},123 456\nc,{A},\n",
        {BUDI: "present", RINA: "present", AGUS: "review"},
    ),
    "a code that a formula did not find": (
        f"Nama,Email,Kode hadir\na,{B},123456\nb,{R},#N/A\nc,{A},#N/A\n", {BUDI: "present", RINA: "review", AGUS: "review"},
    ),
    "codes of people are none of a session": (
        f"Nama,Email,Kode peserta,Kehadiran\na,{B},P01,Hadir\nb,{R},P02,Hadir\n", {BUDI: "present", RINA: "present"},
    ),
    "whether one took part to the end": (
        f"Cap waktu,Alamat Email,Apakah Bapak/Ibu mengikuti sesi sampai selesai?\n29/11/2026 11:20:00,{B},Ya\n"
        f"29/11/2026 11:21:00,{R},Tidak\n29/11/2026 11:22:00,{A},Sebagian\n",
        {BUDI: "present", RINA: "review", AGUS: "review"},
    ),
    "the same in English": (
        f"Timestamp,Email Address,Did you attend the full session?\n29/11/2026 11:20:00,{B},Yes\n29/11/2026 11:21:00,{R},No\n",
        {BUDI: "present", RINA: "review"},
    ),
    "whether one will stay": (
        f"Cap waktu,Alamat Email,Saya akan mengikuti sampai selesai\n29/11/2026 09:20:00,{B},Ya\n29/11/2026 09:21:00,{R},Tidak\n",
        {BUDI: "present", RINA: "review"},
    ),
    "what else a form asks": (
        f"Cap waktu,Alamat Email,Pernah mengikuti diklat serupa?,Kesan mengikuti sesi ini\n29/11/2026 11:20:00,{B},Ya,Menarik\n"
        f"29/11/2026 11:21:00,{R},Tidak,Tidak ada\n",
        {BUDI: "present", RINA: "present"},
    ),
    "a form of the evening": (
        f"ID,Start time,Completion time,Email,Name\n1,11/29/26 9:05:33,11/29/26 9:06:33,{B},x\n"
        f"2,11/29/26 20:05:33,11/29/26 20:06:33,{R},y\n",
        {BUDI: "present", RINA: "late"},
    ),
    "ticks for both": (
        f"Nama,Email,Hadir,Tidak Hadir\na,{B},TRUE,FALSE\nb,{R},FALSE,TRUE\nc,{A},FALSE,FALSE\nd,{T},TRUE,TRUE\n",
        {BUDI: "present", RINA: "absent", AGUS: NO, TUTI: "review"},
    ),
    "counts of days": (
        f"No,Nama,Email,H,S,I,A\n1,a,{B},8,0,0,0\n2,b,{R},5,1,1,1\n", {BUDI: "review", RINA: "review"},
    ),
    "ones and zeros of each kind": (
        f"No,Nama,Email,H,S,I,A\n1,a,{B},1,0,0,0\n2,b,{R},0,1,0,0\n3,c,{A},,,,\n",
        {BUDI: "present", RINA: "absent", AGUS: "review"},
    ),
    "a column for each session": (
        f"Nama,Email,Sesi 1,Sesi 2\na,{B},H,A\nb,{R},A,A\n", {BUDI: "review", RINA: NO},
    ),
    "morning and afternoon": (
        f"Nama,Email,Presensi Pagi,Presensi Siang\na,{B},Hadir,Hadir\nb,{R},Hadir,Tidak\nc,{A},Hadir,\n",
        {BUDI: "present", RINA: "review", AGUS: "review"},
    ),
    "in and out, one of them missing": (
        f"Nama,Email,Check in,Check out\na,{B},08.55,11.30\nb,{R},08.55,\nc,{A},,11.30\n",
        {BUDI: "present", RINA: "review", AGUS: "review"},
    ),
    "a cell under no heading": (
        f"Nama,Email,Durasi (menit)\na,{B},150,\nb,{R},150,Alpa\nc,{A},150,no\n",
        {BUDI: "present", RINA: "review", AGUS: "review"},
    ),
    "a heading that nobody knows": (
        f"Nama,Email,Durasi (menit),Info panitia,Vegetarian\na,{B},150,,Tidak\nb,{R},150,Sakit,Ya\n",
        {BUDI: "present", RINA: "review"},
    ),
    "hours and minutes in two columns": (
        f"Nama,Email,Jam,Menit\na,{B},2,31\nb,{R},0,19\nc,{A},dua,31\n", {BUDI: "present", RINA: "short", AGUS: "review"},
    ),
    "part of a day, as Excel keeps a length": (
        f"Nama,Email,Durasi\na,{B},0.104\nb,{R},0.104861\n", {BUDI: "review", RINA: "review"},
    ),
    "the same beside coming and leaving": (
        f"Nama,Email,Masuk,Keluar,Durasi\na,{B},29/11/2026 09:00,29/11/2026 11:30,0.104\nb,{R},29/11/2026 09:00,29/11/2026 09:19,0.013\n",
        {BUDI: "present", RINA: "short"},
    ),
    "a point that parts thousands": (
        f'Name,Email,Duration (seconds)\na,{B},"9,000"\n', {BUDI: "review"},
    ),
    "days before hours": (
        f"Nama,Email,Durasi\na,{B},0.02:31:00\nb,{R},00:02:31:00\n", {BUDI: "review", RINA: "review"},
    ),
    "minutes against words": (
        f"Nama,Email,Durasi (menit),Status\na,{B},150,Tidak hadir\nb,{R},0,Hadir\n", {BUDI: NO, RINA: "short"},
    ),
    "minus": (f"Name,Email,Duration\na,{B},-PT2H30M\n", {BUDI: "review"}),
}  # fmt: skip


def test_files_with_columns_of_their_own(read: Reader) -> None:
    for kind, (content, expected) in FILES.items():
        check(read(content), expected, kind)


def test_a_registration_that_was_approved_is_no_presence(read: Reader) -> None:
    with pytest.raises(ListIsNoEvidence):
        read(
            f"Registrasi Rapat\nNama Depan,Nama Belakang,Email,Waktu Registrasi,Status\nBudi,Santoso,{B},20/11/2026,Disetujui\n"
        )


def test_why_a_line_without_the_word_of_the_room_waits(read: Reader) -> None:
    plan = read(FILES["a word that was said in the room"][0])
    assert [row.unclear for row in plan.found if row.participant.name == RINA] == [Unclear.CODE]


TITLES = {
    "late": (
        "DAFTAR HADIR\nHari/Tanggal: Minggu, 22 November 2026", "DAFTAR HADIR\nTanggal,22 November 2026",
        "DAFTAR HADIR PESERTA 22/11/2026", "Presensi tgl 22-11-2026", "Attendance list, November 22, 2026",
        "DAFTAR HADIR DIKLAT 20-24 November 2026", "Presensi Minggu 22 November", "Laporan rapat 22 Nov 2026",
        "Presensi 26 s/d 28 November 2026", "Presensi 28 & 30 November 2026", "Sesi 1 - 30 November 2026",
        "Presensi 30 November 2026 s/d 2 Desember 2026", "Presensi 28 November 2026 dan 30 November 2026",
    ),
    "present": (
        "DAFTAR HADIR\nHari/Tanggal: Minggu, 29 November 2026", "DAFTAR HADIR\nDicetak 30 November 2026",
        "DAFTAR HADIR DIKLAT 27 s.d. 30 November 2026", "Presensi 30 Oktober - 30 November 2026",
        "Tanggal: 28 November 2026 dan 29 November 2026", "DAFTAR HADIR\nNomor: 400.3/11/2026/22", "Presensi 2026-11-29",
        "Presensi 27 s/d 30 November 2026", "Presensi 28 November 2026 s/d 1 Desember 2026", "Presensi 28/11/2026 - 30/11/2026",
        "Presensi 2026-11-28 - 2026-11-30", "Presensi 29 & 30 November dan 1 Desember 2026",
        "Sabtu 28 November 2026 pukul 08.00 s.d. Senin 30 November 2026", "28-30 November 2026 dan 5 Desember 2026",
    ),
}  # fmt: skip


def test_a_title_that_names_another_day(read: Reader) -> None:
    for allowed, titles in TITLES.items():
        for title in titles:
            for table in (f"Nama,Email,Kehadiran\na,{B},Hadir\n", f"Nama,Email\na,{B}\n"):
                plan = read(f"{title}\n{table}")
                check(plan, {BUDI: allowed}, title)
                assert plan.elsewhere is (allowed == "late")
    plain = read(f"DAFTAR HADIR 22 November 2026\n{B}\n")
    assert (verdicts(plain), plain.elsewhere) == ({BUDI: "late"}, True)
    timed = read(f"Laporan 22 November 2026\nNama,Email,Masuk,Keluar\na,{B},29/11/2026 09:00,29/11/2026 11:30\n")
    assert (verdicts(timed), timed.elsewhere) == ({BUDI: "present"}, False)


SURE = {
    "own-name": ("Budi Santoso", ""), "numbered": ("07. Budi Santoso", ""), "titles": ("Dr. H. Budi Santoso, S.Pd., Gr.", ""),
    "school": ("Wangon_SMPN 1_Budi Santoso", ""), "own-swapped": ("Santoso, Budi", B), "own-first": ("Budi", B),
    "longer": ("Budi Santoso Wibowo", B), "a stranger's name": ("Slamet Riyadi", B), "blank": ("Budi\u00a0Santoso", ""),
}  # fmt: skip
NEVER = {
    "Budi Santoso, Rina Kartika": B, "Kartika Rina": B, "Kartika, Rina": B, "SDN 1 Wangon Rina Kartika": B,
    "Budi Santoso bersama Rina Kartika": B, "Budi Santoso and Rina Kartika": A, "Budi Santoso Rina Kartika": A,
    "Budi Santoso dan Rina Kartika": "", "Budi Santoso + Rina Kartika": "", "Budi Santoso; Rina Kartika": "",
    "Budi Santoso-Rina Kartika": "", "Budi Santoso. Rina Kartika": "", "Budi Santoso (Rina Kartika)": "",
    "Budi Santoso dan istri": "", "Istri Budi Santoso": "", "HP milik Budi Santoso": "", "a.n. Budi Santoso": "",
    "Wakil Budi Santoso": "", "Bukan Budi Santoso": "", "Budi Santoso (pengganti)": "", "Budi Santoso Jr": "", "Budi": "",
    "Budi S.": "", "B. Santoso": "", "Budi Santosa": "", "Muhammad Budi Santoso": "", "Budi Santoso Wibowo": "",
    "BudiSantoso": "", "Lestari": B, "Siti Aminah": "", "Вudi Santoso": "", f"Rina Kartika ({B})": "",
}  # fmt: skip


def test_names_that_are_certain_and_names_that_never_are(read: Reader) -> None:
    head, hours = "Name,Email,Join time,Leave time\n", "29/11/2026 08:55:00,29/11/2026 11:31:00"
    for what, (name, email) in SURE.items():
        check(read(f'{head}"{name}",{email},{hours}\n'), {BUDI: "present"}, what)
    for name, email in NEVER.items():
        plan = read(f'{head}"{name}",{email},{hours}\n')
        assert [row for row in plan.found if row.verdict.value == "present"] == [], name
        assert len(plan.found) + len(plan.left) == 1, name  # nobody is lost
    for name, why in (("Kartika, Rina", Why.CONTRADICTION), ("Budi Santoso, Rina Kartika", Why.SEVERAL)):
        (row,) = read(f'{head}"{name}",{B},{hours}\n').left
        assert (row.why, {each.name for each in row.candidates}) == (why, {BUDI, RINA})
    assert verdicts(read(f"{head}M Nur Hidayat,{H},{hours}\n")) == {HIDAYAT: "present"}


def test_days_at_the_turn_of_a_year_and_days_that_are_none() -> None:
    new_year = date(2027, 1, 1)
    for text in ("30 Desember s.d. 2 Januari 2027", "30 Desember 2026 - 2 Januari 2027"):
        assert times.spans_in(text, new_year) == [(date(2026, 12, 30), date(2027, 1, 2))]
    for text in ("30 - 5 Januari 2027", "0 s/d 5 Januari 2027", "Sesi 2 - 5 Januari 2027"):
        assert times.spans_in(text, new_year) == [(date(2027, 1, 5), date(2027, 1, 5))]
