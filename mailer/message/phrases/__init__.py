"""The words by which mail programs mark quotes, headers, signatures and banners, by language.

Tables only; `quotes` and `reply` say what each means. All are matched in lower case against one line (or a few joined)
of bounded length, as the clients themselves write them:

- `attributions`  "On <date> <name> wrote:"
- `labels`        "From:", "Sent:", "To:" of a quoted header block
- `separators`    "-----Original Message-----", "reply above this line"
- `devices`       "Sent from my iPhone"
- `closings`      "Kind regards"
- `notices`       legal notices below, banners above

A language is added by a row in each; a client's new wording by a word in its language's row.
"""
