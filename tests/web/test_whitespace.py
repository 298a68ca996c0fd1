"""What of a template's layout is sent."""

from __future__ import annotations

import jinja2
import pytest

from calakan.web.whitespace import LayoutRemoved


def sent(source: str, name: str = "page.html", **values: object) -> str:
    loader = jinja2.DictLoader({name: source})
    return (
        jinja2.Environment(loader=loader, extensions=[LayoutRemoved], autoescape=True).get_template(name).render(values)
    )


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("<p>\n  Satu\n  dua\n</p>\n", "<p>Satu dua</p>"),
        ("<b>1</b>\n<b>2</b>", "<b>1</b><b>2</b>"),
        ("<b>1</b> <b>2</b>", "<b>1</b> <b>2</b>"),
        ("<b>1</b>{{ ' ' }}\n<b>2</b>", "<b>1</b> <b>2</b>"),
        ("<b>1</b>{{ ' ' }}\n{{ x }} kata", "<b>1</b> 7 kata"),
        ("{{ x }}\n{{ x }}\nkata\n{{ x }}", "7 7 kata 7"),
        ("{% if x %}\n  ya\n{% endif %}\n", "ya"),
        ("dari{% if x %} {{ x }} kursi{% endif %}", "dari 7 kursi"),
        ("a\n{# catatan #}\nb", "ab"),
        ('<a\n  class="b\n  c"\n  {% if x %}hidden{% endif %}\n>\n  d\n</a>', '<a class="b c" hidden>d</a>'),
        ('<a title="{% for n in [1, 2] %}\n  {{ n }}.\n{% endfor %}">', '<a title="1.2.">'),
        ("<pre>\n a\n</pre>\n<p>", "<pre>\n a\n</pre><p>"),
        ("<textarea\n  id=t>{{ x }}\n</textarea>\n<p>", "<textarea id=t>7\n</textarea><p>"),
        ('<p title=">">\n a > b\n</p>', '<p title=">">a > b</p>'),
    ],
)
def test_layout_is_not_sent_and_meant_spaces_are(source: str, page: str) -> None:
    assert sent(source, x=7) == page


def test_a_text_is_sent_as_it_is_written() -> None:
    assert sent("a\n\n{{ x }}\n  b", "mail.txt", x=7) == "a\n\n7\n  b"


def test_a_mistake_is_reported_at_its_line() -> None:
    with pytest.raises(jinja2.TemplateSyntaxError) as caught:
        sent("<p>\n\n</p>\n{% nonsense %}")
    assert caught.value.lineno == 4
