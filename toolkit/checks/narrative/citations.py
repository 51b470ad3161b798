"""Rules about what a text names: the year, the legal basis, bodies, and the words that the form's lexicon lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice

from toolkit.checks.narrative.chinese import quoted, sentences
from toolkit.checks.narrative.remark import Remark
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.language import LexiconEntry
from toolkit.model.period import Period
from toolkit.model.returns import Submission
from toolkit.model.rule import TextRule

_YEAR = re.compile(r"(?<![\d〔\[(（])(20\d\d)(?=年)")
_TITLE = re.compile(r"《([^《》]{4,60})》")
_NEARLY = 0.8
_BODY = re.compile(r"[\u4e00-\u9fff]{2,12}?(?:局|委|委员会|办公室|厅|街道办事处|[镇乡区县市]人民政府)")
#: So many different titles or names are looked at; no report cites more.
_MOST = 100
_SHOWN = 5


def read_years(instrument: Instrument, submission: Submission, rule: TextRule) -> Iterator[Remark]:
    """A text that speaks of an earlier year and never of the reporting year; plans for a year that is over."""
    content = submission.content
    if not content.period[:4].isdigit():
        return
    year = int(content.period[:4])
    ahead = instrument.language.ahead[rule.id]
    for name in rule.texts or tuple(content.texts):
        spoken = [(sentence, _years(sentence)) for sentence in sentences(content.texts.get(name, ""))]
        years = {one for _, told in spoken for one in told}
        old = max((one for one in years if one < year), default=None)
        if old is not None and year not in years and year + 1 not in years:
            last = next(sentence for sentence, told in spoken if old in told)
            message = f"年份可能没有改：统计期间是 {year} 年，文字里只写了 {old} 年：{quoted(last)}"
            yield Remark(rule=rule.id, text=name, message=message, remedy="请核对年份")
        for sentence, told in spoken:
            if told and max(told) <= year and any(word in sentence for word in ahead):
                message = f"打算写成了 {max(told)} 年，下一年应是 {year + 1} 年：{quoted(sentence)}"
                yield Remark(rule=rule.id, text=name, message=message, remedy="请核对年份", certain=False)


def _years(sentence: str) -> frozenset[int]:
    return frozenset(int(found) for found in _YEAR.findall(sentence))


def read_citations(instrument: Instrument, submission: Submission, rule: TextRule) -> Iterator[Remark]:
    """Law titles that are nearly, but not quite, a title the form lists; and words its lexicon lists."""
    content = submission.content
    titles = instrument.language.titles[rule.id]
    lexicon = _holding(instrument, instrument.language.lexicon[rule.id], content.period)
    for name in rule.texts or tuple(content.texts):
        text = content.texts.get(name, "")
        cited = dict.fromkeys("".join(found[1].split()) for found in _TITLE.finditer(text))
        for title in islice(cited, _MOST):
            right = _nearest(title, titles)
            if right:
                message = f"名称与法定名称不同：写的是《{title}》，应为《{right}》"
                yield Remark(rule=rule.id, text=name, message=message, remedy="请改成法定名称")
        yield from _listed_words(lexicon, text, rule, name)


def _nearest(title: str, titles: Sequence[str]) -> str:
    if title in titles:
        return ""
    likeness, best = max(((SequenceMatcher(None, title, one).ratio(), one) for one in titles), default=(0.0, ""))
    return best if likeness >= _NEARLY else ""


def _holding(instrument: Instrument, lexicon: Sequence[LexiconEntry], period: str) -> Sequence[LexiconEntry]:
    """The entries that hold for a period; all of them where the period cannot be read."""
    try:
        day = Period.parse(period, instrument.form.period_kind).last_day
    except ValueError:
        return lexicon
    return [one for one in lexicon if one.since <= day <= one.until]


def _listed_words(lexicon: Sequence[LexiconEntry], text: str, rule: TextRule, name: str) -> Iterator[Remark]:
    for entry in lexicon:
        count = entry.count(text)
        if count > 0:
            words = "、".join(f"“{word}”" for word in entry.find if word in text)
            message = f"{words}{f' {count} 处' if count > 1 else ''}：{entry.say}"
            yield Remark(rule=rule.id, text=name, message=message, remedy=f"依据：{entry.source}" * bool(entry.source))


def read_bodies(instrument: Instrument, submission: Submission, rule: TextRule) -> Iterator[Remark]:
    """Words of another level of government than the unit's, and names that nearly are the unit's own."""
    content = submission.content
    own = content.unit
    for name in rule.texts or tuple(content.texts):
        text = content.texts.get(name, "")
        for word, ends in instrument.language.levels[rule.id].items():
            if word in text and own and not any(end in own for end in ends):
                message = f"可能抄自别处：本单位{quoted(own)}的文字里出现“{word}” {text.count(word)} 处"
                yield Remark(rule=rule.id, text=name, message=message, remedy="请核对这里说的是不是本单位")
        forms = _own_forms(text, own)
        if forms:
            listed = "、".join(f"“{one}”" for one in forms[:_SHOWN]) + "等" * (len(forms) > _SHOWN)
            message = f"单位名称写法不一：全称是{quoted(own)}，文字里有 {listed}"
            yield Remark(rule=rule.id, text=name, message=message, remedy="请统一写法")


def _own_forms(text: str, own: str) -> list[str]:
    """Names in the text of the own name's length that differ from it by a slip."""
    found = dict.fromkeys(one for one in _BODY.findall(text) if len(one) >= len(own) - 2)
    near = (one for one in found if own not in one and one not in own and _shares(one, own))
    return sorted(one for one in islice(near, _MOST) if SequenceMatcher(None, one, own).ratio() > _NEARLY)


def _shares(one: str, other: str) -> bool:
    """Whether two names have so many characters in common that they may nearly be the same."""
    return 2 * (Counter(one) & Counter(other)).total() > _NEARLY * (len(one) + len(other))
