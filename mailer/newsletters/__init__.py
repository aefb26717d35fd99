"""The newsletter: members mail in pieces, the network's own term fills in the rest, and an issue is put together.

An issue has a copy date and a publishing time. Pieces are numbered in their issue, each in one section; what is
missing of a piece (a title, the words under a picture) is said in its receipt and to the editors. A piece that comes
too late for an issue is held over and waits for the next one. A promise is a piece somebody said they would write.

    issue     collecting | proofed | approved | sending | sent | held       derived from its occasion
    piece     in | promised | held-over | withdrawn | declined

`assembly.assemble` builds the tree of an issue: what the template is given, and nothing the template has to ask for.
"""

from __future__ import annotations
