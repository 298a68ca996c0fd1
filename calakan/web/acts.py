"""What the audit trail calls each act, in words of the office; a test fails when an act of the code has none."""

from __future__ import annotations

ACTS: dict[str, str] = {
    "attendance.check_in": "mengisi kode hadir", "attendance.close_check_in": "menutup kode hadir",
    "attendance.mark_by_hand": "menandai kehadiran",
    "attendance.mark_from_list": "mencatat kehadiran dari daftar", "attendance.open_check_in": "membuka kode hadir",
    "availability.add_dated": "menambah waktu sibuk", "availability.remove_dated": "menghapus waktu sibuk",
    "availability.connect_calendar": "menyambungkan kalender",
    "availability.disconnect_calendar": "memutus kalender", "availability.toggle_weekly": "mengubah jam sibuk mingguan",
    "certificates.accept_signed": "menerima sertifikat bertanda tangan", "certificates.reissue": "mengganti sertifikat",
    "certificates.request": "meminta penerbitan sertifikat", "certificates.retry_failed": "mencoba lagi sertifikat gagal",
    "certificates.revoke": "mencabut sertifikat", "certificates.rotate_key": "mengganti kunci tanda tangan",
    "diklat.add_row": "menambah materi", "diklat.change_row": "mengubah materi", "diklat.move_row": "memindah materi",
    "diklat.remove_row": "menghapus materi", "diklat.add_session": "menambah sesi",
    "diklat.change_session": "mengubah sesi", "diklat.cancel_session": "membatalkan sesi",
    "diklat.create": "membuat diklat", "diklat.change": "mengubah diklat", "diklat.propose": "mengusulkan diklat",
    "diklat.send_back": "mengembalikan usulan", "diklat.publish": "menerbitkan diklat", "diklat.close": "menutup diklat",
    "diklat.cancel": "membatalkan diklat", "diklat.set_lead": "menetapkan pengampu",
    "enrolment.join": "mendaftar", "enrolment.add": "mendaftarkan peserta", "enrolment.leave": "membatalkan pendaftaran",
    "enrolment.remove": "membatalkan peserta", "enrolment.promote": "memberi kursi dari daftar tunggu",
    "feedback.answer": "mengisi angket",
    "materials.hand_out": "membagikan materi", "materials.renew": "memperbarui materi bagikan",
    "materials.set_audience": "mengubah pembaca materi", "materials.withdraw": "menarik materi bagikan",
    "narasumber.confirm": "menetapkan narasumber", "narasumber.decide": "memutuskan calon narasumber",
    "narasumber.decline_offer": "menolak tawaran", "narasumber.offer_to_speak": "mendaftar sebagai narasumber",
    "narasumber.release": "melepas narasumber", "narasumber.schedule": "menjadwalkan narasumber",
    "narasumber.volunteer_for": "mengambil jadwal", "narasumber.withdraw": "mengundurkan diri dari jadwal",
    "enrolment.set_plan": "mengatur pengingat",
    "notifications.resend_failed": "mengirim ulang semua yang gagal",
    "notifications.choose_topics": "memilih pesan",
    "notifications.resend": "mengirim ulang pesan",
    "office.add_choice": "menambah pilihan", "office.switch_choice": "mengubah pilihan",
    "office.add_holiday": "menambah hari libur", "office.remove_holiday": "menghapus hari libur",
    "office.change_settings": "mengubah pengaturan",
    "people.add": "menambah orang", "people.import": "mengimpor orang", "people.register": "mendaftar akun",
    "people.confirm_email": "mengonfirmasi surel", "people.log_in": "masuk",
    "people.change_password": "mengganti kata sandi", "people.reset_password": "membuat kata sandi baru",
    "people.save_profile": "menyimpan profil", "people.set_roles": "mengubah peran",
    "people.set_scope": "mengubah wilayah binaan", "people.deactivate": "menutup akun",
    "people.reactivate": "membuka kembali akun", "people.bearer_token": "membuat token program",
    "people.ask_erasure": "meminta penghapusan data", "people.erase": "menghapus data pribadi",
    "people.add_school": "menambah sekolah", "people.change_school": "mengubah sekolah",
    "people.import_schools": "mengimpor sekolah",
    "recognition.write_letters": "membuat surat tugas",
    "reports.export": "mengunduh laporan", "reports.roster": "mengunduh daftar peserta",
}  # fmt: skip


def act_words(act: str) -> str:
    """The words for an act; one of an older version of the program is shown as it is."""
    return ACTS.get(act, act)
