"""Rules about what a text names: the legal basis, bodies, and the words that the form's lexicon lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice

from toolkit.checks.narrative.chinese import PATTERNS, is_word, quoted, sentences
from toolkit.checks.narrative.remark import Passage, Remark
from toolkit.instrument.language import LexiconEntry
from toolkit.model.period import Period

_SIGNS = PATTERNS["citations"]
_NATIONAL = "中华人民共和国"
_NEARLY = 0.8
#: So many different titles or names are looked at; no report cites more.
_MOST = 100
_SHOWN = 5


def read_citations(at: Passage) -> Iterator[Remark]:
    """Law titles that are nearly, but not quite, a title the form lists; and words its lexicon lists."""
    titles = at.sought.titles
    itself = tuple(word for other in at.instrument.language.rules.values() for word in other.itself)
    everywhere = "".join("".join(at.content.texts.values()).split())
    cited = dict.fromkeys("".join(found[1].split()) for found in _SIGNS["title"].finditer(at.text))
    for title in islice((one for one in cited if not one.endswith(itself)), _MOST):
        if right := _nearest(title, titles):
            message = f"名称与法定名称不同：写的是《{title}》，应为《{right}》"
            yield Remark(message, "请改成法定名称", certain=not _SIGNS["place"].match(title))
        elif (whole := _whole(title, titles)) and f"《{whole}》" not in everywhere:
            message = f"名称写得不全：写的是《{title}》，全称是《{whole}》"
            yield Remark(message, "第一次出现时请写全称；以后可以用简称", certain=False)
    yield from _listed_words(_holding(at), at.text)


def _nearest(title: str, titles: Sequence[str]) -> str:
    """The listed title that another one nearly is; that of another law, or of a place's own, is none."""
    if title in titles or _whole(title, titles):
        return ""
    likeness, best = max(((_likeness(title, one), one) for one in titles), default=(0.0, ""))
    return best if likeness >= _NEARLY else ""


def _likeness(title: str, listed: str) -> float:
    """How alike two titles are; all laws have the country's name in common, so it does not count."""
    short, bare = listed.removeprefix(_NATIONAL), _SIGNS["place"].sub("", title.removeprefix(_NATIONAL))
    if title.endswith(short):
        return SequenceMatcher(None, title, listed).ratio()
    return SequenceMatcher(None, bare, short).ratio()


def _whole(title: str, titles: Sequence[str]) -> str:
    """The only listed title that ends with this one."""
    longer = [one for one in titles if one != title and one.endswith(title)]
    return longer[0] if len(longer) == 1 else ""


def _holding(at: Passage) -> Sequence[LexiconEntry]:
    """The entries of the lexicon that hold for the period; all of them where it cannot be read."""
    period = Period.known(at.content.period, at.instrument.form.period_kind)
    return [one for one in at.sought.lexicon if period is None or one.since <= period.last_day <= one.until]


def _listed_words(lexicon: Sequence[LexiconEntry], text: str) -> Iterator[Remark]:
    for entry in lexicon:
        count = entry.count(text)
        if count > 0:
            words = "、".join(f"“{word}”" for word in entry.find if word in text)
            message = f"{words}{f' {count} 处' if count > 1 else ''}：{entry.say}"
            yield Remark(message, f"依据：{entry.source}" * bool(entry.source))


def read_bodies(at: Passage) -> Iterator[Remark]:
    """Another unit that a text speaks of as of itself, words of another level of government, slips in the own name."""
    own, text, named = at.content.unit, at.text, at.submission.context.named
    for other in named:
        if sentence := _as_itself(other, text, at.sought.own_work):
            message = f"可能抄自别的单位：本单位是{quoted(own)}，这里写的是“{other}”：{quoted(sentence)}"
            yield Remark(message, f"请核对这里说的是不是本单位，是的请把“{other}”改成本单位名称")
    for word, ends in at.sought.levels.items():
        if word in text and own and not any(end in own for end in ends):
            message = f"可能抄自别处：本单位{quoted(own)}的文字里出现“{word}” {text.count(word)} 处"
            yield Remark(message, "请核对这里说的是不是本单位", certain=False)
    if forms := [one for one in _own_forms(text, own) if one not in named]:
        listed = "、".join(f"“{one}”" for one in forms[:_SHOWN]) + "等" * (len(forms) > _SHOWN)
        yield Remark(f"单位名称写法不一：全称是{quoted(own)}，文字里有 {listed}", "请统一写法", certain=False)


def _as_itself(other: str, text: str, work: Sequence[str]) -> str:
    """The first sentence whose subject is that unit and which tells of its work; empty where it is only named."""
    for sentence in sentences(text) if other in text else ():
        lead = _SIGNS["lead"].match(sentence)
        behind = sentence[lead.end() if lead else 0 :]
        if behind.startswith(other) and behind.startswith(tuple(work), len(other)) and not _SIGNS["us"].search(behind):
            return sentence
    return ""


def _own_forms(text: str, own: str) -> list[str]:
    """Names in the text of the own name's length that differ from it by a slip."""
    found = dict.fromkeys(one for one in _SIGNS["body"].findall(text) if len(one) >= len(own) - 2)
    least = _NEARLY * len(own) / 2
    alike = (one for one in found if (Counter(one) & Counter(own)).total() > least + _NEARLY * len(one) / 2)
    near = (one for one in alike if own not in one and one not in own and not _other(one, own))
    return sorted(one for one in islice(near, _MOST) if SequenceMatcher(None, one, own).ratio() > _NEARLY)


def _other(one: str, own: str) -> bool:
    """Whether a name is that of another body of the same place: 云岭区财政局 beside 云岭区民政局."""
    place = found[0] if (found := _SIGNS["place"].match(own)) else ""
    at = len(place)
    words = one[at : at + 2], own[at : at + 2]
    return one.startswith(place) and words[0] != words[1] and all(map(is_word, words))
