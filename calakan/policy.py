"""ONE table: every endpoint -> who may. An endpoint without a line is refused; tests hold the table against the routes."""

from __future__ import annotations

from calakan.assessment.models import Exam, Exercise
from calakan.assessment.queries import access as assessment
from calakan.assessment.queries import exams, exercises
from calakan.attendance import batches
from calakan.attendance import rules as attendance
from calakan.attendance.models import Batch
from calakan.certificates import queries as certificate_queries
from calakan.certificates import rules as certificates
from calakan.certificates.designs import queries as designs
from calakan.certificates.models import Certificate, Design
from calakan.diklat import queries as diklat_queries
from calakan.diklat import rules as diklat
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import broadcasts
from calakan.enrolment import rules as enrolment
from calakan.enrolment.models import Broadcast
from calakan.feedback import queries as feedback_queries
from calakan.feedback import rules as feedback
from calakan.feedback.models import Quote
from calakan.kernel.actor import Actor, Role
from calakan.materials import queries as materials
from calakan.materials.models import Material
from calakan.narasumber import queries as narasumber_queries
from calakan.narasumber import rules as narasumber
from calakan.narasumber.models import Volunteer
from calakan.people import queries as people_queries
from calakan.people import rules as people
from calakan.people.models import Person, School
from calakan.recognition import queries as recognition_queries
from calakan.recognition import rules as recognition
from calakan.recognition.models import AssignmentLetter
from calakan.reports import rules as reports
from calakan.reports import standing as report_queries
from calakan.reports.models import Export
from calakan.web.access import Access, allow, for_machines, link, noted, proven, public, role, signed_in

COMMITTEE = (Role.PANITIA, Role.ADMIN)


def _diklat(slug: str, **rest: object) -> Diklat | None:
    return diklat_queries.by_slug(slug)


def _session(slug: str, number: int, **rest: object) -> LiveSession | None:
    # A number past the database's integers is nobody's session.
    return diklat_queries.live_session(slug, number) if number < 10_000 else None


def _session_by_id(id: str, **rest: object) -> LiveSession | None:
    """The address programs use: `<slug>~<number>`."""
    slug, _, number = id.rpartition("~")
    return _session(slug, int(number)) if number.isascii() and number.isdigit() and len(number) < 5 else None


def _certificate(code: str, **rest: object) -> Certificate | None:
    return certificate_queries.by_code(code)


def _design(id: int, **rest: object) -> Design | None:
    # A number past the database's integers is no template.
    return designs.design(id) if id < 2**31 else None


def _volunteer(slug: str, **rest: object) -> Volunteer | None:
    return narasumber_queries.by_slug(slug)


def _person(code: str, **rest: object) -> Person | None:
    return people_queries.by_code(code)


def _material(code: str, **rest: object) -> Material | None:
    return materials.by_code(code)


def _exercise(slug: str, number: int, **rest: object) -> Exercise | None:
    return exercises.exercise(slug, number)


def _quote(code: str, **rest: object) -> Quote | None:
    return feedback_queries.quote_by_code(code)


def _exam(slug: str, number: int, **rest: object) -> Exam | None:
    return exams.exam(slug, number)


def _letter(code: str, **rest: object) -> AssignmentLetter | None:
    return recognition_queries.by_code(code)


def _broadcast(code: str, **rest: object) -> Broadcast | None:
    return broadcasts.by_code(code)


def _school(npsn: str, **rest: object) -> School | None:
    return people_queries.school_by_npsn(npsn)


def _export(code: str, **rest: object) -> Export | None:
    return report_queries.export_by_code(code)


def _may_check_in(actor: Actor, session: LiveSession) -> bool:
    return enrolment.may_join(actor, session.diklat)


def _may_mark(actor: Actor, session: LiveSession) -> bool:
    return diklat.may_steer(actor, session.diklat)


def _batch(id: int, **rest: object) -> Batch | None:
    return batches.batch(id)


def _may_see_batch(actor: Actor, batch: Batch) -> bool:
    return diklat.may_steer(actor, batch.live_session.diklat)


def _may_run(actor: Actor, session: LiveSession) -> bool:
    """The panitia, the lead, and whoever stands confirmed in this session."""
    if attendance.may_run(actor, session):
        return True
    confirmed = narasumber_queries.confirmed_of([session.id]).get(session.id, ())
    return any(row.person_id == actor.person_id for row in confirmed)


# Whoever was here has no result in a test that asks these questions.
_with_key = noted(allow(assessment.may_see_key, on=_exam, hidden=True), assessment.SEE_KEY, daily=True)

POLICY: dict[str, Access] = {
    "web.asset": for_machines(),
    "health.livez": for_machines(),
    "health.readyz": for_machines(),
    # Let in by its own token, or from this host alone.
    "health.metrics": for_machines(),
    "web.privacy": public(),
    "web.appearance": public(),
    "web.manifest": for_machines(),
    "web.card": for_machines(),
    "web.robots": for_machines(),
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
    "people_manage.person": noted(role(*COMMITTEE, on=_person), "people.look"),
    "people_manage.add_person": proven(role(Role.ADMIN)),
    "people_manage.set_roles": proven(allow(people.may_administer, on=_person)),
    "people_manage.set_scope": proven(allow(people.may_administer, on=_person)),
    "people_manage.switch_account": proven(allow(people.may_administer, on=_person)),
    "people_manage.reset_second_factor": proven(allow(people.may_administer, on=_person)),
    "people_manage.schools": role(*COMMITTEE),
    "people_manage.school_new": role(Role.ADMIN),
    "people_manage.school_edit": role(Role.ADMIN, on=_school),
    "diklat.home": public(),
    "diklat.catalogue": public(),
    "diklat.detail": allow(diklat.may_view, on=_diklat, anonymous=True, hidden=True),
    "diklat.ics": allow(diklat.may_view, on=_diklat, anonymous=True, hidden=True),
    "diklat.feed": public(),
    "diklat_manage.listing": allow(diklat.may_create),
    "diklat_manage.create": allow(diklat.may_create),
    "desk.board": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "diklat_manage.edit": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "diklat_manage.programme": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "diklat_manage.edit_row": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "diklat_manage.move_row": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "diklat_manage.remove_row": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "diklat_manage.sessions": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "diklat_manage.session_new": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "diklat_manage.session_edit": allow(diklat.may_prepare_session, on=_session, hidden=True),
    "diklat_manage.session_cancel": allow(diklat.may_prepare_session, on=_session, hidden=True),
    "diklat_manage.answer_offer": role(*COMMITTEE, on=_session),
    "diklat_manage.propose": allow(diklat.may_propose, on=_diklat, hidden=True),
    "diklat_manage.send_back": allow(diklat.may_steer, on=_diklat, hidden=True),
    "diklat_manage.publish": allow(diklat.may_steer, on=_diklat, hidden=True),
    "diklat_manage.cancel": allow(diklat.may_steer, on=_diklat, hidden=True),
    "availability.busy": allow(narasumber.may_offer),
    "availability.toggle": allow(narasumber.may_offer),
    "availability.add": allow(narasumber.may_offer),
    "availability.remove": allow(narasumber.may_offer),
    "availability.connect": allow(narasumber.may_offer),
    "availability.disconnect": allow(narasumber.may_offer),
    "availability.own": allow(narasumber.may_offer),
    "availability.programme": public(),
    "availability.committee": role(*COMMITTEE),
    "enrolment.join": allow(enrolment.may_join, on=_diklat, hidden=True),
    "enrolment.joined": allow(enrolment.may_join, on=_diklat, hidden=True),
    "enrolment.leave": allow(enrolment.may_leave, on=_diklat, hidden=True),
    "enrolment.mine": signed_in(),
    "enrolment.history": signed_in(),
    "enrolment.renew_calendar": signed_in(),
    "enrolment.calendar": public(),
    "enrolment_manage.roster": allow(diklat.may_steer, on=_diklat, hidden=True),
    "enrolment_manage.act": allow(diklat.may_steer, on=_diklat, hidden=True),
    "enrolment_manage.add": allow(diklat.may_steer, on=_diklat, hidden=True),
    "enrolment.shared": public(),
    "enrolment_manage.share": allow(diklat.may_steer, on=_diklat, hidden=True),
    "enrolment_manage.share_kecamatan": allow(diklat.may_steer, on=_diklat, hidden=True),
    "enrolment_manage.broadcasts": role(*COMMITTEE),
    "enrolment_manage.new_broadcast": role(*COMMITTEE),
    "enrolment_manage.broadcast": role(*COMMITTEE, on=_broadcast),
    "enrolment_manage.try_broadcast": role(*COMMITTEE, on=_broadcast),
    "enrolment_manage.send_broadcast": role(*COMMITTEE, on=_broadcast),
    "enrolment_manage.stop_broadcast": role(*COMMITTEE, on=_broadcast),
    "enrolment_manage.messages": allow(diklat.may_steer, on=_diklat, hidden=True),
    "enrolment_manage.set_preset": allow(diklat.may_steer, on=_diklat, hidden=True),
    "attendance.check_in": signed_in(),
    "attendance.check_in_by_code": signed_in(),
    "attendance.progress": allow(enrolment.may_join, on=_diklat, hidden=True),
    "attendance.session_page": allow(_may_check_in, on=_session, hidden=True),
    "attendance.enter_room": allow(_may_check_in, on=_session, hidden=True),
    "attendance.appeal": allow(_may_check_in, on=_session, hidden=True),
    "attendance_manage.answer_appeal": allow(diklat.may_steer, on=_diklat, hidden=True),
    "attendance.sheet": allow(diklat.may_steer, on=_diklat, hidden=True),
    "attendance_manage.import_list": allow(diklat.may_steer, on=_diklat, hidden=True),
    "attendance_manage.batch": allow(_may_see_batch, on=_batch, hidden=True),
    "attendance_manage.apply_batch": allow(_may_see_batch, on=_batch, hidden=True),
    "attendance_manage.give_line": allow(_may_see_batch, on=_batch, hidden=True),
    "attendance_manage.undo_batch": allow(_may_see_batch, on=_batch, hidden=True),
    "attendance.mark": allow(diklat.may_steer, on=_diklat, hidden=True),
    "attendance.run": allow(_may_run, on=_session, hidden=True),
    "attendance.run_state": allow(_may_run, on=_session, hidden=True),
    "attendance.substitute": allow(_may_run, on=_session, hidden=True),
    "attendance.finish": allow(_may_run, on=_session, hidden=True),
    "attendance.code_page": allow(_may_run, on=_session, hidden=True),
    "attendance.code_state": allow(_may_run, on=_session, hidden=True),
    "attendance.open_code": allow(_may_run, on=_session, hidden=True),
    "attendance.close_code": allow(_may_run, on=_session, hidden=True),
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
    "certificates.download": allow(certificates.may_download, on=_certificate, hidden=True),
    "certificates.mine": allow(certificates.may_correct, on=_certificate, hidden=True),
    "certificates.year_zip": signed_in(),
    "certificates.preview": allow(enrolment.may_join, on=_diklat, hidden=True),
    "certificates.picture": allow(enrolment.may_join, on=_diklat, hidden=True),
    "certificates.confirm_name": allow(enrolment.may_join, on=_diklat, hidden=True),
    "certificates.correction": allow(certificates.may_correct, on=_certificate, hidden=True),
    "certificates_manage.corrections_asked": role(*COMMITTEE),
    "certificates_manage.decide": allow(certificates.may_revoke, on=_certificate, hidden=True),
    "designs.listing": role(*COMMITTEE),
    "designs.edit": role(*COMMITTEE, on=_design),
    "designs.preview": role(*COMMITTEE, on=_design),
    "designs.specimen": role(*COMMITTEE, on=_design),
    "designs.archive": role(*COMMITTEE, on=_design),
    "designs.default": role(Role.ADMIN),
    "designs.choose": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.board": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.progress": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.issue": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.pause": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.mend": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.statements": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.committee": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.void": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.register_page": role(*COMMITTEE),
    "certificates_manage.reserve": role(*COMMITTEE),
    "certificates_manage.register_file": noted(role(*COMMITTEE), "people.download"),
    "certificates_manage.signing": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.unsigned": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.upload_signed": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.esign": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.retry": allow(diklat.may_steer, on=_diklat, hidden=True),
    "certificates_manage.revoke": allow(certificates.may_revoke, on=_certificate, hidden=True),
    "certificates_manage.reissue": allow(certificates.may_revoke, on=_certificate, hidden=True),
    "materials.board": allow(materials.may_supply, on=_diklat, hidden=True),
    "materials.renew": allow(materials.may_supply_material, on=_material, hidden=True),
    "materials.withdraw": allow(materials.may_supply_material, on=_material, hidden=True),
    "materials.set_audience": allow(materials.may_supply_material, on=_material, hidden=True),
    "materials.newest": allow(materials.may_open, on=_material, anonymous=True, hidden=True),
    "materials.version": allow(materials.may_supply_material, on=_material, hidden=True),
    "assessment.task": allow(assessment.may_take_part, on=_exercise, hidden=True),
    "assessment.own_file": allow(assessment.may_take_part, on=_exercise, hidden=True),
    "assessment.exam": allow(assessment.may_take_part, on=_exam, hidden=True),
    "assessment.begin": allow(assessment.may_take_part, on=_exam, hidden=True),
    "assessment.save_answers": allow(assessment.may_take_part, on=_exam, hidden=True),
    "assessment.send_answers": allow(assessment.may_take_part, on=_exam, hidden=True),
    "assessment_manage.tasks": allow(assessment.may_set, on=_diklat, hidden=True),
    "assessment_manage.edit_task": allow(assessment.may_review, on=_exercise, hidden=True),
    "assessment_manage.withdraw_task": allow(assessment.may_review, on=_exercise, hidden=True),
    "assessment_manage.review": allow(assessment.may_review, on=_exercise, hidden=True),
    "assessment_manage.accept_many": allow(assessment.may_review, on=_exercise, hidden=True),
    "assessment_manage.answer": allow(assessment.may_review, on=_exercise, hidden=True),
    "assessment_manage.answer_file": noted(allow(assessment.may_review, on=_exercise, hidden=True), "people.download"),
    "assessment_manage.exams": allow(assessment.may_set, on=_diklat, hidden=True),
    "assessment_manage.results": allow(assessment.may_see_results, on=_diklat, hidden=True),
    "assessment_manage.edit_exam": allow(assessment.may_review, on=_exam, hidden=True),
    "assessment_manage.withdraw_exam": allow(assessment.may_review, on=_exam, hidden=True),
    "assessment_manage.questions": _with_key,
    "assessment_manage.import_questions": _with_key,
    "assessment_manage.edit_question": _with_key,
    "assessment_manage.correct_key": _with_key,
    "assessment_manage.remove_question": allow(assessment.may_see_key, on=_exam, hidden=True),
    "assessment_manage.import_scores": allow(assessment.may_see_key, on=_exam, hidden=True),
    "assessment_manage.save_scores": allow(assessment.may_see_key, on=_exam, hidden=True),
    "feedback.answer": allow(enrolment.may_join, on=_diklat, hidden=True),
    "feedback.own": allow(narasumber.may_offer),
    "feedback.board": allow(diklat.may_steer, on=_diklat, hidden=True),
    "feedback.my_quotes": signed_in(),
    "feedback.withdraw_quote": allow(feedback.may_withdraw, on=_quote, hidden=True),
    "feedback.quotes_board": role(*COMMITTEE),
    "feedback.choose_quote": role(*COMMITTEE, on=_quote),
    "recognition.record": allow(narasumber.may_offer),
    "recognition.letter": allow(recognition.may_read, on=_letter, hidden=True),
    "recognition.share": allow(narasumber.may_view_profile, on=_volunteer, anonymous=True, hidden=True),
    "completion.close": allow(diklat.may_steer, on=_diklat, hidden=True),
    "completion.give_exception": allow(diklat.may_steer, on=_diklat, hidden=True),
    "completion.take_back_exception": allow(diklat.may_steer, on=_diklat, hidden=True),
    "planning.propose": allow(narasumber.may_offer),
    "planning_manage.review": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "planning_manage.clone": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "narasumber.board": allow(narasumber.may_offer),
    "narasumber.schedule": allow(narasumber.may_offer),
    "narasumber.apply": public(),
    "narasumber.invitation": public(),
    "narasumber.answer": public(),
    "narasumber.invitation_check_in": public(),
    "narasumber.invitation_code": public(),
    "narasumber.invitation_material": public(),
    "narasumber.check_in": allow(narasumber.may_offer, on=_session),
    "narasumber.step_back": allow(narasumber.may_offer, on=_session),
    "narasumber.volunteer_for": allow(narasumber.may_offer, on=_session),
    "narasumber.withdraw": allow(narasumber.may_offer, on=_session),
    "narasumber.profile": allow(narasumber.may_view_profile, on=_volunteer, anonymous=True, hidden=True),
    "narasumber.photo": allow(narasumber.may_view_profile, on=_volunteer, anonymous=True, hidden=True),
    "narasumber.volunteers": role(*COMMITTEE),
    "narasumber_manage.speakers": role(*COMMITTEE, on=_session),
    "narasumber_manage.invite": role(*COMMITTEE, on=_session),
    "narasumber_manage.appoint": role(*COMMITTEE, on=_session),
    "narasumber_manage.dismiss": role(*COMMITTEE, on=_session),
    "narasumber_manage.answer_offer": role(*COMMITTEE, on=_session),
    "narasumber_manage.relay": role(*COMMITTEE, on=_session),
    "narasumber_manage.volunteer": role(*COMMITTEE, on=_volunteer),
    "narasumber_manage.remark": role(*COMMITTEE, on=_volunteer),
    "narasumber_manage.accounts": role(*COMMITTEE),
    "narasumber_manage.switch_account": role(*COMMITTEE),
    "narasumber.decide": role(*COMMITTEE, on=_volunteer),
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
    "office.settings": role(Role.ADMIN),
    "office.signers": role(Role.ADMIN),
    "office.scan": role(Role.ADMIN),
    "office.sample": role(Role.ADMIN),
    "office.add_choice": role(Role.ADMIN),
    "office.switch_choice": role(Role.ADMIN),
    "office.holidays": role(Role.ADMIN),
    "office.remove_holiday": role(Role.ADMIN),
    "office.trail": role(Role.ADMIN),
    "reports.participation": allow(reports.may_report),
    "reports.roster": allow(diklat.may_steer, on=_diklat, hidden=True),
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
    "exports.board": allow(reports.may_report),
    "exports.progress": allow(reports.may_report),
    "exports.ask": allow(reports.may_report),
    "exports.file": allow(reports.may_fetch, on=_export, hidden=True),
    "exports.stop": allow(reports.may_fetch, on=_export, hidden=True),
    "exports.remove": allow(reports.may_fetch, on=_export, hidden=True),
    "api_docs.page": public(),
    "api.openapi": public(),
    "api.catalogue": public(),
    "api.diklat": allow(diklat.may_view, on=_diklat, anonymous=True, hidden=True),
    "api.managed_diklat": allow(diklat.may_create),
    "api.create_diklat": allow(diklat.may_create),
    "api.change_diklat": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "api.publish_diklat": allow(diklat.may_steer, on=_diklat, hidden=True),
    "api.close_diklat": allow(diklat.may_steer, on=_diklat, hidden=True),
    "api.cancel_diklat": allow(diklat.may_steer, on=_diklat, hidden=True),
    "api.add_session": allow(diklat.may_prepare, on=_diklat, hidden=True),
    "api.change_session": allow(diklat.may_prepare_session, on=_session_by_id, hidden=True),
    "api.cancel_session": allow(diklat.may_prepare_session, on=_session_by_id, hidden=True),
    "api.join": allow(enrolment.may_join, on=_diklat, hidden=True),
    "api.leave": allow(enrolment.may_leave, on=_diklat, hidden=True),
    "api.my_enrolments": signed_in(),
    "api.participants": noted(allow(diklat.may_steer, on=_diklat, hidden=True), "people.list"),
    "api.me": signed_in(),
    "api.people": noted(role(*COMMITTEE), "people.list"),
    "api.add_person": proven(role(Role.ADMIN)),
    "api.person": noted(role(*COMMITTEE, on=_person), "people.look"),
    "api.set_roles": proven(allow(people.may_administer, on=_person)),
    "api.schools": role(*COMMITTEE),
    "api.import_schools": role(Role.ADMIN),
    "api.check_in": allow(_may_check_in, on=_session_by_id, hidden=True),
    "api.import_attendance": allow(_may_mark, on=_session_by_id, hidden=True),
    "api.check_certificate": public(on=_certificate),
    "api.my_certificates": signed_in(),
    "api.certificate_plan": allow(diklat.may_steer, on=_diklat, hidden=True),
    "api.certificate_batch": allow(diklat.may_steer, on=_diklat, hidden=True),
    "api.request_certificates": allow(diklat.may_steer, on=_diklat, hidden=True),
    "api.statistics": public(),
    "api.participation_report": allow(reports.may_report),
    "privacy.data": signed_in(),
    "privacy.download": signed_in(),
    "privacy.ask": signed_in(),
    "privacy.erase": proven(allow(people.may_administer, on=_person)),
    "promises.page": role(Role.ADMIN),
    "desk.home": signed_in(),
    "desk.running": signed_in(),
    "desk.committee": allow(diklat.may_create),
    "desk.dashboard": allow(reports.may_report),
    "desk.scope": allow(people.has_scope),
}
