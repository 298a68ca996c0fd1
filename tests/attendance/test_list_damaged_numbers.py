"""A NIP that a spreadsheet destroyed is used for nobody, and every door says so."""

from __future__ import annotations

import pytest

from calakan.attendance import batches
from calakan.attendance.matching import By
from tests.attendance.test_batches import line, store
from tests.attendance.test_list_doors import meeting
from tests.attendance.test_lists import Meeting

__all__ = ["meeting"]
TOLD = "NIP/NUPTK-nya dirusak Excel, jadi tidak dipakai"


@pytest.mark.parametrize("number", ["1.98501E+17", "198501012010012000"])
def test_it_is_said_beside_the_line(meeting: Meeting, number: str) -> None:
    content = f"Nama,NIP,Kehadiran\nAgus Santoso,{number},Hadir\nOrang Lain,{number},Hadir\nSlamet,{number},\n"
    stored = store(meeting, content)
    (agus, _) = stored.plan.found
    assert (agus.by, agus.said) == (By.NAME, f"Hadir · {TOLD}")
    assert line(stored.batch_id, "Orang Lain").said == f"Hadir · {TOLD}"
    assert line(stored.batch_id, "Slamet").said == TOLD
    assert len(batches.lines(stored.batch_id)) == 3
