"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.office.house import house
from calakan.people import errors
from calakan.people.agreements import ConsentTo
from calakan.people.models import Jenjang, Sector, Sex, TokenScope
from calakan.people.pasted import By

NIP = {
    "shape": "NIP terdiri atas 18 angka. Periksa kembali, spasi boleh ditulis.",
    "excel": "Angka NIP ini rusak oleh Excel. Ketik ulang 18 angkanya dari dokumen asli.",
    "birth_date": "Delapan angka pertama NIP harus tanggal lahir, mis. 19850131.",
    "age": "Tanggal lahir pada NIP tidak wajar. Periksa empat angka pertamanya.",
    "sex": "Angka ke-15 NIP harus 1 (laki-laki) atau 2 (perempuan).",
}
PASSWORD = {
    "short": "Kata sandi paling sedikit {shortest} huruf. Kalimat pendek mudah diingat dan aman.",
    "long": "Kata sandi paling banyak {longest} huruf.",
    "guessable": "Kata sandi ini mudah ditebak. Coba gabungkan beberapa kata yang tidak berhubungan.",
}

WORDS = Words(
    phrases={
        "people.twice": "{value} dua kali",
        "people.equals": "{kind} setara {level}",
    },
    sentences={
        errors.EmailTaken: "Alamat email ini sudah dipakai akun lain.",
        errors.NipTaken: lambda f: (
            f"NIP ini sudah dipakai akun lain. Bila itu NIP Bapak/Ibu, hubungi panitia: {house().contact}."
        ),
        errors.NuptkTaken: lambda f: (
            f"NUPTK ini sudah dipakai akun lain. Bila itu NUPTK Bapak/Ibu, hubungi panitia: {house().contact}."
        ),
        errors.NipInvalid: lambda f: NIP[f["why"]],
        errors.NuptkInvalid: "NUPTK terdiri atas 16 angka. Ketik dari dokumen asli.",
        errors.NameTooLong: (
            "Nama terlalu panjang untuk dicetak pada sertifikat. Singkat namanya, atau gelarnya bila ada."
        ),
        errors.NameUndrawable: lambda f: f"Huruf {' '.join(f['letters'])} tidak dapat dicetak pada sertifikat.",
        errors.NameIsAddress: "Nama tidak memuat alamat situs. Tulis nama saja, dengan spasi sesudah titik.",
        errors.ContactInvalid: (
            "Tulis email lengkap, mis. nama@contoh.id, atau nomor WhatsApp (nomor HP), mis. 0812 3456 7890."
        ),
        errors.NumberTaken: "Nomor ini sudah dipakai akun lain untuk masuk.",
        errors.NumberOfAnother: (
            "Nomor ini dipakai akun dengan nama lain. Bila itu akun Bapak/Ibu, masuk dulu dengan nomor ini lalu daftar. "
            "Bila bukan, daftar dengan email."
        ),
        errors.NumberCodesSpent: "Kode lewat WhatsApp untuk hari ini sudah habis. Pakai email, atau coba lagi besok.",
        errors.StaffNeedsEmail: "Akun ini belum punya email. Tambahkan email dulu, baru beri peran petugas.",
        errors.PhoneInvalid: "Tulis nomor WhatsApp 10–13 angka, mis. 0812 3456 7890.",
        errors.PasswordWeak: lambda f: PASSWORD[f["why"]].format(**f),
        errors.PasswordIsPersonal: "Kata sandi tidak boleh sama dengan NIP.",
        errors.WrongPassword: "Email atau kata sandi keliru. Coba lagi, atau minta tautan lewat Lupa kata sandi.",
        errors.TooManyGuesses: lambda f: (
            f"Terlalu banyak kata sandi keliru untuk akun ini. Coba lagi sesudah {formats.moment(f['until'])}, "
            "atau buat kata sandi baru lewat Lupa kata sandi."
        ),
        errors.WrongCurrentPassword: "Kata sandi sekarang keliru.",
        errors.EmailUnconfirmed: "Email belum dikonfirmasi. Buka tautan yang kami kirim ke email Bapak/Ibu.",
        errors.ClaimOfAnother: "Tulis nama dan kata sandi akun Bapak/Ibu.",
        errors.LinkInvalid: "Tautan ini sudah tidak berlaku. Minta tautan baru.",
        errors.CodeOver: "Kode ini sudah tidak berlaku. Minta kode baru.",
        errors.OnlyByLink: (
            "Terlalu banyak kode keliru untuk alamat ini. Buka pesan terakhir dari kami lalu tekan tautannya; tautan itu "
            "tetap berlaku."
        ),
        errors.MailCodeWrong: "Kode tidak cocok. Periksa keenam angka di pesan terbaru, lalu coba lagi.",
        errors.SameEmail: "Alamat ini sudah dipakai akun ini.",
        errors.ProofMissing: "Tulis siapa yang meminta dan bagaimana Bapak/Ibu memastikannya.",
        errors.LastAdmin: "Ini admin terakhir. Angkat admin lain lebih dulu.",
        errors.OwnRoles: "Peran dan akun sendiri tidak dapat diubah sendiri. Minta admin lain.",
        errors.SchoolUnknown: "Sekolah tidak dikenal. Cari lalu pilih dari daftar.",
        errors.SchoolUnnamed: "Tulis nama sekolah atau kantor di kabupaten lain itu.",
        errors.NpsnInvalid: "NPSN terdiri atas 8 angka, atau P dan 7 angka.",
        errors.NpsnTaken: "NPSN ini sudah dipakai sekolah lain.",
        errors.KecamatanUnknown: "Pilih kecamatan dari daftar.",
        errors.ErasedAlready: "Data orang ini sudah dihapus.",
        errors.SecondFactorOn: "Verifikasi dua langkah sudah aktif.",
        errors.SecondCodeWrong: "Kode keliru atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu coba lagi.",
        errors.PasskeyRefused: "Passkey ini tidak diterima. Coba sekali lagi, atau masuk dengan cara lain.",
        errors.PasskeyOver: "Waktunya sudah lewat. Tekan tombol passkey sekali lagi.",
        errors.PasskeyKnown: "Passkey ini sudah terdaftar.",
        errors.TooManyPasskeys: "Paling banyak {most} passkey. Hapus dulu yang tidak dipakai lagi.",
        errors.LastSecondStep: (
            "Verifikasi dua langkah diwajibkan untuk panitia, dan ini satu-satunya. Tambah dulu passkey lain atau aplikasi kode."
        ),
        errors.IssuerAway: "Layanan itu sedang tidak menjawab. Coba lagi nanti, atau masuk dengan cara lain.",
        errors.IssuerRefused: "Layanan itu tidak memberi bukti yang dapat kami terima. Coba lagi, atau masuk dengan cara lain.",
        errors.IssuerForeign: lambda f: f"Pakai akun dengan alamat {' atau '.join('@' + one for one in f['domains'])}.",
        errors.IssuerUnproven: "Layanan itu belum memastikan alamat emailnya, jadi tidak kami pakai. Masuk dengan cara lain.",
        errors.IssuerOver: "Waktunya sudah lewat, atau dimulai di browser lain. Ulangi dari tombolnya.",
        errors.IssuerTaken: "Akun itu sudah terhubung dengan akun lain di sini.",
        errors.SchoolMerged: "Sekolah ini sudah digabung dengan sekolah lain. Batalkan dulu penggabungannya.",
        errors.NoSecondFactor: "Verifikasi dua langkah belum aktif.",
        errors.SecondFactorNeeded: "Verifikasi dua langkah diwajibkan untuk panitia, jadi tidak dapat dimatikan.",
        errors.TooManySecondCodes: "Terlalu banyak kode keliru. Tunggu lima menit, lalu coba lagi.",
    },
    members={
        ConsentTo: {ConsentTo.PHOTOS: "Foto dan rekaman"},
        By: {
            By.EMAIL: "Cocok emailnya",
            By.NUMBER: "Cocok nomornya",
            By.NAME: "Cocok namanya saja",
            By.MANY: "Beberapa orang bernama ini",
            By.DISAGREE: "Email dan nomor dua orang",
            By.NOBODY: "Tidak ada akunnya",
        },
        Jenjang: {
            Jenjang.PAUD: "PAUD",
            Jenjang.SD: "SD",
            Jenjang.SMP: "SMP",
            Jenjang.SMA: "SMA",
            Jenjang.SMK: "SMK",
            Jenjang.SLB: "SLB",
            Jenjang.KESETARAAN: "Kesetaraan",
            Jenjang.RA: "RA",
            Jenjang.MI: "MI",
            Jenjang.MTS: "MTs",
            Jenjang.MA: "MA",
            Jenjang.MADRASAH: "Madrasah",
        },
        Sector: {
            Sector.STATE: "Negeri",
            Sector.PRIVATE: "Swasta",
        },
        TokenScope: {
            TokenScope.READ: "Membaca",
            TokenScope.WRITE: "Membaca dan mengubah",
            TokenScope.ROLES: "Membaca, mengubah, dan memberi peran",
        },
        Sex: {
            Sex.MALE: "Laki-laki",
            Sex.FEMALE: "Perempuan",
        },
    },
    acts_are_of="Orang",
    acts={
        "people.give_consent": "memberi persetujuan",
        "people.withdraw_consent": "menarik persetujuan",
        "people.accept_notice": "membaca pemberitahuan privasi",
        "people.end_log_in": "mengeluarkan perangkat",
        "people.add": "menambah orang",
        "people.add_school": "menambah sekolah",
        "people.add_passkey": "menambah passkey",
        "people.bearer_token": "membuat token program",
        "people.change_password": "mengganti kata sandi",
        "people.change_email": "mengganti alamat email",
        "people.change_number": "mengganti nomor untuk masuk",
        "people.second_email": "menambah email kedua",
        "people.drop_number": "melepas nomor untuk masuk",
        "people.drop_second_email": "melepas email kedua",
        "people.keep_email": "mengembalikan alamat email lama",
        "people.change_school": "mengubah sekolah",
        "people.confirm_email": "mengonfirmasi email",
        "people.deactivate": "menutup akun",
        "people.import": "mengimpor orang",
        "people.import_schools": "mengimpor sekolah",
        "people.download": "mengunduh berkas berisi data orang",
        "people.list": "melihat atau mengambil daftar orang",
        "people.link_issuer": "menghubungkan akun lain untuk masuk",
        "people.log_in": "masuk",
        "people.look": "melihat data orang",
        "people.passkey_copied": "memakai salinan passkey; passkey itu dihentikan",
        "people.reactivate": "membuka kembali akun",
        "people.register": "mendaftar akun",
        "people.remove_passkey": "menghapus passkey",
        "people.renew_calendar": "mengganti alamat kalender pribadi",
        "people.renew_recovery_codes": "membuat kode cadangan baru",
        "people.revoke_token": "mencabut token program",
        "people.reset_password": "membuat kata sandi baru",
        "people.save_profile": "menyimpan profil",
        "people.second_factor_off": "mematikan verifikasi dua langkah",
        "people.second_factor_on": "mengaktifkan verifikasi dua langkah",
        "people.second_factor_recovered": "masuk dengan kode cadangan",
        "people.second_factor_reset": "menghapus verifikasi dua langkah orang lain",
        "people.set_roles": "mengubah peran",
        "people.set_scope": "mengubah wilayah binaan",
        "people.unlink_issuer": "melepas akun lain untuk masuk",
        "people.wrong_second_code": "menulis kode masuk yang keliru",
    },
    letters={
        "people.already_registered": "Akun sudah ada",
        "people.confirm_email": "Konfirmasi email",
        "people.email_changed": "Alamat email berubah",
        "people.mail_code": "Kode lewat email",
        "people.reset_password": "Kata sandi baru",
        "people.second_factor": "Verifikasi dua langkah",
        "people.way_in": "Cara masuk berubah",
    },
)
