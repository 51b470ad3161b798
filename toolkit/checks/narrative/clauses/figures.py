"""What every figure of a text says: read clause by clause, with what the clauses before it were about.

A figure is read only if every word of its piece of the clause is understood. Else it says why it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from toolkit.checks.narrative.chinese import normalised, sentences
from toolkit.checks.narrative.clauses.clause import MOST_WORDS, Clause, Piece, Said, clauses, pieces, said
from toolkit.checks.narrative.clauses.lexicon import Kind
from toolkit.checks.narrative.clauses.meaning import OFFSETS, SENSELESS, Place, Sense, senses
from toolkit.checks.narrative.clauses.tokens import AREAS, Token, area_of, ends_of, tokens
from toolkit.instrument.instrument import Instrument

_SHORTEST_NAME = 2
_OF_DOCUMENTS = "说的可能是文件的类别"
_NOT_COUNTED = "表中没有这个数"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFigure:
    """A figure that a text states about what a form counts, or why it is not read.

    ``words`` is its clause, ``place`` where it stands in the sentence. It may equal any of the expressions
    ``sense.readings``, or the total of the open list ``sense.list``. ``denied``: the words say that there is none;
    ``implied``: they give the figure of the words before (均为部分公开); ``basis`` are the readings of those, where
    each of its own stands for a part of one of them (均为自然人).
    """

    sentence: str
    words: str
    place: int
    value: Decimal
    unit: str
    exact: bool = True
    sense: Sense = SENSELESS
    denied: bool = False
    implied: bool = False
    basis: tuple[str, ...] = ()
    unread: str = ""


@lru_cache(maxsize=64)
def figures_of(instrument: Instrument, name: str, text: str, body: str, year: str) -> tuple[StatedFigure, ...]:
    """Every figure with a counting unit in the text ``name`` of a body, and every denial, in order."""
    out: list[StatedFigure] = []
    for line in normalised(text).splitlines():
        reader = _Line(instrument, name, body, year)
        for sentence in sentences(line):
            out += reader.read(sentence)
    left = {text for one in out if one.value and one.sense.rule for text in one.sense.readings}
    # 均已办结 means all but those that the text itself names.
    return tuple(one for one in out if not (one.sense.none and left.issuperset(one.sense.readings)))


class _Line:
    """Reads the sentences of a line of text; what one of them is about holds for the next.

    ``topic``: what a figure counts that does not say so (None: something else); ``brief``: what short names mean.
    """

    def __init__(self, instrument: Instrument, name: str, body: str, year: str) -> None:
        self.instrument, self.name, self.body, self.reporting = instrument, name, body, year
        objects = instrument.language.vocabulary.objects
        home = next((one for one, about in objects.items() if name in about.home), "")
        self.topic: str | None = home
        self.brief = home
        self.year = 0
        self.area = area_of(body)
        self.which = False
        self.acts: frozenset[str] = frozenset()
        self.failed = False
        self.last = ""
        self.before: StatedFigure | None = None

    def read(self, sentence: str) -> Iterator[StatedFigure]:
        """The figures of a sentence."""
        self.which, self.acts, self.failed, self.last = False, frozenset(), False, ""
        found: list[StatedFigure] = []
        for clause in clauses([self.own(one) for one in tokens(self.instrument, sentence, self.reporting, self.body)]):
            self.turn(clause)
            if len(clause.tokens) > MOST_WORDS:
                found += [self.unread(sentence, clause, one, "句子太长") for one in clause.tokens if one.unit]
            elif clause.counts:
                found += [
                    self.figure(sentence, clause, one) for one in pieces(clause) if one.number.kind is Kind.NUMBER
                ]
            else:
                found += self.plain(sentence, clause)
        yield from with_neighbours(found)

    def own(self, one: Token) -> Token:
        """A word that is (a short form of) the body's own name; or an area that is not the body's."""
        unnamed = one.kind in {Kind.UNKNOWN, Kind.EACH} and len(one.word) >= _SHORTEST_NAME
        if unnamed and one.word[-1] in ends_of(self.body) and _within(one.word, self.body):
            return one._replace(kind=Kind.OWN)
        if one.kind is Kind.OWN and one.word[-1] in AREAS and self.body and one.word[-1] != self.area:
            return one._replace(kind=Kind.UNKNOWN)
        return one

    def said(self, several: Sequence[Token]) -> Said:
        """What words are about, with what was said before."""
        out = said(several, self.brief)
        return out._replace(themed=True) if self.topic else out

    def turn(self, clause: Clause) -> None:
        """What the beginning of a clause changes: the year, and whether parts of something are listed."""
        first = clause.tokens[0]
        if clause.depth:
            return
        if first.kind in {Kind.ANEW, Kind.OWN, Kind.YEAR}:
            self.which = False
        if clause.kinds & {Kind.WHICH, Kind.EXCEPT}:
            self.which = True
        if first.kind is Kind.YEAR and not self._of_a_year(clause):
            self.year = int(first.name)

    def _of_a_year(self, clause: Clause) -> bool:
        """Whether the year belongs to an act of the clause (上年结转) and says nothing of what follows."""
        acts = {one.name for one in clause.tokens if one.kind is Kind.ACT}
        several = self.instrument.language.vocabulary.meanings.values()
        by = int(clause.tokens[0].name)
        return any(
            one.year and OFFSETS[one.year] == by and one.acts <= acts for meanings in several for one in meanings
        )

    @staticmethod
    def unread(sentence: str, clause: Clause, one: Token, why: str) -> StatedFigure:
        value = one.value if one.value is not None else Decimal(0)
        return StatedFigure(
            sentence=sentence,
            words=clause.words,
            place=one.start,
            value=value,
            unit=one.unit,
            exact=one.exact,
            unread=why,
        )

    def figure(self, sentence: str, clause: Clause, piece: Piece) -> StatedFigure:
        """What a figure says; what it is about holds for the clauses behind it."""
        out = self.unread(sentence, clause, piece.number, "")
        front, whole = self.said(piece.before), self.said([*piece.before, *piece.behind])
        part = self.which or clause.depth > 0 or Kind.REST in whole.kinds
        why = "约数" if not out.exact or Kind.ROUGH in whole.kinds else _unclear(whole)
        if why:
            out = replace(out, unread=why)
        else:
            sense = self.meant(front, whole, part=part, unit=piece.number.unit)
            out = replace(out, sense=sense, unread="" if sense.rule else sense.why or _NOT_COUNTED)
        self.after(whole, out, part=part, depth=clause.depth)
        return out

    def meant(self, front: Said, whole: Said, *, part: bool, unit: str) -> Sense:
        """The sense of a figure."""
        behind = not (front.objects or front.labels or front.columns) and (
            whole.objects or whole.labels or whole.columns
        )
        several = [whole] if behind or not (front.acts or front.objects or front.labels) else [front, whole]
        sense = SENSELESS
        for one in several:
            if self.topic is None and not one.objects:
                return Sense(why="没有写明是什么的数")
            sense = sense.or_else(self.meaning(one, part=part, unit=unit))
        return sense

    def meaning(self, one: Said, *, part: bool, unit: str) -> Sense:
        """The sense of words; what they do may have been said before (制发规章 1 件、规范性文件 2 件)."""
        about = one.objects or ((self.topic,) if self.topic else ())
        place = Place(text=self.name, years=self.effective(one), part=part, unit=unit)
        objects = self.instrument.language.vocabulary.objects
        home = any(objects[each].home for each in one.objects) and not one.acts
        if home and self.last and self.last not in about and not objects[self.last].caused:
            return Sense(why=_OF_DOCUMENTS)  # 主动公开 n 件、依申请公开 n 件
        own = senses(self.instrument, one, about, place)
        if one.acts or not one.objects or not self.acts:
            return own
        also = senses(self.instrument, one._replace(acts=self.acts), about, place)
        return Sense(why=also.why) if self.failed and not also.rule else own.or_else(also)

    def effective(self, one: Said) -> tuple[int, ...]:
        return one.years or (self.year,)

    def after(self, whole: Said, out: StatedFigure, *, part: bool, depth: int) -> None:
        lost = whole.residue or (Kind.WAY in whole.kinds and not whole.objects)
        if (lost and not part) or out.unread == _OF_DOCUMENTS:
            self.topic, self.brief = None, ""
        elif whole.objects and not whole.residue and not depth:
            self.topic = self.brief = whole.objects[-1]
        self.last = whole.objects[-1] if whole.objects else self.last
        if whole.acts:
            self.acts, self.failed = whole.acts, not out.sense.rule
        if not depth and not part:
            self.before = out if out.sense.rule else None

    def plain(self, sentence: str, clause: Clause) -> Iterator[StatedFigure]:
        """A clause without a figure: a denial, or something about the figure before it."""
        whole = self.said(clause.tokens)
        if Kind.NO in clause.kinds:
            yield from self.denial(sentence, clause)
        elif not clause.depth and not _unclear(whole):
            yield from self.following(sentence, clause, whole)
        if whole.objects and not whole.residue:
            self.topic = self.brief = whole.objects[-1]
        elif whole.residue:
            self.topic = None

    def denial(self, sentence: str, clause: Clause) -> Iterator[StatedFigure]:
        """What a clause says that there is none of. It must say nothing else: any further word may make it less."""
        first = next(i for i, one in enumerate(clause.tokens) if one.kind is Kind.NO)
        rest = clause.tokens[first + 1 :]
        whole = self.said(clause.tokens)
        if not whole.objects:
            return
        last = max((i for i, one in enumerate(rest) if one.kind in {Kind.OBJECT, Kind.BRIEF}), default=-1)
        narrowed = whole.kinds & {Kind.EXCEPT, Kind.REST, Kind.COLUMN, Kind.LABEL, Kind.WHICH, Kind.SOMEONE}
        narrowed |= {one.kind for one in rest} & {Kind.NO}
        why = _unclear(whole._replace(kinds=whole.kinds - {Kind.NO}))
        if not why and (narrowed or clause.tokens[-1].word == "的" or clause.depth):
            why = "只说其中一部分"
        if not why and any(
            one.kind not in {Kind.FILLER, Kind.THING, Kind.ACT} for one in rest[last + 1 :] if last >= 0
        ):
            why = "后面的话可能改变意思"
        out = self.unread(sentence, clause, clause.tokens[first], why)
        place = Place(text=self.name, years=self.effective(whole), denied=True)
        for one in whole.objects:
            sense = SENSELESS
            if not why:
                sense = senses(self.instrument, whole, (one,), place)
            yield replace(
                out, denied=True, sense=sense, unread=why or ("" if sense.rule else sense.why or _NOT_COUNTED)
            )

    def following(self, sentence: str, clause: Clause, whole: Said) -> Iterator[StatedFigure]:
        """``，均为部分公开``, ``，结果均维持``, ``，均已办结``: something about all that the figure before counts."""
        if whole.kinds & {Kind.REST, Kind.EXCEPT, Kind.WHICH} or whole.objects[1:]:
            return
        if not (Kind.ALL in clause.kinds or (whole.labels and clause.tokens[0].kind is Kind.FILLER)):
            return
        before = self.before.sense if self.before else SENSELESS
        about = whole.objects or before.about
        same = whole._replace(acts=before.acts) if whole.columns and not whole.acts else whole
        place = Place(text=self.name, years=self.effective(whole), following=True)
        sense = senses(self.instrument, same, about, place)
        if not sense.rule or (sense.none and (Kind.TIMELY in whole.kinds or self.which)):
            return
        if not sense.none and (self.before is None or about != before.about):
            return
        out = self.unread(sentence, clause, clause.tokens[0], "")
        basis = before.readings if whole.columns and len(before.readings) == len(sense.readings) else ()
        if self.before is not None and not sense.none:
            out = replace(out, value=self.before.value, unit=self.before.unit)
        yield replace(out, sense=sense, implied=True, basis=basis)


def _unclear(whole: Said) -> str:
    """Why words are not understood as the whole of the reporting year, if so."""
    reasons = {
        Kind.SOME_OF_YEAR: "说的是别的时间",
        Kind.CHANGE: "是增减的数",
        Kind.WAY: "只说一种渠道",
        Kind.NO: "有否定的词",
    }
    if whole.residue:
        return f"没有读懂“{whole.residue}”"
    if Kind.EACH in whole.kinds and Kind.OWN not in whole.kinds:
        return "说的可能是别的单位"
    if whole.loose:
        return "一处说了几件事"
    return next((why for kind, why in reasons.items() if kind in whole.kinds), "")


def _within(word: str, name: str) -> bool:
    """Whether the characters of a word stand in a name in the same order."""
    rest = iter(name)
    return all(c in rest for c in word)


def with_neighbours(found: Sequence[StatedFigure]) -> list[StatedFigure]:
    """The figures of a sentence, each with what the others leave for it.

    A group beside rows of its own may be the rest of them; a wider sense holds only if nothing else names it.
    """
    named = [one.sense for one in found if one.sense.rows]
    single = {rows[0] for rows in (one.rows for one in named) if len(rows) == 1}
    out = []
    partly = any(one.unread for one in found)
    for one in found:
        sense = one.sense
        if sense.timely and partly:  # 按期答复 n 件，延期答复 n 件
            out.append(replace(one, sense=SENSELESS, unread="只说按期的"))
            continue
        rest = [row for row in sense.rows if row not in single]
        if len(sense.rows) > 1 and rest and len(rest) < len(sense.rows):
            sense = sense.also(rest)
        if sense.wider and single.isdisjoint(sense.wider):
            sense = sense.also([*sense.rows, *sense.wider])
        out.append(one if sense is one.sense else replace(one, sense=sense))
    return out
