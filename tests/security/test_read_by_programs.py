"""What programs send is read before anything is written, too."""

from __future__ import annotations

from flask import Flask

from calakan.kernel.actor import Role
from tests import factories
from tests.api.conftest import Api, token_of
from tests.attendance.test_lists import Meeting
from tests.security.conftest import Watched
from tests.security.test_damaged_archives import LIST, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_programs_too(app: Flask, read: Watched) -> None:
    admin, meeting = token_of(factories.person("Admin", Role.ADMIN)), Meeting()
    for path in ("/schools/import", f"/sessions/{meeting.slug}~2/attendance-import"):
        Api(app)("POST", path, admin, data=workbook(LIST), content_type=XLSX)
    assert read == [False, False]
