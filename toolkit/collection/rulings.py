"""The part of a round's settings that is about rules: severities set otherwise, and units that are let off."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date

from toolkit.model.dates import read_date
from toolkit.model.finding import Severity
from toolkit.model.policy import Waiver

_LEVELS = ("error", "verify", "note")
_KEYS = ("unit", "rule", "reason", "until")


def read_severities(told: object, problems: list[str]) -> dict[str, Severity]:
    """``[severity]``: rule = level."""
    if not isinstance(told, Mapping):
        problems.append('[severity] 应写成一节，每行一条："规则编号" = "note"')
        return {}
    for rule, level in told.items():
        if level not in _LEVELS:
            problems.append(f"[severity] {rule}：级别只能是 {'、'.join(_LEVELS)}")
    return {rule: Severity(level) for rule, level in told.items() if level in _LEVELS}


def read_waivers(told: object, problems: list[str]) -> tuple[Waiver, ...]:
    """``[[waiver]]``: unit, rule, reason, until."""
    if not isinstance(told, list):
        problems.append("[[waiver]] 要用两层方括号，每个单位、每条规则写一段")
        return ()
    return tuple(_waivers(told, problems))


def _waivers(told: list[object], problems: list[str]) -> Iterator[Waiver]:
    for i, one in enumerate(told, 1):
        where = f"第 {i} 个 [[waiver]]"
        if not isinstance(one, Mapping) or set(one) - set(_KEYS):
            problems.append(f"{where}：只能有 {'、'.join(_KEYS)} 四项")
            continue
        texts = {key: one.get(key) for key in _KEYS[:3]}
        missing = [key for key, text in texts.items() if not isinstance(text, str) or not text.strip()]
        until = _day(one.get("until"))
        if missing or until is None:
            bad = "、".join([*missing, *(["until"] if until is None else [])])
            problems.append(f'{where}：{bad} 没有写或写法不对（until 是截止日期，例如 "2026-03-31"）')
            continue
        yield Waiver(**{key: str(text).strip() for key, text in texts.items()}, until=until)


def _day(value: object) -> date | None:
    try:
        return read_date(value.isoformat()[:10] if isinstance(value, date) else value if isinstance(value, str) else "")
    except ValueError:
        return None
