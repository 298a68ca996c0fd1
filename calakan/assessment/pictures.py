"""The picture beside a question: drawn anew when it comes in."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import sqlalchemy as sa

from calakan.assessment.errors import PictureUnreadable, QuestionInvalid
from calakan.assessment.models import Question
from calakan.assessment.services.questions import Item
from calakan.intake import process
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import SNAPSHOT
from calakan.kernel import db
from calakan.kernel.files import Store

MOST_BYTES = 5 * 1024 * 1024  # within what any form may send


def kept(store: Store, content: bytes) -> str:
    """The hash of the picture made anew: nothing of the file survives, where and with what it was taken least of all.

    Called before the transaction, because files are not rolled back. Raises PictureUnreadable.
    """
    if len(content) > MOST_BYTES:
        raise PictureUnreadable(why="large")
    try:
        return store.put(base64.b64decode(process.piece_of(content, SNAPSHOT)))
    except ArtworkUnfit as error:
        raise PictureUnreadable(why="pixels" if error.facts["why"] in ("pixels", "heavy") else "kind") from None


def of_item(store: Store, item: Item) -> Item:
    """With its picture kept. One that a file of ours brings back stays as it was drawn, so it asks the same. Raises QuestionInvalid (picture)."""
    if item.picture is None:
        return item
    sha256 = hashlib.sha256(item.picture).hexdigest()
    if not db.session().scalar(sa.select(sa.exists().where(Question.picture_sha256 == sha256))):
        try:
            sha256 = kept(store, item.picture)
        except PictureUnreadable:
            raise QuestionInvalid(why="picture", line=item.line) from None
    return replace(item, picture=None, picture_sha256=sha256)
