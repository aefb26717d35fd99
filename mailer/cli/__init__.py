"""`termpost`, the one command: a file per group of commands; each translates to acts and queries and back."""
