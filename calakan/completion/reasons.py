"""What this room says: each reason as one sentence, the conditions of a diklat, and what follows once all are met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calakan.assessment.standing import OpenExam, OpenTask
from calakan.attendance.queries import Progress
from calakan.completion.standing import Conditions, Lack, Standing
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.feedback.queries import OPEN_FOR
from calakan.kernel import formats

_SHORT = {Lack.TASK: "Tugas belum", Lack.TEST: "Tes belum", Lack.QUESTIONNAIRE: "Angket belum"}


@dataclass(frozen=True)
class Line:
    """One thing that is lacking. `number` is that of the task or test; `waits` means that somebody else has to act."""

    lack: Lack
    text: str
    number: int | None = None
    waits: bool = False
    lost: bool = False
    """Nothing that the person does can help any more."""


def lines(found: Standing, *, contact: str, now: datetime) -> list[Line]:
    """All that a person still lacks, in the order of the conditions; empty once the person passes."""
    if found.met:
        return []
    said = [Line(Lack.SCHEDULE, "Jadwal sesi menyusul.", waits=True)] if Lack.SCHEDULE in found.lacks else []
    if Lack.PRESENCE in found.lacks:
        said.append(_presence(found.progress, contact))
    said += [_task(row, contact, now) for row in found.tasks]
    said += [_test(row, contact, now) for row in found.exams]
    said += [_questionnaire(session, contact, now) for session in found.unanswered]
    return said + ([_survey(found.survey, contact, now)] if found.survey is not None else [])


def _presence(there: Progress, contact: str) -> Line:
    if not there.within_reach:
        return Line(
            Lack.PRESENCE,
            f"Kehadiran {there.earned_jp} dari {there.live_jp} JP tidak lagi mencapai {there.min_percent}%. "
            f"Bila Bapak/Ibu hadir tetapi kodenya gagal, hubungi panitia: {contact}.",
            lost=True,
        )
    following = there.ahead[0]
    return Line(
        Lack.PRESENCE,
        f"Ikuti {sessions_needed(there)} sesi lagi. Berikutnya: {following.title}, "
        f"{formats.span(following.starts_at, following.ends_at)}.",
    )


def sessions_needed(there: Progress) -> int:
    """How many of the sessions ahead, as they come, until presence suffices; all of them where they do not."""
    lacking = there.lacking
    for count, session in enumerate(there.ahead, start=1):
        lacking -= session.weight
        if lacking <= 0:
            return count
    return len(there.ahead)


def _task(row: OpenTask, contact: str, now: datetime) -> Line:
    task = row.task
    if row.waits_for_review:
        return Line(Lack.TASK, f"Tugas “{task.title}” menunggu diperiksa.", task.number, waits=True)
    if row.state is not None:
        return Line(Lack.TASK, f"Perbaiki tugas “{task.title}”.", task.number)
    if task.due_at > now:
        return Line(Lack.TASK, f"Kumpulkan tugas “{task.title}”, batasnya {formats.moment(task.due_at)}.", task.number)
    if task.late_allowed:
        return Line(Lack.TASK, f"Kumpulkan tugas “{task.title}”; batasnya lewat, tetapi masih diterima.", task.number)
    return Line(
        Lack.TASK, f"Batas tugas “{task.title}” sudah lewat. Hubungi panitia: {contact}.", task.number, lost=True
    )


def _test(row: OpenExam, contact: str, now: datetime) -> Line:
    exam, lowest = row.exam, row.exam.pass_score
    got = ""
    if row.best is not None:
        scored = f"Nilai {exam.title} {formats.number(row.best)}, perlu {lowest}"
        got = scored if row.told else f"{exam.title} belum mencapai nilai {lowest}"
    if exam.closes_at <= now:
        text = f"{got}; tesnya sudah ditutup" if got else f"{exam.title} sudah ditutup dan belum dikerjakan"
        return Line(Lack.TEST, f"{text}. Hubungi panitia: {contact}.", exam.number, lost=True)
    if got:
        return Line(Lack.TEST, f"{got}.", exam.number)
    if exam.opens_at > now:
        return Line(
            Lack.TEST,
            f"{exam.title} dibuka {formats.moment(exam.opens_at)}; nilai paling rendah {lowest}.",
            exam.number,
            waits=True,
        )
    return Line(
        Lack.TEST,
        f"Kerjakan {exam.title}, dibuka sampai {formats.moment(exam.closes_at)}; nilai paling rendah {lowest}.",
        exam.number,
    )


def _questionnaire(session: LiveSession, contact: str, now: datetime) -> Line:
    if session.ends_at <= now - OPEN_FOR:
        text = f"Angket “{session.title}” sudah ditutup dan belum diisi. Hubungi panitia: {contact}."
        return Line(Lack.QUESTIONNAIRE, text, lost=True)
    return Line(Lack.QUESTIONNAIRE, f"Isi angket “{session.title}”.")


def _survey(diklat: Diklat, contact: str, now: datetime) -> Line:
    if diklat.ends_at is not None and diklat.ends_at <= now - OPEN_FOR:
        text = f"Angket diklat sudah ditutup dan belum diisi. Hubungi panitia: {contact}."
        return Line(Lack.QUESTIONNAIRE, text, lost=True)
    return Line(Lack.QUESTIONNAIRE, "Isi angket diklat.")


def marks(found: Standing) -> list[tuple[str, str]]:
    """The same in a word or two for a table, each with its tone: ok, info, warn or err."""
    if found.met:
        return [("Memenuhi", "ok")]
    said = []
    if Lack.PRESENCE in found.lacks and not found.within_reach:
        said.append(("Kurang hadir", "err"))
    elif Lack.PRESENCE in found.lacks or Lack.SCHEDULE in found.lacks:
        said.append(("Berjalan", "info"))
    return said + [(_SHORT[lack], "warn") for lack in found.lacks if lack in _SHORT]


def conditions(asked: Conditions) -> list[str]:
    """What the certificate of a diklat asks for, one phrase each."""
    said = [f"hadir paling sedikit {asked.min_percent}% JP sesi"]
    if asked.tasks:
        titles = ", ".join(f"“{task.title}”" for task in asked.tasks)
        said.append(f"{len(asked.tasks)} tugas diterima panitia ({titles})")
    said += [f"nilai {exam.title} paling rendah {exam.pass_score}" for exam in asked.exams]
    if asked.questionnaire:
        said.append(f"angket tiap sesi yang diikuti{' dan angket diklat' if asked.survey else ''} terisi")
    return said


def outcome(diklat: Diklat, *, now: datetime) -> str:
    """What follows once every condition is met."""
    if diklat.state is DiklatState.CANCELLED:
        return "Diklat ini dibatalkan, jadi tidak ada sertifikat."
    if diklat.state is DiklatState.CLOSED:
        return "Sertifikat tampil di halaman Riwayat begitu terbit."
    if not diklat.issue_at_once:
        return "Sertifikat terbit sesudah panitia menutup diklat."
    if diklat.ends_at is not None and diklat.ends_at <= now:
        return "Sertifikat sedang disiapkan dan tampil di halaman Riwayat begitu terbit."
    return "Sertifikat terbit segera sesudah sesi terakhir."
