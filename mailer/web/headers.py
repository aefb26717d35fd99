"""The headers of every answer (CMD-12, SAFE-6). A page may tighten or replace one, never drop it."""

from __future__ import annotations

from collections.abc import Mapping

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# What somebody else wrote: nothing runs, nothing is fetched, and it counts as another site.
FOREIGN_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A mail shown in a frame of ours: pictures and style it brought along; its links open a new window outside the frame.
MAIL_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
MAIL_POLICY = (
    f"sandbox {MAIL_SANDBOX}; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; "
    "frame-ancestors 'self'"
)

ALWAYS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}


def for_answer(own: Mapping[str, str], *, https: bool) -> dict[str, str]:
    """`own` over what always stands; HSTS where the public address is https."""
    return {**ALWAYS, **(HTTPS_ONLY if https else {}), **own}


def foreign(name: str) -> dict[str, str]:
    """For a stored file that somebody sent: an attachment that no browser shows (SAFE-6). `name` is ASCII already."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": FOREIGN_POLICY}
