"""Designs and the papers made from them: versions never change, and what is under way goes on with its own."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan import paper
from calakan.certificates import rendering, services, tasks
from calakan.certificates.designs import layout as layouts
from calakan.certificates.designs import queries
from calakan.certificates.designs import services as designs
from calakan.certificates.designs.layout import Ground, Layout
from calakan.certificates.designs.sample import longest_name
from calakan.certificates.errors import (
    BackgroundMissing,
    DesignChangedMeanwhile,
    DesignNameTaken,
    DesignNotUsable,
    NothingNewToPublish,
    PlaceNeeded,
)  # fmt: skip
from calakan.certificates.models import Certificate, Design, DesignVersion
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound
from calakan.kernel.files import Store
from calakan.office import services as office
from calakan.office.queries import Signer
from calakan.people.models import Person
from calakan.people.names import without_titles
from calakan.planning import services as planning
from calakan.signing import inspect
from tests import factories
from tests.certificates import issuing
from tests.certificates.designs import drawings
from tests.paper.paper_samples import page_text


def make(name: str = "Bingkai batik") -> int:
    with db.transaction():
        return designs.create(name, actor=factories.SYSTEM, now=clock.now()).id


def saying(text: str) -> Layout:
    """The fresh layout with a line of its own."""
    layout = layouts.fresh()
    places = tuple(replace(place, text=text) if place.key == "text1" else place for place in layout.places)
    return replace(layout, places=places, off=layout.off - {"text1"})


def save(id: int, layout: Layout, *, publish: bool = True, background: str | None = None) -> int:
    """The number of the published version; 0 for a draft."""
    db.db.session.remove()
    design = db.session().get_one(Design, id)
    draft = designs.Draft(design.name, layout, design.changed_at, background)
    with db.transaction():
        version = designs.save(id, draft, publish=publish, actor=factories.SYSTEM, now=clock.now())
        return version.number if version is not None else 0


def choose(diklat_id: int, design_id: int | None, *, shipped: bool = False) -> None:
    with db.transaction():
        designs.choose(diklat_id, design_id, shipped=shipped, actor=factories.SYSTEM, now=clock.now())


def text_of(row: Certificate, store: Store) -> str:
    return page_text(rendering.read(row, store))


@pytest.fixture
def store(app: Flask) -> Store:
    return app.extensions["calakan.files"]


def test_a_draft_is_nobodys_until_it_is_published_and_then_never_changes(app: Flask) -> None:
    id = make()
    assert save(id, saying("satu"), publish=False) == 0
    assert queries.newest_version(id) is None
    assert queries.choosable() == []
    assert [save(id, saying(text)) for text in ("satu", "dua")] == [1, 2]
    with pytest.raises(NothingNewToPublish):
        save(id, saying("dua"))
    save(id, saying("tiga"), publish=False)
    kept = [layouts.loaded(version.layout) for version in reversed(queries.versions_of(id))]
    assert kept == [saying("satu"), saying("dua")]


def test_wrong_drafts_are_refused(app: Flask) -> None:
    id, other = make(), make("Lain")
    layout = layouts.fresh()
    with pytest.raises(PlaceNeeded) as needed:
        save(id, replace(layout, off=layout.off | {"qr", "foot"}))
    assert needed.value.facts["labels"] == ["Kode QR", "Keterangan pemeriksaan"]
    with pytest.raises(BackgroundMissing):
        save(id, replace(layout, ground=Ground.OWN))
    now = clock.now()
    seen = db.session().get_one(Design, id).changed_at
    for draft, error in (
        (designs.Draft("lain", layout, seen), DesignNameTaken),
        (designs.Draft("Baru", layout, seen - timedelta(seconds=1)), DesignChangedMeanwhile),
    ):
        with pytest.raises(error), db.transaction():
            designs.save(id, draft, actor=factories.SYSTEM, now=now)
    with pytest.raises(DesignNameTaken):
        make("LAIN")
    with pytest.raises(NotFound), db.transaction():
        designs.create("x", copied_from=999, actor=factories.SYSTEM, now=now)
    with db.transaction():
        designs.archive(other, actor=factories.SYSTEM, now=now)
    with pytest.raises(DesignNotUsable):
        save(other, layout)
    assert make("Lain") != other
    with pytest.raises(DesignNameTaken), db.transaction():
        designs.restore(other, actor=factories.SYSTEM, now=now)


def test_a_diklat_uses_its_choice_or_the_default_or_the_shipped_design(app: Flask) -> None:
    course, first, second, bare = factories.diklat().id, make(), make("Kedua"), make("Belum terbit")
    one, two = (save(id, saying(str(id))) and queries.newest_version(id).id for id in (first, second))
    assert queries.current_version(course) is None
    with pytest.raises(DesignNotUsable):
        choose(course, bare)
    choose(course, first)
    assert queries.current_version(course) == one
    with db.transaction():
        designs.set_default(first, actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        designs.set_default(second, actor=factories.SYSTEM, now=clock.now())
    assert queries.default_design().id == second
    assert queries.current_version(course) == one
    choose(course, None)
    assert queries.current_version(course) == two
    choose(course, None, shipped=True)
    assert queries.current_version(course) is None
    choose(course, first)
    with db.transaction():
        designs.archive(first, actor=factories.SYSTEM, now=clock.now())
    assert queries.current_version(course) == two
    with db.transaction():
        designs.set_default(None, actor=factories.SYSTEM, now=clock.now())
    assert queries.current_version(course) is None
    with pytest.raises(DesignNotUsable):
        choose(course, first)


def test_a_clone_chooses_like_the_diklat_before_it(app: Flask) -> None:
    course, first = factories.diklat().id, make()
    version = save(first, saying("Angkatan")) and queries.newest_version(first).id

    def cloned(title: str) -> tuple[int | None, bool]:
        """The version its papers are made from, and whether that was chosen."""
        now = clock.now()
        day = clock.today() + timedelta(days=60)
        with db.transaction():
            made = planning.clone(course, title=title, first=day, quota=None, actor=factories.SYSTEM, now=now).id
        return queries.current_version(made), queries.choice_of(made) is not None

    assert cloned("Tanpa pilihan") == (None, False)
    choose(course, first)
    assert cloned("Sama") == (version, True)
    with db.transaction():
        designs.archive(first, actor=factories.SYSTEM, now=clock.now())
    assert cloned("Diarsipkan") == (None, False)
    choose(course, None, shipped=True)
    assert cloned("Asli") == (None, True)


def test_issued_files_stay_and_later_papers_follow_the_newest_version(app: Flask, store: Store) -> None:
    id = make()
    save(id, saying("EDISI PERTAMA"))
    with db.transaction():
        designs.set_default(id, actor=factories.SYSTEM, now=clock.now())
    old = issuing.issued(app)
    old_id, sha256, content = old.id, old.sha256, rendering.read(old, store)
    assert "EDISI PERTAMA" in page_text(content)
    save(id, saying("EDISI KEDUA"))
    db.db.session.remove()
    again = db.session().get_one(Certificate, old_id)
    assert rendering.read(again, store) == content
    assert hashlib.sha256(content).hexdigest() == sha256 == again.sha256
    template = rendering.Templates("http://calakan.test", store).of(again)
    assert content.startswith(template.prefix)  # made again, it looks the same
    new = issuing.issued(app, "Budi Santosa")
    assert "EDISI KEDUA" in text_of(new, store)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        with db.transaction():
            services.reissue(old_id, reason="Nama", actor=factories.SYSTEM, now=clock.now())
        tasks.issue_due(app.extensions["calakan.settings"])
    revised = db.session().scalars(sa.select(Certificate).where(Certificate.revision == 1)).one()
    assert "EDISI KEDUA" in text_of(revised, store)
    assert queries.papers_by_version(id) == {
        version.id: count for version, count in zip(queries.versions_of(id), (2, 1), strict=True)
    }


@pytest.mark.parametrize("meanwhile", ["published", "archived"])
def test_what_was_asked_for_goes_on_with_its_version(app: Flask, store: Store, meanwhile: str) -> None:
    id = make()
    save(id, saying("EDISI PERTAMA"))
    with db.transaction():
        designs.set_default(id, actor=factories.SYSTEM, now=clock.now())
    issuing.held(*(factories.person(f"Guru {n}").id for n in range(3)))
    if meanwhile == "published":
        save(id, saying("EDISI KEDUA"))
    else:
        with db.transaction():
            designs.archive(id, actor=factories.SYSTEM, now=clock.now())
    assert issuing.make_papers(app) == 3
    rows = db.session().scalars(sa.select(Certificate)).all()
    assert ["EDISI PERTAMA" in text_of(row, store) for row in rows] == [True] * 3
    assert len({row.prefix_sha256 for row in rows}) == 1


def test_a_background_that_is_away_makes_papers_wait(app: Flask, store: Store) -> None:
    id, sha256 = make(), store.put(paper.pack(drawings.plain_piece()))
    save(id, replace(layouts.fresh(), ground=Ground.OWN), background=sha256)
    course = issuing.held
    with db.transaction():
        designs.set_default(id, actor=factories.SYSTEM, now=clock.now())
    course(factories.person().id)
    file = store.path(sha256)
    moved = file.rename(file.with_suffix(".away"))
    issuing.make_papers(app)
    waiting = db.session().scalars(sa.select(Certificate)).one()
    assert (waiting.state, waiting.sha256) == (WorkState.PENDING, None)
    moved.rename(file)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        tasks.issue_due(app.extensions["calakan.settings"])
    db.db.session.remove()
    done = db.session().scalars(sa.select(Certificate)).one()
    assert done.state is WorkState.DONE
    content = rendering.read(done, store)
    assert inspect.first_signature(content) is not None
    with pikepdf.open(io.BytesIO(content)) as document:
        assert "/B" in document.pages[0].resources.XObject


def test_a_version_with_papers_cannot_be_removed(app: Flask) -> None:
    id = make()
    save(id, saying("satu"))
    with db.transaction():
        designs.set_default(id, actor=factories.SYSTEM, now=clock.now())
    issuing.issued(app)
    with pytest.raises(sa.exc.IntegrityError), db.transaction() as session:
        session.execute(sa.delete(DesignVersion))


@pytest.mark.parametrize(
    ("printed", "bare"),
    [
        ("Drs. H. Joko Wiyono, M.Si.", "Joko Wiyono"),
        ("Prof. Dr. Sri", "Sri"),
        ("Ani", "Ani"),
        ("dr. Budi, Sp.A.", "Budi"),
        ("Dr., M.Pd.", "Dr."),
    ],
)
def test_a_name_without_titles(printed: str, bare: str) -> None:
    assert without_titles(printed) == bare


@pytest.mark.parametrize(("titles", "printed"), [(True, "Drs. Joko Wiyono, M.Si."), (False, "Joko Wiyono")])
def test_titles_of_signers_can_be_left_out(app: Flask, store: Store, titles: bool, printed: str) -> None:
    signers = [Signer(post="Kepala Dinas Pendidikan", name="Drs. Joko Wiyono, M.Si.", rank="Pembina Tingkat I")]
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), signers=signers)
    id = make()
    save(id, replace(layouts.fresh(), titles=titles))
    with db.transaction():
        designs.set_default(id, actor=factories.SYSTEM, now=clock.now())
    text = text_of(issuing.issued(app), store)
    assert f"Kepala Dinas Pendidikan {printed} Pembina Tingkat I" in text


def test_the_longest_name_is_the_widest_that_can_be_drawn(app: Flask) -> None:
    assert longest_name() == "Sri Mulyati, S.Pd."
    for name in ("Ani", "Illi Lilli Tilli Willi Killi", "Mohammad Wahyu Mumpuni WW"):
        factories.person(name, complete=False)
    older = factories.person("Wang", complete=False).id  # no door takes such a name now
    with db.transaction() as session:
        session.get_one(Person, older).name = "王" * 60
    assert longest_name() == "Mohammad Wahyu Mumpuni WW"


def test_an_older_layout_has_what_came_later_switched_off() -> None:
    stored = layouts.stored(saying("x"))
    stored["places"] = [place for place in stored["places"] if place["key"] != "seal"]
    loaded = layouts.loaded(stored)
    assert "seal" in loaded.off
    assert layouts.loaded(layouts.stored(loaded)) == loaded
