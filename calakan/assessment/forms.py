"""Forms of tasks (setting one, handing in, reviewing) and of tests (setting one, its questions, scores from elsewhere)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import ValidationError

from calakan.assessment import kinds
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.models import ExamKind, Exercise, Question, QuestionKind
from calakan.assessment.pictures import MOST_BYTES as MOST_OF_A_PICTURE
from calakan.assessment.services import questions
from calakan.assessment.services.exams import USUAL_ATTEMPTS, ExamPlan
from calakan.assessment.services.exercises import MOST_LINES, Brief, read_rubric
from calakan.assessment.services.handing_in import Limits
from calakan.assessment.services.questions import MOST_QUESTIONS, Item, Key
from calakan.diklat.models import ProgrammeRow
from calakan.materials.contents import MOST_BYTES
from calakan.web.forms import (
    AtMost,
    ChoiceField,
    Form,
    LocalDateTimeField,
    Required,
    SelectMultipleField,
    TextAreaField,
    WholeNumberField,
)
from calakan.web.messages import picks, word

PUPILS = "Bila memuat foto atau nama murid, pastikan orang tua mengizinkan; hanya panitia dan narasumber yang membuka."


class ProofForm(Form):
    """Work that shows a row of the struktur program to be done; without such rows the question is not asked."""

    row = ChoiceField(
        "Bukti untuk materi",
        default="",
        description="Materi mandiri tercetak pada sertifikat bagi yang menyelesaikan tugas wajib atau tesnya.",
    )

    @property
    def row_id(self) -> int | None:
        return int(self.row.data) if self.row.data else None

    @property
    def asks_row(self) -> bool:
        return len(self.row.choices) > 1


def row_choices(rows: Iterable[ProgrammeRow]) -> list[tuple[str, str]]:
    return [*((str(row.id), row.title) for row in rows if not row.live), ("", "Bukan untuk materi tertentu")]


class TaskForm(ProofForm):
    title = StringField("Judul tugas", [Required(), AtMost(120)])
    instruction = TextAreaField(
        "Petunjuk", [Required(), AtMost(5000)], description="Boleh memakai **tebal** dan baris berawalan tanda hubung."
    )
    due_at = LocalDateTimeField("Batas waktu", [Required()])
    compulsory = BooleanField(
        "Wajib", default=True, description="Sertifikat terbit sesudah semua tugas wajib diterima."
    )
    late_allowed = BooleanField(
        "Boleh terlambat", default=True, description="Sampai diklat ditutup, dengan tanda terlambat."
    )
    takes_text = BooleanField("Peserta menulis jawaban", default=True)
    takes_link = BooleanField("Peserta mengirim tautan")
    takes_file = BooleanField("Peserta mengunggah berkas")
    criteria = TextAreaField(
        "Rubrik",
        [AtMost(600)],
        description="Kosongkan: diterima tanpa nilai. Paling banyak empat baris, mis. Kesesuaian isi: 40.",
    )

    def brief(self) -> Brief:
        assert self.due_at.data is not None
        return Brief(
            title=self.title.data or "",
            instruction=self.instruction.data or "",
            due_at=self.due_at.data,
            compulsory=bool(self.compulsory.data),
            late_allowed=bool(self.late_allowed.data),
            takes_text=bool(self.takes_text.data),
            takes_link=bool(self.takes_link.data),
            takes_file=bool(self.takes_file.data),
            rubric=read_rubric(_lines(self.criteria.data)),
        )


class HandInForm(Form):
    """Only the fields that the task takes."""

    text = TextAreaField("Jawaban", [AtMost(20_000)])
    url = StringField("Tautan", [AtMost(500)], description="Diawali https://, mis. Google Drive yang dapat dibuka.")
    file = MultipleFileField("Berkas")
    drop_file = BooleanField("Hapus semua berkas yang sudah terkirim")

    def __init__(self, task: Exercise, *, limits: Limits, has_file: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.file.description = (
            f"Paling banyak {limits.files} berkas, bersama-sama {limits.mb} MB: PDF, foto, atau berkas kantor (PPTX, DOCX, "
            f"XLSX, ODF). Kiriman baru menggantikan yang lama. {PUPILS}"
        )
        for name, wanted in (
            ("text", task.takes_text), ("url", task.takes_link), ("file", task.takes_file),
            ("drop_file", task.takes_file and has_file),
        ):  # fmt: skip
            if not wanted:
                del self[name]

    def typed(self, name: str) -> str:
        return str(self[name].data or "") if name in self else ""

    def sent_files(self) -> list[bytes]:
        """The bytes of the chosen files; their names count for nothing."""
        if "file" not in self:
            return []
        return [file.read(MOST_BYTES + 1) for file in self["file"].data or () if getattr(file, "filename", "")]


class ReviewForm(Form):
    """`seen` is the round of the work that the reviewer has before the eyes, `rubric` the mark of the rubric. The lines of the rubric that there are stay."""

    m1, m2, m3, m4 = (WholeNumberField(low=0, high=100) for _ in range(MOST_LINES))

    remark = TextAreaField("Catatan untuk peserta", [AtMost(500)], description="Wajib bila dikembalikan.")
    seen = HiddenField()
    rubric = HiddenField()
    verdict = HiddenField()

    def __init__(self, rubric: Sequence[Sequence[Any]] | None) -> None:
        lines = list(rubric or ())
        super().__init__()
        for number in range(1, MOST_LINES + 1):
            if number > len(lines):
                del self[f"m{number}"]
            else:
                text, most = lines[number - 1]
                self[f"m{number}"].label.text = f"{text} (0 sampai {most})"

    @property
    def lines(self) -> list[WholeNumberField]:
        return [field for field in self if isinstance(field, WholeNumberField)]

    def marks(self) -> list[int] | None:
        """None where there is no rubric; a line that was left out counts as none given."""
        given = [field.data for field in self.lines]
        return [mark for mark in given if mark is not None] if given else None


class BulkAcceptForm(Form):
    """Each chosen as `code:round`."""

    chosen = SelectMultipleField("Peserta", validate_choice=False, validators=[Required("Pilih peserta lebih dulu.")])


class ExamForm(ProofForm):
    """What may be changed of a test later, too."""

    title = StringField("Judul tes", [AtMost(120)], description="Kosongkan: memakai nama jenisnya.")
    opens_at = LocalDateTimeField("Dibuka", [Required()])
    closes_at = LocalDateTimeField("Ditutup", [Required()])
    attempts_allowed = WholeNumberField(
        "Kesempatan",
        low=1,
        high=20,
        description="Kosongkan: tes awal 1 kali, tes akhir 2 kali. Nilai tertinggi dihitung.",
    )
    minutes = WholeNumberField("Batas menit", low=1, high=600, description="Kosongkan: selama tes dibuka.")
    draw = WholeNumberField(
        "Soal yang diundi",
        low=1,
        high=MOST_QUESTIONS,
        description="Kosongkan: semua soal. Diisi: tiap pengerjaan mendapat sekian soal, dipilih acak. Tidak untuk tes awal dan akhir.",
    )
    session = ChoiceField(
        "Berlangsung di sesi",
        default="",
        description="Pilih bila dikerjakan di dalam sesi: jam mulai dan kirimnya menjadi tanda hadir.",
    )
    material = ChoiceField(
        "Bacaan yang diperiksa", default="", description="Untuk pertanyaan bacaan: siapa yang lulus, tuntas membacanya."
    )
    pass_score = WholeNumberField(
        "Nilai kelulusan tes akhir atau bacaan",
        low=1,
        high=100,
        description="Syarat sertifikat. Kosongkan: bukan syarat, dan pertanyaan bacaan harus benar semua.",
    )

    def plan(self, kind: ExamKind) -> ExamPlan:
        assert self.opens_at.data is not None
        assert self.closes_at.data is not None
        return ExamPlan(
            title=self.title.data or self._usual_title(kind),
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            attempts_allowed=self.attempts_allowed.data or USUAL_ATTEMPTS[kind],
            minutes=self.minutes.data,
            draw=self.draw.data if "draw" in self else None,
            pass_score=self.pass_score.data,
            live_session_id=int(self.session.data) if self.session.data else None,
            material_id=int(self.material.data) if self.material.data else None,
        )

    def _usual_title(self, kind: ExamKind) -> str:
        """It stands on the certificate as what shows that its row was done."""
        if kind is ExamKind.READING and self.material.data:
            titles = {str(value): label for value, label, *_ in self.material.iter_choices()}
            return f"Bacaan: {titles[self.material.data]}"[:120]
        return word(kind)


class NewExamForm(ExamForm):
    kind = ChoiceField(
        "Jenis",
        choices=picks(ExamKind),
        default=ExamKind.PRE.value,
        description="Tes awal dan tes akhir memakai soal yang sama, supaya kenaikannya terbaca.",
    )


TRUE_FALSE = "true_false"


class KeyForm(Form):
    answer = ChoiceField("Jawaban yang benar")

    def key(self) -> Key:
        return int(self.answer.data)


class SeveralKeyForm(Form):
    answers = SelectMultipleField("Jawaban yang benar", [Required("Pilih jawaban yang benar.")])

    def key(self) -> Key:
        return tuple(sorted(int(place) for place in self.answers.data))


class ShortKeyForm(Form):
    """`also` are answers that participants gave and that are in no list yet."""

    spellings = TextAreaField(
        "Jawaban yang diterima", [Required(), AtMost(2400)], description="Satu ejaan pada satu baris."
    )
    also = SelectMultipleField("Terima juga jawaban peserta", validate_choice=False)

    def key(self) -> Key:
        typed = _lines(self.spellings.data)
        return (*typed, *(text for text in self.also.data or () if kinds.folded(text) not in map(kinds.folded, typed)))


class OrderKeyForm(Form):
    """The steps of the question, one a line."""

    steps = TextAreaField("Urutan yang benar", [Required(), AtMost(2500)], description="Satu langkah pada satu baris.")
    held: Sequence[str] = ()

    def key(self) -> Key:
        """Raises QuestionInvalid where it is not the same steps."""
        lines = _lines(self.steps.data)
        if sorted(lines) != sorted(self.held):
            raise QuestionInvalid(why="same_steps", line=None)
        return tuple(lines.index(step) for step in self.held)


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


class QuestionForm(Form):
    """The options stand one below the other; a star begins what is right."""

    text = TextAreaField("Soal", [Required(), AtMost(2000)])
    kind = ChoiceField(
        "Jenis",
        choices=[
            (QuestionKind.SINGLE.value, "Pilihan ganda, satu jawaban benar"),
            (QuestionKind.MULTIPLE.value, "Pilihan ganda, beberapa jawaban benar"),
            (TRUE_FALSE, "Benar atau salah"),
            (QuestionKind.SHORT.value, "Isian singkat"),
            (QuestionKind.ORDER.value, "Mengurutkan"),
        ],
        default=QuestionKind.SINGLE.value,
    )
    options = TextAreaField(
        "Pilihan jawaban",
        [Required(), AtMost(2500)],
        description="Satu pilihan pada satu baris, dua sampai lima. Awali yang benar dengan tanda bintang (*). "
        "Benar atau salah: tulis Benar atau Salah saja. Isian singkat: tulis semua ejaan yang diterima. "
        "Mengurutkan: tulis langkahnya dari yang pertama.",
    )
    picture = FileField(
        "Gambar", description=f"JPG, PNG, atau WebP, paling besar {MOST_OF_A_PICTURE // 1024 // 1024} MB."
    )
    picture_alt = StringField(
        "Keterangan gambar",
        [AtMost(300)],
        description="Apa yang terlihat, bagi yang tidak dapat melihat gambarnya. Wajib bila ada gambar.",
    )
    drop_picture = BooleanField("Hapus gambar yang sekarang")

    def sent_picture(self) -> bytes | None:
        """The bytes of the chosen file; its name counts for nothing."""
        if not getattr(self.picture.data, "filename", ""):
            return None
        content: bytes = self.picture.data.read(MOST_OF_A_PICTURE + 1)
        return content

    def item(self, picture_sha256: str | None = None) -> Item:
        """With this picture. Raises QuestionInvalid where the key is not marked as its kind asks."""
        alt = (self.picture_alt.data or "").strip() if picture_sha256 is not None else ""
        return replace(self._asked(), picture_sha256=picture_sha256, picture_alt=alt)

    def _asked(self) -> Item:
        text, lines = self.text.data or "", _lines(self.options.data)
        if self.kind.data == QuestionKind.SHORT:
            return questions.short(text, lines)
        if self.kind.data == QuestionKind.ORDER:
            return questions.order(text, lines)
        marked = [place for place, line in enumerate(lines) if line.startswith("*")]
        options = tuple(line.lstrip("*").strip() for line in lines)
        if self.kind.data == QuestionKind.MULTIPLE:
            return questions.multiple(text, options, marked)
        if self.kind.data == TRUE_FALSE:
            return _true_false(text, options, marked)
        return Item(text=text, options=options, answer=marked[0] if len(marked) == 1 else -1)


def _true_false(text: str, lines: Sequence[str], marked: Sequence[int]) -> Item:
    """The one word, or both with the right one marked. Raises QuestionInvalid."""
    words = [line.capitalize() for line in lines]
    said = words if len(words) == 1 else [words[place] for place in marked]
    if len(said) != 1 or said[0] not in kinds.TRUE_FALSE or not set(words) <= set(kinds.TRUE_FALSE):
        raise QuestionInvalid(why="true_false", line=None)
    return Item(text, kinds.TRUE_FALSE, kinds.TRUE_FALSE.index(said[0]))


def shown(question: Question) -> dict[str, str]:
    """As `QuestionForm` takes it."""
    kind = TRUE_FALSE if kinds.is_true_false(question) else question.kind.value
    if question.kind is QuestionKind.ORDER:
        options = "\n".join(kinds.ordered(question))
        return {"text": question.text, "kind": kind, "options": options, "picture_alt": question.picture_alt}
    right = kinds.right_places(question) if question.kind is not QuestionKind.SHORT else set()
    lines = (f"{'* ' if place in right else ''}{text}" for place, text in enumerate(question.options))
    options = "\n".join(lines)
    return {"text": question.text, "kind": kind, "options": options, "picture_alt": question.picture_alt}


class FileForm(Form):
    """A table that is read and not kept."""

    file = FileField("Berkas CSV atau XLSX", description="Paling besar 5 MB.")

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError("Pilih berkasnya dulu.")

    def content(self) -> bytes:
        held: bytes = self.file.data.read()
        return held


class BankForm(Form):
    """So many questions of a topic, out of tests that are over."""

    topic = ChoiceField("Topik")
    words = StringField("Memuat kata", [AtMost(60)])
    count = WholeNumberField("Berapa soal", low=1, high=MOST_QUESTIONS, validators=[Required()])


class QuestionFileForm(FileForm):
    file = FileField("Berkas soal", description="CSV, XLSX, GIFT, Aiken, atau Moodle XML, paling besar 5 MB.")


class ScoresForm(FileForm):
    most = WholeNumberField(
        "Nilai tertinggi pada berkas", [Required()], low=1, high=1000, default=100,
        description="Nilai diubah menjadi skala 100. Tulisan seperti “8 / 10” terbaca sendiri.",
    )  # fmt: skip
    source = StringField("Asal nilai", [Required(), AtMost(120)], description="Mis. Google Forms 20 November.")


class SaveScoresForm(Form):
    """What the preview carries over; who is ticked is read by the view."""

    source = StringField("Asal nilai", [Required(), AtMost(120)])
