"""Sentences that stand in the code have their Welsh, and what has it stands in the code (ACC-9)."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from tests.house.source import ROOT, modules, nodes

TABLE: dict[str, str] = json.loads((ROOT / "templates" / "base" / "sentences.cy.json").read_text(encoding="utf-8"))
PLACE = re.compile(r"\{(?:day|time)?\}")
# who is told by mail or on a page why nothing was done; what IT is told at the command line is English
TOLD = tuple(
    f"mailer/{room}"
    for room in (
        "acts/",
        "inbound/",
        "meetings/",
        "newsletters/",
        "people/sheet/",
        "people/addresses",
        "people/merging",
        "cycle/proofing",
    )
)
# a module whose Refused only IT at the command line can read is named here; any other has its Welsh
AT_THE_COMMAND_LINE = {f"mailer/acts/{name}.py" for name in ("breach", "import_undo", "open_private", "vacancy")}


SAID_FROM = {"Refused": 1, "Conflict": 0}  # the first argument that is said


def plain(english: str) -> str:
    """With one kind of place, and one where two stand together."""
    return re.sub(r"(?:\{\})+", "{}", PLACE.sub("{}", english)).strip()


def written(node: ast.expr) -> str | None:
    """A string as the table has it, `{}` for what is put in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def sentences(node: ast.expr) -> Iterator[str]:
    """What an argument may say: either branch of a choice; a name is looked at where it is given its words."""
    said = written(node)
    if said:
        yield said
    branches = (
        [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values if isinstance(node, ast.BoolOp) else []
    )
    for branch in branches:
        yield from sentences(branch)


def refusals() -> dict[str, str]:
    """Each sentence and hint of a Refused that somebody is told, and where it stands."""
    return {
        said: f"{path}:{node.lineno}"
        for path, tree in modules("mailer").items()
        if str(path).startswith(TOLD) and str(path) not in AT_THE_COMMAND_LINE
        for node in nodes(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAID_FROM
        for argument in node.args[SAID_FROM[node.func.id] :]
        for said in sentences(argument)
    }


def code() -> str:
    """Every string of the product, one a line."""
    said = (written(node) for tree in modules("mailer").values() for node in nodes(tree) if isinstance(node, ast.expr))
    return "\n".join(sorted({plain(one) for one in said if one}))


def test_why_nothing_was_done_is_said_in_welsh() -> None:
    known, told = {plain(english) for english in TABLE}, refusals()
    assert len(told) > 100
    assert {said: where for said, where in told.items() if plain(said) not in known} == {}


def test_every_row_stands_in_the_code() -> None:
    """A sentence that was changed has its Welsh changed with it. Days, times and lists are put together in several places."""
    lines = code()
    assert [english for english in TABLE if english not in PUT_TOGETHER and plain(english) not in lines] == []


# of pieces that stand in the code one by one
PUT_TOGETHER = {
    "Item {}, {}: {} minutes",
    "{} known already", "{} asked before", "{} left before or said no, and stay out", "{} will not be written to",
    "Ask {} person whether they want to join",
    "Ask {} people whether they want to join", "the discussion list, once a day", "the discussion list, each post as it comes",
    "Change the newsletter of {}", "Call off the newsletter of {}", "More than one date is named: {}.", "More than one new date is named: {}.",
}  # fmt: skip
