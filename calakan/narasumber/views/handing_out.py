"""The same link hands out materials of its session: a file or an address, for those who are enrolled."""

from __future__ import annotations

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from calakan.assessment.services import discarding
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError
from calakan.materials import contents
from calakan.materials import services as materials
from calakan.materials.forms import ContentForm
from calakan.materials.models import Audience, MaterialKind
from calakan.narasumber.views.answers import Standing, invitation_page, invitation_read
from calakan.narasumber.views.room import blueprint
from calakan.web.forms import AtMost, Required
from calakan.web.limits import limiter
from calakan.web.messages import sentence


class HandedForm(ContentForm):
    note = None
    title = StringField("Judul", [Required("Tulis judul materinya."), AtMost(120)])


def _typed(form: HandedForm) -> dict[str, str]:
    return {"title": form.title.data or "", "url": form.url.data or ""}


@blueprint.url_value_preprocessor
def _larger(endpoint: str | None, values: object) -> None:
    """This form carries a file; read before anything looks into the form."""
    if endpoint == "narasumber.invitation_hand_out":
        request.max_content_length = contents.MOST_BYTES + 256 * 1024


@blueprint.post("/relawan/tawaran/<token>/materi")
@limiter.limit("60 per minute")
def invitation_hand_out(token: str) -> Response:
    found, state = invitation_read(token)
    if found is None or state is not Standing.CONFIRMED:
        return invitation_page(token)
    form, who = HandedForm(), Actor(person_id=found.person_id, name=found.person.name)
    session_id, diklat_id = found.live_session_id, found.live_session.diklat_id
    if not form.validate_on_submit():
        said = next((text for texts in form.errors.values() for text in texts), "")
        return invitation_page(token, error=str(said), status=422, handed=_typed(form))
    try:
        store = current_app.extensions["calakan.files"]
        content = materials.received(store, file=form.sent_file(), url=form.url.data or "")
        with discarding.unless_taken(content.sha256), db.transaction():
            materials.hand_out(
                diklat_id,
                content,
                title=form.title.data or "",
                kind=MaterialKind.MATERIAL,
                audience=Audience.ENROLLED,
                session_id=session_id,
                actor=who,
                now=clock.now(),
            )
    except DomainError as error:
        return invitation_page(token, error=sentence(error), status=422, handed=_typed(form))
    return redirect(url_for("narasumber.invitation", token=token, _anchor="h-materi"), 303)
