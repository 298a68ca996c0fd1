"""The office's list of public holidays; series of sessions go around them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from calakan.kernel import clock
from calakan.office import queries, services
from calakan.office.views import blueprint
from calakan.web import gate
from calakan.web.acting import acting
from calakan.web.forms import AtMost, DayField, Form, Required

__all__ = ["blueprint"]


class HolidayForm(Form):
    day = DayField("Tanggal", [Required()])
    name = StringField("Nama hari libur", [Required(), AtMost(80)])
    yearly = BooleanField("Tanggalnya sama tiap tahun")


@blueprint.route("/kelola/pengaturan/libur", methods=["GET", "POST"])
def holidays() -> str | Response | tuple[str, int]:
    form = HolidayForm()
    if form.validate_on_submit():
        day = form.day.data
        assert day is not None
        with acting(form) as deed:
            services.add_holiday(
                day, form.name.data or "", yearly=bool(form.yearly.data), actor=gate.actor(), now=clock.now()
            )
        if deed.done:
            flash("Hari libur ditambahkan.", "ok")
            return redirect(url_for("office.holidays"), 303)
    answer = render_template("office/holidays.html", form=form, rows=queries.holiday_rows())
    return answer, 422 if form.errors else 200


@blueprint.post("/kelola/pengaturan/libur/hapus")
def remove_holiday() -> Response:
    text = request.form.get("id", "")
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    with acting(done="Hari libur dihapus dari daftar."):
        services.remove_holiday(id, actor=gate.actor(), now=clock.now())
    return redirect(url_for("office.holidays"), 303)
