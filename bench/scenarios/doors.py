"""Every address of a served site with two of everything, asked as each kind of visitor, against the approved table."""

from __future__ import annotations

from collections.abc import Iterator

from bench import load
from bench.load import Answer
from bench.runner import Bench, Row, Wrong
from bench.site import Site
from calakan import policy
from tests import world as worlds
from tests.architecture.test_matrix import approved, bearers, refusal, seen_by, whose
from tests.world import KINDS, World

NAME = "doors"
TITLE = "each address asked of a served site by each kind of visitor; kept: who is let in is approved, and nobody reads what another may not see"
SOME = "peserta"  # the one kind of visitor of a small run
Key = tuple[str, str, str]  # method, endpoint, side


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with Site(bench.databases, kind) as site:
            worlds.open_channels()
            world = worlds.build(site.app)
            heads = bearers(world)
            site.start_web()
            asked, kept_out, read = 0, 0, set[str]()
            for who in (SOME,) if bench.small else KINDS:
                answers = _asked(site, world, who, heads[who])
                told = {
                    key: refusal(answer.status, answer.headers.get("location", "")) for key, answer in answers.items()
                }
                _hold(who, answers, told)
                read |= _read(world, who, answers)
                asked, kept_out = asked + len(told), kept_out + sum(map(bool, told.values()))
            if not read:
                raise Wrong("nobody found his own number: what was planted is not seen by this search")
            yield {"database": kind, "asked": asked, "kept_out": kept_out, "let_in": asked - kept_out, "otherwise": 0}


def _asked(site: Site, world: World, who: str | None, program: dict[str, str]) -> dict[Key, Answer]:
    """Forms go without their token: the gate says who may before it looks for one, and nothing is changed. What a program may
    change is not asked, since it would be changed."""
    cookie = "" if who is None else site.visitors([world.people[who]])[0].cookie
    heads = "".join(f"{name}: {value}\r\n" for name, value in program.items())
    wanted: dict[Key, bytes] = {}
    pages = [(method, endpoint) for method in ("GET", "POST") for endpoint in worlds.endpoints(site.app, method)]
    let_in = {key for key, row in approved().items() if row[KINDS.index(who)] == "in"}
    for method, endpoint in [*pages, *worlds.operations(site.app)]:
        for side, parts in worlds.sides(world, endpoint).items():
            if _would_change((method, endpoint, side), "in" if (method, endpoint, side) in let_in else ""):
                continue
            path = worlds.address(site.app, endpoint, parts, method)
            request = f"{method} {path} HTTP/1.1\r\nHost: {site.host}\r\n"
            request += heads if endpoint.startswith("api.") else f"Cookie: {cookie}\r\n"
            wanted[method, endpoint, side] = f"{request}Content-Length: 0\r\n\r\n".encode()
    return dict(zip(wanted, load.send(site.port, list(wanted.values())).answers, strict=True))


def _would_change(key: Key, expected: str) -> bool:
    """What a program may change is asked by tests/architecture/test_matrix.py, where it is taken back."""
    return key[1].startswith("api.") and key[0] != "GET" and expected == "in"


def _hold(who: str | None, answers: dict[Key, Answer], told: dict[Key, str]) -> None:
    """A page that lets in may have nothing to show, and say so or lead to the log-in by itself."""
    wrong = []
    for key, expected in ((key, row[KINDS.index(who)]) for key, row in approved().items()):
        if key not in told:
            if not _would_change(key, expected):
                wrong.append(f"{' '.join(key)}: not asked, approved is {expected}")
            continue
        said, status = told[key] or "in", answers[key].status
        lets_in = expected == "in" and (said in ("in", "404") or policy.POLICY[key[1]].anonymous)
        if status == 500 or (said != expected and not lets_in):
            wrong.append(f"{' '.join(key)}: {status} {said}, approved is {expected}")
    if wrong:
        raise Wrong(f"{who}: " + "; ".join(wrong))


def _read(world: World, who: str | None, answers: dict[Key, Answer]) -> set[str]:
    """Whose planted numbers were read; raises Wrong for those that are not to be seen."""
    seen: set[str] = set()
    for key, answer in answers.items():
        if key[0] == "GET":
            found = whose(world, load.plain(answer).decode("utf-8", "replace"))
            if secret := found - seen_by(world, who):
                raise Wrong(f"{who} reads of {', '.join(sorted(secret))} at {' '.join(key)}")
            seen |= found
    return seen
