"""`termpost`, the one command: a file per group of commands; each translates to acts and queries, and back to words.

A command opens a `Workbench` (settings, house, clock), calls acts or reads rows, and prints either a table for people or
one JSON value for programs (`--json`). It decides nothing. Errors of ours end it with a sentence and status 1, wrong usage
and settings with 2. `app.py` has the table of names; to add a command: a function here, a line in that table, and
`.venv/bin/python -m tests.house.write_docs`.
"""
