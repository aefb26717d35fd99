"""Pictures: what is printed, what is not, and that nothing is believed but the octets (SAFE-4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.newsletters import pictures
from mailer.newsletters.pictures import Offered
from tests.newsletters import images

MADE = [images.png, images.gif, images.jpeg, images.webp]


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_type_and_size_are_read_from_the_file_itself(make) -> None:  # type: ignore[no-untyped-def]
    content = make(640, 480)
    kind = pictures.type_of(content)
    assert kind == f"image/{make.__name__}"
    assert pictures.size_of(content, kind) == (640, 480)
    taken = pictures.take([Offered(content, "../../Lab photo.HTML", cid="<one@phone>")])
    (picture,) = taken.pictures
    assert picture.name == f"Lab photo.{pictures.ENDINGS[kind]}"
    assert picture.was == "one@phone"
    assert picture.cid.endswith("@termpost")


NOT_PRINTED = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<html><body>hello</body></html>",
    "pdf": b"%PDF-1.7\n",
    "bitmap": b"BM" + bytes(60),
    "nothing": b"",
}


@pytest.mark.parametrize("content", NOT_PRINTED.values(), ids=NOT_PRINTED)
def test_what_is_no_picture_is_left_out_and_said_so(content: bytes) -> None:
    """SAFE-4: whatever its name says."""
    taken = pictures.take([Offered(content, "photo.jpg")])
    assert (taken.pictures, taken.not_pictures) == ((), ("photo.jpg",))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (600, 40), (99, 99), (0, 0)])
def test_logos_lines_and_trackers_are_left_out_without_a_word(width: int, height: int) -> None:
    taken = pictures.take([Offered(images.png(width, height), "image001.png")])
    assert taken == pictures.Taken(())


def test_caps() -> None:
    big = Offered(images.jpeg(4000, 3000) + bytes(pictures.LARGEST), "hall.jpg")
    many = [Offered(images.png(200 + n, 200), f"{n}.png") for n in range(pictures.MOST + 2)]
    taken = pictures.take([big, *many, many[0]])
    assert len(taken.pictures) == pictures.MOST
    assert taken.too_large == ("hall.jpg", "8.png", "9.png")


@given(
    st.binary(max_size=80),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF1234WEBPVP8 "]),
)
def test_no_octets_can_make_it_fail(tail: bytes, head: bytes) -> None:
    pictures.take([Offered(head + tail, "x")])


WIDTHS = [
    ("a landscape", images.jpeg(1600, 1200), 536),
    ("a bottle on its shelf", images.png(600, 2000), 192),
    ("a small one is not blown up", images.png(180, 140), 180),
    ("as tall as a page", images.webp(640, 640), 536),
    ("no size to be read", b"", 536),
]


@pytest.mark.parametrize(("content", "width"), [row[1:] for row in WIDTHS], ids=[row[0] for row in WIDTHS])
def test_a_picture_is_no_taller_than_a_page_and_never_blown_up(content: bytes, width: int) -> None:
    assert pictures.shown_width(content, pictures.type_of(content) or "") == width
