"""The settings of one rule that comes from elsewhere than a file, in the shape that a file has them: read, and written again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.config import Document, dotted, problems_of
from core.model.metric_rule import OTHER_NAMES
from core.model.rule import RuleSettings
from core.model.rule_tables import TABLES, written
from wirewatch.config.rule_settings import read_setting
from wirewatch.config.schema import RuleTable
from wirewatch.config.tables import rule_settings

_OTHER = frozenset(("name", "id", "team", "query", "comment"))  # keys of a rule that are no setting
SETTINGS = tuple(name for name in RuleTable.model_fields if name not in _OTHER)

_USUAL = dict(written(RuleSettings()))


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """`path`: of the key, as `quiet_hours.start`."""

    path: str
    message: str


def read_settings(table: Mapping[str, Any]) -> tuple[RuleSettings | None, tuple[SettingProblem, ...]]:
    """The settings, or None and everything that is wrong with them. A time may be text, as JSON has it."""
    problems: list[SettingProblem] = []
    given = {key: value for key, value in table.items() if value is not None}
    since = given.get("since")
    if isinstance(since, str):
        try:
            given["since"] = datetime.fromisoformat(since)
        except ValueError:
            del given["since"]
            problems.append(SettingProblem("since", "expected a time with its offset, such as 2026-03-02T08:00:00Z"))
    problems += [SettingProblem(key, "unknown key") for key in given.keys() & _OTHER]
    whole = {key: value for key, value in given.items() if key not in _OTHER}
    try:
        read = RuleTable.model_validate({"name": "rule", **whole})
    except ValidationError as error:
        document = Document(Path(), "", dict(whole))
        found = problems_of(error, document, RuleTable)
        return None, (*problems, *(SettingProblem(one.path, one.message) for one in found))
    tables: dict[str, Any] = dict.fromkeys(TABLES)
    for name in TABLES:
        value = getattr(read, name)
        if value is not None:
            tables[name], wrong = read_setting(name, value)
            problems += [SettingProblem(dotted(keys), message) for keys, message in wrong]
    if read.template:
        from alerts.management.trial_template import problem_of  # noqa: PLC0415 - few rules have a template

        wrong_with_it = problem_of(read.template)
        problems += [] if wrong_with_it is None else [SettingProblem("template", wrong_with_it)]
    return (None, tuple(problems)) if problems else (rule_settings(read, tables), ())


def written_settings(settings: RuleSettings) -> dict[str, Any]:
    """The settings as a file has them, of what JSON and TOML have, without those that are as they are by default."""
    flat = dict(written(settings))
    flat |= flat.pop("settings")
    table = {name: _plain(flat[name]) for name in SETTINGS if name in flat and flat[name] != _USUAL.get(name)}
    if "standing" in table:
        kind = table["standing"]["kind"]
        table["standing"] = {**table["standing"], "kind": OTHER_NAMES.get(kind, kind)}
    return table


def _plain(value: Any) -> Any:
    match value:
        case list() | tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case StrEnum():
            return value.value
        case _:
            return value
