"""What a cell of a form may hold, when it is due, and how units' cells become one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from toolkit.model.keys import Also, Must
from toolkit.text import name_key, written

#: A float this near to a number that fits is that number: the trace of a calculation, not a decimal.
NEAR = Decimal("1e-9")
#: What can be wrong with a number, in the order in which it is asked for; a template's formulas ask the same.
NUMBER_FAULTS = ("too_large", "decimals", "too_small")
#: What says in an optional number cell that there is nothing to count: neither 0 nor a blank.
DOES_NOT_APPLY = "不适用"
#: As long a list as a spreadsheet takes to choose from, with no sign that ends one of them; what `pattern` may be.
_CHOICES = Must(
    lambda one: len(",".join(one)) in range(256) and {",", '"'}.isdisjoint("".join(one)),
    "可选的项合起来不能超过 255 个字符，也不能有英文的逗号和引号",
)
_PATTERN = Must(re.compile, "“{}”不是正确的正则表达式")
#: A day in figures; an address with its scheme, in letters of either case (RFC 3986, 3.1), and a host.
_WORDS = {"date": r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", "url": r"(?i:https?)://[^\s/]+\.\S+"}
#: What is said of a kind, and means nothing of another; what stands where it is not said: floats stay exact so far.
_OF_A_KIND = frozenset({"decimals", "maximum", "choices", "pattern"})
_USUAL: Mapping[str, Mapping[str, Any]] = {
    "decimal": {"decimals": 6, "maximum": Decimal(999_999_999)},
    "choice": {"choices": ("是", "否")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberType:
    """What a cell may hold. ``unit`` is the unit of measure; limits are inclusive, a choice is numbered from 1."""

    kind: Annotated[Literal["whole", "decimal", "choice", "text", "date", "url"], "numbers, choices, words"] = "whole"
    decimals: Annotated[int, "decimal places that are kept; of `decimal` 6"] = 0
    signed: Annotated[bool, "negative numbers are allowed"] = field(default=False, compare=False)
    minimum: Annotated[Decimal | None, Also(name="min"), "smallest number; of words the fewest characters"] = Decimal(0)
    maximum: Annotated[
        Decimal, Also(name="max"), "largest number, of `decimal` 999999999; of words the most characters"
    ] = Decimal(999_999_999_999)
    unit: Annotated[str, "unit of measure, printed over the table; of a row or column with its label"] = ""
    choices: Annotated[tuple[str, ...], _CHOICES, "what may be chosen; of `choice` 是, 否"] = ()
    pattern: Annotated[str, _PATTERN, "a regular expression for the whole of a text"] = ""
    required: Annotated[bool, "whether a blank is VAL-01"] = True

    @classmethod
    def of(cls, *layers: Mapping[str, Any]) -> NumberType:
        """The type of a cell of which several layers say something, by field; the nearest, which comes last, wins."""
        said: dict[str, Any] = {}
        for layer in layers:
            if layer.get("kind", kind := said.get("kind")) != kind:
                said = {name: one for name, one in said.items() if name not in _OF_A_KIND}
            said |= layer
            if layer.get("signed") and "minimum" not in layer:
                said["minimum"] = None
        for key, kind in (("decimals", "decimal"), ("choices", "choice")):
            if said.get(key):
                said.setdefault("kind", kind)
        return cls(**{**_USUAL.get(said.get("kind", ""), {}), **said})

    @property
    def is_words(self) -> bool:
        """Whether its cells hold words, and no number."""
        return self.kind in {"text", "date", "url"}

    def shown(self, number: Decimal) -> str:
        """A number as a cell shows it: of a choice, what was chosen."""
        known = 0 < number <= len(self.choices)
        return self.choices[int(number) - 1] if known else written(number)

    def place(self, text: str) -> Decimal | None:
        """The place of a choice, from 1; None for what may not be chosen."""
        keys = [name_key(one) for one in self.choices]
        return Decimal(keys.index(key) + 1) if (key := name_key(text)) in keys else None

    def misfit(self, text: str) -> str:
        """What is wrong with words, `choice`, `length`, `date`, `url` or `pattern`; empty where they may stand."""
        if self.choices:
            return "" if self.place(text) else "choice"
        if not (self.minimum or 0) <= len(text) <= self.maximum:
            return "length"
        asked = {self.kind: _WORDS.get(self.kind, ""), "pattern": self.pattern}
        return next((what for what, one in asked.items() if one and not re.fullmatch(one, text)), "")

    def fault(self, number: Decimal) -> str:
        """What is wrong with a number, one of `NUMBER_FAULTS`; empty where it may stand."""
        if abs(number) > self.maximum:
            return NUMBER_FAULTS[0]
        if round(number, self.decimals) != number:
            return NUMBER_FAULTS[1]
        return NUMBER_FAULTS[2] if self.minimum is not None and number < self.minimum else ""


class Aggregate(NamedTuple):
    """How units become one: `sum`, `none`, `max`, `min`, `mean` (by ``weight``), `count`; whether the form says so."""

    kind: str = "sum"
    weight: str = ""
    said: bool = True

    @property
    def text(self) -> str:
        """As a form says it: ``mean by site.closed.v``."""
        return " by ".join(filter(None, (self.kind, self.weight)))

    @property
    def additive(self) -> bool:
        """Whether what holds of every unit's figures, by adding, holds of this one."""
        return self.kind == "sum"


_AGGREGATE = Must(
    re.compile(r"|sum|none|max|min|mean|mean by [\w.]+|count").fullmatch,
    "“{}”应为 sum、none、max、min、mean、mean by 代号 或 count",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellText:
    """What is written of cells by their table, block, column, row, or of one alone: the last of these counts most."""

    type: Annotated[Mapping[str, Any], "what the cells hold"] = field(default_factory=dict, hash=False)
    aggregate: Annotated[str, _AGGREGATE, "how units are put together; see below"] = ""
    relevant: Annotated[str, "on what condition they are due; else always"] = ""
