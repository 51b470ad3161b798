"""What the built-in findings say: for each code its sentences, by the fault they tell; and what units are written.

Fields stand in braces. The words stand in ``sentences.toml``, for whoever improves them. A code with one fault has it
under no name. A sentence without a remedy is a clause that stands in another one.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from toolkit.model.codes import Code
from toolkit.model.finding import Severity, Statement


class Says(NamedTuple):
    """A sentence and what to do; ``severity`` where it is not the usual one of its code."""

    message: str
    remedy: str = ""
    severity: Severity | None = None


def worded(code: Code, fault: str = "", /, **fields: object) -> Statement:
    """The sentence of that code and fault, filled in. A stranger's text among the fields is shortened by the caller."""
    says = all_sentences()[code][fault]
    severity = says.severity or code.severity
    return Statement(code.value, severity, says.message.format(**fields), says.remedy.format(**fields), fault)


def listed(parts: Sequence[str], most: int = 8, mark: str = "、", last: str = " ", what: str = "格") -> str:
    """So many of them, and how many there are in all."""
    shown = mark.join(parts[:most])
    return shown if len(parts) <= most else f"{shown}{last}等 {len(parts)} {what}"


@cache
def all_sentences() -> Mapping[Code, Mapping[str, Says]]:
    """Every sentence, by code and fault; read once, when the first is said."""
    told = dict(_file())
    refused = {code: one for one in told.pop("refusal") for code in one["codes"]}
    return {
        code: (_refusal(code, **refused[code]) if code in refused else {}) | _faults(**told.get(code, {}))
        for code in Code
        if code in refused or code in told
    }


@cache
def told_instead(kind: str) -> Mapping[tuple[str, str], Says]:
    """What is said in other words, by code and fault; one without words keeps its own.

    ``kind`` is ``to_unit`` for what a respondent is told, ``habit`` for what is said once of many cells.
    """
    return {
        (one["code"], fault): Says(one.get("say", ""), one["remedy"])
        for one in _file()[kind]
        for fault in one.get("faults", [""])
    }


def letter(kind: str, /, **fields: object) -> str:
    """What units are written, or told on the phone, filled in; ``kind`` is its key in the table of letters."""
    return str(_file()["letter"][kind]).format(**fields)


def phrase(name: str, /, **fields: object) -> str:
    """A sentence that is no finding, filled in; it stands under ``[said]``."""
    return str(_file()["said"][name]).format(**fields)


def is_yes(value: object) -> bool:
    """Whether what a person put into a cell for a tick can only mean yes."""
    return "".join(unicodedata.normalize("NFKC", str(value)).split()).strip("。.!").upper() in _file()["yes"]


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))


def _refusal(code: Code, *, remedy: str, roster: str = "", **_: object) -> dict[str, Says]:
    """What is said of a file that was refused: a return, or a roster."""
    sent_in = remedy.replace("{again}", "再报送")
    return {
        "": Says(code.heading, sent_in),
        "detail": Says(f"{code.heading}：{{detail}}", sent_in),
        "roster": Says(code.heading, roster or remedy.replace("{again}", "重试")),
    }


def _faults(*, remedy: str = "", clauses: Mapping[str, str] = MappingProxyType({}), **faults: Any) -> dict[str, Says]:  # noqa: ANN401
    """The sentences of a code; one that is no more than a text has the remedy of the code."""
    out = {fault: Says(text) for fault, text in clauses.items()}
    for fault, told in faults.items():
        said = {"say": told} if isinstance(told, str) else told
        severity = Severity(said["severity"]) if "severity" in said else None
        out["" if fault == "say" else fault] = Says(said["say"], said.get("remedy", remedy), severity)
    return out
