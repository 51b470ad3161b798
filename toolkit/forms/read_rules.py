"""Reads a definition's rules as text: formulas of the template, conditions, and rules about what is written."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.forms.fields import Fields
from toolkit.model.rule import RuleText, TextRule


def read_rules(fields: Fields, table: str, *, formulas: bool = True) -> Iterator[RuleText]:
    """Every rule of a table, or of the form as a whole; one id may have several parts."""
    for key in ("formulas", "rules") if formulas else ("rules",):
        part = fields.table(key)
        for rule, value in part.data.items():
            several = value if isinstance(value, list) else [value]
            for i, one in enumerate(several):
                path = f"{part.path}.{rule}" + (f"[{i}]" if len(several) > 1 else "")
                if isinstance(one, str):
                    yield RuleText(id=rule, text=one, path=path, table=table, derived=key == "formulas")
                elif isinstance(one, dict):
                    yield _rule(Fields(one, path, fields.problems), rule, table, derived=key == "formulas")
                else:
                    fields.problems.append(f"{path}: 应为规则文字，或 {{ rule = …, say = … }}")


def _rule(fields: Fields, rule: str, table: str, *, derived: bool) -> RuleText:
    out = fields.made(RuleText, id=rule, path=fields.path, table=table, derived=derived)
    fields.unknown()
    return out


def read_text_rules(root: Fields) -> tuple[TextRule, ...]:
    """Every rule about texts; what its way of reading looks for is read later (``instrument/language.py``)."""

    def rule(fields: Fields) -> TextRule:
        out = fields.made(TextRule, path=fields.path)
        fields.read |= fields.data.keys()
        return out

    return root.each("rule", rule)
