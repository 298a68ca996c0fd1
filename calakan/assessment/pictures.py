"""The picture beside a question: drawn anew when it comes in."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import sqlalchemy as sa

from calakan.assessment.banks.parts import Read, refusal
from calakan.assessment.errors import PictureUnreadable, QuestionInvalid, TooManyQuestions
from calakan.assessment.models import Question
from calakan.assessment.services.questions import MOST_QUESTIONS, Item
from calakan.intake import process
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import SNAPSHOT
from calakan.kernel import db
from calakan.kernel.files import Store

MOST_BYTES = 5 * 1024 * 1024  # within what any form may send
MOST_DRAWN = 30  # of one file: each is a process of its own, and the page waits for all


def kept(store: Store, content: bytes) -> str:
    """The hash of the picture made anew: nothing of the file survives, where and with what it was taken least of all.

    Called before the transaction, because files are not rolled back. Raises PictureUnreadable.
    """
    if len(content) > MOST_BYTES:
        raise PictureUnreadable(why="large")
    try:
        return store.put(base64.b64decode(process.piece_of(content, SNAPSHOT)))
    except ArtworkUnfit as error:
        raise PictureUnreadable(why=error.of_photo) from None


def kept_of(store: Store, read: Read) -> Read:
    """With their pictures kept; those beyond what one file may bring wait. Called before the transaction, like `kept`.

    Raises TooManyQuestions, before anything is drawn.
    """
    if len(read.items) > MOST_QUESTIONS:
        raise TooManyQuestions(most=MOST_QUESTIONS)
    found, drawn = Read(refused=list(read.refused), hidden=read.hidden), 0
    for item in read.items:
        try:
            drawn += item.picture is not None and not _ours(item.picture)
            if drawn > MOST_DRAWN:
                drawn = MOST_DRAWN
                raise QuestionInvalid(why="pictures", line=item.line)
            found.items.append(of_item(store, item))
        except QuestionInvalid as error:
            found.refused.append(refusal(error, item.text))
    return found


def of_item(store: Store, item: Item) -> Item:
    """With its picture kept. One that a file of ours brings back stays as it was drawn, so it asks the same. Raises QuestionInvalid (picture)."""
    if item.picture is None:
        return item
    if _ours(item.picture):
        return replace(item, picture=None, picture_sha256=_hash(item.picture))
    try:
        return replace(item, picture=None, picture_sha256=kept(store, item.picture))
    except PictureUnreadable as error:
        if error.facts["why"] == "busy":  # the picture may be good: the file is sent again as a whole
            raise
        raise QuestionInvalid(why="picture", line=item.line) from None


def _ours(content: bytes) -> bool:
    return bool(db.session().scalar(sa.select(sa.exists().where(Question.picture_sha256 == _hash(content)))))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
