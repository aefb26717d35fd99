"""The discussion list and the exchange: what a member writes to everyone, and the thread it belongs to.

A post is a row before it is mail. It keeps the author's Message-ID, so that every reader's program puts replies under
it (FMT-3); its subject is kept bare, and the list's mark is put in front once, when it is sent (FMT-13). Only members
who get the list's mail themselves post to it; what others write waits for an organiser. What went round already is not
sent round again (LOOP-4).

    list      discussion | exchange
"""

from __future__ import annotations
