"""Who may: certificates, their designs and the pages that check them."""

from __future__ import annotations

from calakan.certificates import rules as certificates
from calakan.certificates.outside import services as outside
from calakan.diklat import rules as diklat
from calakan.enrolment import rules as enrolment
from calakan.kernel.actor import Role
from calakan.policy import rows
from calakan.policy.rules import COMMITTEE
from calakan.web.access import Access, allow, for_machines, noted, public, role, signed_in

ENDPOINTS: dict[str, Access] = {
    "certificates.check": public(),
    "certificates.shown": public(),
    "certificates.scanned": public(),
    "certificates.file": public(),
    "certificates.offline": public(),
    "certificates.public_keys": public(),
    "certificates.worker": for_machines(),
    "certificates.manifest": public(),
    "certificates.badge": public(),
    "certificates.badge_facts": public(),
    "certificates.badge_status": public(),
    "certificates.issuer": public(),
    "certificates.by_letter": public(),
    "certificates.download": allow(certificates.may_download, on=rows.certificate, hidden=True),
    "certificates.mine": allow(certificates.may_correct, on=rows.certificate, hidden=True),
    "certificates.year_zip": signed_in(),
    "yearly.make": signed_in(),
    "outside.mine": signed_in(),
    "outside.trusted": role(Role.ADMIN),
    "outside.withdraw": allow(outside.is_own, on=rows.outside_jp, hidden=True),
    "outside.file": noted(allow(outside.may_see, on=rows.outside_jp, hidden=True), "people.download"),
    "outside.waiting": noted(allow(outside.may_wait), "people.list", daily=True),
    "outside.decide": allow(outside.may_decide, on=rows.outside_jp, hidden=True),
    "yearly.download": allow(certificates.may_read_year, on=rows.year_paper, hidden=True),
    "certificates.preview": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "certificates.picture": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "certificates.confirm_name": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "certificates.correction": allow(certificates.may_correct, on=rows.certificate, hidden=True),
    "certificates_manage.corrections_asked": noted(allow(certificates.may_decide), "people.list", daily=True),
    "certificates_manage.decide": allow(certificates.may_revoke, on=rows.certificate, hidden=True),
    "designs.listing": role(*COMMITTEE),
    "designs.edit": role(*COMMITTEE, on=rows.design),
    "designs.preview": role(*COMMITTEE, on=rows.design),
    "designs.specimen": role(*COMMITTEE, on=rows.design),
    "designs.archive": role(*COMMITTEE, on=rows.design),
    "designs.default": role(Role.ADMIN),
    "designs.choose": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.board": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list", daily=True),
    "certificates_manage.progress": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.issue": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.pause": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.mend": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.statements": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.committee": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.void": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.past": role(*COMMITTEE),
    "certificates_manage.past_list": noted(role(*COMMITTEE, on=rows.past_list), "people.list", daily=True),
    "certificates_manage.keep_past": role(*COMMITTEE, on=rows.past_list),
    "certificates_manage.undo_past": role(*COMMITTEE, on=rows.past_list),
    "certificates_manage.past_left": noted(role(*COMMITTEE, on=rows.past_list), "people.download"),
    "certificates_manage.register_page": noted(role(*COMMITTEE), "people.list", daily=True),
    "certificates_manage.reserve": role(*COMMITTEE),
    "certificates_manage.signing": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.unsigned": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.download"),
    "certificates_manage.upload_signed": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.esign": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.retry": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "certificates_manage.revoke": allow(certificates.may_revoke, on=rows.certificate, hidden=True),
    "certificates_manage.reissue": allow(certificates.may_revoke, on=rows.certificate, hidden=True),
}
