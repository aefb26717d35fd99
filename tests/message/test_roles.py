"""Doors: contract 1, every address form and its synonyms."""

from __future__ import annotations

import pytest

from mailer.message.roles import ROLES, Door, parse_local, valid_slug


@pytest.mark.parametrize(
    ("local", "door"),
    [
        ("mendip", Door("mendip", "post")),
        ("Mendip-Agenda", Door("mendip", "agenda")),
        ("mendip+agenda", Door("mendip", "agenda")),
        ("mendip-request", Door("mendip", "help")),
        ("mendip-owner", Door("mendip", "committee")),
        ("mendip-ask", Door("mendip", "private")),
        ("north-east-organise", Door("north-east", "organise")),
        ("mendip+ABC234", Door("mendip", "tag", "abc234")),
        ("mendip+", Door("mendip", "tag", "")),
        ("mendip-agenda+x", Door("mendip", "agenda", "x")),
        ("postmaster", Door("", "operator")),
        ("Abuse", Door("", "operator")),
        ("m-agenda", Door("", "unknown")),
        ("mendip-agenda-news", Door("", "unknown")),
        ("-agenda", Door("", "unknown")),
        ("méndip", Door("", "unknown")),
        ("", Door("", "unknown")),
        ("root", Door("", "unknown")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_local_part_means(local: str, door: Door) -> None:
    assert parse_local(local) == door


@pytest.mark.parametrize("role", sorted(ROLES))
def test_plus_and_dash_mean_the_same_for_every_role(role: str) -> None:
    assert parse_local(f"mendip-{role}") == parse_local(f"mendip+{role}") == Door("mendip", ROLES[role])


@pytest.mark.parametrize("slug", ["ab", "mendip", "a" * 20, "north-east", "a1-b2"])
def test_slugs_that_may_be(slug: str) -> None:
    assert valid_slug(slug)


@pytest.mark.parametrize(
    "slug",
    [
        "a",
        "a" * 21,
        "1a",
        "a--b",
        "-ab",
        "ab-",
        "Ab",
        "a_b",
        "mendip-news",
        "x-owner",
        "noreply",
        "technical",
        "postmaster",
        "",
    ],
)
def test_slugs_that_may_not(slug: str) -> None:
    assert not valid_slug(slug)
