"""Figures that anyone can make again: `make bench`, `make bench-full`; README.md says how to read them.

    sink       a mail server that takes everything, quickly, and counts every copy
    scene      the people, the issue and the service whose speed is asked
    mailings   how fast an issue goes out, what it costs, how soon the first copy and an urgent reply leave
    queueing   writing down an audience; accepting mail; handling it
    peers      Mailman 3, mlmmj and Postfix doing the same beside it, where they are installed
    figures    one line of the table, and the table

A figure counts only if it was honest: every copy arrived once, each with its own sender, and the states say so.
"""
