"""The way out: from an occasion or a receipt to an honest state for every single copy.

    audience -> compose -> letter -> outbox -> deliver -> transport -> results

A *letter* is composed once per occasion, language and format: a byte skeleton with slots. An *outgoing* row is one letter to
one person and holds only what differs; it cannot exist without a decided standing (V4). A *letterhead* is what all copies of a
network have alike: names, links, whose key signs. The outbox is the truth and has the one retry clock; wake-ups may be lost or
doubled. Its states:

  queued     waits for its time; a lease says who is about to send it
  sending    its window is being written to a connection, or was when the process died
  accepted   the relay answered 2xx after the final dot
  deferred   not taken this time; `next_attempt_at` says when it is tried again
  failed     refused for good, or bounced
  cancelled  the gate, a person or a change took it back before it went; the reason says which
  uncertain  the line dropped after the final dot was begun: held, or sent again where a network chooses so (V6)

`outbox` alone writes these rows, `transport` alone speaks SMTP (V12); replies.py is how a handler answers somebody.
"""
