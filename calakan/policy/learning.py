"""Who may: what happens inside a diklat, up to its closing."""

from __future__ import annotations

from calakan.assessment.queries import access as assessment
from calakan.diklat import rules as diklat
from calakan.enrolment import rules as enrolment
from calakan.feedback import rules as feedback
from calakan.materials import queries as materials
from calakan.narasumber import rules as narasumber
from calakan.policy import rows, rules
from calakan.policy.rules import COMMITTEE
from calakan.web.access import Access, allow, leaving, noted, role, signed_in

# Whoever was here has no result in a test that asks these questions.
_with_key = noted(allow(assessment.may_see_key, on=rows.exam, hidden=True), assessment.SEE_KEY, daily=True)

ENDPOINTS: dict[str, Access] = {
    "attendance.check_in": signed_in(),
    "attendance.check_in_by_code": signed_in(),
    "attendance.progress": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "attendance.session_page": allow(rules.may_check_in, on=rows.session, hidden=True),
    "attendance.enter_room": leaving(allow(rules.may_check_in, on=rows.session, hidden=True)),
    "attendance.claim": allow(rules.may_check_in, on=rows.session, hidden=True),
    "attendance.appeal": allow(rules.may_check_in, on=rows.session, hidden=True),
    "attendance.ticket": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "attendance.at_door": allow(rules.may_mark, on=rows.session, hidden=True),
    "attendance.receive": noted(allow(rules.may_receive, on=rows.ticket), "people.look", daily=True, of=rules.holder),
    "attendance.own_photo": allow(rules.may_check_in, on=rows.session, hidden=True),
    "attendance_manage.appeal_photo": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.download"),
    "attendance_manage.answer_appeal": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "attendance.printed": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.download"),
    "attendance.sheet": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list", daily=True),
    "attendance_manage.import_list": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "attendance_manage.batch": noted(allow(rules.may_see_batch, on=rows.batch, hidden=True), "people.list", daily=True),
    "attendance_manage.apply_batch": allow(rules.may_see_batch, on=rows.batch, hidden=True),
    "attendance_manage.give_line": allow(rules.may_see_batch, on=rows.batch, hidden=True),
    "attendance_manage.undo_batch": allow(rules.may_see_batch, on=rows.batch, hidden=True),
    "attendance.mark": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "attendance.run": allow(rules.may_run, on=rows.session, hidden=True),
    "attendance.run_state": allow(rules.may_run, on=rows.session, hidden=True),
    "attendance.substitute": allow(rules.may_run, on=rows.session, hidden=True),
    "attendance.ask_codes": allow(rules.may_run, on=rows.session, hidden=True),
    "attendance.finish": allow(rules.may_run, on=rows.session, hidden=True),
    "attendance.code_page": allow(rules.may_run, on=rows.session, hidden=True),
    "attendance.code_state": allow(rules.may_run, on=rows.session, hidden=True),
    "attendance.open_code": allow(rules.may_run, on=rows.session, hidden=True),
    "attendance.close_code": allow(rules.may_run, on=rows.session, hidden=True),
    "materials.board": allow(materials.may_supply, on=rows.diklat, hidden=True),
    "materials.renew": allow(materials.may_supply_material, on=rows.material, hidden=True),
    "materials.withdraw": allow(materials.may_supply_material, on=rows.material, hidden=True),
    "materials.set_audience": allow(materials.may_supply_material, on=rows.material, hidden=True),
    "materials.newest": leaving(allow(materials.may_open, on=rows.material, anonymous=True, hidden=True)),
    "materials.version": leaving(allow(materials.may_supply_material, on=rows.material, hidden=True)),
    "assessment.task": allow(assessment.may_take_part, on=rows.exercise, hidden=True),
    "assessment.own_file": allow(assessment.may_take_part, on=rows.exercise, hidden=True),
    "assessment.exam": allow(assessment.may_take_part, on=rows.exam, hidden=True),
    "assessment.picture": allow(assessment.may_take_part, on=rows.exam, hidden=True),
    "assessment.begin": allow(assessment.may_take_part, on=rows.exam, hidden=True),
    "assessment.save_answers": allow(assessment.may_take_part, on=rows.exam, hidden=True),
    "assessment.send_answers": allow(assessment.may_take_part, on=rows.exam, hidden=True),
    "assessment_manage.tasks": allow(assessment.may_set, on=rows.diklat, hidden=True),
    "assessment_manage.edit_task": allow(assessment.may_review, on=rows.exercise, hidden=True),
    "assessment_manage.withdraw_task": allow(assessment.may_review, on=rows.exercise, hidden=True),
    "assessment_manage.review": noted(
        allow(assessment.may_review, on=rows.exercise, hidden=True), "people.list", daily=True
    ),
    "assessment_manage.accept_many": allow(assessment.may_review, on=rows.exercise, hidden=True),
    "assessment_manage.answer": noted(
        allow(assessment.may_review, on=rows.exercise, hidden=True), "people.look", daily=True
    ),
    "assessment_manage.answer_file": noted(
        allow(assessment.may_review, on=rows.exercise, hidden=True), "people.download"
    ),
    "assessment_manage.exams": allow(assessment.may_set, on=rows.diklat, hidden=True),
    "assessment_manage.results": noted(
        allow(assessment.may_see_results, on=rows.diklat, hidden=True), "people.list", daily=True
    ),
    "assessment_manage.results_file": noted(
        allow(assessment.may_see_results, on=rows.diklat, hidden=True), "people.download"
    ),
    "assessment_manage.edit_exam": allow(assessment.may_review, on=rows.exam, hidden=True),
    "assessment_manage.withdraw_exam": allow(assessment.may_review, on=rows.exam, hidden=True),
    "assessment_manage.questions": _with_key,
    "assessment_manage.question_picture": allow(assessment.may_see_key, on=rows.exam, hidden=True),
    "assessment_manage.export_questions": _with_key,
    "assessment_manage.import_questions": _with_key,
    "assessment_manage.take_questions": _with_key,
    "assessment_manage.edit_question": _with_key,
    "assessment_manage.correct_key": _with_key,
    "assessment_manage.remove_question": allow(assessment.may_see_key, on=rows.exam, hidden=True),
    "assessment_manage.import_scores": allow(assessment.may_see_key, on=rows.exam, hidden=True),
    "assessment_manage.save_scores": allow(assessment.may_see_key, on=rows.exam, hidden=True),
    "feedback.answer": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "feedback.answer_survey": allow(enrolment.may_join, on=rows.diklat, hidden=True),
    "feedback.own": allow(narasumber.may_offer),
    "feedback.board": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "feedback.set_survey": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "feedback.survey_file": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "feedback.satisfaction": role(*COMMITTEE),
    "feedback.satisfaction_file": role(*COMMITTEE),
    "feedback.my_quotes": signed_in(),
    "feedback.withdraw_quote": allow(feedback.may_withdraw, on=rows.quote, hidden=True),
    "feedback.quotes_board": noted(role(*COMMITTEE), "people.list", daily=True),
    "feedback.choose_quote": role(*COMMITTEE, on=rows.quote),
    "completion.close": noted(allow(diklat.may_steer, on=rows.diklat, hidden=True), "people.list", daily=True),
    "completion.give_exception": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "completion.give_exceptions": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "completion.remind": allow(diklat.may_steer, on=rows.diklat, hidden=True),
    "completion.take_back_exception": allow(diklat.may_steer, on=rows.diklat, hidden=True),
}
