"""Wholes and parts, shares and changes inside a text, recomputed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate

from toolkit.checks.narrative.chinese import PATTERNS, quoted, sentences
from toolkit.checks.narrative.claims import figures_in_text, held_figures, node_of, tokens_of, totals_of
from toolkit.checks.narrative.clauses.clause import clauses, pieces, said
from toolkit.checks.narrative.clauses.tokens import Kind, Token, counts, dictionary
from toolkit.checks.narrative.remark import Passage, Remark
from toolkit.rules.expression import Exact
from toolkit.text import shown

_SIGNS = PATTERNS["arithmetic"]
_CLOSES = {"（": "）", "(": ")"}
_LESS = frozenset({"下降", "减少", "降低"})
_ALL = 100
_NEAR = 40
_FEWEST_PARTS = 2
_COMPLETE_LIST = 3
_SHOWN = 12
#: Among so many different figures some two give nearly every percentage.
_PROVE_NOTHING = 40
#: What calculators carry: further digits of a percentage are noise.
_HUNDREDTH = 100
_CARRIED = 1e-13
_LARGEST = 10**15
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class StatedBreakdown:
    """A whole and its parts; the list looks complete or says that it is not; ``understood``: every number is a part."""

    sentence: str
    whole: Token
    parts: tuple[Token, ...]
    exhaustive: bool
    understood: bool = True
    open_ended: bool = False

    @property
    def gap(self) -> Decimal:
        """What the parts have more than the whole; 0 if some reading of the list adds up."""
        if self.whole.value in _readings(self.parts):
            return Decimal(0)
        return sum((part.value for part in self.parts), Decimal(0)) - self.whole.value


def _readings(parts: Sequence[Token]) -> set[Decimal]:
    """Sums that begin with the first part: the list may run on into something else."""
    return set(accumulate(part.value for part in parts))


def _breakdown(sentence: str, found: Sequence[Token], at: int, ending: int) -> StatedBreakdown | None:
    """``共 n 条，其中 a 条、b 条``, if a figure opens one; ``ending`` is where the sentence last says 等."""
    whole = found[at]
    behind = sentence[whole.end : found[at + 1].start] if at + 1 < len(found) else ""
    opened = _SIGNS["opens"].search(behind)
    if not opened or not _open(behind, opened):
        return None
    parts, understood = _parts(sentence, opened[0], found, at)
    open_ended = ending >= whole.end
    complete = len(parts) >= _COMPLETE_LIST and not open_ended
    return StatedBreakdown(sentence, whole, parts, complete, understood, open_ended) if parts else None


def _open(behind: str, opened: re.Match[str]) -> bool:
    """Whether the list belongs to the figure before it, and not to another thing that is named in between."""
    between, bracket = behind[: opened.start()], _CLOSES.get(opened[0], "")
    return not _SIGNS["closed"].search(between) and "、" not in between and not (bracket and bracket in behind)


def _parts(sentence: str, opening: str, found: Sequence[Token], at: int) -> tuple[tuple[Token, ...], bool]:
    """The figures of the whole's unit up to where the list ends; and whether nothing else between them is a number."""
    whole, close = found[at], _CLOSES.get(opening, "")
    out: list[Token] = []
    others = skipped_over = False
    last = whole.end
    for figure in map(found.__getitem__, range(at + 1, len(found))):
        between = _SIGNS["of_name"].sub("", sentence[last : figure.start])
        if (close and close in between) or (out and (_SIGNS["opens"].search(between) or _SIGNS["sum"].search(between))):
            break
        if figure.unit == whole.unit:
            out.append(figure)
            others = others or skipped_over or bool(_SIGNS["number"].search(between))
            skipped_over = False
        else:
            skipped_over = True
        last = figure.end
    return tuple(out), not others


def read_breakdowns(at: Passage) -> Iterator[Remark]:
    """Parts that are more than their whole, or fewer though the list looks complete (doubtful)."""
    for sentence in filter(dictionary(at.instrument).told.search, sentences(at.text)):
        found = counts(tokens_of(at.instrument, at.content, sentence))
        yield from map(_remark, wrong_breakdowns(sentence, found))


def wrong_breakdowns(sentence: str, found: Sequence[Token]) -> Iterator[StatedBreakdown]:
    """The breakdowns of a sentence of which no charitable reading adds up."""
    ending = max((one.start() for one in _SIGNS["open_ended"].finditer(sentence)), default=-1)
    told: dict[str, _Told] = defaultdict(_Told)
    for i, whole in enumerate(found):
        one = _breakdown(sentence, found, i, ending)
        if one and _adds_up_to_none(one, told[whole.unit]):
            yield one
        told[whole.unit].add(whole.value)
    yield from _added_up(sentence, found)


def _added_up(sentence: str, found: Sequence[Token]) -> Iterator[StatedBreakdown]:
    """``网络 2 件、信函 1 件，合计 4 件``: no run of the figures before a total adds up to it."""
    start = 0
    for i, whole in enumerate(found):
        if not i or not _SIGNS["sum"].search(sentence, found[i - 1].end, whole.start):
            continue
        parts = tuple(found[start:i])
        one = StatedBreakdown(sentence, whole, parts, exhaustive=True)
        alike = len(parts) >= _FEWEST_PARTS and len({part.unit for part in (whole, *parts)}) == 1
        backwards = _readings(parts[::-1])
        listed = sentence[sentence.rfind("。", 0, parts[0].start) + 1 if parts else 0 : whole.start]
        plain = all(figure.exact for figure in (whole, *parts)) and not _SIGNS["no_sum"].search(listed)
        if alike and plain and one.gap and whole.value not in backwards:
            yield one
        start = i + 1


@dataclass
class _Told:
    """The figures of one unit that a sentence has told so far: each, the sums of neighbours, the last, the greatest."""

    sums: set[Decimal] = field(default_factory=set)
    last: Decimal = Decimal(0)
    most: Decimal = Decimal(0)

    def add(self, value: Decimal) -> None:
        self.sums |= {value, self.last + value}
        self.last, self.most = value, max(self.most, value)


def _two_levels(parts: Sequence[Decimal]) -> bool:
    """Whether a part is the sum of two or more that follow it: 政策类 5 条，文件 3 条、解读 2 条."""
    sums = list(accumulate(parts))
    last = {value: i for i, value in enumerate(sums)}
    return any(last.get(sums[i] + part, 0) >= i + _FEWEST_PARTS for i, part in enumerate(parts) if part)


def _adds_up_to_none(one: StatedBreakdown, before: _Told) -> bool:
    """Whether no charitable reading of the breakdown adds up."""
    runs = _readings(one.parts)
    if one.gap == 0 or len(one.parts) < _FEWEST_PARTS or not _plain(one):
        return False
    if before.last + one.whole.value in runs or not runs.isdisjoint(before.sums):
        return False
    # Parts of two totals: 信息 n 条、互动 n 条。其中……
    if 0 < one.gap <= before.most and _SIGNS["afresh"].search(one.sentence, one.whole.end, one.parts[0].start):
        return False
    if one.gap > 0 and _two_levels([part.value for part in one.parts]):
        return False
    nearly = -one.gap * _HUNDREDTH <= one.whole.value
    # A list of less than half of the whole names examples.
    complete = (one.exhaustive and one.understood and -one.gap * 2 <= one.whole.value) or nearly
    return one.gap > 0 or (complete and not one.open_ended and "占" not in one.sentence)


def _plain(one: StatedBreakdown) -> bool:
    """Whether every figure is meant as it stands and counts what the whole counts, each thing once."""
    if not all(figure.exact for figure in (one.whole, *one.parts)):
        return False
    sentence, start, end = one.sentence, one.whole.end, one.parts[-1].end
    opened = _SIGNS["opens"].search(sentence, start, end)
    listed = sentence[opened.end() : end] if opened else ""
    remark = _SIGNS["aside"].match(sentence, end)
    whole = listed + (remark[0] if remark else "")
    around = sentence[max(0, one.whole.start - _NEAR) : one.whole.start] + sentence[end : end + _NEAR]
    other_year = opened and opened[0] in _CLOSES and _SIGNS["other_year"].search(listed)
    return not (other_year or _SIGNS["twice"].search(around) or _SIGNS["overlaps"].search(whole))


def _remark(one: StatedBreakdown) -> Remark:
    total = sum((part.value for part in one.parts), Decimal(0))
    listed = " + ".join(shown(part.value) for part in one.parts[:_SHOWN])
    more = f" + …（共 {len(one.parts)} 项）" if len(one.parts) > _SHOWN else ""
    word = "多" if one.gap > 0 else "少"
    message = (
        f"分项之和与总数不符：{quoted(one.sentence)}总数 {shown(one.whole.value)}，"
        f"分项 {listed}{more} ＝ {shown(total)}，{word} {shown(abs(one.gap))}"
    )
    return Remark(message, left=total, right=one.whole.value, certain=one.gap > 0 and one.understood)


def read_shares(at: Passage) -> Iterator[Remark]:
    """Percentages that no pair of figures gives, and changes against last year that last year's figure does not."""
    for sentence in (one for one in sentences(at.text) if "%" in one):
        stated, words = list(_SIGNS["share"].finditer(sentence)), tokens_of(at.instrument, at.content, sentence)
        counted = counts(words) if stated else []
        given = _percentages(counted)
        if given and any("总" in found[0] for found in stated):
            home = [each for each, one in at.instrument.language.vocabulary.objects.items() if at.name in one.home]
            totals = [whole for each in home for whole in totals_of(at.instrument, at.submission, each, parts=True)]
            given = sorted({*given, *(float(100 * one.value / whole) for one in counted for whole in totals)})
        for found in stated:
            if given and not _among(found[1], given):
                yield _percent(sentence, found[1], "由句中的数算不出来")
            elif float(found[1]) > _ALL:
                yield _percent(sentence, found[1], "比全部还多")
        if len(stated) > 1 and (total := _together(words)) > _ALL + len(stated):
            yield _percent(sentence, shown(total), "各类加起来比全部还多")
        for found in _all_changes(sentence):
            if found[1] in _LESS and float(found[2]) > _ALL:
                yield _percent(sentence, found[2], "减少的比全部还多")
    yield from _changes(at)
    yield from _shares_of_table(at)


def _shares_of_table(at: Passage) -> Iterator[Remark]:
    """``予以公开 6 件，占 30%`` without a whole beside it: none of the table's totals gives it."""
    for one in held_figures(at.instrument, at.submission, at.name) if _SIGNS["of_whole"].search(at.text) else ():
        about = one.stated.sense.about
        found = _SIGNS["of_whole"].match(one.stated.sentence, one.stated.place)
        told = counts(tokens_of(at.instrument, at.content, one.stated.sentence)) if found else ()
        if not found or not one.agrees or len(about) != 1 or len(told) > 1:
            continue
        given = sorted({float(100 * one.stated.value / n) for n in totals_of(at.instrument, at.submission, about[0])})
        if given and not _among(found[1], given):
            places = min(_places(found[1]), _DECIMALS)
            right = "、".join(dict.fromkeys(f"{shown(Decimal(f'{value:.{places}f}'))}%" for value in given))
            yield _percent(one.stated.sentence, found[1], f"按表中的总数算是 {right}")


def _together(words: Sequence[Token]) -> Decimal:
    """What the shares of different columns make together: 自然人占 60%，法人占 50%; 0 where they may overlap."""
    shares: dict[str, Decimal] = {}
    columns: tuple[str, ...] = ()
    for piece in (piece for clause in clauses(words) for piece in pieces(clause)):
        what = said(piece.before, "")
        columns = what.columns or columns
        if piece.number.kind is Kind.PERCENT:
            names = [name for column in columns for name in column.split("+")]
            if not names or what.labels or Kind.CHANGE in what.kinds or not shares.keys().isdisjoint(names):
                return Decimal(0)
            shares |= dict.fromkeys(names, Decimal(0)) | {names[0]: piece.number.value}
            columns = ()
    return sum(shares.values(), Decimal(0))


def _percentages(told: Sequence[Token]) -> list[float]:
    """What each two figures of a sentence give, in order; nothing where they are few, rough, or prove everything."""
    values = {float(one.value) for one in told}
    if not _FEWEST_PARTS <= len(values) <= _PROVE_NOTHING or not all(one.exact for one in told):
        return []
    return sorted({100 * part / whole for whole in values if whole for part in values})


def _among(percent: str, given: Sequence[float]) -> bool:
    """Whether a percentage is one of those, at its own precision."""
    told = float(percent)
    at = bisect_left(given, told - _slack(percent))
    return told in {0, _ALL} or (at < len(given) and given[at] <= told + _slack(percent))


def _slack(percent: str) -> float:
    """Half of its last digit, but no finer than calculators carry."""
    return 0.5 * 10.0 ** -_places(percent) * (1 + _CARRIED) + float(percent) * _CARRIED


def _places(percent: str) -> int:
    return len(percent.partition(".")[2])


def _changes(at: Passage) -> Iterator[Remark]:
    """``新收 12 件，同比增长 20%``, where last year's figure is known."""
    last_year = Exact(at.submission.prior, {})
    for one in figures_in_text(at.instrument, at.content, at.name):
        changes = _all_changes(one.sentence) if one.sense.readings and not one.implied else ()
        behind = bisect_left(changes, one.place, key=lambda change: change.start())
        found = changes[behind] if behind < len(changes) else None
        before = last_year.result(node_of(at.instrument, one.sense.readings[0])) if found else None
        if not found or not before or not 1 <= before < _LARGEST:
            continue
        told = float(found[2]) * (-1 if found[1] in _LESS else 1)
        real = float(100 * (one.value - before) / before)
        if abs(real - told) > _slack(found[2]):
            right = shown(Decimal(f"{abs(real):.{min(_places(found[2]), _DECIMALS)}f}"))
            why = f"上年是 {shown(before)}，应为{'增长' if real >= 0 else '下降'} {right}%"
            yield _percent(one.sentence, found[2], why)


@lru_cache(maxsize=64)
def _all_changes(sentence: str) -> tuple[re.Match[str], ...]:
    return tuple(_SIGNS["change"].finditer(sentence))


def _percent(sentence: str, told: str, why: str) -> Remark:
    return Remark(f"百分比请复算：{quoted(sentence)}写 {told}%，{why}")
