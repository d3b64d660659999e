"""The heat map is a picture that can be read in both languages, with any kind of colour vision."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib import colormaps
from matplotlib.ft2font import FT2Font
from PIL import Image
from pylopdf_fonts_zh_cn import sans_path

from bot.pictures.heatmap import Labels, Mark, Point, draw
from rag.kinds.risk import load_risks

RISKS = load_risks(Path(__file__).parents[3] / "corpus" / "risks")
LABELS = Labels(title="风险热图", likelihood="可能性", impact="影响", marks={Mark.OPEN: "未处理"})


def pixels(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.mark.parametrize("count", [0, 1, len(RISKS)], ids=["nothing", "one", "all"])
def test_map_is_drawn_of_any_number_of_risks(count: int) -> None:
    points = [Point(name=risk.title.zh, likelihood=risk.likelihood, impact=risk.impact) for risk in RISKS[:count]]
    picture = pixels(draw(points, LABELS))
    assert picture.width > 1500
    assert len(picture.getcolors(maxcolors=100_000) or []) > 20


def test_handling_of_a_risk_changes_its_mark_and_nothing_else() -> None:
    drawn = [draw([Point(name="A", likelihood=3, impact=3, mark=mark)], LABELS) for mark in Mark]
    assert len(set(drawn)) == len(Mark)
    again = draw([Point(name="A", likelihood=3, impact=3, mark=Mark.OPEN)], LABELS)
    assert again == drawn[0]


def test_font_has_every_character_of_the_register() -> None:
    font = FT2Font(str(sans_path()))
    words = {sign for risk in RISKS for sign in risk.title.zh + risk.title.en}
    assert {sign for sign in words if not font.get_char_index(ord(sign))} == set()


def test_fields_grow_darker_with_the_product() -> None:
    shades = [colormaps["YlOrRd"](0.66 * product / 25) for product in range(1, 26)]
    lightness = [0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue, _ in shades]
    assert all(lighter > darker for lighter, darker in pairwise(lightness))
