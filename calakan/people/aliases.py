"""Other ways in which lists write what the office has one word for. Nothing here guesses: an ambiguous word is no alias."""

from __future__ import annotations

import re
from collections.abc import Iterable

from calakan.kernel.text import search_key
from calakan.people.models import Jenjang, Kecamatan, Sector, Sex

JENJANG: dict[str, Jenjang] = {
    **{level.value: level for level in Jenjang},
    **dict.fromkeys(("tk", "kb", "tpa", "sps", "taman kanak kanak", "kelompok bermain"), Jenjang.PAUD),
    **dict.fromkeys(("sekolah dasar", "sdn", "sd negeri"), Jenjang.SD),
    **dict.fromkeys(("sekolah menengah pertama", "smpn"), Jenjang.SMP),
    **dict.fromkeys(("sekolah menengah atas", "sman"), Jenjang.SMA),
    **dict.fromkeys(("sekolah menengah kejuruan", "smkn"), Jenjang.SMK),
    **dict.fromkeys(("sekolah luar biasa", "slbn"), Jenjang.SLB),
    **dict.fromkeys(("kesetaraan", "skb"), Jenjang.KESETARAAN),
    **dict.fromkeys(("raudhatul athfal", "raudlatul athfal", "ba", "bustanul athfal"), Jenjang.RA),
    **dict.fromkeys(("min", "mis", "mi negeri", "mi swasta", "madrasah ibtidaiyah"), Jenjang.MI),
    **dict.fromkeys(("mtsn", "mtss", "mts negeri", "mts swasta", "madrasah tsanawiyah"), Jenjang.MTS),
    **dict.fromkeys(("man", "mas", "mak", "makn", "ma negeri", "ma swasta", "madrasah aliyah"), Jenjang.MA),
}
SECTOR: dict[str, Sector] = {"negeri": Sector.STATE, "n": Sector.STATE, "swasta": Sector.PRIVATE, "s": Sector.PRIVATE}
SEX: dict[str, Sex] = {
    **dict.fromkeys(("l", "lk", "laki laki", "lakilaki", "laki", "pria"), Sex("L")),
    **dict.fromkeys(("p", "pr", "perempuan", "wanita"), Sex("P")),
}
JABATAN = {
    **dict.fromkeys(
        ("kepsek", "kasek", "ks", "kepala", "kepala madrasah", "kepala tk", "kepala paud"), "kepala_sekolah"
    ),
    **dict.fromkeys(("wakasek", "wakepsek", "waka", "wakil kepala", "wakil kepala madrasah"), "wakil_kepala_sekolah"),
    **dict.fromkeys(("pengawas", "ps"), "pengawas_sekolah"),
    **dict.fromkeys(("guru mata pelajaran", "guru mapel"), "guru_mapel"),
    **dict.fromkeys(("guru tk", "guru paud", "guru kb", "guru ra"), "guru_paud"),
    **dict.fromkeys(("bk", "guru bimbingan konseling", "guru bimbingan dan konseling", "konselor"), "guru_bk"),
    **dict.fromkeys(("gpk", "guru pembimbing khusus"), "guru_pendamping_khusus"),
    **dict.fromkeys(("tendik", "tu", "tata usaha", "staf tu", "pustakawan"), "tenaga_kependidikan"),
}


def kind(said: Jenjang, name: str) -> Jenjang:
    """Of a school that a list calls a madrasah and no more, the kind that its name begins with: `MTsN 2` is an MTs."""
    if said is not Jenjang.MADRASAH:
        return said
    words = search_key(name).split()
    found = [JENJANG.get(" ".join(words[:count])) for count in (2, 1)]
    return next((one for one in found if one is not None and one.is_madrasah), said)


_PREFIX = re.compile(r"^(kecamatan|kec)\b\.?\s*", re.IGNORECASE)


def place_key(typed: str) -> str:
    """`Kec. Kedung Banteng` and `KEDUNGBANTENG` give the same key."""
    return search_key(_PREFIX.sub("", typed.strip())).replace(" ", "")


def kecamatan(places: Iterable[Kecamatan]) -> dict[str, str]:
    """Every way to write a kecamatan -> its Kemendagri code: names, and the numbers of BPS and Dapodik (domain guide 2)."""
    found: dict[str, str] = {}
    for place in places:
        for name in (place.name, place.dapodik_name):
            found[place_key(name)] = found[search_key(name)] = place.code
        for code in (place.code, place.code.replace(".", ""), place.bps_code, place.dapodik_code):
            found[code] = place.code
    return found
