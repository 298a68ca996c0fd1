"""More reports of the kinds that programs and offices make, each small, each with what it says of whom."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from calakan.attendance.errors import ListIsNoEvidence
from calakan.attendance.matching import Verdict
from calakan.kernel import db
from calakan.people.models import Person
from tests.attendance.test_list_kinds import Reader, diklat_id, read, told

__all__ = ["diklat_id", "read"]
pytestmark = pytest.mark.any_database

B, R, A, T, J = (
    f"{name}@example.org" for name in ("budi.santoso", "rina.kartika", "agus.wijaya", "tuti.handayani", "joko.purnomo")
)
BUDI, RINA, AGUS, TUTI, JOKO = "Budi Santoso", "Rina Kartika", "Agus Wijaya", "Tuti Handayani", "Joko Purnomo"
SUPARNO = "suparno@example.org"

KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "Zoom in Indonesian with semicolons and dots": (
        "Nama (nama asli);Email;Waktu bergabung;Waktu keluar;Durasi (menit);Tamu;Di ruang tunggu\n"
        f"Suparno;{SUPARNO};29/11/2026 08.55.12;29/11/2026 11.32.00;157;Ya;Tidak\n"
        f"Budi Santoso;{B};29/11/2026 09.01.00;29/11/2026 09.20.00;19;Ya;Tidak\n"
        f"Rina Kartika;{R};29/11/2026 08.55.00;29/11/2026 11.30.00;155;Ya;Ya\n",
        {"Suparno": "present 150", BUDI: "short 19"},
    ),
    "Zoom in Indonesian, unique users, other headings": (
        "Nama Pengguna (Nama Asli),Email Pengguna,Total Durasi (Menit),Tamu\n"
        f"x,{SUPARNO},157,Ya\nPanitia (Tuan Rumah),panitia@example.org,184,Tidak\ny,{B},19,Ya\n",
        {"Suparno": "present 150", BUDI: "short 19"},
    ),
    "Zoom in Indonesian with a zone in its headings": (
        f"Nama (nama asli),Email,Waktu Bergabung (WITA),Waktu Keluar (WITA)\nx,{B},29/11/2026 10:00,29/11/2026 12:30\n"
        f"y,{R},29/11/2026 09:00,29/11/2026 10:30\n",
        {BUDI: "present 150", RINA: "short 30"},
    ),
    "Zoom in Indonesian of another day, told by its block": (
        "Topik,ID Rapat,Nama host,Durasi (menit),Waktu mulai,Waktu berakhir,Peserta\n"
        "Diklat,812,Panitia,160,11/22/2026 08:50:00 AM,11/22/2026 11:35:00 AM,2\n\n"
        f"Nama (nama asli),Email,Total durasi (menit)\nx,{B},157\n",
        {BUDI: "short 0"},
    ),
    "one address, two stretches": (
        f"Nama (nama asli),Email,Waktu bergabung,Waktu keluar\nHP,{B},29/11/2026 09:00,29/11/2026 10:05\n"
        f"Laptop,{B},29/11/2026 10:20,29/11/2026 11:20\nx,{R},29/11/2026 09:00,29/11/2026 10:05\n"
        f"x,{R},29/11/2026 09:10,29/11/2026 10:15\n",
        {BUDI: "present 125", RINA: "short 75"},
    ),
    "Teams in Indonesian, in sections": (
        "1. Ringkasan\nJudul rapat\tDiklat\nPeserta yang hadir\t3\nWaktu mulai\t29/11/2026 8.50.11\n\n"
        "2. Peserta\nNama\tPertama Bergabung\tTerakhir Keluar\tDurasi Dalam Rapat\tEmail\tPeran\n"
        f"Panitia\t29/11/2026 8.50.11\t29/11/2026 11.35.02\t2 j 44 mnt 51 dtk\tpanitia@example.org\tPenyelenggara\n"
        f"Suparno\t29/11/2026 8.55.12\t29/11/2026 11.32.00\t2 j 36 mnt 48 dtk\t{SUPARNO}\tPeserta\n"
        f"Budi\t29/11/2026 9.01.00\t29/11/2026 11.31.00\t18 mnt 40 dtk\t{B}\tPeserta\n\n"
        "3. Aktivitas Dalam Rapat\nNama\tWaktu Bergabung\tWaktu Keluar\tDurasi\tEmail\tPeran\n"
        f"Budi\t29/11/2026 9.01.00\t29/11/2026 9.10.20\t9 mnt 20 dtk\t{B}\tPeserta\n",
        {"Suparno": "present 150", BUDI: "short 18.7"},
    ),
    "Teams in sections with join and leave alone": (
        "2. Participants\nName\tFirst Join\tLast Leave\tEmail\tRole\n"
        f"Budi\t11/29/26, 8:55:00 AM\t11/29/26, 11:31:00 AM\t{B}\tAttendee\n"
        f"Rina\t11/29/26, 9:00:00 AM\t11/29/26, 9:19:00 AM\t{R}\tAttendee\n",
        {BUDI: "present 150", RINA: "short 19"},
    ),
    "Teams webinar": (
        f"First Name,Last Name,Email,Registration Status,Attendance\nBudi,Santoso,{B},Approved,Attended\n"
        f"Rina,Kartika,{R},Approved,Not attended\nAgus,Wijaya,{A},Canceled,Did not attend\nTuti,Handayani,{T},Approved,\n",
        {BUDI: "present -", RINA: "absent -", AGUS: "absent -", TUTI: "review -"},
    ),
    "webinar: registered and away, and there by telephone": (
        "Attendee Report\nTopic,Webinar ID,Actual Start Time\nDiklat,912,11/29/2026 08:50:00 AM\nAttendee Details\n"
        "Attended,User Name (Original Name),Email,Registration Time,Approval Status,Join Time,Leave Time,Time in Session (minutes)\n"
        f'Yes,Budi,{B},11/20/2026 08:00:00 AM,approved,11/29/2026 08:55:00 AM,11/29/2026 11:31:00 AM,156\n'
        f"No,Rina Kartika,{R},11/20/2026 08:00:00 AM,approved,--,--,--\n"
        "Other Attended\nUser Name,Join Time,Leave Time,Time in Session (minutes)\n"
        "Agus Wijaya,11/29/2026 09:00:00 AM,11/29/2026 09:30:00 AM,30\n"
        "628120000001,11/29/2026 09:00:00 AM,11/29/2026 11:30:00 AM,150\n",
        {BUDI: "present 150", RINA: "absent -", AGUS: "short 30"},
    ),
    "a webinar in Indonesian with other people who attended": (
        "Laporan Peserta\nTopik,ID Webinar,Waktu Mulai Aktual\nDiklat,912,29/11/2026 08.50\nDetail Host\n"
        "Hadir,Nama Pengguna (Nama Asli),Email,Waktu Bergabung,Waktu Keluar\nYa,Panitia,panitia@example.org,29/11/2026 08.50,29/11/2026 11.35\n"
        "Detail Peserta\nHadir,Nama Pengguna (Nama Asli),Email,Waktu Bergabung,Waktu Keluar\n"
        f"Ya,Budi,{B},29/11/2026 08.55,29/11/2026 11.31\nTidak,Rina,{R},--,--\n"
        "Peserta Lain\nNama Pengguna,Waktu Bergabung,Waktu Keluar\nAgus Wijaya,29/11/2026 09.00,29/11/2026 11.30\n",
        {BUDI: "present 150", RINA: "absent -", AGUS: "present 150"},
    ),
    "ISO durations": (
        f"Name,Email,Duration\na,{B},PT2H31M\nb,{R},PT45M\nc,{A},PT9060S\nd,{T},P0DT2H30M0S\ne,{J},PT\n",
        {BUDI: "present 150", RINA: "short 45", AGUS: "present 150", TUTI: "present 150", JOKO: "review -"},
    ),
    "durations in English words": (
        f"Name,Email,Duration\na,{B},2 hours 31 minutes\nb,{R},19 mins\nc,{A},1 hr 59 min\nd,{T},40 secs\ne,{J},half an hour\n",
        {BUDI: "present 150", RINA: "short 19", AGUS: "short 119", TUTI: "short 0.7", JOKO: "review -"},
    ),
    "durations in Indonesian words": (
        f"Nama,Email,Lama hadir\na,{B},2 jam 31 menit\nb,{R},19 mnt\nc,{A},\"1,5 jam\"\nd,{T},90 detik\ne,{J},setengah jam\n",
        {BUDI: "present 150", RINA: "short 19", AGUS: "short 90", TUTI: "short 1.5", JOKO: "review -"},
    ),
    "clocks with seconds": (
        f"Nama,Email,Durasi\na,{B},02:31:00\nb,{R},00:19:00\nc,{A},1:59:59\n",
        {BUDI: "present 150", RINA: "short 19", AGUS: "short 120"},
    ),
    "seconds that the heading names": (
        f"Name,Email,Attendance duration (seconds)\na,{B},9000\nb,{R},1140\n",
        {BUDI: "present 150", RINA: "short 19"},
    ),
    "clocks whose heading says how": (
        f"Nama,Email,Durasi (jj:mm)\na,{B},2:31\nb,{R},0:19\n",
        {BUDI: "present 150", RINA: "short 19"},
    ),
    "mixed zones in one file": (
        f"Name,Email,Join time,Leave time\na,{B},29/11/2026 10:00 WITA,29/11/2026 11:30 WIB\n"
        f"b,{R},2026-11-29T02:00:00Z,2026-11-29T12:30:00+08:00\nc,{A},2026-11-29T04:00:00+02:00,2026-11-29T11:10:00+07:00\n"
        f"d,{T},29/11/2026 09:00 EST,29/11/2026 11:30 EST\n",
        {BUDI: "present 150", RINA: "present 150", AGUS: "present 130", TUTI: "review -"},
    ),
    "a zone nobody knows in a heading": (
        f"Name,Email,Join time (PST),Leave time (PST)\na,{B},29/11/2026 09:00,29/11/2026 11:30\n",
        {BUDI: "review -"},
    ),
    "month names of two languages": (
        f"Nama,Email,Waktu bergabung,Waktu keluar\na,{B},29 Nopember 2026 08.55,29 Nopember 2026 11.31\n"
        f"b,{R},Nov 29 2026 8:55 AM,Nov 29 2026 9:20 AM\nc,{A},\"Minggu, 29 Nov 2026 pukul 09.00\",\"Minggu, 29 Nov 2026 pukul 11.30\"\n"
        f"d,{T},29 Des 2026 09.00,29 Des 2026 11.30\n",
        {BUDI: "present 150", RINA: "short 20", AGUS: "present 150", TUTI: "short 0"},
    ),
    "years of two digits and no blank before AM": (
        f"Name,Email,Join time,Leave time\na,{B},11/29/26 8:55AM,11/29/26 11:31AM\nb,{R},11/29/26 11:00AM,11/29/26 11:31AM\n",
        {BUDI: "present 150", RINA: "short 30"},
    ),
    "Meet with clocks of twelve hours": (
        f"First name,Last name,Email,Duration,Time joined,Time exited\nBudi,Santoso,{B},2 hr 31 min,8:57 AM,11:31 AM\n"
        f"Rina,Kartika,{R},12 min,9:00 AM,9:12 AM\n",
        {BUDI: "present 150", RINA: "short 12"},
    ),
    "answers of a form, in time, late, early, of another day": (
        f"Timestamp,Email Address,Nama\n29/11/2026 11:21:07,{B},a\n29/11/2026 13:40:10,{R},b\n29/11/2026 07:00:00,{A},c\n"
        f"28/11/2026 10:00:00,{T},d\n,{J},e\n",
        {BUDI: "present -", RINA: "late -", AGUS: "late -", TUTI: "late -", JOKO: "review -"},
    ),
    "one letter for each": (
        f"Nama,Email,Presensi\na,{B},H\nb,{R},I\nc,{A},S\nd,{T},A\ne,{J},T\n",
        {BUDI: "present -", RINA: "absent -", AGUS: "absent -", TUTI: "absent -", JOKO: "review -"},
    ),
    "ones and zeros": (
        f"Nama,Email,Kehadiran\na,{B},1\nb,{R},0\n", {BUDI: "present -", RINA: "absent -"},
    ),
    "a question that is answered": (
        f"Nama,Email,Hadir (Ya/Tidak)\na,{B},Ya\nb,{R},Tidak\nc,{A},Mungkin\n",
        {BUDI: "present -", RINA: "absent -", AGUS: "review -"},
    ),
    "words of offices": (
        f"Nama,Email,Keterangan\na,{B},Hadir\nb,{R},Tanpa Keterangan\nc,{A},Dinas Luar\nd,{T},Hadir terlambat\ne,{J},-\n",
        {BUDI: "present -", RINA: "absent -", AGUS: "absent -", TUTI: "review -", JOKO: "review -"},
    ),
    "a signature of its own column, some empty": (
        f"No,Nama,Email,Tanda Tangan\n1,a,{B},ttd\n2,b,{R},\n3,c,{A},3.\n",
        {BUDI: "present -", RINA: "review -", AGUS: "review -"},
    ),
    "Alpa beside minutes": (
        f"Nama,Email,Durasi (menit),Kehadiran\na,{B},150,Hadir\nb,{R},150,Alpa\nc,{A},10,Hadir\n",
        {BUDI: "present 150", RINA: "absent 150", AGUS: "short 10"},
    ),
    "a per cent of attendance": (
        f"Nama,Email,Persentase kehadiran\na,{B},100%\nb,{R},12%\n", {BUDI: "review -", RINA: "review -"},
    ),
    "how often somebody came": (
        f"Nama,Email,Jumlah kehadiran\na,{B},3\nb,{R},1\n", {BUDI: "review -", RINA: "review -"},
    ),
    "minutes under a heading of attendance": (
        f"Nama,Email,Hadir (menit)\na,{B},150\nb,{R},19\n", {BUDI: "present 150", RINA: "short 19"},
    ),
    "both times in one cell": (
        f"Nama,Email,Jam\na,{B},08.55 - 11.30\nb,{R},09.00 - 09.10\n", {BUDI: "review -", RINA: "review -"},
    ),
    "a time under a heading that nobody knows": (
        f"Nama,Email,Waktu\na,{B},29/11/2026 09.05\nb,{R},22/11/2026 09.05\n", {BUDI: "review -", RINA: "review -"},
    ),
    "hours where presence was to be said": (
        f"Nama,Email,Kehadiran\na,{B},08.55\nb,{R},Daring\n", {BUDI: "review -", RINA: "review -"},
    ),
    "minus and remarks in durations": (
        f"Nama,Email,Durasi (menit)\na,{B},-150\nb,{R},150 (terputus)\nc,{A},~150\nd,{T},≥ 120\n",
        {BUDI: "review -", RINA: "review -", AGUS: "review -", TUTI: "review -"},
    ),
    "coming after leaving, over midnight, and a day too long": (
        f"Nama,Email,Waktu masuk,Waktu keluar\na,{B},29/11/2026 11.30,29/11/2026 09.00\nb,{R},28/11/2026 23.00,29/11/2026 01.00\n"
        f"c,{A},22/11/2026 09.00,29/11/2026 11.30\n",
        {BUDI: "review -", RINA: "short 0", AGUS: "review -"},
    ),
    "the name itself says it": (
        f"Nama,Email\nBudi Santoso (izin),{B}\nRina Kartika - sakit,{R}\nAgus Wijaya,{A}\n",
        {BUDI: "review -", RINA: "review -", AGUS: "present -"},
    ),
    "sep= and quotes": (
        f'sep=;\n"Nama";"Email";"Durasi (menit)"\n"Santoso; Budi";"{B}";"150"\n"b";"{R}";"19"\n',
        {BUDI: "present 150", RINA: "short 19"},
    ),
    "a title, an empty line, and a total": (
        f"DAFTAR HADIR\nHari/Tanggal: Minggu, 29 November 2026\n\nNo,Nama,Email,Durasi (menit)\n1,a,{B},150\n2,b,{R},19\n,Jumlah,,169\n",
        {BUDI: "present 150", RINA: "short 19"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_says_what_it_says(read: Reader, kind: str) -> None:
    content, expected = KINDS[kind]
    assert told(read(content)) == expected


def test_a_name_of_a_user_may_be_a_number_a_name_or_an_address(read: Reader) -> None:
    with db.transaction() as session:
        session.scalars(sa.select(Person).where(Person.email == R)).one().nip = "198501012010012001"
    content = f"Nama pengguna,Durasi (menit)\n{B},150\n198501012010012001,150\nAgus Wijaya,19\ntuti.handayani,150\n"
    plan = read(content)
    assert told(plan) == {BUDI: "present 150", RINA: "present 150", AGUS: "short 19"}
    assert [row.shown for row in plan.left] == ["tuti.handayani"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_same_in_other_letters(read: Reader, encoding: str) -> None:
    content, expected = KINDS["Zoom in Indonesian with semicolons and dots"]
    assert told(read(content.encode(encoding))) == expected


@pytest.mark.parametrize(
    "content",
    [
        f"Laporan Pendaftaran\nNama,Email,Tanggal Daftar\na,{B},20/11/2026\n",
        f"Nama,Email,Waktu Registrasi,Status Pendaftaran\na,{B},20/11/2026,Diterima\n",
        f"Daftar Undangan\nNama,Email\na,{B}\n",
        f"Nama,Email,Status\na,{B},Terdaftar\nb,{R},Menunggu\n",
        f"Name,Email,RSVP\na,{B},Yes\n",
    ],
)
def test_who_registered_or_was_invited(read: Reader, content: str) -> None:
    with pytest.raises(ListIsNoEvidence):
        read(content)


def test_nothing_of_all_these_counts_that_was_not_understood(read: Reader) -> None:
    """Whoever is present in any of them has a line without a doubt, or enough minutes on those without."""
    for content, _ in KINDS.values():
        for row in read(content).found:
            if row.unclear is not None:
                assert row.verdict is not Verdict.PRESENT, (content, row)
