"""One way to act: a transaction around one service call, and what is said when it held or was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from flask import flash

from calakan.kernel import db
from calakan.kernel.errors import DomainError
from calakan.web.forms import Form
from calakan.web.messages import sentence


class Refusing(Protocol):
    """A form, or several that are sent as one."""

    def refuse(self, error: DomainError, fallback: str = "") -> None: ...


@dataclass
class Deed:
    """`done` once it is committed."""

    done: bool = False


@contextmanager
def acting(form: Refusing | None = None, *, done: str = "", beside: str = "") -> Iterator[Deed]:
    """A refusal stands in the form, beside its own field or the one named `beside`; without a form it is a flash.

    `done` is said after the commit.
    """
    deed = Deed()
    try:
        with db.transaction():
            yield deed
    except DomainError as error:
        if form is None:
            flash(sentence(error), "err")
        else:
            form.refuse(error, beside)
        return
    deed.done = True
    if done:
        flash(done, "ok")


def held(form: Form, work: Callable[[], object]) -> bool:
    """Whether this one call went through; else the form says why not."""
    with acting(form) as deed:
        work()
    return deed.done
