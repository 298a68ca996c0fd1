"""What anybody who checks a number is told of a paper that was issued outside of this system."""

from __future__ import annotations

from flask import g, render_template

from calakan.certificates import queries
from calakan.certificates.models import PastList, PastPaper
from calakan.kernel.askable import Askable


def outside(paper: PastPaper, held: PastList, *, state: Askable, typed: str, name: str) -> str:
    """That the number is known, and the rest for whoever knows the name; counted like every look by number alone."""
    g.by_number = True
    return render_template(
        "certificates/check.html",
        state=state,
        past=paper,
        held=held,
        typed=typed,
        masked=queries.masked_name(paper.name),
        open=queries.same_name(paper.name, name),
        other=bool(name),
    )
