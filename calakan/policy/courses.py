"""Who may: diklat, how they are planned and who takes part."""

from __future__ import annotations

from calakan.diklat import rules as diklat
from calakan.enrolment import rules as enrolment
from calakan.narasumber import rules as narasumber
from calakan.policy import rows, rules
from calakan.policy.rules import COMMITTEE
from calakan.web.access import Access, allow, from_kept_page, noted, nothing, public, role, signed_in

# Anybody is found there, to be added.
_among_all = noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list", daily=True, of=nothing)

ENDPOINTS: dict[str, Access] = {
    "diklat.home": public(),
    "diklat.catalogue": public(),
    "diklat.detail": allow(diklat.may_view, on=rows.diklat, anonymous=True, hidden=True),
    "diklat.card": allow(diklat.may_view, on=rows.diklat, anonymous=True, hidden=True),
    "diklat.ics": allow(diklat.may_view, on=rows.diklat, anonymous=True, hidden=True),
    "diklat.feed": public(),
    "diklat_manage.listing": allow(diklat.may_manage),
    "diklat_manage.create": allow(diklat.may_create),
    "diklat_manage.edit": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "diklat_manage.programme": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "diklat_manage.edit_row": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "diklat_manage.move_row": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "diklat_manage.remove_row": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "diklat_manage.sessions": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "diklat_manage.session_new": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "diklat_manage.session_edit": allow(diklat.may_prepare_session, on=rows.session, hidden=True),
    "diklat_manage.session_cancel": allow(diklat.may_prepare_session, on=rows.session, hidden=True),
    "diklat_manage.answer_offer": allow(rules.may_mark, on=rows.session),
    "diklat_manage.propose": allow(diklat.may_propose, on=rows.diklat, hidden=True),
    "diklat_manage.send_back": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "diklat_manage.publish": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "diklat_manage.cancel": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "enrolment.enter": from_kept_page(allow(diklat.may_view, on=rows.diklat, anonymous=True, hidden=True)),
    "enrolment.join": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "enrolment.joined": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "enrolment.leave": allow(enrolment.may_leave, on=rows.diklat, hidden=True),
    "enrolment.mine": signed_in(),
    "enrolment.wish": signed_in(),
    "enrolment.history": signed_in(),
    "enrolment.renew_calendar": signed_in(),
    "enrolment.calendar": public(),
    "enrolment_manage.roster": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list", daily=True),
    "enrolment_manage.look": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "enrolment_manage.add": _among_all,
    "enrolment_manage.add_many": _among_all,
    "enrolment.shared": public(),
    "enrolment_manage.share": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "enrolment_manage.tick_text": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "enrolment_manage.share_kecamatan": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "enrolment_manage.broadcasts": role(*COMMITTEE),
    "enrolment_manage.new_broadcast": role(*COMMITTEE),
    "enrolment_manage.broadcast": noted(role(*COMMITTEE, on=rows.broadcast), "people.list", daily=True),
    "enrolment_manage.try_broadcast": role(*COMMITTEE, on=rows.broadcast),
    "enrolment_manage.send_broadcast": role(*COMMITTEE, on=rows.broadcast),
    "enrolment_manage.stop_broadcast": role(*COMMITTEE, on=rows.broadcast),
    "enrolment_manage.messages": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "enrolment_manage.set_preset": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "planning.propose": allow(narasumber.may_offer),
    "planning_manage.timetable_page": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "planning_manage.review": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "planning_manage.clone": allow(diklat.may_clone, on=rows.diklat, hidden=True),
}
