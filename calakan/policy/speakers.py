"""Who may: narasumber: busy times, invitations, what they are thanked with."""

from __future__ import annotations

from calakan.narasumber import rules as narasumber
from calakan.policy import rows, rules
from calakan.policy.rules import COMMITTEE
from calakan.recognition import rules as recognition
from calakan.web.access import Access, allow, public, role

ENDPOINTS: dict[str, Access] = {
    "availability.busy": allow(narasumber.may_offer),
    "availability.toggle": allow(narasumber.may_offer),
    "availability.add": allow(narasumber.may_offer),
    "availability.remove": allow(narasumber.may_offer),
    "availability.connect": allow(narasumber.may_offer),
    "availability.disconnect": allow(narasumber.may_offer),
    "availability.own": allow(narasumber.may_offer),
    "availability.programme": public(),
    "availability.committee": role(*COMMITTEE),
    "recognition.record": allow(narasumber.may_offer),
    "recognition.letter": allow(recognition.may_read, on=rows.letter, hidden=True),
    "recognition.share": allow(narasumber.may_view_profile, on=rows.volunteer, anonymous=True, hidden=True),
    "narasumber.board": allow(narasumber.may_offer),
    "narasumber.schedule": allow(narasumber.may_offer),
    "narasumber.apply": public(),
    "narasumber.invitation": public(),
    "narasumber.answer": public(),
    "narasumber.invitation_check_in": public(),
    "narasumber.invitation_code": public(),
    "narasumber.invitation_hand_out": public(),
    "narasumber.invitation_material": public(),
    "narasumber.check_in": allow(narasumber.may_offer, on=rows.session),
    "narasumber.step_back": allow(narasumber.may_offer, on=rows.session),
    "narasumber.volunteer_for": allow(narasumber.may_offer, on=rows.session),
    "narasumber.withdraw": allow(narasumber.may_offer, on=rows.session),
    "narasumber.profile": allow(narasumber.may_view_profile, on=rows.volunteer, anonymous=True, hidden=True),
    "narasumber.photo": allow(narasumber.may_view_profile, on=rows.volunteer, anonymous=True, hidden=True),
    "narasumber.volunteers": role(*COMMITTEE),
    "narasumber_manage.speakers": allow(rules.may_mark, on=rows.session),
    "narasumber_manage.invite": allow(rules.may_mark, on=rows.session),
    "narasumber_manage.appoint": allow(rules.may_mark, on=rows.session),
    "narasumber_manage.dismiss": allow(rules.may_mark, on=rows.session),
    "narasumber_manage.answer_offer": allow(rules.may_mark, on=rows.session),
    "narasumber_manage.relay": allow(rules.may_mark, on=rows.session),
    "narasumber_manage.volunteer": role(*COMMITTEE, on=rows.volunteer),
    "narasumber_manage.remark": role(*COMMITTEE, on=rows.volunteer),
    "narasumber_manage.accounts": role(*COMMITTEE),
    "narasumber_manage.switch_account": role(*COMMITTEE),
    "narasumber.decide": role(*COMMITTEE, on=rows.volunteer),
}
