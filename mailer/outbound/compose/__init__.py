"""Compose: from a template and its fields to one letter, whoever many people it goes to.

A letter is composed once per occasion, language and form. `templates/<occasions|replies>/<kind>/` holds its subject and
its body; the body is one source, rendered once as text and once as HTML, so both say the same and have the same links
(MIME-6). What differs per person stands in the letter as a mark, which the outbox fills (design ruling 6). Text that
people wrote is only ever a value: it is never a template (SAFE-8), and in HTML always escaped.

    compose()    a Draft with marks, for the outbox
    shown()      the same letter with fixed words in the slots: for proofs
    described()  the body as plain text, without greeting and footer: for the DESCRIPTION of a calendar part

Raises jinja2.UndefinedError for a field that is missing and ValueError for a field that would hide a macro or a slot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from mailer.outbound.compose.headers import headers
from mailer.outbound.compose.inline import inline_css, style_classes
from mailer.outbound.compose.look import NetworkLook
from mailer.outbound.compose.shelf import HTML, TEXT, Shelf, named, shelf
from mailer.outbound.compose.slots import Kept, stand_ins
from mailer.outbound.compose.tidy import subject_line, tidy_text
from mailer.outbound.letter import Draft, Marks

LANGUAGES = ("en", "cy")

__all__ = ["LANGUAGES", "NetworkLook", "Shown", "compose", "described", "greet", "shown"]

# Letters that begin at once: proofs say first what happens if nobody answers, posts are someone else's letter, and
# the questions to whom we do not know say nothing that somebody else typed
UNGREETED = frozenset(
    {"occasions/proof", "occasions/post", "occasions/exchange", "occasions/digest"}
    | {"replies/join-confirm", "replies/invited"}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as a person would read it. `html` is what stands between greeting and footer, greeting included."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One letter about to be rendered."""

    shelf: Shelf
    template: str
    lang: str
    context: Mapping[str, Any]

    def render(self, form: str, name: str, **more: Any) -> str:
        env = self.shelf.html if form == HTML else self.shelf.text
        macros = self.shelf.macros(form, self.lang)
        return env.get_template(name).render({**macros, **self.context, **more})

    def body(self, form: str) -> str:
        return self.render(form, f"{self.template}/{named('body', self.lang)}")

    def subject(self) -> str:
        return subject_line(self.render(TEXT, f"{self.template}/{named('subject', self.lang)}"))


def compose(
    template: str,
    fields: Mapping[str, Any],
    *,
    network: NetworkLook,
    language: str = "en",
    plain: bool = False,
    klass: str,
    greeting: bool | None = None,
) -> tuple[Draft, Marks]:
    """The letter `template` (`replies/answer`, `occasions/invitation`) with these fields.

    `language` is the reader's: the letter is in it if it is written in it, else in English. `plain` leaves out the HTML
    part. `klass` is the purpose or service class it goes out under; it decides the footer and the List fields.
    `greeting` None means: as this kind of letter has it.
    """
    marks = Marks()
    kept = Kept(marks)
    leaf = _leaf(template, fields, network, language, klass, kept.slots())
    greets = template not in UNGREETED if greeting is None else greeting
    subject = leaf.subject()
    text = tidy_text(leaf.render(TEXT, "base/layout.txt.j2", body=leaf.body(TEXT), greets=greets))
    html = None if plain else _html(leaf, subject, greets, marks)
    fixed = headers(template, network=network, klass=klass, lang=leaf.lang, kept=kept)
    return Draft(subject=subject, text=text, html=html, headers=fixed), marks


def shown(template: str, fields: Mapping[str, Any], *, network: NetworkLook, language: str = "en", klass: str) -> Shown:
    """The letter with fixed words for what differs per person."""
    words = shelf(network.slug).words(shelf(network.slug).language_of(template, language))
    base = network.public_url
    slots = {
        "greeting": words["example_greeting"],
        "answer_url": f"{base}/r/example",
        "leave_url": f"{base}/u/example",
        "preferences_url": f"{base}/p/example",
    }
    leaf = _leaf(template, fields, network, language, klass, stand_ins(slots))
    greets = template not in UNGREETED
    text = tidy_text(leaf.render(TEXT, "base/layout.txt.j2", body=leaf.body(TEXT), greets=greets, bare=True))
    html = leaf.render(HTML, "base/inside.html.j2", body=Markup(leaf.body(HTML)), greets=greets)  # noqa: S704
    return Shown(leaf.subject(), text, html)


def greet(name: str, language: str, slug: str) -> str:
    """How a letter begins for one person: `Dear Jane`, in their language; without a name it still greets."""
    return greeter(slug)(name, language)


def greeter(slug: str) -> Callable[[str, str], str]:
    """`greet` for many of one network: the shelf is looked for once."""
    own = shelf(slug)

    def say(name: str, language: str) -> str:
        words = own.words(language if language in LANGUAGES else LANGUAGES[0])
        return str(words["greeting"].format(name=name) if name else words["greeting_nobody"])

    return say


def described(template: str, fields: Mapping[str, Any], *, network: NetworkLook, language: str = "en") -> str:
    """Everything the letter says, for the calendar entry: Outlook deletes the letter when its button is pressed (ruling 7)."""
    leaf = _leaf(template, fields, network, language, "meetings", stand_ins({}))
    return tidy_text(leaf.body(TEXT))


def _leaf(
    template: str, fields: Mapping[str, Any], network: NetworkLook, language: str, klass: str, slots: Mapping[str, Any]
) -> _Leaf:
    own = shelf(network.slug)
    lang = own.language_of(template, language)
    fixed = {**slots, "network": network, "lang": lang, "klass": klass, "words": own.words(lang), "template": template}
    clash = fields.keys() & (fixed.keys() | own.macros(TEXT, lang).keys())
    if clash:
        raise ValueError(f"{template}: a field may not be called {', '.join(sorted(clash))}")
    return _Leaf(own, template, lang, {**fields, **fixed})


def _html(leaf: _Leaf, subject: str, greets: bool, marks: Marks) -> str:
    sheet = leaf.shelf.source("base/style.css")
    body = Markup(leaf.body(HTML))  # noqa: S704 - rendered with every value escaped
    page = leaf.render(HTML, "base/layout.html.j2", subject=subject, body=body, greets=greets, sheet=Markup(sheet))  # noqa: S704
    marks.expect(html=page)  # compiling refuses a letter in which the inliner lost or doubled a slot (ruling 6)
    return style_classes(page, sheet) if leaf.template.startswith("replies/") else inline_css(page)
