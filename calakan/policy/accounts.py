"""Who may: accounts, people and the letters to them."""

from __future__ import annotations

from calakan.kernel.actor import Role
from calakan.people import rules as people
from calakan.policy import rows
from calakan.policy.rules import COMMITTEE
from calakan.web.access import Access, allow, for_machines, link, noted, proven, public, role, signed_in

ENDPOINTS: dict[str, Access] = {
    "people.register": public(),
    "people.registered": public(),
    "people.resend": public(),
    "people.confirm": public(),
    "people.login": public(),
    "people.logout": signed_in(),
    "people.forgot": public(),
    "people.reset": public(),
    "people.profile": signed_in(),
    "people.school_options": signed_in(),
    "people.password": signed_in(),
    "people.name_preview": signed_in(),
    "people.tokens": proven(signed_in()),
    "people.revoke_token": proven(signed_in()),
    "second_factor.code": public(),
    "second_factor.prove": signed_in(),
    "second_factor.page": proven(signed_in()),
    "second_factor.prepare": proven(signed_in()),
    "second_factor.activate": proven(signed_in()),
    "second_factor.renew_codes": proven(signed_in()),
    "second_factor.turn_off": proven(signed_in()),
    "people_manage.people": role(*COMMITTEE),
    "people_manage.person": noted(role(*COMMITTEE, on=rows.person), "people.look"),
    "people_manage.add_person": proven(role(Role.ADMIN)),
    "people_manage.set_roles": proven(allow(people.may_administer, on=rows.person)),
    "people_manage.set_scope": proven(allow(people.may_administer, on=rows.person)),
    "people_manage.switch_account": proven(allow(people.may_administer, on=rows.person)),
    "people_manage.reset_second_factor": proven(allow(people.may_administer, on=rows.person)),
    "people_manage.schools": role(*COMMITTEE),
    "people_manage.school_new": role(Role.ADMIN),
    "people_manage.school_edit": role(Role.ADMIN, on=rows.school),
    "notifications.inbox": signed_in(),
    "notifications.mark_read": signed_in(),
    "notifications.preferences": signed_in(),
    "notifications.add_device": signed_in(),
    "notifications.remove_device": signed_in(),
    "notifications.worker": for_machines(),
    "notifications.whatsapp": signed_in(),
    "notifications.whatsapp_code": signed_in(),
    "notifications.telegram": signed_in(),
    "notifications.disconnect": signed_in(),
    "notifications.unsubscribe": link(),
    "api_providers.whatsapp_check": link(),
    "api_providers.whatsapp": link(),
    "api_providers.telegram": link(),
    "api_providers.fonnte": link(),
    "api_providers.wablas": link(),
    "notifications.resend_failed": role(*COMMITTEE),
    "notifications.try_channel": role(*COMMITTEE),
    "notifications.outbox": role(*COMMITTEE),
    "notifications.resend": role(*COMMITTEE),
    "bounces.trust_mine": signed_in(),
    "bounces.trust": role(*COMMITTEE),
    # Let in by the signature of the request.
    "bounces.told": link(),
}
