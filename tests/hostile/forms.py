"""Every address that takes a form: who may send it, to which thing, and a form that is accepted.

`test_forms` fails for an endpoint that takes POST and has no line here, and for a line whose form is not accepted.
"""

from __future__ import annotations

from tests.hostile.cases import (
    A_DESIGN,
    CHOICE,
    CODE,
    DESIGN,
    FLAG,
    MOMENT,
    NUMBER,
    REASON,
    SECRET,
    SEEN,
    TEXT,
    FormCase,
    local,
)
from tests.hostile.forms_of_courses import FORMS_OF_COURSES
from tests.hostile.forms_of_people import FORMS_OF_PEOPLE
from tests.hostile.forms_of_tasks import FORMS_OF_TASKS
from tests.world import DEVICE

FORMS: dict[str, FormCase] = {
    **FORMS_OF_COURSES,
    **FORMS_OF_PEOPLE,
    **FORMS_OF_TASKS,
    # No service to sign with, and nobody waits for a signature: refused, whatever is typed.
    "certificates_manage.esign": FormCase(
        "panitia", {"nik": (CODE, "3302010101010001"), "passphrase": (SECRET, "x")}, on="closed", writes=False
    ),
    "certificates_manage.upload_signed": FormCase("panitia", on="closed", writes=False),
    "enrolment_manage.look": FormCase(
        "panitia",
        {"orang": (CODE, lambda world: world.codes["peserta"]), "hal": (CODE, "2")},
        on="own",
        button=True,
        writes=False,
    ),
    "desk.scope_remind": FormCase("kepsek", {"orang": (CODE, lambda world: world.codes["peserta"])}, button=True),
    "desk.scope_send": FormCase(
        "kepsek",
        {
            "tahap": (CODE, "daftar"),
            "diklat": (CHOICE, lambda world: world.diklat["foreign"]),
            "orang": (CODE, lambda world: world.codes["peserta"]),
            "text": (TEXT, "peserta@contoh.example.org"),
        },
        notes=SEEN,
    ),
    "desk.many": FormCase(
        "panitia",
        {"tindakan": (CHOICE, "batal"), "orang": (CODE, lambda world: world.codes["peserta"])},
        on="own",
        button=True,
        writes=False,
        notes=SEEN,
    ),
    "desk.do_many": FormCase(
        "panitia",
        {
            "tindakan": (CODE, "batal"),  # hidden: another one is refused on the list it came from
            "dipilih": (CODE, lambda world: world.codes["peserta"]),
            "reason": (TEXT, "Permintaan sekolah"),
        },
        on="own",
        notes=SEEN,
    ),
    "enrolment_manage.add": FormCase(
        "panitia", {"orang": (CODE, lambda world: world.codes["baru"])}, on="foreign", notes=SEEN
    ),
    "coverage.targets": FormCase("admin", {"sumber": (TEXT, "Dapodik"), "per": (MOMENT, "2026-07-01")}, writes=False),
    "evidence.save_cost": FormCase(
        "admin", {"tahun": (NUMBER, "2026"), "rupiah": (NUMBER, "25000000"), "catatan": (TEXT, "Konsumsi")}
    ),
    "certificates_manage.past": FormCase(
        "panitia",
        {
            "title": (TEXT, "Diklat lama"),
            "since": (MOMENT, "2024-03-01"),
            "until": (MOMENT, "2024-03-02"),
            "jp": (NUMBER, "8"),
        },
        writes=False,  # without its file
    ),
    "certificates_manage.keep_past": FormCase("panitia", on="own", button=True),
    "certificates_manage.undo_past": FormCase("panitia", {"reason": (TEXT, "Daftar keliru")}, on="own", notes=SEEN),
    "roster.ask": FormCase("baru", parts=lambda world: {"code": world.values["roster row"]}, button=True),
    "roster.confirm": FormCase("panitia", on="own", button=True),
    "roster.decline": FormCase("panitia", on="own", button=True),
    "roster.undo": FormCase("peserta", on="own", button=True),
    "roster_manage.all_lists": FormCase(
        "panitia",
        {
            "source": (TEXT, "Dapodik"),
            "as_of": (MOMENT, "2026-03-01"),
            "npsn": (CODE, ""),
            "whole": (FLAG, "y"),
            "accounts": (FLAG, ""),
        },
        writes=False,  # without its file
    ),
    "roster_manage.apply_list": FormCase("panitia", on="own", button=True),
    "roster_manage.undo_list": FormCase("panitia", {"reason": (TEXT, "Daftar keliru")}, on="own", notes=SEEN),
    "reports.save": FormCase(
        "panitia",
        {
            "nama": (TEXT, "Jenjang tahun ini"),
            "bersama": (FLAG, "y"),
            "dari": (MOMENT, "2026-01-01"),
            "tahap": (CHOICE, "enrolled"),
            "menurut": (CODE, "jenjang"),
        },
        button=True,
    ),
    "reports.remove_saved": FormCase("panitia", {"id": (CODE, "1")}, button=True, writes=False),
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
    "enrolment_manage.send_broadcast": FormCase("panitia", {"at": (MOMENT, local(2))}, on="own"),
    "enrolment_manage.stop_broadcast": FormCase("panitia", on="own", button=True),
    "enrolment_manage.try_broadcast": FormCase("panitia", on="own", button=True),
    "enrolment_manage.add_many": FormCase(
        "panitia",
        {"text": (TEXT, "guru@example.org"), "tahap": (FLAG, "periksa")},
        on="own",
        writes=False,
        notes=SEEN,
    ),
    "enrolment_manage.share": FormCase(
        "panitia", {"group": (CHOICE, "mgmp"), "label": (TEXT, "MGMP IPA Wangon")}, on="own"
    ),
    "enrolment_manage.tick_text": FormCase(
        "panitia", {"grup": (CODE, "ZZZZZZ"), "terkirim": (FLAG, "1")}, on="own", button=True, writes=False
    ),
    "enrolment_manage.share_kecamatan": FormCase("panitia", on="own", button=True),
    "enrolment_manage.set_preset": FormCase("panitia", {"paket": (CHOICE, "lengkap")}, on="own", button=True),
    "designs.listing": FormCase(
        "panitia", {"name": (TEXT, "Bingkai jahe"), "start": (CHOICE, lambda world: str(world.ids["design"]))}
    ),
    "designs.edit": FormCase("panitia", DESIGN, on="own"),
    "designs.preview": FormCase("panitia", DESIGN, on="own", button=True, writes=False),
    "designs.archive": FormCase("panitia", {"act": (FLAG, "archive")}, on="own", button=True),
    "designs.default": FormCase("admin", A_DESIGN, button=True),
    "designs.choose": FormCase("panitia", A_DESIGN, on="own", button=True),
    "certificates.confirm_name": FormCase(
        "peserta",
        {
            "title_before": (TEXT, "Dra."),
            "name": (TEXT, "Sri Mulyati"),
            "title_after": (TEXT, "S.Pd."),
            "employment": (CHOICE, "pns"),
            "nip": (TEXT, ""),
        },
        on="running",
    ),
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
    "certificates_manage.mend": FormCase("panitia", on="closed", button=True, writes=False),
    "certificates_manage.statements": FormCase("panitia", on="closed", button=True, writes=False),
    "certificates_manage.issue": FormCase("panitia", on="closed", button=True, writes=False),
    "certificates_manage.reissue": FormCase("panitia", REASON, on="own"),
    "certificates_manage.retry": FormCase("panitia", on="closed", button=True),
    "certificates_manage.revoke": FormCase("panitia", REASON, on="own"),
    "notifications.mark_read": FormCase("peserta", button=True),
    "notifications.preferences": FormCase("peserta", {"topics": (CHOICE, "angket")}),
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
    # The office of the tests has no signer with a name: refused, whatever comes.
    "office.scan": FormCase(
        "admin", {"signer": (TEXT, "Sri Rejeki"), "act": (FLAG, "remove")}, button=True, writes=False
    ),
    "office.emblem": FormCase("admin", {"act": (FLAG, "remove")}, button=True, writes=False),
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
    "bounces.trust_mine": FormCase("guru lain", button=True),
    "bounces.trust": FormCase("panitia", {"alamat": (CODE, lambda world: world.emails["guru lain"])}, button=True),
    # Closed as long as no key of signatures is set.
    "bounces.told": FormCase(None, button=True, writes=False),
}
