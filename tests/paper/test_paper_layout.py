"""Nothing overlaps, nothing leaves its place, whatever the length of the texts."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations

import pypdfium2
import pypdfium2.raw
import pytest

from calakan.paper import ProgrammeRow, Signer
from calakan.paper.front import SEAL_ASIDE
from calakan.paper.linebreak import balanced, fit, wrapped
from calakan.paper.table import BOTTOM, spread
from calakan.paper.typeset import EXTRA, REGULAR, SERIF
from tests.paper.paper_samples import (
    EVENT,
    HEIGHT,
    HOLDER,
    LONG_NAME,
    LONG_TITLE,
    LONG_UNIT,
    MM,
    SIGNERS,
    TOKEN_URL,
    heavy,
    heavy_holder,
    picture,
    programme,
    render,
)

Box = tuple[float, float, float, float]
FRAME: Box = (24.0, 13.0, 273.0, 197.0)
PAPER: Box = (15.0, 8.0, 282.0, 206.0)
CASES = {
    "plain": (EVENT, HOLDER),
    "one signer": (heavy(signers=1), heavy_holder()),
    "two signers": (heavy(signers=2), heavy_holder()),
    "three signers": (heavy(signers=3), heavy_holder()),
    "long name": (EVENT, replace(HOLDER, name=LONG_NAME)),
    "endless name": (EVENT, replace(HOLDER, name="Kusumawardhana " * 14)),
    "one endless word": (EVENT, replace(HOLDER, name="Wa" * 80, unit="Wa" * 90, number="9" * 90)),
    "long unit": (EVENT, replace(HOLDER, unit=f"{LONG_UNIT} {LONG_UNIT}")),
    "large code": (EVENT, replace(HOLDER, check_url=TOKEN_URL)),
    "long title": (replace(EVENT, title=LONG_TITLE), HOLDER),
    "endless title": (replace(EVENT, title=f"{LONG_TITLE} {LONG_TITLE}"), heavy_holder(3)),
    "everything endless": (
        replace(
            heavy(3, 3),
            title=f"{LONG_TITLE} {LONG_TITLE}",
            held_at="di " + "Pendopo " * 20,
            signers=tuple(Signer(f"{s.post} {s.post}", f"{s.name} {s.name}", s.rank, s.nip) for s in SIGNERS),
        ),
        replace(heavy_holder(3), name=f"{LONG_NAME} {LONG_NAME}", unit=LONG_UNIT * 3, role="NARASUMBER " * 9),
    ),
    "fourteen rows": (replace(EVENT, programme=programme(14)), heavy_holder(14)),
    "twenty-four rows": (replace(EVENT, programme=programme(24)), heavy_holder(24)),
    "sixty rows": (heavy(60), heavy_holder(60)),
    "long words in the table": (
        replace(EVENT, programme=tuple(replace(row, title="W" * 200, speaker="M" * 80) for row in EVENT.programme)),
        replace(HOLDER, attendance=("Tidak hadir karena dinas luar",) * 3),
    ),
}


@pytest.fixture(params=CASES)
def pages(request: pytest.FixtureRequest) -> list[list[tuple[str, Box]]]:
    document = pypdfium2.PdfDocument(io.BytesIO(render(*CASES[request.param])))
    return [text_boxes(page) for page in document]


def text_boxes(page: pypdfium2.PdfPage) -> list[tuple[str, Box]]:
    """Ink box of every text object in mm from the top left."""
    words, out = page.get_textpage(), []
    for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
        left, bottom, right, top = (value / MM for value in item.get_bounds())
        content = words.get_text_bounded(*item.get_bounds()) or "?"
        if content.strip() and right > left:
            out.append((content, (left, HEIGHT - top, right, HEIGHT - bottom)))
    return out


def overlap(a: Box, b: Box) -> bool:
    """Common ink area of more than a hair."""
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.15 and min(a[3], b[3]) - max(a[1], b[1]) > 0.15


def inside(box: Box, room: Box) -> bool:
    return box[0] >= room[0] and box[1] >= room[1] and box[2] <= room[2] and box[3] <= room[3]


def test_texts_do_not_overlap(pages: list[list[tuple[str, Box]]]):
    for boxes in pages:
        clashes = [(a, b) for (a, first), (b, second) in combinations(boxes, 2) if overlap(first, second)]
        assert clashes == []


def test_texts_stay_inside(pages: list[list[tuple[str, Box]]]):
    assert [item for item in pages[0] if not inside(item[1], FRAME)] == []
    for boxes in pages[1:]:
        assert [item for item in boxes if not inside(item[1], PAPER)] == []


def test_texts_keep_clear_of_corners_and_code(pages: list[list[tuple[str, Box]]]):
    corners = [(x, y, x + 29, y + 29) for x in (6.0, 262.0) for y in (6.0, 175.0)]
    code = (35.2, 149.5, 64.2, 178.5)
    for place in (*corners, code):
        assert [item for item in pages[0] if overlap(item[1], place)] == []


def test_texts_keep_clear_of_a_large_code():
    for case in ("two signers", "three signers", "everything endless"):
        document = pypdfium2.PdfDocument(io.BytesIO(render(*CASES[case])))
        assert [item for item in text_boxes(document[0]) if overlap(item[1], (35.2, 145.5, 68.2, 178.5))] == []


@pytest.mark.parametrize(("case", "side"), [("plain", 29.0), ("large code", 33.0)])
def test_the_white_around_the_code_keeps_clear_of_the_corner_ornament(case: str, side: float):
    """Squares of the page: four corners of 29 mm, and the paper of the code."""
    page = pypdfium2.PdfDocument(io.BytesIO(render(*CASES[case])))[0]
    squares: set[Box] = set()
    for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (round(value / MM, 1) for value in item.get_bounds())
        if right - left == pytest.approx(top - bottom, abs=0.15) and 28.9 <= right - left <= 33.2:
            squares.add((left, HEIGHT - top, right, HEIGHT - bottom))
    assert len(squares) == 5
    assert max(box[2] - box[0] for box in squares) == pytest.approx(side, abs=0.2)
    assert [pair for pair in combinations(squares, 2) if overlap(*pair)] == []


def mixed(count: int, *, every: int) -> tuple[ProgrammeRow, ...]:
    """Rows whose groups take turns."""
    groups = ("Umum", "Pokok", "Penunjang")
    return tuple(replace(row, group=groups[n // every % 3]) for n, row in enumerate(programme(count)))


def test_the_words_beside_a_large_code_keep_clear_of_the_seal():
    boxes = text_boxes(
        pypdfium2.PdfDocument(io.BytesIO(render(heavy(signers=3), replace(heavy_holder(), check_url=TOKEN_URL))))[0]
    )
    beside = [box for _, box in boxes if 69 < box[0] < 75 and box[1] > 150]
    assert len(beside) == 3
    assert max(box[2] for box in beside) <= SEAL_ASIDE - 16


@pytest.mark.parametrize("every", [1, 2, 5, 100])
def test_no_group_heading_stands_alone_at_a_foot_and_none_twice(every: int):
    for count in range(1, 75):
        pages = spread(mixed(count, every=every), 1)
        assert [page.lines[-1] for page in pages if page.lines[-1].row is None] == []
        assert all(page.end <= BOTTOM for page in pages)
        headings = [line.group for page in pages for line in page.lines if line.row is None]
        assert len(headings) == len(set(headings))
        assert sorted(line.row for page in pages for line in page.lines if line.row is not None) == list(range(count))


def test_rows_of_a_group_stand_together_numbered_anew_and_with_their_own_attendance():
    short = tuple(replace(row, title=f"Materi {n}") for n, row in enumerate(mixed(6, every=1)))
    facts = replace(EVENT, programme=short)
    told = tuple(f"Hadir {n}/9" for n in range(6))
    [page] = spread(facts.programme, 0)
    rows = [(line.group, line.row, dict(line.cells)["number"]) for line in page.lines if line.row is not None]
    assert rows == [
        ("Umum", 0, ("1",)),
        ("Umum", 3, ("2",)),
        ("Pokok", 1, ("3",)),
        ("Pokok", 4, ("4",)),
        ("Penunjang", 2, ("5",)),
        ("Penunjang", 5, ("6",)),
    ]
    pdf = pypdfium2.PdfDocument(io.BytesIO(render(facts, replace(HOLDER, attendance=told))))
    boxes = dict(text_boxes(pdf[1]))
    heights = [boxes[told[n]][1] for n in (0, 3, 1, 4, 2, 5)]
    assert heights == sorted(heights)
    for n in range(6):
        [title] = [box for text, box in boxes.items() if text.strip() == facts.programme[n].title]
        assert title[1] == pytest.approx(boxes[told[n]][1], abs=1.5)


@pytest.mark.parametrize(("rows", "pages"), [(0, 2), (1, 2), (14, 2), (24, 2), (25, 3), (70, 6)])
def test_page_count(rows: int, pages: int):
    simple = tuple(replace(row, title=f"Materi {n}", speaker=None) for n, row in enumerate(programme(max(rows, 1))))
    pdf = render(replace(EVENT, programme=simple[:rows]), replace(HOLDER, attendance=()))
    assert len(pypdfium2.PdfDocument(io.BytesIO(pdf))) == pages


def test_pages_are_a4_landscape():
    document = pypdfium2.PdfDocument(io.BytesIO(render()))
    assert [page.get_size() for page in document] == [pytest.approx((841.89, 595.28), abs=0.01)] * 2


def test_more_than_three_signers_are_refused():
    with pytest.raises(ValueError, match="three"):
        render(replace(EVENT, signers=SIGNERS + SIGNERS[:1]))


def test_the_room_for_the_signature_stays_white_or_pale():
    image = picture(render())
    scale = image.width / 297
    room = image.crop(tuple(int(value * scale) for value in (206, 158.5, 258, 172)))
    assert min(min(pixel) for pixel in room.get_flattened_data()) > 130


def test_the_name_is_as_large_as_the_artwork_allows():
    short = max(box[3] - box[1] for _, box in text_boxes(pypdfium2.PdfDocument(io.BytesIO(render()))[0]))
    assert short > 10


def test_names_never_break_inside_a_title():
    for name in (LONG_NAME, "Prof. Dr. H. Abdul Karim Sastrawijaya Kertanegara, S.Pd., M.Pd.", "Dr. Ir. Sri Asih"):
        first, *rest = balanced(name, SERIF, 2, person=True)
        assert not first.endswith(".")
        assert " ".join((first, *rest)) == name


def test_fitting_uses_real_widths():
    from calakan.paper.front import NAME

    for name in ("Sri", LONG_NAME, "W" * 50, "i" * 50, "Wa " * 70):
        fitted = fit(name.strip(), SERIF, NAME, person=True)
        assert max(SERIF.width(line, fitted.size) for line in fitted.lines) <= NAME.width + 0.01
        assert " ".join(fitted.lines) == name.strip()


def test_wrapping_loses_nothing():
    for text in ("satu dua tiga empat lima enam", "x" * 300, "", LONG_TITLE):
        lines = wrapped(text, REGULAR, 3.5, 40)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(REGULAR.width(line, 3.5) <= 40 for line in lines)


def test_measured_width_is_the_drawn_width():
    """The ink of a wide text is as wide as measured, but for the bearings of its first and last letter."""
    boxes = dict(text_boxes(pypdfium2.PdfDocument(io.BytesIO(render()))[0]))
    left, _, right, _ = boxes[EVENT.title]
    assert right - left == pytest.approx(EXTRA.width(EVENT.title, 7), abs=1.2)
