"""People, roles, scopes and schools, for panitia and admins."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from calakan.duplicates import finding, merging
from calakan.duplicates import schools as school_merges
from calakan.duplicates.models import PersonMerge
from calakan.kernel import clock
from calakan.kernel.actor import Role
from calakan.notifications.bounces import queries as bounces
from calakan.people import notices, other_names, queries
from calakan.people.forms import AddPersonForm, ChangeAddressForm, SchoolFileForm, SchoolForm
from calakan.people.models import Jenjang, Person, School, Sector
from calakan.people.services import addresses, second_factor
from calakan.people.services import roles as role_services
from calakan.people.services import schools as school_services
from calakan.privacy import erasure
from calakan.tables.reading import ahead
from calakan.web import gate, limits
from calakan.web.acting import acting
from calakan.web.messages import word
from calakan.web.paging import page

blueprint = Blueprint("people_manage", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]
GIVEN = [role for role in Role if role is not Role.PESERTA]


@blueprint.get("/kelola/orang")
def people() -> str:
    words, role = request.args.get("q", "")[:100], request.args.get("peran", "")
    chosen, read = Role(role) if role in set(Role) else None, request.args.get("pemberitahuan", "")
    notice = int(read) if read in {"0", *map(str, notices.VERSIONS)} else None
    found = page(queries.people(visible_to_actor=gate.actor(), words=words, role=chosen, notice=notice))
    asked = erasure.open_requests() if gate.actor().is_admin else []
    return render_template(
        "people/people.html",
        page=found,
        doubles=finding.count(),
        words=words,
        role=role,
        asked=asked,
        read=read,
        versions=list(notices.VERSIONS),
    )


@blueprint.get("/kelola/orang/<code>")
def person(code: str) -> str:
    found = gate.subject(Person)
    return render_template(
        "people/person.html",
        person=found,
        address=ChangeAddressForm(),
        roles=GIVEN,
        kecamatan=queries.all_kecamatan(),
        notices=queries.notices_read(found.id),
        merges=merging.of_person(found.id),
        merge_ends=clock.now() - PersonMerge.UNDO_WITHIN,
        has_second_step=queries.has_second_step(found.id),
        refusal=bounces.refusal(found.email),
        soft_bounces=bounces.soft_bounces(found.email),
    )


@blueprint.route("/kelola/orang/tambah", methods=["GET", "POST"])
def add_person() -> Page:
    form = AddPersonForm()
    form.roles.choices = [(role.value, word(role)) for role in GIVEN]
    if form.validate_on_submit():
        with acting(form) as deed:
            code = role_services.add_person(
                form.email.data,
                form.name.data,
                roles=[Role(role) for role in form.roles.data or []],
                password_hash=None,
                actor=gate.actor(),
                now=clock.now(),
            ).code
        if deed.done:
            flash("Akun dibuat. Tautan kata sandi dikirim ke emailnya.", "ok")
            return redirect(url_for("people_manage.person", code=code))
    return render_template("people/add_person.html", form=form), 422 if form.is_submitted() else 200


def _answer(person_id: int, code: str, text: str, act: Callable[[int], object]) -> Response:
    """Do one thing to a person and say how it went, on the person's page."""
    with acting(done=text):
        act(person_id)
    return redirect(url_for("people_manage.person", code=code))


@blueprint.post("/kelola/orang/<code>/peran")
def set_roles(code: str) -> Response:
    typed = request.form.getlist("roles")
    if not set(typed) <= set(Role):
        flash("Pilih peran dari daftar.", "err")
        return redirect(url_for("people_manage.person", code=code))
    wanted = [Role(role) for role in typed]
    return _answer(
        gate.subject(Person).id,
        code,
        "Peran disimpan. Orang ini diminta masuk lagi.",
        lambda id: role_services.set_roles(id, wanted, actor=gate.actor(), now=clock.now()),
    )


@blueprint.post("/kelola/orang/<code>/wilayah")
def set_scope(code: str) -> Response:
    typed = request.form.get("npsn", "").replace(",", " ").split()[:50]
    schools = [queries.school_by_npsn(npsn) for npsn in typed]
    if None in schools:
        flash("Ada NPSN yang tidak dikenal. Tulis NPSN 8 angka, dipisah koma.", "err")
        return redirect(url_for("people_manage.person", code=code))
    ids = [school.id for school in schools if school is not None]
    return _answer(
        gate.subject(Person).id,
        code,
        "Wilayah binaan disimpan.",
        lambda id: role_services.set_scope(
            id, school_ids=ids, kecamatan_codes=request.form.getlist("kecamatan"), actor=gate.actor(), now=clock.now()
        ),
    )


@blueprint.post("/kelola/orang/<code>/email")
def set_email(code: str) -> Response:
    form, id = ChangeAddressForm(), gate.subject(Person).id
    if not form.validate():
        flash("Tulis alamat email lengkap, mis. nama@contoh.id.", "err")
        return redirect(url_for("people_manage.person", code=code))
    return _answer(
        id,
        code,
        "Alamat email diganti; alamat lama diberi tahu dan dapat berkeberatan.",
        lambda id: addresses.set_for(
            id, form.email.data, reason=form.reason.data or "", actor=gate.actor(), now=clock.now()
        ),
    )


@blueprint.post("/kelola/orang/<code>/akun")
def switch_account(code: str) -> Response:
    active = request.form.get("aktif") == "1"
    return _answer(
        gate.subject(Person).id,
        code,
        "Akun dibuka kembali." if active else "Akun ditutup; ia keluar dari semua perangkat.",
        lambda id: role_services.switch_account(id, active=active, actor=gate.actor(), now=clock.now()),
    )


@blueprint.post("/kelola/orang/<code>/dua-langkah")
def reset_second_factor(code: str) -> Response:
    return _answer(
        gate.subject(Person).id,
        code,
        "Verifikasi dua langkah dihapus; orang ini keluar dari semua perangkat dan dikabari lewat email.",
        lambda id: second_factor.reset(id, actor=gate.actor(), now=clock.now()),
    )


@blueprint.route("/kelola/sekolah", methods=["GET", "POST"])
@limits.files
def schools() -> Page:
    form, done = SchoolFileForm(), None
    if request.method == "POST" and gate.actor().is_admin:
        file = request.files.get("file")
        content = file.read() if file else b""
        with ahead(content), acting(form):
            done = school_services.import_schools(content, actor=gate.actor(), now=clock.now())
    words, kecamatan = request.args.get("q", "")[:100], request.args.get("kecamatan", "")
    found = page(queries.schools(words=words, kecamatan_code=kecamatan))
    return render_template(
        "people/schools.html",
        page=found,
        words=words,
        chosen=kecamatan,
        kecamatan=queries.all_kecamatan(),
        form=form,
        done=done,
        likely=school_merges.likely() if gate.actor().is_admin and not words and not kecamatan else [],
    ), 422 if form.errors else 200


@blueprint.route("/kelola/sekolah/tambah", methods=["GET", "POST"])
def school_new() -> Page:
    return _school(None)


@blueprint.route("/kelola/sekolah/<npsn>", methods=["GET", "POST"])
def school_edit(npsn: str) -> Page:
    return _school(gate.subject(School))


def _school(school: School | None) -> Page:
    form = SchoolForm(obj=school if request.method == "GET" else None)
    if school is not None and request.method == "GET":
        form.also.data = "\n".join(alias.name for alias in other_names.of(school.id))
    form.kecamatan_code.choices = [(k.code, k.name) for k in queries.all_kecamatan()]
    if form.validate_on_submit():
        id = school.id if school is not None else None
        with acting(form) as deed:
            school_services.save_school(
                id,
                npsn=form.npsn.data,
                name=form.name.data,
                jenjang=Jenjang(form.jenjang.data),
                sector=Sector(form.sector.data),
                kecamatan_code=form.kecamatan_code.data,
                active=bool(form.active.data),
                also=(form.also.data or "").splitlines(),
                actor=gate.actor(),
                now=clock.now(),
            )
        if deed.done:
            flash("Sekolah disimpan.", "ok")
            return redirect(url_for("people_manage.schools"))
    merged = school_merges.standing(school.id) if school is not None else None
    text = render_template("people/school.html", form=form, school=school, merged=merged)
    return text, 422 if form.is_submitted() else 200
