"""Wholes and parts, shares and changes inside a text, recomputed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from decimal import ROUND_HALF_UP
from decimal import Decimal
from itertools import pairwise

from toolkit.checks.claims import claims
from toolkit.checks.language import Figure
from toolkit.checks.language import figures
from toolkit.checks.language import quoted
from toolkit.checks.language import sentences
from toolkit.checks.remark import Remark
from toolkit.checks.words import skipped
from toolkit.checks.words import units_of
from toolkit.checks.words import value_of
from toolkit.instrument import Instrument
from toolkit.model.returns import Return
from toolkit.model.rule import TextRule
from toolkit.rules.compile import compile_expression
from toolkit.text import shown

_OPENS = re.compile(r"其中|包括|分别为|分别是|含|[：:（(]")
_CLOSES = {"（": "）", "(": ")"}
#: A list that says itself that it is not complete.
_OPEN_ENDED = ("等", "主要", "另", "以及其他", "之外")
_SHARE = re.compile(r"(?:占(?:比|总数|全部)?[^。；，,\d]{0,8}?(?:为|达)?|率(?:为|达|达到)?)(\d+(?:\.\d+)?)%")
_CHANGE = re.compile(
    r"(?:同比|比上年|较上年|比去年|较去年)[^。；，,\d]{0,6}?(增长|增加|上升|提高|下降|减少|降低)[^。；，,\d]{0,3}?(\d+(?:\.\d+)?)%"
)
_FEWEST_PARTS = 2
_COMPLETE_LIST = 3


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A whole and the figures that are told as its parts."""

    sentence: str
    whole: Figure
    parts: tuple[Figure, ...]
    exhaustive: bool

    @property
    def gap(self) -> Decimal:
        """What the parts have more than the whole; 0 if some reading of the list adds up."""
        if self.whole.value in _readings(self.parts):
            return Decimal(0)
        return sum((part.value for part in self.parts), Decimal(0)) - self.whole.value


def _readings(parts: Sequence[Figure]) -> set[Decimal]:
    """Sums that begin with the first part: the list may run on into something else."""
    out, total = set(), Decimal(0)
    for part in parts:
        total += part.value
        out.add(total)
    return out


def breakdowns(sentence: str, units: tuple[str, ...]) -> Iterator[Breakdown]:
    """Every ``共 n 条，其中 a 条、b 条`` of a sentence."""
    found = figures(sentence, units)
    for i, whole in enumerate(found[:-1]):
        behind = sentence[whole.end : found[i + 1].start]
        opened = _OPENS.search(behind)
        if not opened or not _open(behind, opened):
            continue
        parts = _parts(sentence, opened[0], whole, found[i + 1 :])
        if parts:
            rest = sentence[whole.end :]
            complete = len(parts) >= _COMPLETE_LIST and not any(word in rest for word in _OPEN_ENDED)
            yield Breakdown(sentence, whole, parts, complete)


def _open(behind: str, opened: re.Match[str]) -> bool:
    """Whether the list belongs to the figure before it, and not to another thing that is named in between."""
    between, bracket = behind[: opened.start()], _CLOSES.get(opened[0], "")
    return "、" not in between and not (bracket and bracket in behind)


def _parts(sentence: str, opening: str, whole: Figure, rest: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures of the whole's unit up to where the list ends: its bracket, or another breakdown."""
    close = _CLOSES.get(opening, "")
    end = sentence.find(close, rest[0].end) if close else len(sentence)
    out: list[Figure] = []
    last = whole.end
    for figure in rest:
        between = sentence[last : figure.start]
        if figure.start > (end if end >= 0 else len(sentence)) or (out and _OPENS.search(between)):
            break
        if figure.unit == whole.unit:
            out.append(figure)
        last = figure.end
    return tuple(out)


def read_breakdowns(instrument: Instrument, content: Return, rule: TextRule) -> Iterator[Remark]:
    """Parts that are more than their whole (certain), or fewer though the list looks complete (doubtful)."""
    units = units_of(instrument.form)
    for name in rule.texts or tuple(content.texts):
        for sentence in sentences(content.texts.get(name, "")):
            for one in () if skipped(instrument.form, sentence) else breakdowns(sentence, units):
                if _tells(sentence, one, figures(sentence, units)):
                    yield _remark(rule, name, one)


def _tells(sentence: str, one: Breakdown, found: Sequence[Figure]) -> bool:
    """Whether no charitable reading of the breakdown adds up."""
    before = [figure for figure in found if figure.start < one.whole.start and figure.unit == one.whole.unit]
    total = sum((part.value for part in one.parts), Decimal(0))
    runs = _readings(one.parts)
    joint = {a.value + b.value for a, b in pairwise([*before, one.whole])}
    if one.gap == 0 or len(one.parts) < _FEWEST_PARTS or joint & runs or _side_by_side(one):
        return False
    if any(figure.value in runs for figure in before):
        return False
    return one.gap > 0 or (one.exhaustive and total < one.whole.value and "占" not in sentence)


def _side_by_side(one: Breakdown) -> bool:
    """Whether the list is several complete breakdowns of the same whole, one behind the other."""
    total, full = Decimal(0), 0
    for part in one.parts:
        total += part.value
        if total == one.whole.value:
            total, full = Decimal(0), full + 1
    return full > 0


def _remark(rule: TextRule, name: str, one: Breakdown) -> Remark:
    total = sum((part.value for part in one.parts), Decimal(0))
    listed = " + ".join(shown(part.value) for part in one.parts)
    word = "多" if one.gap > 0 else "少"
    return Remark(
        rule=rule.id,
        text=name,
        message=f"分项之和与总数不符：{quoted(one.sentence)}总数 {shown(one.whole.value)}，"
        f"分项 {listed} ＝ {shown(total)}，{word} {shown(abs(one.gap))}",
        left=total,
        right=one.whole.value,
        certain=one.gap > 0,
    )


def read_shares(instrument: Instrument, content: Return, rule: TextRule) -> Iterator[Remark]:
    """Percentages that no pair of figures gives, and changes against last year that last year's figure does not."""
    units = units_of(instrument.form)
    for name in rule.texts or tuple(content.texts):
        text = content.texts.get(name, "")
        for sentence in sentences(text):
            values = [one.value for one in figures(sentence, units)]
            for found in _SHARE.finditer(sentence):
                if not _gives(Decimal(found[1]), values):
                    yield _percent(rule, name, sentence, found[1], "由句中的数算不出来")
        yield from _changes(instrument, content, rule, name)


def _gives(percent: Decimal, values: Sequence[Decimal]) -> bool:
    """Whether some pair of the sentence's figures gives the percentage at its own precision; few prove nothing."""
    if percent in {0, 100} or len(values) < _FEWEST_PARTS:
        return True
    return any(whole and _rounded(100 * part / whole, percent) == percent for part in values for whole in values)


def _rounded(value: Decimal, like: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(like.as_tuple().exponent), ROUND_HALF_UP)  # type: ignore[arg-type]


def _changes(instrument: Instrument, content: Return, rule: TextRule, name: str) -> Iterator[Remark]:
    """``新收 12 件，同比增长 20%``, where last year's figure is known."""
    for claim in claims(instrument, content.texts.get(name, ""), content.period[:4]):
        found = _CHANGE.search(claim.sentence, claim.start)
        if found is None or not claim.pattern.equals or "。" in claim.sentence[claim.start : found.start()]:
            continue
        before = value_of(claim.pattern.equals[0], _last_year(content))
        if not before:
            continue
        told = Decimal(found[2]) * (-1 if found[1] in {"下降", "减少", "降低"} else 1)
        real = _rounded(100 * (claim.value - before) / before, told)
        if real != told:
            why = f"上年是 {shown(before)}，应为{'增长' if real >= 0 else '下降'} {shown(abs(real))}%"
            yield _percent(rule, name, claim.sentence, found[2], why)


def _last_year(content: Return) -> Return:
    return replace(content, numbers=content.prior, prior={})


def _percent(rule: TextRule, name: str, sentence: str, told: str, why: str) -> Remark:
    return Remark(rule=rule.id, text=name, message=f"百分比请复算：{quoted(sentence)}写 {told}%，{why}")


def read_fees(instrument: Instrument, content: Return, rule: TextRule) -> Iterator[Remark]:
    """A charge that is denied and stated in the same text, or stated though nothing came that could be charged."""
    amount = re.compile(r"(\d+(?:\.\d+)?)(万?元)")
    denied = [str(word) for word in _listed(rule, "denies")]
    nothing = [compile_expression(instrument.form, str(text)) for text in _listed(rule, "nothing_when_zero")]
    for name in rule.texts:
        text = "".join(sentences(content.texts.get(name, "")))
        stated = [found for found in amount.finditer(text) if Decimal(found[1]) > 0]
        if not stated:
            continue
        first = stated[0]
        around = quoted(text[max(0, first.start() - 20) : first.end() + 10])
        if any(word in text for word in denied):
            yield Remark(rule=rule.id, text=name, message=f"前后矛盾：既说没有收费，又写了金额 {first[0]}：{around}")
        elif nothing and all(value_of(node, content) == 0 for node in nothing):
            yield Remark(rule=rule.id, text=name, message=f"表中没有申请，文字却写收费 {first[0]}：{around}")


def _listed(rule: TextRule, key: str) -> Sequence[object]:
    value = rule.options.get(key, ())
    return value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
