"""ACC-4, ACC-5, ACC-6: contrast, sizes and targets, worked out from templates/base/style.css."""

from __future__ import annotations

import re

import pytest

from mailer.outbound.compose.shelf import ROOT

SHEET = re.sub(r"/\*.*?\*/", "", (ROOT / "base/style.css").read_text(encoding="utf-8"), flags=re.DOTALL)
MEDIA = re.compile(r"@media \(([^)]*)\) \{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")

# text of this class stands on the background of that one
ON = (
    ("page", "page"),
    ("name", "page"),
    ("foot", "page"),
    ("footlink", "page"),
    ("card", "card"),
    ("title", "card"),
    ("heading", "card"),
    ("subheading", "card"),
    ("quiet", "card"),
    ("label", "card"),
    ("th", "card"),
    ("link", "card"),
    ("button", "button"),
)


def rules(css: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        pairs = dict(
            (part.strip() for part in pair.split(":", 1))
            for pair in body.replace("!important", "").split(";")
            if pair.strip()
        )
        for selector in selectors.split(","):
            found.setdefault(selector.strip().lstrip("."), {}).update(pairs)
    return found


LIGHT = rules(MEDIA.sub("", SHEET))
DARK = {name: dict(body) for name, body in LIGHT.items()}
for condition, inside in MEDIA.findall(SHEET):
    if "dark" in condition:
        for name, body in rules(inside).items():
            DARK.setdefault(name, {}).update(body)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("text", "behind"), ON)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(text: str, behind: str, scheme: str) -> None:
    sheet = LIGHT if scheme == "light" else DARK
    assert contrast(sheet[text]["color"], sheet[behind]["background-color"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_button_stands_out(scheme: str) -> None:
    """SC 1.4.11: 3 to 1 against what is around it."""
    sheet = LIGHT if scheme == "light" else DARK
    assert contrast(sheet["button"]["background-color"], sheet["card"]["background-color"]) >= 3


def test_every_colour_of_the_light_sheet_changes_in_the_dark() -> None:
    """A class with a dark colour of its own that kept it in dark mode could not be read."""
    for name, body in LIGHT.items():
        if "color" in body:
            assert DARK[name]["color"] != body["color"], name


def test_text_is_at_least_14_pixels() -> None:
    for name, body in LIGHT.items():
        size = body.get("font-size", "")
        if size.endswith("px"):
            assert float(size[:-2]) >= 14, name
        elif size:
            assert size.endswith("em")
            assert float(size[:-2]) >= 1, name


@pytest.mark.parametrize("name", ["button", "footlink"])
def test_targets_are_at_least_24_pixels_high(name: str) -> None:
    """SC 2.5.8: line of 14 px at 1.5 and the padding above and below."""
    assert 14 * 1.5 + 2 * float(LIGHT[name]["padding"].split("px")[0]) >= 24


def test_gmail_keeps_the_sheet() -> None:
    """Gmail drops a style element of more than 8,192 characters."""
    assert len((ROOT / "base/style.css").read_text(encoding="utf-8")) < 8_192
