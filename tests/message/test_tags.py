"""Tags: CMD-1 (MAC, bound to its use, constant time), CMD-2 and BNC-1 (case folding, length), OPS-2 (a key per use)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message import tags
from mailer.message.tags import Keys, TagRef, local_part, looks_like_tag, split_local

KEYS = Keys(b"0123456789abcdef0123456789abcdef")
ROWS = st.integers(0, tags.MAX_ROW_ID)
USES = st.sampled_from(sorted(tags.USES))


@given(use=USES, row=ROWS)
def test_cmd_1_a_tag_comes_back_as_what_it_was_in_any_case(use: str, row: int) -> None:
    tag = KEYS.tag(use, row)
    assert len(tag) == 37
    assert looks_like_tag(tag)
    assert KEYS.read(tag) == KEYS.read(tag.upper()) == TagRef(use, "a", row)


@given(use=USES, row=ROWS, at=st.integers(0, 36), by=st.sampled_from(tags.ALPHABET))
def test_cmd_1_one_changed_octet_makes_it_no_tag(use: str, row: int, at: int, by: str) -> None:
    tag = KEYS.tag(use, row)
    other = tag[:at] + by + tag[at + 1 :]
    assert (KEYS.read(other) is None) == (other != tag)


def test_ops_2_a_tag_of_one_use_fails_in_another() -> None:
    tag = KEYS.tag(tags.REPLY, 7)
    assert KEYS.read(tag, {tags.SEND, tags.HOLD}) is None
    assert KEYS.read(tags.SEND + tag[1:]) is None
    assert KEYS.read(tag, {tags.REPLY}) == TagRef(tags.REPLY, "a", 7)


def test_cmd_1_rotation_keeps_old_links_working_and_unknown_keys_out() -> None:
    both = Keys(b"x" * 32, {"b": b"y" * 32})
    assert both.read(Keys(b"x" * 32).tag(tags.LEAVE, 3)) == TagRef(tags.LEAVE, "a", 3)
    assert both.read(both.tag(tags.LEAVE, 3, "b")) == TagRef(tags.LEAVE, "b", 3)
    assert Keys(b"x" * 32).read(both.tag(tags.LEAVE, 3, "b")) is None
    assert Keys(b"z" * 32).read(both.tag(tags.LEAVE, 3)) is None


@pytest.mark.parametrize("text", ["", "r", "x" * 37, "é" * 37, "ra" + "1" * 35, "\x00" * 37])
def test_what_is_no_tag_is_none(text: str) -> None:
    assert KEYS.read(text) is None


@pytest.mark.parametrize("row", [-1, tags.MAX_ROW_ID + 1])
def test_a_row_id_that_does_not_fit_is_refused(row: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        KEYS.tag(tags.REPLY, row)


def test_a_short_root_is_refused() -> None:
    with pytest.raises(ValueError, match="16 octets"):
        Keys(b"short")


def test_bnc_1_the_local_part_fits_with_the_longest_slug() -> None:
    local = local_part("a" * 20, KEYS.tag(tags.BOUNCE, 1))
    assert len(local) == 58
    assert split_local(local) == ("a" * 20, KEYS.tag(tags.BOUNCE, 1))
