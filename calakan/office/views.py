"""The office's settings and lists, and the audit trail; for admins."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from calakan import paper
from calakan.audit import queries as audit
from calakan.audit.models import AuditEntry
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import LETTERHEAD, LOGO, SCAN
from calakan.intake.process import piece_of
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.office import numbering, queries, services
from calakan.office.forms import EmblemForm, ScanForm, SettingsForm, SignersForm
from calakan.office.models import Choice, ChoiceKind, Emblem
from calakan.office.queries import Signer
from calakan.office.services import MOST_SIGNERS
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.reports.documents.sheets import as_csv
from calakan.web import gate, limits
from calakan.web.acting import acting
from calakan.web.forms import Form, one_line
from calakan.web.messages import act, parts_of_the_trail, sentence, word
from calakan.web.paging import page

blueprint = Blueprint("office", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]
MOST_ENTRIES = 50_000
NUMBERS = {
    "clash_buffer_minutes",
    "code_opens_minutes",
    "correction_days",
    "min_attendance_percent",
    "minutes_per_jp",
    "pppk_jp_target",
    "room_opens_minutes",
    "yearly_jp_target",
}


@blueprint.route("/kelola/pengaturan", methods=["GET", "POST"])
def settings() -> Page:
    form = SettingsForm(data=asdict(queries.office_settings()) if request.method == "GET" else None)
    if not form.validate_on_submit():
        return _show(form=form)
    missing = [name for name in NUMBERS if form[name].data is None]
    for name in missing:
        form[name].errors = ["Wajib diisi."]
    if missing:
        return _show(form=form)
    sent = {name: value for name, value in form.data.items() if value is not None}  # what was not sent stays
    return _save(form, "Pengaturan disimpan. Sertifikat yang sudah terbit tidak berubah.", form=form, **sent)


@blueprint.post("/kelola/pengaturan/penanda-tangan")
def signers() -> Page:
    form = SignersForm()
    if not form.validate_on_submit():
        return _show(people=form)
    done = "Penanda tangan disimpan. Sertifikat yang sudah terbit tidak berubah."
    return _save(form, done, people=form, signers=form.signers)


@blueprint.post("/kelola/pengaturan/penanda-tangan/<int:number>/gambar")
@limits.files
def scan(number: int) -> Response:
    """The scanned signature of one signer, or none any more."""
    form, stored = ScanForm(), ""
    content, signer = form.sent_file(), form.signer.data or ""
    try:
        if content is not None:
            stored = current_app.extensions["calakan.files"].put(piece_of(content, SCAN))
        elif request.form.get("act") != "remove":
            raise ArtworkUnfit(why="empty")
        with db.transaction():
            services.set_scan(number, signer, stored, actor=gate.actor(), now=clock.now())
        flash("Gambar tanda tangan disimpan." if stored else "Gambar tanda tangan dihapus.", "ok")
    except DomainError as error:
        flash(sentence(error), "err")
        return redirect(url_for("office.settings"))  # to the top, where it is read
    return redirect(url_for("office.settings", _anchor="gambar"))


@blueprint.post("/kelola/pengaturan/lambang/<kind>")
@limits.files
def emblem(kind: str) -> Page:
    """The logo or the head of letters; or what is built in again."""
    if kind not in set(Emblem):
        abort(404)
    shown, stored = Emblem(kind), ""
    form = EmblemForm(shown)
    if request.form.get("act") != "remove":
        try:
            stored = _stored(shown, form.sent_file() or b"")
        except ArtworkUnfit as error:
            form.refuse(error)
            return _show(emblems={shown: form})
    with acting(done=f"{word(shown)} {'disimpan' if stored else 'dihapus'}."):
        services.set_emblem(shown, stored, actor=gate.actor(), now=clock.now())
    return redirect(url_for("office.settings", _anchor="lambang"))


def _stored(shown: Emblem, content: bytes) -> str:
    """The name of the file made of what was sent. Raises ArtworkUnfit."""
    made = piece_of(content, LOGO) if shown is Emblem.LOGO else base64.b64decode(piece_of(content, LETTERHEAD))
    name: str = current_app.extensions["calakan.files"].put(made)
    return name


def _scans(signers: Sequence[Signer]) -> list[tuple[int, Signer, str]]:
    """(number, signer, picture of the scanned signature) of those with a name."""
    store, found = current_app.extensions["calakan.files"], []
    for number, signer in enumerate(signers, 1):
        try:
            picture = paper.unpack(store.get(signer.scan)).picture if signer.scan else ""
        except OSError:
            picture = ""
        if signer.name:
            found.append((number, signer, picture))
    return found


@blueprint.post("/kelola/pengaturan/contoh")
def sample() -> Response:
    """The number that the typed pattern would give, for the page while one types."""
    text = _sample(request.form.get("number_pattern", "")[:100], request.form.get("classification", "")[:20])
    return Response(text, mimetype="text/plain")


def _sample(pattern: str, classification: str) -> str:
    try:
        checked = numbering.check_pattern(pattern.strip())
    except DomainError as error:
        return sentence(error)
    return numbering.official_number(checked, serial=1, on=clock.today(), classification=classification.strip())


def _save(
    typed: Form, done: str, *, form: SettingsForm | None = None, people: SignersForm | None = None, **values: Any
) -> Page:
    with acting(typed) as deed:
        services.change_settings(actor=gate.actor(), now=clock.now(), **values)
    if not deed.done:
        return _show(form=form, people=people)
    flash(done, "ok")
    return redirect(url_for("office.settings"))


def _show(
    *,
    form: SettingsForm | None = None,
    people: SignersForm | None = None,
    emblems: dict[Emblem, EmblemForm] | None = None,
) -> Page:
    """All forms, the one that was sent with what was typed."""
    held = queries.office_settings()
    if people is None:
        blocks = [{**asdict(signer), "place": str(n)} for n, signer in enumerate(held.signers[:MOST_SIGNERS], 1)]
        blocks += [{"place": str(n)} for n in range(len(blocks) + 1, MOST_SIGNERS + 1)]
        people = SignersForm(formdata=None, data={"orang": blocks})
    form = form or SettingsForm(formdata=None, data=asdict(held))
    lists, sent = queries.choices(), emblems or {}
    answer = render_template(
        "office/settings.html",
        form=form,
        people=people,
        scans=_scans(held.signers),
        scan_form=ScanForm(formdata=None),
        sample=_sample(form.number_pattern.data or "", form.classification.data or ""),
        rows={kind: lists.rows(kind) for kind in ChoiceKind},
        emblems={one: sent.get(one) or EmblemForm(one, formdata=None) for one in Emblem},
        refused=bool(sent),
        pictures={Emblem.LOGO: held.logo, Emblem.LETTERHEAD: held.letterhead},
    )
    return answer, 422 if form.errors or people.errors or sent else 200


def _answer(act: Callable[[], Choice], text: str) -> Response:
    """Back to the list, which the address opens; with a refusal to the top, where it is read."""
    place = None
    with acting(done=text):
        place = f"daftar-{act().kind}"
    return redirect(url_for("office.settings", _anchor=place))


@blueprint.post("/kelola/pengaturan/pilihan")
def add_choice() -> Response:
    kind = request.form.get("kind", "")
    if kind not in set(ChoiceKind):
        flash("Daftar tidak dikenal.", "err")
        return redirect(url_for("office.settings"))
    try:
        label = one_line(request.form.get("label", ""))
    except ValueError as error:
        flash(str(error), "err")
        return redirect(url_for("office.settings"))
    return _answer(
        lambda: services.add_choice(ChoiceKind(kind), label[:80], actor=gate.actor(), now=clock.now()),
        "Pilihan ditambahkan.",
    )


@blueprint.post("/kelola/pengaturan/pilihan/ubah")
def switch_choice() -> Response:
    text, active = request.form.get("id", ""), request.form.get("active") == "1"
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return _answer(
        lambda: services.switch_choice(id, active=active, actor=gate.actor(), now=clock.now()), "Pilihan diubah."
    )


@dataclass(frozen=True)
class TrailSearch:
    """What is looked for on the trail, as the address says it."""

    act: str
    words: str
    since: date | None
    until: date | None
    person: Person | None

    @property
    def wanted(self) -> Select[AuditEntry]:
        return audit.trail(
            act=self.act,
            words=self.words,
            person_id=self.person.id if self.person is not None else None,
            since=clock.start_of(self.since) if self.since is not None else None,
            until=clock.end_of(self.until) if self.until is not None else None,
        )

    @property
    def address(self) -> dict[str, str]:
        asked = {
            "tindakan": self.act,
            "q": self.words,
            "dari": self.since.isoformat() if self.since is not None else "",
            "sampai": self.until.isoformat() if self.until is not None else "",
            "orang": self.person.code if self.person is not None else "",
        }
        return {name: value for name, value in asked.items() if value}


def _search() -> TrailSearch:
    args = request.args
    return TrailSearch(
        args.get("tindakan", "")[:60],
        args.get("q", "")[:100],
        _day(args.get("dari", "")),
        _day(args.get("sampai", "")),
        people.by_code(args.get("orang", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@blueprint.get("/kelola/jejak")
def trail() -> str:
    asked = _search()
    return render_template(
        "office/trail.html",
        page=page(asked.wanted),
        asked=asked,
        parts=parts_of_the_trail(),
        settings=_setting_words(),
    )


@blueprint.get("/kelola/jejak/berkas")
def trail_file() -> Response:
    """The newest MOST_ENTRIES that the page would show, and what it does not: the facts."""
    rows = db.session().scalars(_search().wanted.limit(MOST_ENTRIES))
    names = ("Waktu", "Pelaku", "Tindakan", "Sasaran", "Jenis", "Nomor", "Keterangan", "Catatan ke-")
    content = as_csv(names, (_entry(row) for row in rows))
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=jejak-{clock.today().isoformat()}.csv"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _entry(row: AuditEntry) -> tuple[str | int, ...]:
    facts = json.dumps(row.facts, ensure_ascii=False) if row.facts else ""
    at = clock.local(row.at).isoformat(timespec="seconds")
    kind, number = row.subject_kind, row.subject_id if row.subject_id is not None else ""
    return at, row.actor_name, act(row.act), row.subject_name, kind, number, facts, row.id


def _setting_words() -> dict[str, str]:
    """What the settings are called on their page; the trail keeps their names."""
    return {
        **{field.name: field.label.text for field in SettingsForm(formdata=None)},
        **{emblem.value: word(emblem) for emblem in Emblem},
        "signers": "Penanda tangan",
    }
