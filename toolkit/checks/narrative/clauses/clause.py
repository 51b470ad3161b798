"""Clauses of a sentence, and what the words of one piece of a clause are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from toolkit.checks.narrative.clauses.tokens import AREAS, Kind, Token, area_of, ends_of
from toolkit.instrument.vocabulary import BusinessObject

#: A clause of more words is not read: nobody wrote it as one.
MOST_WORDS = 120
SEAMS = frozenset("，,；;：:。！？!?\n")
#: Words that may lead a clause over the mark behind them.
_OPENERS = frozenset({Kind.WHICH, Kind.FILLER, Kind.YEAR, Kind.OWN, Kind.ANEW, Kind.REST, Kind.SOME_OF_YEAR})
#: The same before a colon: what the account is about.
_HEADS = _OPENERS | {Kind.OBJECT, Kind.THEME, Kind.THING, Kind.LABEL, Kind.BRIEF, Kind.ACT}
#: What may stand between two clauses, and no other word.
_SEPARATE = frozenset({Kind.MARK, Kind.JOIN, Kind.NO})
_COUNTS = frozenset({Kind.NUMBER, Kind.PERCENT})
#: What a piece of a clause can be about.
CONTENT = frozenset({Kind.OBJECT, Kind.BRIEF, Kind.LABEL, Kind.COLUMN})
#: Words that a 案件 or 事项 goes with.
_NAMED = frozenset({Kind.OBJECT, Kind.LABEL, Kind.COLUMN, Kind.THEME, Kind.THING, Kind.UNKNOWN})
#: Words behind which 申请 is one for something else.
_OF_ANOTHER = frozenset({Kind.OBJECT, Kind.LABEL, Kind.THING, Kind.UNKNOWN})
#: Behind what a part is taken out of: 128 件中予以公开 65 件, 新收申请中有 7 件.
OUT_OF = frozenset({"中", "里", "之中", "当中", "内"})
#: Words that lead to what is spoken of.
_OF = frozenset({"对", "对于", "就", "在", "将", "由于", "属", "属于"})
_BETWEEN = frozenset({Kind.JOIN, Kind.FILLER, Kind.THING})
#: What may stand before a 案件 or 事项 that goes with a word: 行政诉讼等案件, 依申请公开相关事项.
_LOOSE = frozenset({"等", "相关", "有关", "等相关", "等有关"})
#: What a body does begins with one of these.
_PREDICATE = frozenset({Kind.ANEW, Kind.ACT, Kind.NO})
#: The government alone, without the bodies under it.
_ITSELF = "本级"


def resolved(words: Sequence[Token], body: str, objects: Mapping[str, BusinessObject]) -> list[Token]:
    """Words of which those around them say more: the body's own short names, other bodies, objects that are acts.

    Such an object says what is done with the one behind it: 主动公开规范性文件.
    """
    area, ends = area_of(body), ends_of(body)
    throughout = bool(area) and any(one.word == f"全{area}" for one in words)
    out = []
    for i, one in enumerate(words):
        unnamed = one.kind in {Kind.UNKNOWN, Kind.EACH} and set(one.word) <= set(body)
        other = one.kind is Kind.OWN and bool(body) and one.word[-1] in AREAS and one.word[-1] != area
        done = objects[one.name].act if one.kind is Kind.OBJECT else ""
        after = one
        if done or (unnamed and one.word == body[-1:]):
            after = next((near for near in words[i + 1 :] if near.kind not in {Kind.FILLER, Kind.OWN}), one)
        if unnamed and one.word[-1] in ends and (one.word[1:] or one.word == area or after.kind in _PREDICATE):
            out.append(one._replace(kind=Kind.OWN))
        elif other or (one.kind is Kind.OWN and throughout and one.word.endswith(_ITSELF)):
            out.append(one._replace(kind=Kind.UNKNOWN))
        elif done and after.kind is Kind.OBJECT and after.name != one.name:
            out.append(one._replace(kind=Kind.ACT, name=done))
        elif [near.kind for near in words[i : i + 3]] == [Kind.ACT, Kind.JOIN, Kind.LABEL]:
            out.append(one._replace(kind=Kind.UNKNOWN))  # 公开或部分公开: a row that is not named as such
        else:
            out.append(one)
    return out


@dataclass(slots=True)
class Clause:
    """A piece of a sentence between two marks; ``depth`` counts the brackets around it, ``mark`` stands before it."""

    depth: int = 0
    mark: str = ""
    tokens: list[Token] = field(default_factory=list)
    kinds: set[Kind] = field(default_factory=set)

    @property
    def counts(self) -> bool:
        """Whether it states a figure."""
        return not self.kinds.isdisjoint(_COUNTS)

    @property
    def words(self) -> str:
        """As it is written, up to where nobody reads on."""
        return "".join(one.word for one in self.tokens[:MOST_WORDS])

    @property
    def only_names(self) -> bool:
        """Whether it only names what the next one speaks of: 对不予公开的情形，一律说明理由."""
        kinds = [one.kind for one in self.tokens if one.kind is not Kind.FILLER]
        return self.words.endswith("的") or (self.tokens[0].word in _OF and kinds[-1:] == [Kind.THING])

    def add(self, one: Token) -> None:
        """Take a word in."""
        self.tokens.append(one)
        self.kinds.add(one.kind)


def clauses(sentence: Sequence[Token]) -> list[Clause]:
    """The clauses in the order they begin; what stands in brackets is a clause of its own, behind the one around it."""
    out: list[Clause] = [Clause()]
    open_ = [out[0]]
    for one in sentence:
        here = open_[-1]
        if one.kind not in _SEPARATE:
            here.add(one)
        elif one.word in {"（", "("}:
            out.append(Clause(depth=len(open_), mark=one.word))
            open_.append(out[-1])
        elif one.word in {"）", ")"}:
            if len(open_) > 1:
                open_.pop()
        elif _ends(here, one):
            out.append(Clause(depth=here.depth, mark=one.word))
            open_[-1] = out[-1]
            if one.kind is Kind.NO:
                out[-1].add(one)
        elif one.kind is not Kind.MARK:
            here.add(one)
    return [one for one in out if one.tokens]


def _ends(clause: Clause, at: Token) -> bool:
    """Whether a word or mark begins another clause."""
    if at.word in SEAMS or at.word == "、":
        opener = clause.kinds <= (_HEADS if at.word in "：:" else _OPENERS)
        return not opener and (at.word in SEAMS or clause.counts)
    if at.kind is Kind.JOIN:
        return clause.counts
    return at.kind is Kind.NO and {Kind.NO, Kind.OBJECT} <= clause.kinds


class Piece(NamedTuple):
    """A figure with the words before it that no other figure takes, and those behind it that belong to it."""

    before: list[Token]
    number: Token
    behind: list[Token]


def pieces(clause: Clause) -> Iterator[Piece]:
    """Each figure of a clause with its words."""
    places = [i for i, one in enumerate(clause.tokens) if one.kind in _COUNTS]
    start = 0
    for i, place in enumerate(places):
        before = clause.tokens[start:place]
        last = i + 1 == len(places)
        following = clause.tokens[place + 1 : len(clause.tokens) if last else places[i + 1]]
        taken = len(following) if last else _behind(before, following)
        start = place + 1 + taken
        yield Piece(before, clause.tokens[place], following[:taken])


def _behind(before: Sequence[Token], following: Sequence[Token]) -> int:
    """How many of the words between two figures belong to the first: its object, if none stands before it."""
    if any(one.kind in CONTENT for one in before):
        return 0
    if following and following[0].word in OUT_OF:
        return 1
    first = next((i for i, one in enumerate(following) if one.kind in CONTENT), None)
    return 0 if first is None else first + 1


def behind_both(several: Sequence[Clause]) -> dict[int, list[Token]]:
    """By the place of a clause: the words behind the figures of its list (自然人 5 件、科研机构 2 件未办结)."""
    out: dict[int, list[Token]] = {}
    for i in range(len(several) - 2, -1, -1):
        one, after = several[i], several[i + 1]
        listed = after.depth == one.depth and (after.mark not in SEAMS or after.mark in "，,") and after.counts
        if listed and Kind.COLUMN in one.kinds & after.kinds and not one.kinds & {Kind.ACT, Kind.LABEL}:
            number = next(j for j, word in enumerate(after.tokens) if word.kind in _COUNTS)
            words = after.tokens[number + 1 : MOST_WORDS] or out.get(i + 1, [])
            if any(word.kind in {Kind.ACT, Kind.LABEL} for word in words):
                out[i] = words
    return out


def denied(several: Sequence[Token]) -> tuple[list[Token], int]:
    """The words of a denial without what nobody understands in its list, which is denied as well; where it denies."""
    pairs = [*pairwise(several), (several[-1], several[-1])]
    known = [one for one, after in pairs if (one.kind, after.kind) != (Kind.UNKNOWN, Kind.JOIN)]
    if [one.kind for one in known[-2:]] == [Kind.JOIN, Kind.UNKNOWN]:
        del known[-2:]  # 未制定规范性文件和政策措施
    first = next(i for i, one in enumerate(known) if one.kind is Kind.NO)
    for i in range(first + 3, len(known)):  # 未发生诉讼或出现申诉
        if known[i].kind is Kind.ACT and (known[i - 1].kind, known[i - 2].kind) == (Kind.JOIN, Kind.OBJECT):
            known.insert(first + 1, known.pop(i))
    return known, first


class Said(NamedTuple):
    """What words are about: the objects named last, together, and the others; rows, columns, acts; and the rest."""

    objects: tuple[str, ...]
    others: frozenset[str]
    acts: frozenset[str]
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    years: tuple[int, ...]
    kinds: frozenset[Kind]
    residue: str
    reasons: tuple[str, ...]
    loose: bool
    themed: bool

    @property
    def only_who(self) -> bool:
        """Whether it is named who asked, and not what came of it."""
        return bool(self.columns) and not (self.acts or self.labels)


def said(several: Sequence[Token], brief: str) -> Said:
    """What words say; ``brief`` is the object whose short name is understood here.

    ``loose``: something is named as a cause and nothing comes of it. ``reasons``: rows named before those of
    ``labels`` (因信息不存在无法提供). ``themed``: the business is named besides the object.
    """
    known: list[Token] = []
    before: list[Kind] = [Kind.MARK]
    for one in several:
        same = one.kind is Kind.THING and before[-2:] in ([Kind.OBJECT, Kind.ACT], [Kind.OBJECT, Kind.JOIN])
        # 依申请公开事项申请: a short name behind the object itself.
        itself = one.kind is Kind.BRIEF and known and (known[-1].kind, known[-1].name) == (Kind.OBJECT, one.name)
        known.append(_resolved(one, Kind.MARK if itself else Kind.OBJECT if same else before[-1], brief))
        if one.word not in _LOOSE:
            before.append(known[-1].kind)
    cause = max((i for i, one in enumerate(known) if one.kind is Kind.CAUSE), default=-1)
    caused = cause >= 0 and any(one.kind is Kind.OBJECT for one in known[cause:])
    counted = known[cause + 1 :] if caused else known
    labels, reasons = _last_run(counted, Kind.LABEL)
    first = next((i for i, one in enumerate(known) if one.kind is Kind.CAUSE), cause)
    objects = _last_run(counted, Kind.OBJECT)[0]
    return Said(
        objects=objects,
        others=frozenset(one.name for one in known if one.kind is Kind.OBJECT) - set(objects),
        acts=frozenset(one.name for one in counted if one.kind is Kind.ACT),
        labels=labels,
        columns=tuple(dict.fromkeys(one.name for one in counted if one.kind is Kind.COLUMN)),
        years=tuple(int(one.name) for one in known[: first + 1] + known[cause + 1 :] if one.kind is Kind.YEAR),
        kinds=frozenset(one.kind for one in known),
        residue=_residue(known),
        reasons=() if any(one.word.startswith("等") for one in counted) else reasons,
        loose=cause >= 0 and not caused and not any(one.kind is Kind.LABEL for one in known[cause:]),
        themed=len({one.name for one in known if one.kind in {Kind.THEME, Kind.OBJECT}}) > 1,
    )


def _residue(known: Sequence[Token]) -> str:
    """The words that no list knows, those that stand side by side as one."""
    out, end = "", -1
    for one in known:
        if one.kind is Kind.UNKNOWN or (one.kind is Kind.THING and one.start == end):
            out += ("、" if out and one.start != end else "") + one.word
            end = one.end
    return out


def _resolved(one: Token, before: Kind, brief: str) -> Token:
    """A word with the one before it: a short name is the object at hand, or another; a 案件 by itself is another."""
    if one.kind is Kind.BRIEF:
        return one._replace(kind=Kind.OBJECT if one.name == brief and before not in _OF_ANOTHER else Kind.UNKNOWN)
    if one.kind is Kind.THING and before not in _NAMED:
        return one._replace(kind=Kind.UNKNOWN)
    return one


def _last_run(several: Sequence[Token], kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the last words of a kind that stand together, and those of the others before them."""
    places = [i for i, one in enumerate(several) if one.kind is kind]
    if not places:
        return (), ()
    run = [places[-1]]
    for place in reversed(places[:-1]):
        between = several[place + 1 : run[-1]]
        joined = all(one.kind in _BETWEEN for one in between) and any(one.kind is Kind.JOIN for one in between)
        same = several[place].name == several[run[-1]].name and all(one.kind is Kind.FILLER for one in between)
        if not joined and not same:
            break
        run.append(place)
    names = tuple(dict.fromkeys(several[i].name for i in reversed(run)))
    return names, tuple(dict.fromkeys(several[i].name for i in places[: -len(run)]))
