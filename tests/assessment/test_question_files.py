"""Questions from the files that teachers have: tables of any make, GIFT, Aiken; and what is refused, with its line."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment import question_files
from calakan.assessment.banks import markup
from calakan.assessment.documents import banks
from calakan.assessment.errors import QuestionInvalid, QuestionUnwritable
from calakan.assessment.services.questions import Item, multiple, order, short
from calakan.kernel.actor import Role
from calakan.kernel.files import AwayError
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import exam

FILES = Path(__file__).parent / "files"
Opener = Callable[[int | None], FlaskClient]


def content(name: str) -> bytes:
    return next(FILES.glob(f"{name}.*")).read_bytes()


def read(text: str) -> list[tuple[str, tuple[str, ...], int]]:
    return [(item.text, item.options, item.answer) for item in question_files.read(text.encode()).items]


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("questions-sep", 0), ("questions-bom2", 0), ("questions-pipe", 0), ("questions-title", 0),
        ("questions-hidden-first", 0), ("questions-cover-first", 0), ("questions-hidden-rows", 1),
    ],
)  # fmt: skip
def test_the_one_question_is_found(name: str, hidden: int) -> None:
    found = question_files.read(content(name))
    assert [(item.text, item.options, item.answer) for item in found.items] == [("Satu", ("x", "y"), 0)]
    assert found.hidden == hidden


def test_other_headings_and_keys_in_words() -> None:
    assert [
        (item.text, item.options, item.answer) for item in question_files.read(content("questions-headsyn")).items
    ] == [("Satu", ("x", "y", "z", "w"), 0)]
    assert [item.answer for item in question_files.read(content("questions-keytext")).items] == [0]


@pytest.mark.parametrize("name", ["questions.gift", "questions.aiken"])
def test_banks_of_other_programs(name: str) -> None:
    (item,) = question_files.read(content(name)).items
    assert (item.text, item.options[item.answer]) == ("Ibu kota Banyumas?", "Purwokerto")
    assert set(item.options) >= {"Purwokerto", "Cilacap"}


def test_gift_of_several_kinds() -> None:
    assert read(
        "// catatan\n$CATEGORY: a\n\n2 + 2 \\= 4 {T}\n\nBumi datar.{FALSE#salah}\n\n::b::[html]Air mendidih pada {~90 =100#ya ~%0%110} derajat.\n"
    ) == [
        ("2 + 2 = 4", ("Benar", "Salah"), 0),
        ("Bumi datar.", ("Benar", "Salah"), 1),
        ("Air mendidih pada _____ derajat.", ("90", "100", "110"), 1),
    ]


def test_kinds_of_gift() -> None:
    bank = (
        "Dua?{~%50%a ~%-100%b ~%50%c}\n\nIbu kota Banyumas? {=Purwokerto#ya =%100%Kota Purwokerto}\n\n2\\*3 {=6\\*1}\n"
    )
    found = question_files.read(bank.replace("6\\*", "6\\\\*").encode())
    assert (found.refused, [replace(item, line=None) for item in found.items]) == (
        [],
        [
            multiple("Dua?", ("a", "b", "c"), (0, 2)),
            short("Ibu kota Banyumas?", ("Purwokerto", "Kota Purwokerto")),
            short("2\\*3", ("6*1",)),
        ],
    )


def test_kinds_of_moodle() -> None:
    half = ANSWERS.replace("100", "50") + '<answer fraction="50.00"><text>c</text></answer>'
    bank = "".join(
        f'<question type="{kind}">{ASKED}{more}</question>'
        for kind, more in (
            ("multichoice", f"<single>false</single>{half}"),
            ("multichoice", f"<single>0</single>{ANSWERS}"),
            ("shortanswer", ANSWERS),
            ("ordering", STEPS),
        )
    )
    found = question_files.read(f"<quiz>{bank}</quiz>".encode())
    assert (found.refused, [replace(item, line=None) for item in found.items]) == (
        [],
        [
            multiple("Apa?", ("a", "b", "c"), (0, 2)),
            multiple("Apa?", ("a", "b"), (0,)),
            short("Apa?", ("a",)),
            order("Apa?", ("a", "b")),
        ],
    )


def test_kinds_of_a_table() -> None:
    table = (
        "Pertanyaan;Opsi A;Opsi B;Opsi C;Kunci Jawaban;Jenis\n"
        "Dua?;x;y;z;A, C;Pilihan ganda kompleks\nDua lagi?;x;y;z;c dan b;Checkbox\n"
        "Kata?;;;;Purwokerto;Isian singkat\nKata lain?;6;enam;;;Isian\nUrut?;a;b;c;;Mengurutkan\n"
    )
    found = question_files.read(table.encode())
    assert (found.refused, [replace(item, line=None) for item in found.items]) == (
        [],
        [
            multiple("Dua?", "xyz", (0, 2)),
            multiple("Dua lagi?", "xyz", (1, 2)),
            short("Kata?", ("Purwokerto",)),
            short("Kata lain?", ("6", "enam")),
            order("Urut?", "abc"),
        ],
    )


def waiting(content: str | bytes) -> list[tuple[str, int]]:
    read = question_files.read(content.encode() if isinstance(content, str) else content)
    return [(row.facts["why"], row.facts["line"]) for row in read.refused]


GOOD = "Mana?{=a ~b}\n\n"


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("Dua {=a =b ~c}\n", "several", 3),
        ("Satu {~%50%a ~%25%b ~%25%c}\n", "weight", 3),
        ("Satu {~%50%a ~%50%b =c}\n", "weight", 3),
        ("Satu {~%50%a ~b}\n", "weight", 3),
        ("Satu {=a ~%-50%b ~c}\n", "weight", 3),
        ("Satu {=%50%a ~b}\n", "weight", 3),
        ("Isian {=a =%50%b}\n", "weight", 3),
        ("Isian {=a*}\n", "star", 3),
        ("Isian {=a =A.}\n", "spellings", 3),
        ("Urut {>ALL VERTICAL a b}\n", "order", 3),
        ("Cocok {=a -> b =c -> d}\n", "match", 3),
        ("Berapa {#4:1}\n", "number", 3),
        ("Jelaskan {}\n", "essay", 3),
        ("Satu {~a ~b}\n", "keyless", 3),
        ("Satu {=a ~b} lalu {=c ~d}\n", "bank", 3),
        ("Satu {=a ~b\n", "bank", 3),
        ("Keterangan saja.\n", "unanswered", 3),
        ("Satu {=a ~A}\n", "options", 3),
        ("Satu {=a ~b ~c ~d ~e ~f}\n", "options", 3),
        ("{=a ~b}\n", "text", 3),
        ("[html]<p>Ini? <img src='x.png'></p>{=a ~b}\n", "picture", 3),
        (f"{'x' * 2001}{{=a ~b}}\n", "long", 3),
        ("Satu \u202ex?{=a ~b}\n", "marks", 3),
    ],
)
def test_what_a_gift_bank_has_besides_waits_and_the_rest_counts(text: str, why: str, line: int) -> None:
    assert waiting(GOOD + text) == [(why, line)]
    assert read(GOOD + text) == [("Mana?", ("a", "b"), 0)]


def test_a_brace_left_open_takes_nothing_with_it_that_has_a_title() -> None:
    bank = "::satu::Apa?{=a ~b\n\n::dua::Mana?{=x ~y}\n"
    assert (waiting(bank), read(bank)) == ([("bank", 1)], [("Mana?", ("x", "y"), 0)])


def test_gift_with_everything_that_moodle_writes() -> None:
    assert read(
        "\ufeff// question: 17  name: S1\n::S1::[html]<p>Berapa 10<sup>2</sup> \\= ?</p>{\n"
        "\t=<p>100</p>#<p>betul</p>\n\t~%0%[plain]1 < 2#\n\t~<p>\\{20\\}&nbsp;</p>\n####Bacalah bab 1.\n}\n\n\n"
        "$CATEGORY: $course$/top/Bab 2\n\n::S\\:2::Pasal 3 \\~ 4 \\#1\\nBaris dua{~%100%ya//x#a\n// komentar\n~tidak}\n"
    ) == [
        ("Berapa 10² = ?", ("100", "1 < 2", "{20}"), 0),
        ("Pasal 3 ~ 4 #1\nBaris dua", ("ya//x", "tidak"), 0),
    ]


def test_aiken_as_people_type_it() -> None:
    bank = (
        "\ufeffIbu kota Banyumas?\r\na) Purwokerto\r\nb.Cilacap\r\n  ANSWER : a.\r\n"
        "Berapa\r\n1 + 1?\r\nA. 1\r\nB. 2\r\nC. 3\r\nkunci jawaban: B\r\n"
    )
    assert (read(bank), waiting(bank)) == (
        [("Ibu kota Banyumas?", ("Purwokerto", "Cilacap"), 0), ("Berapa\n1 + 1?", ("1", "2", "3"), 1)],
        [],
    )


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("Satu?\nA. x\nB. y\nANSWER: C\n", "key", 4),
        ("Satu?\nA. x\nB. y\nANSWER: A, B\n", "several", 4),
        ("Satu?\nA. x\nB. y\nANSWER:\n", "key", 4),
        ("Satu?\nA. x\nB. y\n", "unanswered", 1),
        ("Satu?\nA. x\nC. y\nANSWER: A\n", "bank", 3),
        ("Satu?\nA. x\nlanjutan\nB. y\nANSWER: A\n", "bank", 3),
        ("Satu?\nA. x\nANSWER: A\n", "options", 1),
    ],
)
def test_what_is_no_aiken_waits_and_the_next_counts(text: str, why: str, line: int) -> None:
    bank = f"{text}\nMana?\nA. a\nB. b\nANSWER: B\n"
    assert (waiting(bank), read(bank)) == ([(why, line)], [("Mana?", ("a", "b"), 1)])


XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>top/Bab 1</text></category></question>
{questions}
<question type="multichoice"><name><text>n</text></name>
<questiontext format="html"><text><![CDATA[<p>Air &amp; <b>api</b>:<br>mana?</p>]]></text></questiontext>
<generalfeedback format="html"><text>baca</text></generalfeedback><penalty>0.33</penalty><single>true</single>
<answer fraction="0" format="html"><text>&lt;p&gt;1 &amp;lt; 2&lt;/p&gt;</text><feedback><text>x</text></feedback></answer>
<answer fraction="100" format="plain_text"><text>a &lt;b&gt; c</text></answer>
</question>
</quiz>"""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a < b &amp; <i>c</i> &lt;d&gt;", "a < b & c <d>"),
        ("<!-- [if mso] <p>x --><P CLASS=a>10<SUP>2</SUP> =<br/>?</P><!---->", "10² =\n?"),
        ("<?xml:namespace prefix = o /><o:p></o:p><![endif]>Apa?", "Apa?"),
        ("<span title='a\"b'>Apa", "bank"),
        ('<span title="a>b">Apa</span>', "bank"),
        ("Bila x<y dan y>z?", "bank"),
        ("Apa? <!-- tidak ditutup", "bank"),
        ("<![x", "<![x"),
        ("x<sup>abc</sup>", "picture"),
        ("<TABLE><tr><td>1</td></tr></TABLE>", "picture"),
    ],
)
def test_words_of_html_are_read_or_wait(html: str, text: str) -> None:
    try:
        found = markup.words(html, 1)
    except QuestionInvalid as error:
        found = error.facts["why"]
    assert found == text


ASKED = '<questiontext format="html"><text>Apa?</text></questiontext>'
STEPS = '<answer fraction="2.0"><text>b</text></answer><answer fraction="1.0"><text>a</text></answer>'
ANSWERS = '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>'


def test_moodle_xml() -> None:
    true = f"""<question type="truefalse">{ASKED}<answer fraction="0"><text>true</text></answer>
        <answer fraction="100"><text>false</text></answer></question>"""
    bank = XML.format(questions=true)
    assert (read(bank), waiting(bank)) == (
        [("Apa?", ("Benar", "Salah"), 1), ("Air & api:\nmana?", ("1 < 2", "a <b> c"), 1)],
        [],
    )
    assert len(question_files.read(bank.replace("UTF-8", "UTF-16").encode("utf-16")).items) == 2


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (
            f'<question type="multichoice">{ASKED}<single>false</single>{ANSWERS.replace("100", "60")}</question>',
            "weight",
        ),
        (
            f'<question type="multichoice">{ASKED}<single>false</single>{ANSWERS.replace("100", "0")}</question>',
            "keyless",
        ),
        (f'<question type="multichoice">{ASKED}{ANSWERS}{ANSWERS.replace(">a<", ">c<")}</question>', "several"),
        (f'<question type="multichoice">{ASKED}{ANSWERS.replace("100", "50")}</question>', "weight"),
        (f'<question type="multichoice">{ASKED}{ANSWERS.replace(chr(34) + "0", chr(34) + "-33.3")}</question>', "weight"),
        (f'<question type="multichoice">{ASKED}{ANSWERS.replace("100", "x")}</question>', "weight"),
        (f'<question type="multichoice">{ASKED}{ANSWERS.replace("100", "0")}</question>', "keyless"),
        (f'<question type="multichoice">{ANSWERS}</question>', "text"),
        (f'<question type="truefalse">{ASKED}{ANSWERS}</question>', "key"),
        (f'<question type="shortanswer">{ASKED}<usecase>1</usecase>{ANSWERS}</question>', "case"),
        (f'<question type="shortanswer">{ASKED}{ANSWERS.replace(">a<", ">a*<")}</question>', "star"),
        (f'<question type="shortanswer">{ASKED}{ANSWERS.replace("100", "50")}</question>', "weight"),
        (f'<question type="shortanswer">{ASKED}{ANSWERS.replace("100", "0")}</question>', "keyless"),
        (f'<question type="numerical">{ASKED}{ANSWERS}</question>', "number"),
        (f'<question type="matching">{ASKED}</question>', "match"),
        (f'<question type="essay">{ASKED}</question>', "essay"),
        (f'<question type="ordering">{ASKED}</question>', "steps"),
        (f'<question type="ordering">{ASKED}{ANSWERS}</question>', "order"),
        (f'<question type="ordering">{ASKED}<selecttype>RANDOM</selecttype>{STEPS}</question>', "order"),
        (f'<question type="cloze">{ASKED}</question>', "kind"),
        (
            f'<question type="multichoice">{ASKED.replace("</text>", "</text><file>AA</file>")}{ANSWERS}</question>',
            "picture",
        ),
        (
            f'<question type="multichoice">{ASKED.replace("Apa", "&lt;img src=&quot;@@PLUGINFILE@@/a&quot;&gt;")}'
            f"{ANSWERS}</question>",
            "picture",
        ),
    ],
)  # fmt: skip
def test_what_moodle_has_besides_waits_with_its_line(question: str, why: str) -> None:
    bank = XML.format(questions=question)
    assert (waiting(bank), [text for text, *_ in read(bank)]) == ([(why, 4)], ["Air & api:\nmana?"])


@pytest.mark.parametrize(
    ("content", "why", "line"),
    [
        (
            '<?xml version="1.0"?>\n<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<quiz>&x;</quiz>',
            "doctype",
            2,
        ),
        ("<quiz>\n<question>\n</quiz>", "xml", 3),
        ("<quiz>" + "<a>" * 40, "xml", 1),
        ('<?xml version="1.0"?><rss></rss>', "foreign", None),
    ],
)
def test_xml_that_is_no_bank(content: str, why: str, line: int | None) -> None:
    with pytest.raises(QuestionInvalid) as refused:
        read(content)
    assert refused.value.facts == {"why": why, "line": line}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Apa?;Ya;Tidak;;;;;C", "key"),
        ("Apa?;Ya;Tidak;;;;;", "key"),
        ("Apa?;B;A;;;;;A", "key"),  # the letter means one option, the text the other
        ("Apa?;Ya;Tidak;;;;;A, B", "several"),
        ("Apa?;1;2;3;4;5;6;A", "options"),
        ("Apa?;Ya;ya;;;;;A", "options"),
        (";Ya;Tidak;;;;;A", "text"),
        ("Apa?;Ya;Tidak;;;;;A;foto.png", "picture"),
        ("Apa?;Ya;Tidak;;;;;A;;Menjodohkan", "kind"),
        ("Apa?;Ya;Tidak;;;;;A;;Isian", "short_key"),
        ("Apa?;;;;;;;;;Isian", "short_key"),
        ("Apa?;Ya;Tidak;;;;;A;;Urutan", "order_key"),
        ("Apa?;Ya;;;;;;;;Urutan", "steps"),
        ("Apa?;Ya;Tidak;;;;;C;;Checkbox", "key"),
        ("Apa?;Ya;Tidak;;;;;A A;;Checkbox", "key"),
        ("Apa?;Ya;Tidak;;;;;;;Checkbox", "key"),
    ],
)
def test_lines_of_a_table_that_wait(line: str, why: str) -> None:
    head = "Pertanyaan;Opsi A;Opsi B;Opsi C;Opsi D;Opsi E;Opsi F;Kunci Jawaban;Gambar;Jenis\n"
    table = f"{head}{line}\nMana?;x;y;;;;;Y;;Pilihan Ganda\n"
    assert (waiting(table), read(table)) == ([(why, 2)], [("Mana?", ("x", "y"), 1)])


def test_a_table_that_speaks_of_braces_and_answers_stays_a_table() -> None:
    assert read("soal;a;b;kunci\nApa itu {=x ~y}?;JAWABAN: A;A. b;A\n") == [
        ("Apa itu {=x ~y}?", ("JAWABAN: A", "A. b"), 0)
    ]


@pytest.mark.parametrize(
    ("name", "why", "line"),
    [("questions-offset", "key", 6), ("questions-typed", "date", 6), ("questions-bidi", "marks", 2)],
)
def test_the_line_that_is_wrong_is_named(name: str, why: str, line: int) -> None:
    assert waiting(content(name)) == [(why, line)]


NASTY = [
    Item("[html] Apa // ini?\n$CATEGORY: x", ("50% = {a}", "a~b#c:d::e", "%50%x", "[plain] z"), 2),
    Item("=2+2 \\n \\= :: itu", ("<b>tebal</b>", "a & b"), 1),
    Item("Baris satu\nbaris dua?", ("=1+1", "-2", "07.00"), 0),
]


@pytest.mark.parametrize("form", banks.NAMES)
def test_what_is_taken_out_comes_back_as_it_was(form: str) -> None:
    asked = [*NASTY, Item("Mana?", ("a", "b", "c", "d", "e"), 4), Item("Betul?", ("Benar", "Salah"), 1)]
    if form != "aiken":
        asked += [
            multiple("Semua?", ("%a", "[b]", "c"), (0, 1, 2)), multiple("Tiga?", ("a", "b", "c", "d"), (0, 1, 3)),
            short("Apa?", ("2*3 = 6", "[x] y", "%50%")), short("Satu?", ("B",)),
        ]  # fmt: skip
    if form not in ("aiken", "gift"):
        asked += [order("Urut?", tuple("hgfedcba")), multiple("Satu saja?", ("a", "b"), (1,))]
    back = question_files.read(banks.bank(form, asked)[0])
    assert ([replace(item, line=None) for item in back.items], back.refused) == (asked, [])


@pytest.mark.parametrize(
    ("form", "item"),
    [
        ("aiken", Item("Apa?\n\nB. ini", ("a", "b"), 0)),
        ("aiken", Item("Satu?\nA. itu", ("a", "b"), 0)),
        ("gift", Item("Apa?", ("a -> b", "c"), 0)),
        ("aiken", multiple("Dua?", ("a", "b", "c"), (0, 1))),
        ("aiken", short("Apa?", ("a", "b"))),
        ("aiken", order("Urut?", ("a", "b"))),
        ("gift", order("Urut?", ("a", "b"))),
        ("gift", multiple("Satu saja?", ("a", "b"), (1,))),
        ("xlsx", Item("x" * 600, ("a", "b"), 0)),
    ],
)
def test_what_would_not_come_back_is_refused_with_its_number(form: str, item: Item) -> None:
    with pytest.raises(QuestionUnwritable) as refused:
        banks.bank(form, [Item("Mana?", ("a", "b"), 0), item])
    assert refused.value.facts == {"position": 2, "picture": False}
    assert question_files.read(banks.bank("xml", [item])[0]).items[0].text == item.text


def test_a_picture_that_is_away_now_is_no_fault_of_its_question() -> None:
    item = replace(order("Urut?", ("a", "b")), picture_sha256="0" * 64)

    def away(sha256: str) -> bytes:
        raise AwayError

    def gone(sha256: str) -> bytes:
        raise FileNotFoundError

    with pytest.raises(AwayError):
        banks.bank("xml", [item], away)
    with pytest.raises(QuestionUnwritable):
        banks.bank("xml", [item], gone)


# Each is never closed, so a pattern that tries again from within reads it as often as it is long.
@pytest.mark.parametrize("opened", ["<img " + "@@PLUGINFILE@@" * 60_000, "<" + "a" * 200_000, "![](" * 100_000])
def test_what_is_never_closed_is_read_once(opened: str) -> None:
    began = time.process_time()
    asked = f'<questiontext format="html"><text><![CDATA[{opened}]]></text><file name="a"/></questiontext>'
    bank = f'<quiz><question type="shortanswer">{asked}{ANSWERS}</question></quiz>'
    assert waiting(bank) == [("picture", 1)]
    assert waiting(bank.replace('<file name="a"/>', ""))
    assert time.process_time() - began < 2


def test_long_numbers_stay_different() -> None:
    (item,) = question_files.read(content("questions-collide")).items
    assert item.options == ("1234567.5", "1234568.5", "1234566.5")


def test_the_same_file_twice_adds_nothing(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course(0)
    exam(diklat_id, count=0)
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    told = []
    for _ in range(2):
        file = {"file": (io.BytesIO(content("questions-commatext")), "soal.csv")}
        answer = desk.post(f"/kelola/diklat/{slug}/tes/1/soal/impor", data=file, follow_redirects=True)
        assert answer.status_code == 200
        told.append(answer.get_data(as_text=True))
    assert "2 soal ditambahkan." in told[0]
    assert "0 soal ditambahkan. 2 soal sudah ada" in told[1]
    typed = {"text": "Baris satu\nbaris dua", "options": "x\n*y"}
    page = desk.post(f"/kelola/diklat/{slug}/tes/1/soal", data=typed, follow_redirects=True).get_data(as_text=True)
    assert "Soal ini sudah ada." in page


def imported(desk: FlaskClient, slug: str, content: bytes) -> tuple[int, str]:
    file = {"file": (io.BytesIO(content), "soal")}
    answer = desk.post(f"/kelola/diklat/{slug}/tes/1/soal/impor", data=file, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def test_what_waits_stands_on_the_page_with_line_and_reason(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course(0)
    exam(diklat_id, count=0)
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    bank = b"Mana?{=a ~b}\n\nJelaskan rubrik. {}\n\nMANA?{~A =B}\n"
    status, page = imported(desk, slug, bank)
    # Of two keys to one question none is believed, so nothing of this file is left.
    assert (status, "0 soal ditambahkan. 3 soal belum masuk" in page, "3 soal belum masuk" in page) == (422, True, True)
    assert "Baris 3: Soal uraian dinilai orang. Pasang sebagai tugas." in page
    assert page.index("Baris 1: Soal ini sudah ada dengan kunci lain.") < page.index("Baris 5: Soal ini sudah ada")
    assert "Jelaskan rubrik." in page
    status, page = imported(desk, slug, b"Mana?{=a ~b}\n\nJelaskan rubrik. {}\n")
    assert (status, "1 soal ditambahkan. 1 soal belum masuk" in page) == (200, True)
    status, page = imported(desk, slug, b"Mana ?{~x =y}\n\nmana?{~B =A}\n")
    assert (status, "1 soal ditambahkan. 1 soal sudah ada" in page) == (200, True)
    typed = {"text": "MANA?", "options": "a\n*b"}
    answer = desk.post(f"/kelola/diklat/{slug}/tes/1/soal", data=typed)
    assert (answer.status_code, "Soal ini sudah ada dengan kunci lain." in answer.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize("form", banks.NAMES)
def test_taken_out_and_put_back_adds_nothing(app: Flask, client_of: Opener, form: str) -> None:
    diklat_id, slug, _ = course(0)
    exam(diklat_id)
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    file = desk.get(f"/kelola/diklat/{slug}/tes/1/soal.{form}")
    assert file.headers["Content-Disposition"] == (f'attachment; filename="soal-{slug}-1.{banks.SUFFIXES[form]}"')
    status, page = imported(desk, slug, file.get_data())
    assert (status, "0 soal ditambahkan. 4 soal sudah ada" in page) == (200, True)
    hard = {"text": "A. M. Sastro\nA. siapa?", "options": "x -> y\n*y"}
    desk.post(f"/kelola/diklat/{slug}/tes/1/soal", data=hard)
    again = desk.get(f"/kelola/diklat/{slug}/tes/1/soal.{form}", follow_redirects=True)
    refused = b"Soal 5 tidak dapat ditulis utuh dalam bentuk ini." in again.get_data()
    assert refused is (form in ("gift", "aiken"))
