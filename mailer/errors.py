"""Every error that Termpost raises on purpose.

    TermpostError            what happened (message) and what to do next (hint)
    ├── SettingsError        the start is refused: a setting is wrong, missing or misspelt
    ├── Refused              a person's request is refused: a slug for the logs, a sentence for the person
    │   └── Conflict         what was named does not allow it as it stands (already sent, slug taken, moved on)
    ├── NotFound             the network, meeting, person ... that was named does not exist
    └── Unavailable          try again later: database locked, disk full, relay away (4xx at the door, exit 75)

Catch `TermpostError` where a person waits for an answer; anything else is a fault of ours and belongs in the log.
The message is shown to people: it never holds another person's address, a tag or a password.
"""

from __future__ import annotations


class TermpostError(Exception):
    """`message` says what happened in a full sentence, `hint` what to do next (may be empty)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class SettingsError(TermpostError):
    """The start is refused."""


class Refused(TermpostError):
    """A request is refused: `slug` is a constant that can be searched for, the message is what the person is told."""

    def __init__(self, slug: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.slug = slug


class NotFound(TermpostError):
    """What was named does not exist, or not for the one who asks."""


class Conflict(Refused):
    """The thing is in a state that does not allow this."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__("conflict", message, hint)


class Unavailable(TermpostError):
    """A passing fault: nothing was done, and trying again later is right."""
