"""Forms of tasks and tests."""

from __future__ import annotations

from typing import Any

from tests.hostile.cases import CHOICE, CODE, FLAG, MOMENT, NUMBER, SEEN, TASK, TEXT, FormCase, local
from tests.world import World

EXAM = {
    "title": (TEXT, "Tes akhir"),
    "opens_at": (MOMENT, local(1)),
    "closes_at": (MOMENT, local(3)),
    "attempts_allowed": (NUMBER, "2"),
    "minutes": (NUMBER, "30"),
    "pass_score": (NUMBER, "70"),
}
QUESTION = {
    "text": (TEXT, "Apa itu rubrik?"),
    "options": (TEXT, "* Pedoman\nNilai"),
    "kind": (CHOICE, "single"),
    "picture_alt": (TEXT, "Peta"),
}
CHOSEN: dict[str, tuple[str, Any]] = {"soal-1": (CODE, "1"), "soal-2": (CODE, "2")}


def _untouched_exam(world: World) -> dict[str, Any]:
    return {"slug": world.diklat["own"], "number": 2}


FORMS_OF_TASKS: dict[str, FormCase] = {
    "assessment.task": FormCase(
        "peserta",
        {"text": (TEXT, "Jawaban baru"), "url": (TEXT, "https://drive.example.org/baru"), "drop_file": (FLAG, "y")},
        on="own",
    ),
    "assessment_manage.tasks": FormCase("narasumber", TASK, on="own"),
    "assessment_manage.edit_task": FormCase("narasumber", TASK, on="own"),
    "assessment_manage.withdraw_task": FormCase("narasumber", on="own", button=True),
    "assessment_manage.accept_many": FormCase(
        "narasumber", {"chosen": (CODE, lambda world: f"{world.codes['peserta']}:1")}, on="own", button=True
    ),
    "assessment_manage.answer": FormCase(
        "narasumber",
        {
            "remark": (TEXT, "Tambahkan tujuannya"),
            "verdict": (FLAG, "kembalikan"),
            "seen": (CODE, "1"),
            "rubric": (CODE, "0" * 16),
        },
        on="own",
        notes=SEEN,
    ),
    "assessment.begin": FormCase("guru lain", on="own", button=True),
    "assessment.save_answers": FormCase("peserta", CHOSEN, on="own", button=True),
    # With an answer missing it asks once more, and keeps those that are there.
    "assessment.send_answers": FormCase(
        "peserta",
        {**CHOSEN, "yakin": (FLAG, "1")},
        on="own",
        button=True,
        notes=frozenset({"attempt", "given_answer"}),
    ),
    "assessment_manage.exams": FormCase(
        "narasumber", {**EXAM, "draw": (NUMBER, "1"), "kind": (CHOICE, "quiz")}, on="own"
    ),
    "assessment_manage.edit_exam": FormCase("narasumber", EXAM, parts=_untouched_exam),
    "assessment_manage.withdraw_exam": FormCase("narasumber", on="own", button=True),
    "assessment_manage.questions": FormCase("narasumber", QUESTION, parts=_untouched_exam, notes=SEEN),
    # Only the file counts.
    "assessment_manage.import_questions": FormCase("narasumber", parts=_untouched_exam, writes=False, notes=SEEN),
    # The bank of a small office is empty.
    "assessment_manage.take_questions": FormCase(
        "narasumber",
        {"topic": (CHOICE, ""), "words": (TEXT, "rubrik"), "count": (NUMBER, "2")},
        parts=_untouched_exam,
        writes=False,
        notes=SEEN,
    ),
    "assessment_manage.edit_question": FormCase("narasumber", QUESTION, parts=_untouched_exam, notes=SEEN),
    "assessment_manage.correct_key": FormCase(
        "narasumber", {"answer": (CHOICE, "0")}, parts=_untouched_exam, notes=SEEN
    ),
    "assessment_manage.remove_question": FormCase("narasumber", parts=_untouched_exam, button=True),
    # Only the file counts, and a preview writes nothing.
    "assessment_manage.import_scores": FormCase(
        "narasumber", {"most": (NUMBER, "10"), "source": (TEXT, "Google Forms")}, on="own", writes=False
    ),
    "assessment_manage.save_scores": FormCase(
        "narasumber",
        {"nilai": (CODE, lambda world: f"{world.codes['peserta']}:87.5"), "source": (TEXT, "Google Forms")},
        on="own",
        button=True,
    ),
}
