"""Forms of accounts, of the office's settings, and of narasumber."""

from __future__ import annotations

import pyotp

from tests.hostile.cases import (
    BUSY,
    CHOICE,
    CODE,
    FLAG,
    LINK,
    MOMENT,
    NAMES,
    NEW_PASSWORD,
    NUMBER,
    REASON,
    SCHOOL,
    SECRET,
    SEEN,
    SPEAKER,
    TEXT,
    FormCase,
    open_slot,
    two_accounts,
)
from tests.world import PASSWORD

BREACH = {
    "title": (TEXT, "Laptop panitia hilang"),
    "noticed_at": (MOMENT, "2026-01-05T09:00"),
    "happened": (TEXT, "Tertinggal di bus."),
    "what": (TEXT, "Nama dan email"),
    "affected": (TEXT, "40 peserta"),
    "remedy": (TEXT, "Kata sandi diganti."),
}
GUESSED = frozenset({"wrong_guesses"})  # a wrong password counts, so what was refused is written
FORMS_OF_PEOPLE: dict[str, FormCase] = {
    "narasumber.answer": FormCase(None, {"jawab": (CHOICE, "bisa"), "alasan": (TEXT, "Ada ujian")}),
    "narasumber.invitation_code": FormCase(None, button=True),
    "narasumber.invitation_check_in": FormCase(None, button=True),
    "narasumber.invitation_hand_out": FormCase(None, {"title": (TEXT, "Salindia"), "url": LINK["url"]}),
    "narasumber.check_in": FormCase("narasumber", on="running", button=True),
    "narasumber.step_back": FormCase("narasumber", {"alasan": (TEXT, "Anak sakit")}, on="own"),
    "narasumber_manage.invite": FormCase("panitia", SPEAKER, parts=open_slot, button=True),
    "narasumber_manage.appoint": FormCase(
        "panitia",
        {**SPEAKER, "pasti": (FLAG, "y"), "bentrok": (TEXT, "Bergantian")},
        parts=open_slot,
        button=True,
    ),
    "narasumber_manage.dismiss": FormCase(
        "panitia", {"tugas": (CODE, lambda world: world.values["own standing"])}, on="own", button=True
    ),
    "narasumber_manage.answer_offer": FormCase(
        "panitia",
        {"tugas": (CODE, lambda world: world.values["assignment"]), "putusan": (FLAG, "terima")},
        parts=open_slot,
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
    "availability.add": FormCase("narasumber", BUSY),
    "availability.connect": FormCase("narasumber", {"url": (TEXT, "https://kalender.example.org/saya.ics")}),
    "availability.disconnect": FormCase("narasumber", button=True, writes=False),
    "availability.remove": FormCase("narasumber", {"id": (CODE, "1")}, button=True, writes=False),
    "availability.toggle": FormCase("narasumber", {"petak": (CHOICE, "1-pagi")}, button=True),
    "office.holidays": FormCase(
        "admin", {"day": (MOMENT, "2027-03-03"), "name": (TEXT, "Hari jadi"), "yearly": (FLAG, "y")}
    ),
    "office.remove_holiday": FormCase("admin", {"id": (CODE, "1")}, button=True, writes=False),
    "office.sample": FormCase(
        "admin", {"number_pattern": (TEXT, "{urut}/{tahun}"), "classification": (TEXT, "400")}, writes=False
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
    "second_factor.prove": FormCase("panitia", {"current": (SECRET, PASSWORD), "code": (CODE, "")}, notes=GUESSED),
    "second_factor.renew_codes": FormCase("pimpinan", button=True),
    "second_factor.turn_off": FormCase("pimpinan", button=True),
    # Nobody has come back from another issuer.
    "issuers.join": FormCase(None, button=True, writes=False),
    "issuers.link": FormCase("peserta", button=True, writes=False),
    "issuers.unlink": FormCase("peserta", {"id": (CODE, "1")}, button=True, writes=False),
    "passkeys.ask": FormCase(None, button=True),
    # No device of theirs signs here.
    "passkeys.log_in": FormCase(None, {"answer": (CODE, "{}")}, button=True, writes=False),
    "passkeys.prove": FormCase("panitia", {"answer": (CODE, "{}")}, button=True, writes=False),
    "passkeys.ask_new": FormCase("peserta", button=True),
    "passkeys.add": FormCase("peserta", {"name": (TEXT, "HP saya"), "answer": (CODE, "{}")}, writes=False),
    "passkeys.remove": FormCase("peserta", {"id": (CODE, "1")}, button=True, writes=False),
    "privacy.ask": FormCase("peserta", button=True),
    "privacy.change_consent": FormCase("peserta", {"untuk": (CODE, "photos"), "setuju": (FLAG, "1")}, button=True),
    "privacy_manage.erase": FormCase("admin", REASON, on="own", notes=SEEN),
    "privacy_manage.breaches_page": FormCase("admin", BREACH),
    "privacy_manage.breach_page": FormCase("admin", BREACH, on="own"),
    "privacy_manage.answer_breach": FormCase("admin", {"langkah": (CODE, "people")}, on="own", button=True),
    "privacy_manage.keeping_page": FormCase(
        "admin",
        {
            "attendance_days": (NUMBER, "1825"),
            "work_days": (NUMBER, "1825"),
            "list_days": (NUMBER, "180"),
            "trace_days": (NUMBER, "365"),
            "message_days": (NUMBER, "300"),
            "calendar_days": (NUMBER, "90"),
            "export_days": (NUMBER, "30"),
            "complaint_authority": (TEXT, "Lembaga Pelindungan Data Pribadi"),
        },
    ),
    "web.appearance": FormCase(None, {"tema": (CHOICE, "dark")}, writes=False),
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
    "office.add_choice": FormCase("admin", {"kind": (CODE, "topic"), "label": (TEXT, "Kebun sekolah")}, button=True),
    "office.settings": FormCase(
        "admin",
        {
            "organiser": (TEXT, "Dinas Pendidikan"),
            "programme_name": (TEXT, "Calakan"),
            "short_name": (TEXT, "Calakan"),
            "programme_tagline": (TEXT, "Rumah belajar"),
            "region": (TEXT, "Kabupaten Banyumas"),
            "province": (TEXT, "Jawa Tengah"),
            "zone": (CHOICE, "WIB"),
            "place_of_issue": (TEXT, "Purwokerto"),
            "letterhead_text": (TEXT, "DINAS PENDIDIKAN"),
            "number_pattern": (TEXT, "{klas}/{urut:04}/{tahun}"),
            "classification": (TEXT, "400.3"),
            "statement_pattern": (TEXT, "{klas}/{urut:04}/KET/{tahun}"),
            "letter_pattern": (TEXT, "{urut:03}/ST/{tahun}"),
            "event_level": (TEXT, "kabupaten"),
            "correction_days": (NUMBER, "30"),
            "approve_titles": (FLAG, "y"),
            "yearly_jp_target": (NUMBER, "20"),
            "pppk_jp_target": (NUMBER, "24"),
            "minutes_per_jp": (NUMBER, "45"),
            "min_attendance_percent": (NUMBER, "75"),
            "room_opens_minutes": (NUMBER, "30"),
            "code_opens_minutes": (NUMBER, "0"),
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
            "room_mb_per_hour": (NUMBER, "250"),
            "leave_days": (NUMBER, "0"),
            "limit_committee": (FLAG, ""),
            "official_sends_per_day": (NUMBER, "200"),
            "promote_late": (FLAG, "y"),
            "contact": (TEXT, "calakan@example.org"),
            "privacy_contact": (TEXT, "privasi@example.org"),
        },
    ),
    "office.switch_choice": FormCase("admin", {"id": (CODE, "1"), "active": (FLAG, "")}, button=True),
    "people.addresses": FormCase("peserta", {"email": (TEXT, "lain@example.org"), "use": (CHOICE, "new_email")}),
    "people.drop_second_email": FormCase("peserta", button=True, writes=False),
    "people.keep_email": FormCase(None, button=True),
    "people_manage.set_email": FormCase(
        "admin", {"email": (TEXT, "lain@example.org"), "reason": (TEXT, "Menelepon")}, on="own", button=True
    ),
    "people.end_device": FormCase("peserta", {"id": (CODE, "")}, button=True, writes=False),
    "people.notice": FormCase("baru", {"notice": (FLAG, "y")}),
    "people.ask_code": FormCase(None, {"email": (TEXT, lambda world: world.emails["peserta"])}),
    # Nothing was asked for in this browser.
    "people.ask_code_again": FormCase(None, button=True, writes=False),
    "people.type_code": FormCase(None, {"code": (CODE, "123456")}, button=True, writes=False),
    "people.mail_link": FormCase(None, button=True),
    "people.confirm": FormCase(None, {"name": (TEXT, "Orang Baru"), "password": (SECRET, NEW_PASSWORD)}),
    "people.forgot": FormCase(None, {"email": (TEXT, lambda world: world.emails["peserta"])}),
    "people.login": FormCase(
        None,
        {"email": (TEXT, lambda world: world.emails["peserta"]), "password": (SECRET, PASSWORD)},
        notes=GUESSED,
    ),
    "people.logout": FormCase("peserta", button=True),
    "people.password": FormCase(
        "peserta", {"password": (SECRET, NEW_PASSWORD), "current": (SECRET, PASSWORD)}, notes=GUESSED
    ),
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
    "enrolment.enter": FormCase(
        None,
        {
            "name": (TEXT, "Orang Baru"),
            "email": (TEXT, "orang.baru@example.org"),
            "school_words": (TEXT, lambda world: world.schools["own"]),
            "school_id": (CODE, ""),
            "jabatan": (CHOICE, "guru_kelas"),
            "notice": (FLAG, "y"),
        },
        on="own",
    ),
    "enrolment.renew_calendar": FormCase("peserta", button=True),
    "outside.mine": FormCase(
        "peserta",
        {
            "title": (TEXT, "Lokakarya"),
            "organiser": (TEXT, "Kampus"),
            "held_on": (MOMENT, "2026-03-01"),
            "jp": (NUMBER, "4"),
        },
        writes=False,  # without its file
    ),
    "outside.trusted": FormCase(
        "admin",
        {"name": (TEXT, "Dinas Lain"), "keys": (TEXT, "halo")},
        writes=False,  # no such keys
    ),
    "outside.withdraw": FormCase("peserta", on="own", button=True),
    "outside.decide": FormCase(
        "panitia", {"reason": (TEXT, "Berkas tidak jelas"), "verdict": (CODE, "tolak")}, on="own", button=True
    ),
    "yearly.make": FormCase("peserta", button=True, writes=False),  # it is there already
    "people.resend": FormCase(None, {"email": (TEXT, lambda world: world.emails["peserta"])}, button=True),
    # Nobody of the world has a token.
    "people.revoke_token": FormCase("peserta", {"id": (CODE, "1")}, button=True, writes=False),
    "people.tokens": FormCase("peserta", {"scope": (CHOICE, "read")}),
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
    "duplicates.search": FormCase("panitia", button=True, writes=False),
    "duplicates.merge": FormCase("panitia", parts=two_accounts, button=True),
    "duplicates.apart": FormCase("panitia", parts=two_accounts, button=True),
    "duplicates.undo": FormCase("panitia", on="own", button=True),
    "duplicates.merge_school": FormCase(
        "admin", {"ke": (CODE, lambda world: world.schools["foreign"])}, on="own", button=True
    ),
    "duplicates.undo_school": FormCase("admin", on="own", button=True, writes=False),
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
