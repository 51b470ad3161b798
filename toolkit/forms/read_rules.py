"""Reads a definition's rules as text: formulas of the template, conditions, and rules about what is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from toolkit.forms.fields import Fields
from toolkit.model.finding import Severity
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
    limits = fields.table("limits")
    out = fields.made(
        RuleText,
        id=rule,
        text=fields.text("rule", required=True),
        path=fields.path,
        table=table,
        derived=derived,
        severity=_severity(fields, "severity") or Severity.ERROR,
        typed_severity=_severity(fields, "typed_severity"),
        unknown_severity=_severity(fields, "unknown_severity"),
        limits={kind: value for kind in limits.data if (value := limits.number(kind)) is not None},
    )
    fields.unknown()
    return out


#: What any rule about texts may say; the rest is for its way of reading (``instrument/language.py``).
KEYS_OF_TEXT_RULES = frozenset({"id", "kind", "say", "remedy", "severity", "doubtful", "texts", "explained_at", "beta"})


def read_text_rules(root: Fields, texts: Collection[str]) -> Iterator[TextRule]:
    """Every rule about texts; ``texts`` are the names of the texts there are."""
    for fields in root.tables("rule"):
        severity, doubtful = _severity(fields, "severity") or Severity.VERIFY, _severity(fields, "doubtful")
        rule = fields.made(TextRule, path=fields.path, severity=severity, doubtful=doubtful)
        for name in rule.texts:
            if name not in texts:
                fields.problem(f"没有叫“{name}”的文字", "texts")
        yield rule


def _severity(fields: Fields, key: str) -> Severity | None:
    text = fields.choice(key, ("error", "verify", "note"))
    return Severity(text) if text else None
