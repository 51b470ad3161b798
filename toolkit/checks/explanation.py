"""Judges a written explanation: whether it says anything, in the unit's own words, about the rule beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from toolkit.instrument.instrument import Instrument, demand
from toolkit.model.finding import Finding, Severity, Statement
from toolkit.model.returns import Return

_SHORTEST = 4
_FEWEST_CHARACTERS = 3
_SHOWN = 20


def with_explanation(
    instrument: Instrument,
    content: Return,
    key: str,
    told: Statement,
    names: Sequence[str],
    **more: Any,  # noqa: ANN401 - whatever `Finding.at` takes
) -> Finding:
    """The finding about these variables, with the explanation beside ``key``, or the wish for one in its remedy."""
    takes = told.severity is Severity.VERIFY and key in instrument.layout.explained
    explanation, wish = _settled(instrument, content, key) if takes else ("", "")
    said = told._replace(remedy=f"{told.remedy.rstrip('。')}{f'；{wish}' if wish else ''}。")
    found = Finding.at(said, [instrument.layout.spots[name] for name in names], names, **more)
    return replace(found, explanation=explanation)


def _settled(instrument: Instrument, content: Return, key: str) -> tuple[str, str]:
    """The explanation that stands beside a check or a rule about texts, and what is still to be done about it.

    One of the two is empty: an accepted explanation needs nothing, a refused one is not handed on.
    """
    text = content.explanations.get(key, "").strip()
    cell = instrument.explanation_cell(content, key)
    where = "!".join(cell) if cell else "情况说明"
    if not text:
        return "", f"如情况属实，请在“情况说明”一栏（{where}）写明原因" if cell else "如情况属实，请向收表单位说明原因"
    fault = explanation_fault(instrument, content, key, text)
    return ("", f"{where} 的说明“{text[:_SHOWN]}”{fault}，请写明实际情况") if fault else (text, "")


def explanation_fault(instrument: Instrument, content: Return, key: str, text: str) -> str:
    """Why an explanation is refused; empty where it is accepted."""
    bare = _bare(text)
    if len(bare) < _SHORTEST or len(set(bare)) < _FEWEST_CHARACTERS:
        return "没有说明原因"
    rest = bare
    for phrase in sorted(instrument.form.empty_explanations, key=len, reverse=True):
        rest = rest.replace(phrase, "")
    if len(rest) < _SHORTEST:
        return "是套话，没有说明原因"
    if any(bare in one or one in bare for one in _printed(instrument, key)):
        return "照抄了规则的文字"
    twin = next(
        (other for other, said in content.explanations.items() if _copied(instrument, key, other, said, bare)), ""
    )
    return f"与 {twin.partition('[')[0]} 的说明一字不差" if twin else ""


def _bare(text: str) -> str:
    """Letters, digits and characters only."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


@lru_cache(maxsize=4096)
def _printed(instrument: Instrument, key: str) -> tuple[str, ...]:
    """What the rule itself says, as it stands in the workbook."""
    check = instrument.checks.get(key)
    rule = check.rule if check else instrument.text_rules.get(key)
    if rule is None:
        return ()
    said = demand(instrument, check) if check else rule.say
    return tuple(bare for text in (said, rule.remedy) if len(bare := _bare(text)) >= _SHORTEST)


def _copied(instrument: Instrument, key: str, other: str, said: str, bare: str) -> bool:
    """Whether the same words stand beside another rule that has no figure in common with this one."""
    if other.partition("[")[0].partition("#")[0] == key.partition("[")[0].partition("#")[0] or _bare(said) != bare:
        return False
    mine, theirs = (instrument.checks[one].keys if one in instrument.checks else () for one in (key, other))
    return {one.name for one in mine}.isdisjoint(one.name for one in theirs)
