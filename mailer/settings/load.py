"""From the file and the environment to Settings; every mistake becomes one SettingsError that says what to mend."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mailer.errors import SettingsError
from mailer.settings.fields import PREFIX, Settings, Source

FILE = Path("termpost.toml")


def load(config: Path | None, env: Mapping[str, str]) -> Settings:
    """Read `config`, or termpost.toml in the working directory if there is one, then `env`, which wins."""
    from_file = _file_values(config)
    from_env = _env_values(env)
    sources: dict[str, Source] = dict.fromkeys(from_file, "file")
    sources |= dict.fromkeys(from_env, "environment")
    try:
        settings = Settings(**(from_file | from_env))
    except ValidationError as error:
        raise SettingsError(_sentences(error, sources), "docs/settings.md says what each one means.") from None
    settings._sources.update(sources)
    return settings


def _file_values(config: Path | None) -> dict[str, Any]:
    path = config or FILE
    if config is None and not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} is not well-formed TOML: {error}.") from error
    for key in values:
        _known(key, list(Settings.model_fields), f"in {path}")
    return values


def _env_values(env: Mapping[str, str]) -> dict[str, Any]:
    names = {PREFIX + name.upper(): name for name in Settings.model_fields}
    ours = {key: value for key, value in env.items() if key.startswith(PREFIX)}
    for key in ours:
        _known(key, list(names), "in the environment")
    return {names[key]: value.strip() for key, value in ours.items() if value.strip()}


def _known(name: str, names: list[str], where: str) -> None:
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.0)[0]
        raise SettingsError(f"There is no setting {name} ({where}).", f"Did you mean {near}?")


def _sentences(error: ValidationError, sources: Mapping[str, Source]) -> str:
    """One sentence a mistake. Values are left out, as they may hold a password."""
    found = []
    for mistake in error.errors(include_input=False, include_url=False):
        text = mistake["msg"].removeprefix("Value error, ").rstrip(".")
        if mistake["loc"]:
            name = str(mistake["loc"][0])
            text = f"{name if sources.get(name) == 'file' else PREFIX + name.upper()} is wrong: {text}"
            meaning = Settings.model_fields[name].description if name in Settings.model_fields else None
            text += f". It means: {meaning.rstrip('.')}" if meaning else ""
        if f"{text}." not in found:
            found.append(f"{text}.")
    return " ".join(found)
