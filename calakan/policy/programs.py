"""Who may: programs, by way of the API."""

from __future__ import annotations

from calakan.diklat import rules as diklat
from calakan.enrolment import rules as enrolment
from calakan.kernel.actor import Role
from calakan.people import rules as people
from calakan.policy import rows, rules
from calakan.policy.rules import COMMITTEE
from calakan.reports import rules as reports
from calakan.web.access import Access, allow, noted, proven, public, role, signed_in

ENDPOINTS: dict[str, Access] = {
    "api.openapi": public(),
    "api.catalogue": public(),
    "api.diklat": allow(diklat.may_view, on=rows.diklat, anonymous=True, hidden=True),
    "api.managed_diklat": allow(diklat.may_manage),
    "api.create_diklat": allow(diklat.may_create),
    "api.change_diklat": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "api.publish_diklat": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "api.close_diklat": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "api.cancel_diklat": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "api.add_session": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "api.change_session": allow(diklat.may_prepare_session, on=rows.session_by_id, hidden=True),
    "api.cancel_session": allow(diklat.may_prepare_session, on=rows.session_by_id, hidden=True),
    "api.join": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "api.leave": allow(enrolment.may_leave, on=rows.diklat, hidden=True),
    "api.my_enrolments": signed_in(),
    "api.participants": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list"),
    "api.me": signed_in(),
    "api.people": noted(role(*COMMITTEE), "people.list"),
    "api.add_person": proven(role(Role.ADMIN)),
    "api.person": noted(role(*COMMITTEE, on=rows.person), "people.look"),
    "api.set_roles": proven(allow(people.may_administer, on=rows.person)),
    "api.schools": role(*COMMITTEE),
    "api.import_schools": role(Role.ADMIN),
    "api.check_in": allow(rules.may_check_in, on=rows.session_by_id, hidden=True),
    "api.import_attendance": allow(rules.may_mark, on=rows.session_by_id, hidden=True),
    "api.attendance_lists": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list"),
    "api.undo_attendance_list": allow(rules.may_see_batch, on=rows.batch_by_id, hidden=True),
    "api.check_certificate": public(on=rows.certificate),
    "api.my_certificates": signed_in(),
    "api.certificate_plan": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list"),
    "api.certificate_batch": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list"),
    "api.request_certificates": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "api.statistics": public(),
    "api.participation_report": allow(reports.may_report),
}
