"""The tag tree of a finished file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from calakan.paper.structure import Element, Tags

if TYPE_CHECKING:
    import pikepdf


def hang(path: Path, tags: Tags) -> None:
    """Give the file at `path` this tree, and let readers show its title. Raises OSError."""
    import pikepdf  # late: only workers and the command line need it
    from pikepdf import Array, Dictionary, Name

    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        made: dict[int, pikepdf.Object] = {}
        _branch(pdf, tags.root, root, made)
        root.K = made[id(tags.root)]
        numbers = Array()
        for page, marked in enumerate(tags.marked):
            pdf.pages[page].obj.StructParents = page
            pdf.pages[page].obj.Tabs = Name.S
            numbers.append(page)
            numbers.append(pdf.make_indirect(Array([made[id(element)] for element in marked])))
        root.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
        root.ParentTreeNextKey = len(tags.marked)
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.save(path)


def _branch(pdf: pikepdf.Pdf, element: Element, parent: pikepdf.Object, made: dict[int, pikepdf.Object]) -> None:
    """Elements are known by their identity: two may be alike."""
    import pikepdf  # late, as above

    body = f"<< /S /{element.tag} {element.attributes} >>".encode("latin-1")
    branch = pdf.make_indirect(pikepdf.Object.parse(body))
    branch.P = parent
    if element.page is not None:
        branch.Pg = pdf.pages[element.page].obj
    made[id(element)] = branch
    for kid in element.kids:
        if isinstance(kid, Element):
            _branch(pdf, kid, branch, made)
    branch.K = pikepdf.Array([made[id(kid)] if isinstance(kid, Element) else kid for kid in element.kids])
