"""Who may: reports, statistics and exports."""

from __future__ import annotations

from calakan.diklat import rules as diklat
from calakan.kernel.actor import Role
from calakan.policy import rows
from calakan.policy.rules import COMMITTEE
from calakan.reports import rules as reports
from calakan.web.access import Access, allow, noted, public, role, signed_in

ENDPOINTS: dict[str, Access] = {
    "reports.participation": allow(reports.may_report),
    "reports.save": allow(reports.may_report),
    "reports.remove_saved": allow(reports.may_report),
    "reports.roster": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "reports.export": allow(reports.may_report),
    "reports.public_statistics": public(),
    "statistics.widget": public(),
    "statistics.application": public(),
    "coverage.page": allow(reports.may_report),
    "coverage.schools": allow(reports.may_report),
    "coverage.targets": role(Role.ADMIN),
    "evidence.page": role(Role.PANITIA, Role.ADMIN, Role.PIMPINAN),
    "evidence.save_cost": role(Role.ADMIN),
    "exports.schedule": role(Role.ADMIN),
    "exports.unschedule": role(Role.ADMIN),
    "exports.own_history": signed_in(),
    "exports.register_file": noted(role(*COMMITTEE), "people.download"),
    "exports.board": allow(reports.may_report),
    "exports.progress": allow(reports.may_report),
    "exports.ask": allow(reports.may_report),
    "exports.file": allow(reports.may_fetch, on=rows.export, hidden=True),
    "exports.stop": allow(reports.may_fetch, on=rows.export, hidden=True),
    "exports.remove": allow(reports.may_fetch, on=rows.export, hidden=True),
}
