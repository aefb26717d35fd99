"""Which function writes which kind."""

from __future__ import annotations

from mailer.cycle.matter import Source
from mailer.cycle.matter.action import action_nudge
from mailer.cycle.matter.brief import desk_brief
from mailer.cycle.matter.contacts import people_check
from mailer.cycle.matter.issue import issue, issue_tray, promise_nudge
from mailer.cycle.matter.meeting import (
    call_for_items,
    cancelled,
    changed,
    correction,
    day_before,
    day_sheet,
    draft_agenda,
    feedback_request,
    final_agenda,
    invitation,
    late_joiner,
    minutes_and_actions,
    save_the_date,
)
from mailer.cycle.matter.post import digest, post

MATTERS: dict[str, Source] = {
    "save-the-date": save_the_date,
    "call-for-items": call_for_items,
    "invitation": invitation,
    "draft-agenda": draft_agenda,
    "final-agenda": final_agenda,
    "rsvp-reminder": save_the_date,
    "day-before": day_before,
    "day-sheet": day_sheet,
    "feedback-request": feedback_request,
    "feedback-reminder": feedback_request,
    "minutes-and-actions": minutes_and_actions,
    "action-nudge": action_nudge,
    "promise-nudge": promise_nudge,
    "issue-tray": issue_tray,
    "issue": issue,
    "desk-brief": desk_brief,
    "people-check": people_check,
    "meeting-changed": changed,
    "meeting-cancelled": cancelled,
    "late-joiner": late_joiner,
    "correction": correction,
    "post": post,
    "exchange": post,
    "digest": digest,
}
