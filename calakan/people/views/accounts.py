"""Accounts and the visitor's own profile."""

from __future__ import annotations

import json

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.people import issuers, names, passwords, queries
from calakan.people.errors import EmailUnconfirmed, LinkInvalid, WrongPassword
from calakan.people.forms import (
    ChangePasswordForm,
    ConfirmForm,
    ForgotForm,
    LoginForm,
    NewPasswordForm,
    ProfileForm,
    RegisterForm,
    ResendForm,
)
from calakan.people.models import Asked, Jenjang, Person, Purpose, Sex
from calakan.people.services import accounts, asking, entry, guessing, numbers, passkeys, second_factor
from calakan.people.services import profile as profiles
from calakan.web import gate
from calakan.web.acting import acting, held
from calakan.web.addresses import safe_next
from calakan.web.chrome import lists
from calakan.web.limits import account_and_address, counted, failed, limiter, strangers
from calakan.web.limits import person as person_of
from calakan.web.messages import word

blueprint = Blueprint("people", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]
LACKING = {
    "jabatan": "Pilih jabatan Bapak/Ibu.",
    "school_words": "Cari lalu pilih sekolah, atau isi tempat kerja lain atau kecamatan.",
    "accept_notice": "Centang persetujuan ini; tanpa itu Bapak/Ibu belum dapat mendaftar diklat.",
}


@blueprint.route("/akun/daftar", methods=["GET", "POST"])
@limiter.limit(strangers, methods=["POST"])
def register() -> Page:
    form = RegisterForm()
    if safe_next(""):
        session["next"] = safe_next("")  # where the visitor was going, for the log-in after the confirmation
    if form.validate_on_submit():
        try:
            accounts.check_password(form.password.data, email=form.email.data, name=form.name.data)
            hashed = passwords.hashed(form.password.data)
            with db.transaction():
                asking.note(Asked.SIGN_UP, form.email.data, name=form.name.data, password_hash=hashed, now=clock.now())
        except DomainError as error:
            form.refuse(error)
        else:
            # Where the visitor wanted to go, for when the address is confirmed in this browser.
            session["next"] = safe_next(url_for("desk.home"))
            session["claim"] = entry.claim_of(hashed)
            session["waiting"] = [form.name.data, form.email.data]
            return redirect(url_for("people.registered"))
    if request.method == "GET" and "waiting" in session:
        form.name.data, form.email.data = session["waiting"]  # whoever changes the address types the rest once
    return render_template("people/register.html", form=form, next=safe_next("")), 422 if form.is_submitted() else 200


@blueprint.get("/akun/daftar/terkirim")
def registered() -> str:
    return render_template("people/registered.html", email=session.get("waiting", ["", ""])[1])


@blueprint.post("/akun/kirim-ulang")
@limiter.limit(strangers)
def resend() -> Response:
    form = ResendForm()
    if not form.validate():
        flash("Tulis dulu alamat emailnya.", "err")
        return redirect(url_for("people.register"))
    with db.transaction():
        asking.note(Asked.AGAIN, form.email.data, now=clock.now())
    session["waiting"] = [session.get("waiting", ["", ""])[0], form.email.data]
    flash("Email dikirim lagi. Untuk satu alamat paling banyak lima email dalam satu jam.", "ok")
    return redirect(url_for("people.registered"))


@blueprint.route("/akun/konfirmasi/<secret>", methods=["GET", "POST"])
def confirm(secret: str) -> Page:
    form, now, claim = ConfirmForm(), clock.now(), session.get("claim", "")
    owner = accounts.link_owner(secret, Purpose.CONFIRM_EMAIL, now=now)
    if owner is None and request.method == "POST":
        raise LinkInvalid()
    typed_here = owner is not None and entry.typed_here(owner, claim)
    if request.method == "POST" and owner is not None and (typed_here or form.validate()):
        try:
            _confirm(secret, owner, claim, None if typed_here else form)
        except DomainError as error:
            form.refuse(error)
        else:
            flash("Email terkonfirmasi. Silakan masuk.", "ok")
            return redirect(url_for("people.login", next=session.pop("next", None)))
    if request.method == "GET" and owner is not None:
        form.name.data = owner.name
    page = render_template("people/confirm.html", form=form, counts=owner is not None, typed_here=typed_here)
    return page, 422 if form.errors else 200


def _confirm(secret: str, owner: Person, claim: str, form: ConfirmForm | None) -> None:
    """With what was typed now, or without it when this browser made the sign-up."""
    hashed, name = None, ""
    if form is not None:
        name = form.name.data
        accounts.check_password(form.password.data, email=owner.contact, name=name)
        hashed = passwords.hashed(form.password.data)
    with db.transaction():
        entry.confirm(secret, claim=claim, name=name, password_hash=hashed, now=clock.now())
    for name in ("claim", "waiting"):
        session.pop(name, None)


@blueprint.route("/masuk", methods=["GET", "POST"])
@counted("100 per 5 minutes", failed, methods=["POST"])
@counted("10 per 5 minutes", failed, key_func=account_and_address, methods=["POST"])
def login() -> Page:
    form, unconfirmed = LoginForm(), ""
    if form.validate_on_submit() and held(form, lambda: guessing.begin(form.email.data, now=clock.now())):
        try:
            person_id = accounts.verify(form.email.data, form.password.data)
        except (WrongPassword, EmailUnconfirmed) as error:
            form.refuse(error)
            unconfirmed = form.email.data if isinstance(error, EmailUnconfirmed) else ""
        else:
            with db.transaction():
                guessing.forget(form.email.data)
                device = request.user_agent.string
                begun = second_factor.begin_log_in(person_id, device=device, now=clock.now())
            target = safe_next(session.get("next", url_for("desk.home")))
            if begun.needs_code:
                session["second_step"] = begun.secret
                return redirect(url_for("second_factor.code", next=target))
            gate.start_login(begun.secret)
            return redirect(gate.past_notice(person_id, target))
    return login_page(form, unconfirmed=unconfirmed), 422 if form.is_submitted() else 200


def login_page(form: LoginForm, *, unconfirmed: str = "") -> str:
    """With every way in that there is."""
    return render_template(
        "people/login.html",
        by_number=numbers.accepted(),
        form=form,
        next=safe_next(""),
        unconfirmed=unconfirmed,
        by_passkey=passkeys.available(),
        issuers=issuers.offered(),
    )


@blueprint.post("/keluar")
def logout() -> Response:
    secret = session.get("_user_id", "")
    with db.transaction():
        accounts.log_out(secret)
    session.clear()
    return redirect(url_for("diklat.home"))


@blueprint.route("/akun/lupa-sandi", methods=["GET", "POST"])
@limiter.limit(strangers, methods=["POST"])
def forgot() -> Page:
    form = ForgotForm()
    if form.validate_on_submit():
        with db.transaction():
            asking.note(Asked.RESET, form.email.data, now=clock.now())
        flash("Bila email itu punya akun, tautan kata sandi baru sudah dikirim. Tautan berlaku 30 menit.", "ok")
        return redirect(url_for("people.login"))
    return render_template("people/forgot.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/akun/sandi-baru/<secret>", methods=["GET", "POST"])
def reset(secret: str) -> Page:
    form, now = NewPasswordForm(), clock.now()
    owner = accounts.link_owner(secret, Purpose.RESET_PASSWORD, now=now)
    if owner is not None and form.validate_on_submit():
        try:
            staff = queries.actor_of(owner).is_staff
            accounts.check_password(
                form.password.data, email=owner.contact, name=owner.name, staff=staff, nip=owner.nip
            )
            hashed = passwords.hashed(form.password.data)
            with db.transaction():
                accounts.reset_password(secret, password_hash=hashed, now=now)
        except DomainError as error:
            form.refuse(error, "password")
        else:
            flash("Kata sandi baru tersimpan. Silakan masuk.", "ok")
            return redirect(url_for("people.login"))
    return render_template(
        "people/reset.html", form=form, counts=owner is not None
    ), 422 if form.is_submitted() else 200


@blueprint.route("/saya/sandi", methods=["GET", "POST"])
@counted("10 per 5 minutes", failed, key_func=person_of, methods=["POST"])
def password() -> Page:
    form, actor = ChangePasswordForm(), gate.actor()
    person = queries.person(actor.person_id)
    assert person is not None
    if person.email is None:
        flash("Akun ini dibuka dengan nomor WhatsApp. Kata sandi dapat dibuat sesudah ada email.", "warn")
        return redirect(url_for("people.addresses"))
    if person.password_hash is None:
        flash("Akun ini belum punya kata sandi. Kami kirim tautan untuk membuatnya bila Bapak/Ibu mau.", "warn")
        return redirect(url_for("people.forgot"))
    mine = guessing.own(person.id)
    if form.validate_on_submit() and held(form, lambda: guessing.begin(mine, now=clock.now())):
        try:
            accounts.check_password(
                form.password.data, email=person.contact, name=person.name, staff=actor.is_staff, nip=person.nip
            )
            hashed = passwords.hashed(form.password.data)
            with db.transaction():
                accounts.change_password(
                    person.id, current=form.current.data, password_hash=hashed, actor=actor, now=clock.now()
                )
        except DomainError as error:
            form.refuse(error)
        else:
            session.clear()
            flash("Kata sandi diganti. Silakan masuk lagi dengan kata sandi baru.", "ok")
            return redirect(url_for("people.login"))
    return render_template("people/password.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/saya/profil", methods=["GET", "POST"])
def profile() -> Page:
    actor = gate.actor()
    person = queries.person(actor.person_id)
    assert person is not None
    form = _profile_form(person)
    if request.method == "POST" and "cari" not in request.form and form.validate():
        with acting(form, beside="school_words") as deed:
            profiles.save_profile(person.id, _typed(form), actor=actor, now=clock.now())
        if deed.done:
            return _saved(actor.person_id)
    person = queries.person(actor.person_id)
    assert person is not None
    if request.method == "GET" and "kurang" in request.args:
        for name in person.missing:
            form[name].errors = [LACKING[name]]
    status = 422 if request.method == "POST" and "cari" not in request.form else 200
    return render_template(
        "people/profile.html",
        form=form,
        person=person,
        next=safe_next(""),
        preview=_preview(form),
        suggestion=names.suggestion(form.name.data or ""),
    ), status


def _saved(person_id: int | None) -> Response:
    """On to where they came from, unless what is lacking would send them back here at once."""
    person = queries.person(person_id)
    assert person is not None
    if not person.complete:
        flash("Isian tersimpan, tetapi profil belum lengkap.", "warn")
        return redirect(url_for("people.profile", next=safe_next("") or None, kurang=1))
    flash("Profil tersimpan.", "ok")
    return redirect(safe_next(url_for("people.profile")))


def _profile_form(person: Person) -> ProfileForm:
    form = ProfileForm(obj=person if request.method == "GET" else None)
    choices = lists()
    form.jabatan.choices = [("", "Pilih jabatan"), *choices.active("jabatan", keep=person.jabatan)]
    form.employment.choices = [("", "Pilih status"), *choices.active("status", keep=person.employment)]
    form.kecamatan_code.choices = [("", "Pilih kecamatan"), *[(k.code, k.name) for k in queries.all_kecamatan()]]
    if person.notice_accepted_at is not None:
        del form.accept_notice  # given once, not asked again
    if request.method == "GET":
        form.school_words.data = person.school.name if person.school is not None else ""
        form.school_id.data = str(person.school_id or "")
        for field in (form.jabatan, form.employment, form.kecamatan_code, form.jenjang, form.sex):
            field.data = field.data or ""
    words = form.school_words.data or ""
    found = queries.search_schools(words) if len(words) > 2 else []
    form.school_id.choices = [("", "Belum dipilih"), *[(str(s.id), f"{s.name} – {s.kecamatan.name}") for s in found]]
    if len(found) == 1 and not form.school_id.data:
        form.school_id.data = str(found[0].id)
    return form


def _typed(form: ProfileForm) -> profiles.Profile:
    school = form.school_id.data or ""
    # A cleared search box means: no school of the list.
    school_id = int(school) if school.isdigit() and len(school) < 10 and form.school_words.data else None
    return profiles.Profile(
        name=form.name.data,
        title_before=form.title_before.data or "",
        title_after=form.title_after.data or "",
        sex=Sex(form.sex.data) if form.sex.data else None,
        phone=form.phone.data or "",
        jabatan=form.jabatan.data or None,
        subject_taught=form.subject_taught.data or "",
        jenjang=Jenjang(form.jenjang.data) if form.jenjang.data else None,
        employment=form.employment.data or None,
        school_id=school_id,
        school_elsewhere=form.school_elsewhere.data or "",
        kabupaten_elsewhere=form.kabupaten_elsewhere.data or "",
        kecamatan_code=form.kecamatan_code.data or None,
        nip=form.nip.data or "",
        nuptk=form.nuptk.data or "",
        accept_notice="accept_notice" in form and bool(form.accept_notice.data),
    )


def _preview(form: ProfileForm) -> str:
    """The name as it will stand on the certificate."""
    before, after = names.title_before(form.title_before.data or ""), names.title_after(form.title_after.data or "")
    full = f"{before} {names.clean_name(form.name.data or '')}".strip()
    return f"{full}, {after}" if after else full


@blueprint.get("/saya/profil/sekolah")
def school_options() -> Response:
    """Schools for what was typed, for programs on the page."""
    found = queries.search_schools(request.args.get("q", "")[:120])
    rows = [
        {"id": s.id, "npsn": s.npsn, "name": s.name, "kecamatan": s.kecamatan.name, "jenjang": word(s.jenjang)}
        for s in found
    ]
    return Response(json.dumps(rows), mimetype="application/json")


@blueprint.post("/saya/profil/nama")
def name_preview() -> Response:
    """The printed name of what is being typed; posted, because a name has no place in an address."""
    return Response(_preview(ProfileForm()), mimetype="text/plain")
