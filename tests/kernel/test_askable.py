"""Members answer by name, and a name that is none is a mistake."""

from __future__ import annotations

import copy
import pickle

import jinja2
import pytest

from calakan.kernel.askable import Askable


class Light(Askable):
    RED = "merah"
    DARK_GREEN = "hijau tua"


def test_a_member_is_itself_and_no_other() -> None:
    assert Light.RED.is_red is True
    assert Light.RED.is_dark_green is False
    assert Light.DARK_GREEN.is_dark_green is True


def test_a_name_that_is_none_is_refused_even_by_a_template() -> None:
    with pytest.raises(TypeError, match="Light has no member BLUE"):
        jinja2.Environment(autoescape=True).from_string("{{ light.is_blue }}").render(light=Light.RED)


def test_other_attributes_are_missing_as_usual() -> None:
    with pytest.raises(AttributeError):
        _ = Light.RED.colour
    assert pickle.loads(pickle.dumps(copy.deepcopy(Light.RED))) is Light.RED
