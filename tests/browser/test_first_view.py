"""Pages of strangers leave out the style sheet of the pages behind them, and lack nothing by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import world as worlds
from tests.browser.conftest import Site
from tests.browser.test_every_page import NO_PAGES

LACKING = """async address => {
  const link = document.createElement('link')
  await new Promise(done => {
    Object.assign(link, {rel: 'stylesheet', href: address, media: 'not all', onload: done})
    document.querySelector('link[rel=stylesheet]').after(link)
  })
  const all = rules => [...rules].flatMap(rule => [rule, ...all(rule.cssRules ?? [])])
  const worn = all(link.sheet.cssRules).filter(rule => rule.selectorText && !rule.selectorText.includes('::'))
  const names = [...new Set(worn.flatMap(rule => [...rule.style]))].filter(name => !name.startsWith('--'))
  const plain = worn.map(rule => rule.selectorText)
  const met = [...document.querySelectorAll(plain.join())]
  const meant = [...new Set(met.flatMap(element => [element, ...element.querySelectorAll('*')]))]
  const look = element => {
    const style = getComputedStyle(element)
    return names.map(name => style.getPropertyValue(name)).join()
  }
  const before = meant.map(look)
  link.media = 'all'
  return meant.filter((element, n) => look(element) !== before[n]).map(element => element.tagName + '.' + element.className)
}"""


def light_pages(office: Site) -> list[str]:
    """Of all pages that a stranger may see those that do without."""
    client, found = office.world.client(None), []
    for endpoint in set(worlds.endpoints(office.app, "GET")) - NO_PAGES:
        path = worlds.address(office.app, endpoint, next(iter(worlds.sides(office.world, endpoint).values())))
        answer = client.get(path)
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        if answer.status_code == 200 and "/calakan.css" in text and "/lanjut.css" not in text:
            found.append(path)
    return sorted(found)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("who", "width"), [(None, 1280), (None, 320)])
def test_a_public_page_wears_nothing_of_the_sheet_that_it_leaves_out(office: Site, who: str | None, width: int) -> None:
    with office.app.app_context():
        paths = light_pages(office)
    assert len(paths) >= 10
    lacking: list[tuple[str, str]] = []
    page = office.page(who, width=width)
    for path in paths:
        page.goto(office.base + path)
        if page.locator("link[href$='/lanjut.css']").count():
            continue  # whoever has logged in is led elsewhere
        sheet = page.locator("link[rel=stylesheet]").first.get_attribute("href")
        assert sheet is not None
        found = page.evaluate(LACKING, str(Path(sheet).with_name("lanjut.css")))
        lacking += [(path, element) for element in found]
    page.context.close()
    assert lacking == []
