"""Settings: what IT may choose, each with a safe default and one sentence of meaning.

They come from two places. The file `termpost.toml` in the working directory (or `--config PATH`) has keys in small
letters: `smtp_listen = "127.0.0.1:8025"`. The environment has the same names in capitals with a prefix,
`TERMPOST_SMTP_LISTEN`, and wins. An empty variable counts as not set. A name that we do not know stops the start,
because a misspelt setting is one that silently keeps its default.

    settings = load(config=None, env=os.environ)     raises SettingsError, which says what to mend
    settings.table()                                 rows of (name, value, source, meaning), secrets masked
    settings.secret()                                the root of all keys, made on the first run

Passwords are read from files where a file can be named, and no value with a password in it is ever printed (OPS-1).
"""

from __future__ import annotations

from mailer.settings.fields import SettingRow, Settings
from mailer.settings.load import load
from mailer.settings.relay import Relay
from mailer.settings.values import Listen

__all__ = ["Listen", "Relay", "SettingRow", "Settings", "load"]
