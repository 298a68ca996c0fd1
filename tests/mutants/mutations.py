"""The small ways in which a rule can be wrong, found in the syntax tree of a module, inside its functions only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}  # fmt: skip
OTHER_NAME = {"max": "min", "min": "max", "any": "all", "all": "any"}
DROPPED = ("order_by", "limit", "distinct")
# A read flushes, too; and on SQLite one writes at a time, so `tests/concurrency` holds the locks, on PostgreSQL, and that
# a row is read anew after them.
LEFT = ("alone", "flush", "hold", "lock", "refresh", "share")
LEFT_KEYWORDS = ("key_share", "populate_existing", "skip_locked")
# `zip(strict=True)` only says what is so, and `text[:300]` what fits a column: forms refuse anything longer.
SAYS_WHAT_IS_SO, CUT = "strict", 30
# No rule of the domain: types, what a linter asks for, and what is only read by people.
UNTOUCHED = (ast.Assert, ast.JoinedStr, ast.AnnAssign)


@dataclass(frozen=True, eq=False)
class Mutation:
    """One change: `field` (of a list: at `index`) of `parent` becomes `new`."""

    module: Path
    function: str
    line: int
    end: int
    before: str
    after: str
    tree: ast.Module
    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST

    @property
    def key(self) -> str:
        """The same as long as the function reads the same, wherever it stands."""
        return f"{self.module.as_posix()} {self.function}: {self.before} -> {self.after}"

    @property
    def is_exit(self) -> bool:
        """Whether by this change a refusal is never made."""
        return isinstance(self.parent, ast.If) and isinstance(self.parent.body[-1], ast.Raise) and _is_false(self.new)

    def code(self) -> CodeType:
        """The function with the change."""
        held: Any = getattr(self.parent, self.field)
        old = held if self.index is None else held[self.index]
        try:
            self._put(self.new)
            whole = compile(ast.fix_missing_locations(self.tree), str(self.module), "exec", dont_inherit=True)
        finally:
            self._put(old)
        return next(code for code in _codes(whole) if code.co_qualname == self.function)

    def _put(self, value: Any) -> None:
        if self.index is None:
            setattr(self.parent, self.field, value)
        else:
            getattr(self.parent, self.field)[self.index] = value


def mutations(module: Path) -> list[Mutation]:
    """Of all functions of a module, in the order of its lines."""
    tree = ast.parse(module.read_text())
    return [
        Mutation(module, name, *_lines(old, function), _text(old, new), _text(new, old), tree, *place, new)
        for name, function in _functions(tree)
        for *place, old, new in _changes(function)
    ]


def _lines(node: Any, function: ast.FunctionDef) -> tuple[int, int]:
    where = node if hasattr(node, "lineno") else function
    return where.lineno, where.end_lineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{m.name}", m) for m in node.body if isinstance(m, ast.FunctionDef))


def _of_one(node: ast.AST) -> bool:
    """`limit(1)`: the first row is asked for anyway, so that no more of them changes nothing."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "limit"
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == 1
    )


def _is_left(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(parent, ast.keyword):
        return parent.arg in (*LEFT_KEYWORDS, SAYS_WHAT_IS_SO)
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "code":
        return isinstance(node, ast.Constant)  # `codes.code(12)`: another length does as well
    is_end = isinstance(parent, ast.Slice) and node is parent.upper and isinstance(node, ast.Constant)
    return is_end and isinstance(node.value, int) and node.value >= CUT


def _changes(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str, int | None, ast.AST, ast.AST]]:
    waiting: list[ast.AST] = list(function.body)
    yield from _of_children(function, "body", function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, UNTOUCHED):
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                waiting.append(node.value)
            continue
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list"):
                continue
            if isinstance(value, list):
                yield from _of_children(node, field, value)
                waiting += [child for child in value if isinstance(child, ast.AST)]
            elif isinstance(value, ast.AST):
                yield from ((node, field, None, value, new) for new in _instead_of(value, node))
                waiting.append(value)


def _of_children(node: ast.AST, field: str, children: list[Any]) -> Iterator[Any]:
    for index, child in enumerate(children):
        if isinstance(child, ast.AST):
            yield from ((node, field, index, child, new) for new in _instead_of(child, node))


def _instead_of(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """What may stand there by mistake."""
    if _of_one(node) or _of_one(parent) or _is_left(node, parent):
        return
    if isinstance(parent, ast.comprehension) and node in parent.ifs:
        yield ast.Constant(True)
    if isinstance(parent, ast.If | ast.IfExp) and node is parent.test:
        if isinstance(parent, ast.If) and isinstance(parent.body[-1], ast.Raise | ast.Return | ast.Continue):
            yield ast.Constant(False)
        elif not isinstance(node, ast.Compare | ast.UnaryOp):  # those turn round below
            yield ast.UnaryOp(ast.Not(), node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = node.value.func
        if getattr(called, "attr", getattr(called, "id", None)) not in LEFT:
            yield ast.Pass()
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OTHER:
        yield ast.Compare(node.left, [OTHER[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(OTHER[type(node.op)](), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in OTHER and not _of_text(node):
        yield ast.BinOp(node.left, OTHER[type(node.op)](), node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Call):
        yield from _other_calls(node)


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in OTHER_NAME:
        yield ast.Call(ast.Name(OTHER_NAME[node.func.id], ast.Load()), node.args, node.keywords)
    if not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr == "where":
        for n in range(len(node.args)):
            rest = node.args[:n] + node.args[n + 1 :]
            yield ast.Call(node.func, rest, node.keywords) if rest else node.func.value
    elif node.func.attr in DROPPED:
        yield node.func.value


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _of_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def _text(node: ast.AST, beside: ast.AST) -> str:
    """On one line; of what is long, the part where the two differ."""
    text, other = (" ".join(ast.unparse(ast.fix_missing_locations(n)).split()) for n in (node, beside))
    same = next((n for n, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    start = max(0, same - 50) if len(text) > 110 else 0
    return text[start : start + 110]
