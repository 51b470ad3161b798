"""The settings of a round: a text file that the clerk may edit."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from toolkit.errors import SettingsError, UsageError
from toolkit.forms.fields import Fields
from toolkit.model.finding import Severity
from toolkit.model.keys import keys_of
from toolkit.model.period import DATES, Period, end_of, read_date
from toolkit.model.rule import Waiver
from toolkit.model.sentences import phrase

PUBLIC = ("phone", "address", "website")
_LEVELS = ("error", "verify", "note")
_DATES = {"deadline": "截止日期", "date": "成文日期"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a round is about; what a clerk reads of the keys stands in ``round.toml.txt``."""

    form: Annotated[str, "the form"]
    period: Annotated[str, "the period"]
    roster: Annotated[str, "the roster, a file in the round's folder"]
    name: Annotated[str, "name of the sum"] = ""
    deadline: Annotated[date | None, "the last day for returns"] = None
    previous: Annotated[str, "folder of the round before"] = ""
    office: Annotated[str, "name of the office that collects"] = ""
    phone: Annotated[str, "its telephone"] = ""
    address: Annotated[str, "its address"] = ""
    website: Annotated[str, "where the report of the sum is published"] = ""
    area: Annotated[str, "what the report of the sum calls the area"] = ""
    date: Annotated[date | None, "when the report of the sum is published"] = None
    template: Annotated[str, "the office's own Word template, a file in the round's folder"] = ""
    controls: Annotated[bool, "whether units add up control totals"] = False
    annex: Annotated[bool, "whether the report of the sum ends with the list of units"] = False
    page: Annotated[bool, "whether every unit gets the self-check page beside its workbook"] = False
    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    @property
    def text(self) -> str:
        """The file that `read_settings` reads."""
        values = {key.name: getattr(self, key.field) for key in keys_of(Settings)}
        told = {key: "" if value is None else value for key, value in values.items()}
        pattern = Path(__file__).with_name("round.toml.txt").read_text(encoding="utf-8")
        return pattern.format(**{key: json.dumps(one, ensure_ascii=False, default=str) for key, one in told.items()})


class _Told(Fields):
    """A part of a settings file; what is wrong is told in the words of a clerk."""

    says = "no setting"

    def problem(self, what: str, key: str = "") -> None:  # noqa: ARG002 - what names the key
        self.problems.append(f"{self.path}：{what}" if self.path else what)

    def where(self, key: str) -> str:
        name, _, number = key.partition("[")
        return f"第 {int(number.partition(']')[0]) + 1} 个 [[{name}]]" if number else ""


def read_settings(text: str, source: str) -> Settings:
    """Read a settings file; SettingsError with every problem at once."""
    try:
        data = tomllib.loads(text.lstrip("\ufeff"))
    except ValueError as error:
        where = str(error).partition("line ")[2].partition(",")[0]
        raise SettingsError(source, [f"{f'第 {where} 行' if where else '末尾'}写法不对。请检查引号和等号。"]) from None
    except RecursionError:
        raise SettingsError(source, ["写法不对（括号套得太深）。请照原来的样子写。"]) from None
    if not isinstance(data.get("round"), Mapping):
        raise SettingsError(source, ["缺少 [round] 一节"])
    since = end_of(str(data["round"].get("period", "")))
    root = _Told(_stripped(data), "", [], {date: lambda told, key: _day(told, key, since)})
    told, levels = root.table("round"), root.get("severity", dict[str, str])
    for key in sorted(told.data.keys() - {key.name for key in keys_of(Settings)}):
        told.problem(f"不认识的设置“{key}”")
    wrong = [rule for rule, level in levels.items() if level not in _LEVELS]
    for rule in wrong:
        root.problem(f"[severity] {rule}：级别只能是 {'、'.join(_LEVELS)}")
    settings = told.made(
        Settings,
        severities={rule: Severity(level) for rule, level in levels.items() if rule not in wrong},
        waivers=root.get("waiver", tuple[Waiver, ...]),
    )
    root.unknown()
    if root.problems:
        raise SettingsError(source, root.problems)
    return settings


def _stripped(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a file
    if isinstance(value, dict):
        return {key: _stripped(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_stripped(one) for one in value]
    return value.strip() if isinstance(value, str) else value


def given_date(option: str, text: str, since: date | None = None, until: date | None = None) -> date | None:
    """A date that an option gives, as in `read_date`; UsageError where it is none."""
    try:
        return read_date(text, since, until) if text else None
    except ValueError:
        raise UsageError(f"{option}：日期“{text}”{date_fault(text)}。") from None


def given_period(text: str, kind: str) -> Period:
    """The period that ``--period`` names; UsageError where it is none of that kind."""
    try:
        return Period.parse(text, kind)
    except ValueError as error:
        raise UsageError(f"--period：{error}。") from error


def date_fault(text: str) -> str:
    """Why a date was refused: it may be of another year, or it is none."""
    with suppress(ValueError):
        read_date(f"2001-{text}")
        return phrase("far date")
    return f"不对，应写成 {DATES} 这样"


def _day(told: Fields, key: str, since: date | None) -> date | None:
    value = told.data.get(key, "")
    text = value.isoformat() if type(value) is date else value
    try:
        return read_date(text if isinstance(text, str) else "", since)
    except ValueError:
        if value != "":
            told.problem(f"{_DATES.get(key, key)}“{value}”{date_fault(str(value))}")
        return None
