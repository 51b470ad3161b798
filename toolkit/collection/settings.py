"""The settings of a round: a text file that the clerk may edit."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from toolkit.errors import SettingsError

_TEXTS = ("form", "period", "name", "roster", "previous", "office", "phone")
_EARLIEST, _LATEST = 2000, 2100
_NEEDED = ("form", "period", "roster")
_PATTERN = """\
# 本轮收集的设置。改完保存即可，下次运行时生效。
[round]
form = {form}          # 表样，不要改
period = {period}      # 统计期间，不要改
name = {name}          # 汇总报告的名称，例如“某某区人民政府”
deadline = {deadline}  # 截止日期，例如 "2026-01-26"；不设就留 ""
roster = {roster}      # 名册文件，在本文件夹里
previous = {previous}  # 上一轮的文件夹（只作记录，上年数已存入台账）
office = {office}      # 收表单位的名称，写在退回通知里
phone = {phone}        # 收表单位的电话，写在退回通知里
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a round is about. ``roster`` is a path inside the round's folder."""

    form: str
    period: str
    roster: str
    name: str = ""
    deadline: date | None = None
    previous: str = ""
    office: str = ""
    phone: str = ""

    @property
    def text(self) -> str:
        """The file that `read_settings` reads."""
        values = {key: getattr(self, key) for key in _TEXTS}
        values["deadline"] = self.deadline.isoformat() if self.deadline else ""
        return _PATTERN.format(**{key: json.dumps(value, ensure_ascii=False) for key, value in values.items()})


def read_settings(text: str, source: str) -> Settings:
    """Read a settings file; SettingsError with every problem at once."""
    try:
        data = tomllib.loads(text.lstrip("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(source, [f"写法不对（{error}）。请检查引号和等号。"]) from None
    told = data.get("round")
    if not isinstance(told, Mapping):
        raise SettingsError(source, ["缺少 [round] 一节"])
    problems = [f"不认识的设置“{key}”" for key in told if key not in {*_TEXTS, "deadline"}]
    problems += [f"“{key}”应为文字，请加引号" for key in _TEXTS if not isinstance(told.get(key, ""), str)]
    problems += [f"缺少“{key}”" for key in _NEEDED if told.get(key, "") == ""]
    deadline, fault = _deadline(told.get("deadline", ""))
    if problems or fault:
        raise SettingsError(source, [*problems, *([fault] if fault else [])])
    return Settings(**{key: told[key].strip() for key in _TEXTS if key in told}, deadline=deadline)


def _deadline(value: object) -> tuple[date | None, str]:
    if value == "":
        return None, ""
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            return read_date(value.isoformat()), ""
        return read_date(value if isinstance(value, str) else ""), ""
    except ValueError:
        return None, f"截止日期“{value}”不对，应写成 2026-01-26 这样"


def read_date(text: str) -> date:
    """``2026-01-26``, ``2026/1/26``, ``2026年1月26日`` or ``2026.1.26``; ValueError otherwise."""
    plain = text.strip().removesuffix("日")
    for mark in "年月/.":
        plain = plain.replace(mark, "-")
    year, month, day = (int(part) for part in plain.split("-"))
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError(text)
    return date(year, month, day)
