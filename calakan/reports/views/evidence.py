"""The evidence report: its period, its costs, one button. The file is made in the background as all exports are."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from calakan.kernel import clock, db
from calakan.reports import costs
from calakan.reports.forms import CostForm
from calakan.web import gate

blueprint = Blueprint("evidence", __name__, template_folder="../templates")


def _page(form: CostForm) -> str:
    return render_template("reports/evidence.html", form=form, rows=costs.costs(), year=clock.today().year)


@blueprint.get("/kelola/laporan/bukti")
def page() -> str:
    return _page(CostForm())


@blueprint.post("/kelola/laporan/bukti/biaya")
def save_cost() -> AnyResponse | tuple[str, int]:
    form = CostForm()
    if not form.validate_on_submit():
        return _page(form), 422
    year, rupiah = form.tahun.data, form.rupiah.data
    assert year is not None
    assert rupiah is not None
    with db.transaction():
        costs.save(
            year, rupiah, note=form.catatan.data or "", actor=gate.actor(),
            now=clock.now(),
        )  # fmt: skip
    flash("Biaya tersimpan.", "ok")
    return redirect(url_for("evidence.page"), 303)
