"""Kinds of schools, and who is in charge of them."""

from __future__ import annotations

from enum import StrEnum


class Jenjang(StrEnum):
    """Kinds of schools by level; who is in charge of them is `authority` (UU 23/2014).

    RA, MI, MTs and MA are the kinds of madrasah, each with the level that it `equals`. MADRASAH is any of them: of a diklat it
    means all, of a school or a person that nobody has said yet which.
    """

    PAUD = "paud"
    SD = "sd"
    SMP = "smp"
    SMA = "sma"
    SMK = "smk"
    SLB = "slb"
    KESETARAAN = "pkbm"
    RA = "ra"
    MI = "mi"
    MTS = "mts"
    MA = "ma"
    MADRASAH = "madrasah"

    @property
    def equals(self) -> Jenjang:
        """The level of the kabupaten's or province's schools that this kind is of (UU 20/2003, articles 17, 18 and 28)."""
        return _EQUALS.get(self, self)

    @property
    def is_madrasah(self) -> bool:
        return self is Jenjang.MADRASAH or self in _EQUALS

    @property
    def asked_by(self) -> tuple[Jenjang, ...]:
        """The levels of a diklat that mean whoever teaches at this kind."""
        return (self, Jenjang.MADRASAH) if self in _EQUALS else (self,)

    @property
    def within(self) -> tuple[Jenjang, ...]:
        """The kinds that are meant when this one is asked for."""
        return (*_EQUALS, self) if self is Jenjang.MADRASAH else (self,)

    @property
    def authority(self) -> Authority:
        if self in (Jenjang.SMA, Jenjang.SMK, Jenjang.SLB):
            return Authority.PROVINCE
        return Authority.KEMENAG if self.is_madrasah else Authority.KABUPATEN


_EQUALS = {Jenjang.RA: Jenjang.PAUD, Jenjang.MI: Jenjang.SD, Jenjang.MTS: Jenjang.SMP, Jenjang.MA: Jenjang.SMA}


class Authority(StrEnum):
    KABUPATEN = "kabupaten"
    PROVINCE = "provinsi"
    KEMENAG = "kemenag"
