"""The house rules, held by reading the source and the running application."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from calakan import policy, wiring
from calakan.kernel import db
from calakan.kernel.errors import REGISTRY
from tests.architecture.reading import nodes

ROOT = Path(__file__).parents[2] / "calakan"
LIBRARIES = ["signing", "paper", "intake", "tables"]
"""They know no room: each imports the kernel and those to its left."""
ORDER = [
    "kernel",
    *LIBRARIES,
    "audit",
    "office",
    "notifications",
    "people",
    "roster",
    "availability",
    "diklat",
    "narasumber",
    "enrolment",
    "attendance",
    "materials",
    "feedback",
    "assessment",
    "completion",
    "planning",
    "certificates",
    "recognition",
    "reports",
    "duplicates",
    "privacy",
    "promises",
    "desk",
]
DOORS = {
    "cards", "views", "manage", "forms", "tasks", "words", "room", "letters",
    # What is read: sentences about what lacks, files and drawings that are handed out.
    "reasons", "documents",
    # They look at what doors make: the numbers of a dashboard, the promises about a file.
    "dashboards", "invariants",
}  # fmt: skip
MECHANISM = "calakan.notifications.letters"
"""How letters are made at all; the composers of a room stand at its door."""


def imports(path: Path) -> set[str]:
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def is_door(path: Path) -> bool:
    parts = set(path.relative_to(ROOT).with_suffix("").parts)
    return bool(parts & DOORS) and path != ROOT / "notifications" / "letters.py"


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_imports_the_kernel_and_those_to_its_left_alone(library: str) -> None:
    allowed = {"kernel", *LIBRARIES[: LIBRARIES.index(library) + 1]}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / library).rglob("*.py")
        for name in imports(path)
        if name.startswith("calakan.") and name.split(".")[1] not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ORDER)
def test_core_imports_only_its_room_and_those_to_its_left(room: str) -> None:
    allowed = set(ORDER[: ORDER.index(room) + 1])
    wrong = []
    for path in (ROOT / room).rglob("*.py"):
        if is_door(path):
            continue
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "calakan" and len(parts) > 1 and parts[1] not in allowed:
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
            if parts[0] in ("flask", "flask_login", "flask_wtf", "wtforms"):
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert wrong == []


@pytest.mark.parametrize("room", ORDER)
def test_a_core_imports_no_door_not_even_of_its_own_room(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / room).rglob("*.py")
        if not is_door(path)
        for name in imports(path)
        if name.startswith("calakan.") and name.split(".")[1] in ORDER[ORDER.index("audit") :]
        if set(name.split(".")[2:]) & DOORS and not name.startswith(MECHANISM)
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ["office", "people"])
def test_the_first_rooms_know_nothing_of_papers_even_at_their_doors(room: str) -> None:
    assert [p.name for p in (ROOT / room).rglob("*.py") if "calakan.certificates" in imports(p)] == []


def test_nobody_imports_the_doors_of_programs_and_operators() -> None:
    joining = {"app.py", "wiring.py", "__main__.py"}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in ROOT.rglob("*.py")
        if path.name not in joining and path.relative_to(ROOT).parts[0] not in ("api", "cli", "stack", "demo")
        for name in imports(path)
        if name.split(".")[:2] in (["calakan", "api"], ["calakan", "cli"])
    ]
    assert wrong == []


def test_only_the_clock_reads_the_clock() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if path.parts[-2:] != ("kernel", "clock.py")
        and "stack" not in path.parts
        and re.search(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|time\.time\(", path.read_text())
    ]
    assert wrong == []


def test_every_endpoint_has_its_line_and_every_line_its_endpoint(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == set(policy.POLICY)


def test_no_endpoint_has_two_lines_and_no_blueprint_two_areas() -> None:
    lines = Counter(endpoint for area in policy.AREAS for endpoint in area.ENDPOINTS)
    assert [endpoint for endpoint, count in lines.items() if count > 1] == []
    areas = Counter(name for area in policy.AREAS for name in {endpoint.split(".")[0] for endpoint in area.ENDPOINTS})
    assert [name for name, count in areas.items() if count > 1] == []


def test_every_endpoint_that_a_page_or_a_door_names_is_one() -> None:
    """A name that is none fails only when somebody's page comes to that line."""
    named = re.compile(r"""\b(?:may\(|url_for\(|Way\(\s*"[^"]+",)\s*['"](\w+\.[\w.]+)['"]""")
    files = [path for kind in ("*.html", "*.py") for path in ROOT.rglob(kind)]
    found = {(path.name, name) for path in files for name in named.findall(path.read_text())}
    assert {(file, name) for file, name in found if name not in policy.POLICY} == set()


def test_every_refusal_has_its_sentence() -> None:
    said = {error for words in wiring.WORDS for error in words.sentences}
    assert (
        sorted(
            error.__qualname__
            for error in REGISTRY.values()
            if error not in said and error.__module__.startswith("calakan.")
        )
        == []
    )


def test_a_room_says_its_own_refusals_and_all_members_of_its_lists() -> None:
    for words in wiring.WORDS:
        assert len({error.__module__.split(".")[1] for error in words.sentences}) <= 1
        for kind, members in words.members.items():
            assert sorted(set(kind) - set(members)) == [], f"{kind.__qualname__} lacks words"


def test_nothing_is_said_twice() -> None:
    for table in ("sentences", "members", "acts", "letters"):
        said = Counter(key for words in wiring.WORDS for key in getattr(words, table))
        assert [key for key, count in said.items() if count > 1] == []


def test_every_letter_has_its_name() -> None:
    named = {kind for words in wiring.WORDS for kind in words.letters}
    assert sorted(named ^ {kind.name for kind in wiring.LETTERS}) == []


def test_every_kind_of_letter_is_listed_once() -> None:
    assert [name for name, count in Counter(kind.name for kind in wiring.LETTERS).items() if count > 1] == []


def test_every_letter_that_is_asked_for_is_listed() -> None:
    asked = {
        node.args[0].value
        for path in ROOT.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("queue", "message_row")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(asked) > 10
    assert sorted(asked - {kind.name for kind in wiring.LETTERS}) == []


def test_every_scheduled_job_exists() -> None:
    assert set(wiring.SCHEDULE) <= set(wiring.WORK)


def test_every_room_is_listed_once_and_its_work_and_refusals_bear_names_of_their_own() -> None:
    listed = {room.name for room in ROOT.iterdir() if (room / "room.py").exists()}
    assert len(wiring.ROOMS) == len(listed)
    for table in ("work", "beats", "conflicts"):
        names = Counter(name for room in wiring.ROOMS for name in getattr(room, table))
        assert [name for name, count in names.items() if count > 1] == []


def test_models_and_schema_are_the_same(app: Flask) -> None:
    with db.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, db.Base.metadata) == []


def test_no_page_carries_inline_script_or_style() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.html")
        if re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"", path.read_text())
    ]
    assert wrong == []


def test_every_posting_form_carries_its_token() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.html")
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.S)
        if "csrf()" not in form and "typed.kept" not in form  # what is sent again brings the token it came with
    ]
    assert wrong == []


def _recorded(path: Path) -> set[str]:
    """The acts that this file hands to the trail as plain words."""
    found = set()
    for node in nodes(path):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "record"
            and node.args
        ):
            found |= {
                part.value
                for part in ast.walk(node.args[0])
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    return {act for act in found if re.fullmatch(r"[a-z]+\.[a-z_]+", act)}


def test_every_act_of_the_trail_has_its_words() -> None:
    acts = set().union(*(_recorded(path) for path in ROOT.rglob("*.py")))
    assert len(acts) > 50
    assert sorted(acts - {act for words in wiring.WORDS for act in words.acts}) == []


def _inner_blocks(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The imports inside functions of a file, those that follow each other together, each with the line before it."""
    lines = path.read_text().splitlines()
    inner = {
        (node.lineno, node.end_lineno or node.lineno)
        for function in nodes(path)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    block: list[str] = []
    first = last = 0
    for start, end in sorted(inner):
        if block and any(line.strip() for line in lines[last : start - 1]):
            yield first, block
            block = []
        if not block:
            first, block = start, [line for line in [lines[start - 2]] if line.strip().startswith("#")]
        block += lines[start - 1 : end]
        last = end
    if block:
        yield first, block


def test_an_import_inside_a_function_has_its_reason_beside_it() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.rglob("*.py")
        for number, block in _inner_blocks(path)
        if not any("#" in line for line in block)
    ]
    assert wrong == []


def test_no_place_is_named_outside_of_data_and_demo() -> None:
    """The house is a record (`office.house`): another kabupaten changes data, not code."""
    kinds = {".py", ".html", ".txt", ".js", ".css", ".svg", ".json", ".webmanifest"}
    wrong = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in ROOT.rglob("*")
        if path.suffix in kinds and not {"data", "demo"} & set(path.relative_to(ROOT).parts)
        if (
            found := re.search(
                r"banyumas|purwokerto|jawa tengah|sokaraja|ajibarang|cilongok|batur+aden|wangon|sumpiuh",
                path.read_text(),
                re.I,
            )
        )
    ]
    assert wrong == []


def _acts_by_hand(path: Path) -> Iterator[int]:
    """Where a transaction around a service call is answered with a flash or a form, as `web.acting` does it."""
    for node in nodes(path):
        if not (isinstance(node, ast.Try) and len(node.handlers) == 1 and isinstance(node.body[0], ast.With)):
            continue
        opened = ast.unparse(node.body[0].items[0].context_expr)
        said = ast.unparse(node.handlers[0].body[0])
        if opened == "db.transaction()" and re.match(r"flash\(sentence\(error\), 'err'\)|\w+\.refuse\(error", said):
            yield node.lineno


def test_a_page_acts_by_the_one_helper() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in ROOT.rglob("*.py")
        if path.name != "acting.py"
        for line in _acts_by_hand(path)
    ]
    assert wrong == []


def test_a_page_asks_the_gate_who_acts() -> None:
    own = re.compile(r"^def _me\(\)", re.M)
    assert [str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if own.search(path.read_text())] == []


def test_a_template_imports_what_there_is_and_what_it_uses(app: Flask) -> None:
    """A macro that is missing fails where it is called alone; one that nobody calls is read by everybody."""
    wrong = []
    for path in ROOT.rglob("*.html"):
        text = path.read_text()
        for whole, name, words in re.findall(r'(\{% from "([^"]+)" import ([^%]+?) (?:with context )?%\})', text):
            made = app.jinja_env.get_template(name).module
            rest = text.replace(whole, "")
            for word in words.split(", "):
                if not hasattr(made, word) or not re.search(rf"(?<![\w.]){word}\b", rest):
                    wrong.append(f"{path.relative_to(ROOT)}: {word} of {name}")
    assert wrong == []
