"""Who may: the site itself, the office's settings, one's own data and the page of today."""

from __future__ import annotations

from calakan.desk.scope import standing as scope
from calakan.diklat import rules as diklat
from calakan.kernel.actor import Role
from calakan.people import rules as people
from calakan.policy import rows
from calakan.reports import rules as reports
from calakan.web.access import Access, allow, for_machines, noted, proven, public, role, signed_in

ENDPOINTS: dict[str, Access] = {
    "web.asset": for_machines(),
    "health.livez": for_machines(),
    "health.readyz": for_machines(),
    # Let in by its own token, or from this host alone.
    "health.metrics": for_machines(),
    "web.help_page": public(),
    "web.help_picture": for_machines(),
    "web.accessibility": public(),
    "web.appearance": public(),
    "web.manifest": for_machines(),
    "web.card": for_machines(),
    "web.emblem": for_machines(),
    "web.robots": for_machines(),
    "web.security_txt": for_machines(),
    "office.settings": role(Role.ADMIN),
    "office.signers": role(Role.ADMIN),
    "office.scan": role(Role.ADMIN),
    "office.emblem": role(Role.ADMIN),
    "office.sample": role(Role.ADMIN),
    "office.add_choice": role(Role.ADMIN),
    "office.switch_choice": role(Role.ADMIN),
    "office.holidays": role(Role.ADMIN),
    "office.remove_holiday": role(Role.ADMIN),
    "office.trail_file": noted(role(Role.ADMIN), "people.download"),
    "office.trail": noted(role(Role.ADMIN), "people.list", daily=True),
    "api_docs.page": public(),
    "privacy.notice": public(),
    "privacy.older_notice": public(),
    "privacy_manage.keeping_page": role(Role.ADMIN),
    "privacy.data": signed_in(),
    "privacy.download": signed_in(),
    "privacy.download_table": signed_in(),
    "privacy.lookers_page": signed_in(),
    "privacy.consents": signed_in(),
    "privacy.change_consent": signed_in(),
    "privacy.ask": signed_in(),
    "privacy_manage.breaches_page": role(Role.ADMIN),
    "privacy_manage.breach_page": role(Role.ADMIN, on=rows.breach),
    "privacy_manage.answer_breach": role(Role.ADMIN, on=rows.breach),
    "privacy_manage.erase": noted(proven(allow(people.may_administer, on=rows.person)), "people.look", daily=True),
    "promises.page": role(Role.ADMIN),
    "desk.home": signed_in(),
    "desk.running": signed_in(),
    "desk.offline_page": signed_in(),
    "desk.worker": for_machines(),
    "desk.committee": allow(diklat.may_manage),
    "desk.board": allow(diklat.may_prepare, on=rows.diklat, hidden=True),
    "desk.many": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list", daily=True),
    "desk.do_many": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list", daily=True),
    "desk.dashboard": allow(reports.may_report),
    "desk.scope": noted(allow(people.has_scope), "people.list", daily=True),
    "desk.scope_person": noted(allow(scope.may_look, on=rows.person, hidden=True), "people.look", daily=True),
    "desk.scope_file": noted(allow(people.has_scope), "people.download"),
    "desk.scope_remind": allow(people.has_scope),
    "desk.scope_send": noted(allow(people.has_scope), "people.list", daily=True),
}
