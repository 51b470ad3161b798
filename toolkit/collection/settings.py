"""The settings of a round: a text file that the clerk may edit."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from toolkit.errors import SettingsError, UsageError
from toolkit.model.finding import Severity
from toolkit.model.period import DATES, Period, end_of, read_date
from toolkit.model.rule import Waiver
from toolkit.model.sentences import phrase

PUBLIC = ("phone", "address", "website")
_TEXTS = ("form", "period", "name", "roster", "previous", "office", *PUBLIC, "area", "template")
_DATES, _FLAGS = {"deadline": "截止日期", "date": "成文日期"}, ("controls", "annex")
_NEEDED = ("form", "period", "roster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a round is about. ``roster`` and ``template`` are paths inside the round's folder."""

    form: str
    period: str
    roster: str
    name: str = ""
    deadline: date | None = None
    previous: str = ""
    office: str = ""
    phone: str = ""
    address: str = ""
    website: str = ""
    area: str = ""
    date: date | None = None
    template: str = ""
    controls: bool = False
    annex: bool = False
    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    @property
    def text(self) -> str:
        """The file that `read_settings` reads."""
        values = {key: getattr(self, key) for key in _TEXTS}
        values |= {key: day.isoformat() if (day := getattr(self, key)) else "" for key in _DATES}
        values |= {key: getattr(self, key) for key in _FLAGS}
        pattern = Path(__file__).with_name("round.toml.txt").read_text(encoding="utf-8")
        return pattern.format(**{key: json.dumps(value, ensure_ascii=False) for key, value in values.items()})


def read_settings(text: str, source: str) -> Settings:
    """Read a settings file; SettingsError with every problem at once."""
    try:
        data = tomllib.loads(text.lstrip("\ufeff"))
    except ValueError as error:
        where = str(error).partition("line ")[2].partition(",")[0]
        raise SettingsError(source, [f"{f'第 {where} 行' if where else '末尾'}写法不对。请检查引号和等号。"]) from None
    except RecursionError:
        raise SettingsError(source, ["写法不对（括号套得太深）。请照原来的样子写。"]) from None
    told = data.get("round")
    if not isinstance(told, Mapping):
        raise SettingsError(source, ["缺少 [round] 一节"])
    problems = [f"不认识的设置“{key}”" for key in told if key not in {*_TEXTS, *_DATES, *_FLAGS}]
    problems += [f"不认识的一节“{key}”" for key in data if key not in {"round", "severity", "waiver"}]
    problems += [f"“{key}”应为文字，请加引号" for key in _TEXTS if not isinstance(told.get(key, ""), str)]
    problems += [f"缺少“{key}”" for key in _NEEDED if told.get(key, "") == ""]
    flags = {key: told.get(key, False) for key in _FLAGS}
    problems += [f"“{key}”只能是 true 或 false，不加引号" for key, on in flags.items() if not isinstance(on, bool)]
    severities = _severities(data.get("severity", {}), problems)
    since = end_of(str(told.get("period", "")))
    waivers = tuple(_waivers(data.get("waiver", []), since, problems))
    days = {key: None if isinstance(due := told.get(key, ""), datetime) else _day(due, since) for key in _DATES}
    problems += [
        f"{what}“{told[key]}”{date_fault(str(told[key]))}"
        for key, what in _DATES.items()
        if days[key] is None and told.get(key, "") != ""
    ]
    if problems:
        raise SettingsError(source, problems)
    texts = {key: told[key].strip() for key in _TEXTS if key in told}
    more: dict[str, Any] = {**texts, **days, **flags}
    return Settings(**more, severities=severities, waivers=waivers)


_LEVELS = ("error", "verify", "note")
_KEYS = ("unit", "rule", "reason", "until")


def _severities(told: object, problems: list[str]) -> dict[str, Severity]:
    """``[severity]``: rule = level."""
    if not isinstance(told, Mapping):
        problems.append('[severity] 应写成一节，每行一条："规则编号" = "note"')
        return {}
    for rule, level in told.items():
        if level not in _LEVELS:
            problems.append(f"[severity] {rule}：级别只能是 {'、'.join(_LEVELS)}")
    return {rule: Severity(level) for rule, level in told.items() if level in _LEVELS}


def _waivers(told: object, since: date | None, problems: list[str]) -> Iterator[Waiver]:
    """``[[waiver]]``: unit, rule, reason, until."""
    if not isinstance(told, list):
        problems.append("[[waiver]] 要用两层方括号，每个单位、每条规则写一段")
        return
    for i, one in enumerate(told, 1):
        where = f"第 {i} 个 [[waiver]]"
        if not isinstance(one, Mapping) or set(one) - set(_KEYS):
            problems.append(f"{where}：只能有 {'、'.join(_KEYS)} 四项")
            continue
        texts = {key: one.get(key) for key in _KEYS[:3]}
        missing = [key for key, text in texts.items() if not isinstance(text, str) or not text.strip()]
        until = _day(one.get("until"), since)
        if missing or until is None:
            bad = "、".join([*missing, *(["until"] if until is None else [])])
            problems.append(f'{where}：{bad} 没有写或写法不对（until 是截止日期，例如 "2026-03-31"）')
            continue
        yield Waiver(**{key: str(text).strip() for key, text in texts.items()}, until=until)


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


def _day(value: object, since: date | None) -> date | None:
    try:
        text = value.isoformat()[:10] if isinstance(value, date) else value
        return read_date(text if isinstance(text, str) else "", since)
    except ValueError:
        return None
