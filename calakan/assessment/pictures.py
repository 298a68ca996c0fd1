"""The picture beside a question: drawn anew when it comes in."""

from __future__ import annotations

import base64

from calakan.assessment.errors import PictureUnreadable
from calakan.intake import process
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import SNAPSHOT
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
