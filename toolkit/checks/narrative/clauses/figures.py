"""What every figure of a text says: read clause by clause, with what the clauses before it were about.

A figure is read only if every word of its piece of the clause is understood. Else it says why it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from toolkit.checks.narrative.chinese import normalised, sentences
from toolkit.checks.narrative.clauses.clause import (
    MOST_WORDS,
    OUT_OF,
    SEAMS,
    Clause,
    Piece,
    Said,
    behind_both,
    clauses,
    denied,
    pieces,
    resolved,
    said,
)
from toolkit.checks.narrative.clauses.meaning import (
    NOT_COUNTED,
    OFFSETS,
    ONE_WAY,
    PART,
    SENSELESS,
    Place,
    Sense,
    StatedFigure,
    senses,
    with_neighbours,
)
from toolkit.checks.narrative.clauses.tokens import Kind, Token, dictionary, tokens
from toolkit.instrument.instrument import Instrument

_OF_DOCUMENTS = "说的可能是文件的类别"
_OTHER_TIME = "说的是别的时间"
#: So many figures a word like 均维持 may be about.
_TOGETHER = 3
_TELLING = frozenset({Kind.NO, Kind.OBJECT, Kind.BRIEF})
#: That something is done; 已办结的 and 已办结的申请 only say which.
_SETTLED = re.compile("(?:现|目前|当年|年底前|并)?已(?!.*的(?:申请|件)?$)")


@lru_cache(maxsize=512)
def figures_of(instrument: Instrument, name: str, text: str, body: str, year: str) -> tuple[StatedFigure, ...]:
    """Every figure with a counting unit in the text ``name`` of a body, and every denial, in order."""
    out: list[StatedFigure] = []
    told = dictionary(instrument).told
    for line in normalised(text).split("\n"):
        reader, several = _Line(instrument, name, body, year), sentences(line)
        last = max((i for i, sentence in enumerate(several) if told.search(sentence)), default=-1)
        for i, sentence in enumerate(several):
            if i <= last or reader.before:  # what is left tells of no figure of its own, and of none before it
                out += reader.read(sentence)
    left = {text for one in out if one.value and one.sense.rule for text in one.sense.readings}
    # 均已办结 means all but those that the text itself names.
    return tuple(one for one in out if not (one.sense.none and left.issuperset(one.sense.readings)))


class _Line:
    """Reads the sentences of a line of text; what one of them is about holds for the next.

    ``topic``: what a figure counts that does not say so (None: something else); ``brief``: what short names mean.
    ``row``: what the figure before says that is more than who asked; ``of``: what parts are listed of. ``behind``:
    words behind a list. ``faded``: the text's own object is lost to mere words, no other thing was counted since.
    ``rows``: the labels that it has named. ``joined``: the clause goes on with a list. ``year_of_line``: the year that
    the last sentence opened with.
    """

    def __init__(self, instrument: Instrument, name: str, body: str, year: str) -> None:
        self.instrument, self.name, self.body, self.reporting = instrument, name, body, year
        self.known = instrument.language.vocabulary
        home = next((one for one, about in self.known.objects.items() if name in about.home), "")
        self.topic: str | None = home
        self.home = self.brief = home
        self.faded = self.listed = self.several = self.which = self.failed = self.joined = False
        self.year = self.year_of_line = 0
        self.acts: frozenset[str] = frozenset()
        self.rows: frozenset[str] = frozenset()
        self.last = self.elsewhen = ""
        self.before: list[StatedFigure] = []
        self.behind: list[Token] = []
        self.row: tuple[Said, Sense] | None = None
        self.of, self.one_way = SENSELESS, False

    def read(self, sentence: str) -> Iterator[StatedFigure]:
        """The figures of a sentence."""
        self.year = self.year_of_line
        self.which, self.acts, self.failed, self.last, self.elsewhen = False, frozenset(), False, "", ""
        found: list[StatedFigure] = []
        words = resolved(tokens(self.instrument, sentence, self.reporting, self.body), self.body, self.known.objects)
        self.rows |= {one.name for one in words if one.kind is Kind.LABEL}
        several = clauses(words)
        behind = {id(several[i]): tail for i, tail in behind_both(several).items()}
        self.row = self.row if self.row and self.row[1].rule else None
        self.of, self.one_way = SENSELESS, False
        for clause in several:
            self.turn(clause, opening=clause is several[0])
            self.joined = clause.mark not in SEAMS
            self.behind = behind.get(id(clause), [])
            if len(clause.tokens) > MOST_WORDS:
                found += [self.unread(sentence, clause, one, "句子太长") for one in clause.tokens if one.unit]
            elif clause.counts:
                counts = (one for one in pieces(clause) if one.number.kind is Kind.NUMBER)
                found += [self.figure(sentence, clause, one) for one in counts]
            elif clause.depth and clause.kinds & {Kind.SOME_OF_YEAR, Kind.YEAR, Kind.WHICH} and found:
                found[-1] = self.dated(found[-1], clause)
            else:
                found += self.plain(sentence, clause)
        yield from with_neighbours(found) if found else ()

    def dated(self, figure: StatedFigure, clause: Clause) -> StatedFigure:
        """A figure with another time, or other things, in brackets: n 件（2019 年以来）, 文件（含上级文件）n 件."""
        if Kind.WHICH in clause.kinds and Kind.UNKNOWN in clause.kinds and clause.tokens[0].start < figure.place:
            return replace(figure, sense=SENSELESS, unread=NOT_COUNTED)
        included = Kind.WHICH in clause.kinds and Kind.UNKNOWN not in clause.kinds  # 办结 n 件（含上年结转）
        if Kind.SOME_OF_YEAR not in clause.kinds and (included or self.said(clause.tokens).years in {(), (0,)}):
            return figure
        return replace(figure, sense=SENSELESS, unread=figure.unread or _OTHER_TIME)

    def said(self, several: Sequence[Token]) -> Said:
        """What words are about, with what was said before."""
        out = said(several, self.brief)
        return out._replace(themed=True) if self.topic else out

    def turn(self, clause: Clause, *, opening: bool) -> None:
        """What its beginning changes: the year (inside a sentence to its end), and whether parts are listed."""
        first = clause.tokens[0]
        head = next((one.kind for one in clause.tokens if one.kind is not Kind.FILLER), Kind.MARK)
        if clause.depth:
            return
        if first.kind in {Kind.ANEW, Kind.OWN, Kind.YEAR}:
            self.which = False
            if self.one_way and self.faded:  # 网上 5 件、快递 3 件，合计 8 件
                self.topic = self.brief = self.home
        if clause.kinds & {Kind.WHICH, Kind.EXCEPT}:
            self.which = True
        if head is Kind.SOME_OF_YEAR:
            self.elsewhen = _OTHER_TIME
        elif first.kind is Kind.YEAR or first.word.startswith("全年"):
            self.elsewhen = ""
        if not clause.counts and any(one.word == "以来" for one in clause.tokens):
            self.elsewhen = _OTHER_TIME  # 自 2008 年条例施行以来，
        if first.kind is Kind.YEAR and not self._of_a_year(clause):
            self.year = int(first.name)
            self.year_of_line = self.year if opening else self.year_of_line

    def _of_a_year(self, clause: Clause) -> bool:
        """Whether the year belongs to an act of the clause (上年结转) and says nothing of what follows."""
        acts = {one.name for one in clause.tokens if one.kind is Kind.ACT}
        by, several = int(clause.tokens[0].name), chain.from_iterable(self.known.meanings.values())
        return any(one.year and OFFSETS[one.year] == by and one.acts <= acts for one in several)

    @staticmethod
    def unread(sentence: str, clause: Clause, one: Token, why: str) -> StatedFigure:
        return StatedFigure(
            sentence=sentence,
            words=clause.words,
            place=one.start,
            value=one.value,
            unit=one.unit,
            exact=one.exact,
            unread=why,
        )

    def figure(self, sentence: str, clause: Clause, piece: Piece) -> StatedFigure:
        """What a figure says; what it is about holds for the clauses behind it."""
        out = self.unread(sentence, clause, piece.number, "")
        piece = self.taken_out(piece)
        front = self.said(piece.before)
        whole = self.said([*piece.before, *piece.behind]) if piece.behind else front
        part = self.which or clause.depth > 0 or Kind.REST in whole.kinds
        why = "约数" if not out.exact or Kind.ROUGH in whole.kinds else _unclear(whole) or self.elsewhen
        if why:
            named = tuple(row for label in whole.labels for row in self.known.labels[label].rows)
            out = replace(out, part=part, sense=Sense(rows=named), unread=why)
        else:
            sense = self.meant(front, whole, part=part, unit=piece.number.unit)
            if whole.only_who:
                sense = self.of_row(whole, sense, piece)
            elif self.which and self.of_part(piece.number, whole):
                sense = Sense(why=PART)  # 上年结转的 5 件中，办结 4 件
            out = replace(out, part=part, sense=sense, unread="" if sense.rule else sense.why or NOT_COUNTED)
        self.after(whole, out, part=part, depth=clause.depth)
        self.which = self.which or any(one.word in OUT_OF for one in piece.behind[:2])
        return out

    def of_part(self, number: Token, whole: Said) -> bool:
        """Whether a figure is of some only, and not more than these: 新收 9 件，上年结转 2 件，其中公开 7 件."""
        if self.before and self.before[-1].sense == self.of and number.value > self.before[-1].value:
            self.of = SENSELESS
        return bool(self.of.year or self.of.left or (self.of.rows and not whole.labels))

    def taken_out(self, piece: Piece) -> Piece:
        """A piece without the words before it that say of what it is a part: 新收申请中有 7 件结转."""
        at = max((i for i, one in enumerate(piece.before) if one.word in OUT_OF), default=-1)
        opened = at >= 0 and self.opened(piece.before[:at], at=at)
        return piece._replace(before=piece.before[at + 1 :]) if opened else piece

    def opened(self, several: Sequence[Token], *, at: int) -> bool:
        """Whether words say of what parts follow; they hold for the figures behind them."""
        whole = self.said(several)
        if at and (not (whole.acts or whole.labels or whole.objects) or _unclear(whole)):
            return False
        self.which = True
        if at:
            self.of = self.meaning(whole, part=False, unit="")
            self.row = whole, self.of
            self.topic = whole.objects[-1] if whole.objects else self.topic
        return True

    def of_row(self, whole: Said, sense: Sense, piece: Piece) -> Sense:
        """What a figure for some who asked is besides: their part of what the figure before counts."""
        unit = piece.number.unit
        if self.behind:
            tail = self.said([*piece.before, *piece.behind, *self.behind])
            both = Sense(why=PART) if _unclear(tail) else self.meaning(tail, part=False, unit=unit)
            return both.or_else(sense) if both.rule else both
        if self.row is None:
            return sense
        row, known = self.row
        if not known.rule or (self.one_way and self.which):
            return Sense(why=PART)
        row = row._replace(columns=whole.columns, kinds=whole.kinds)
        return self.meaning(row, part=False, unit=unit).or_else(sense)

    def narrow(self, sense: Sense) -> bool:
        """Whether a figure counts only what some applicants asked for."""
        return bool(sense.columns) and sense.columns != (self.known.all_columns,)

    def about(self, one: Said) -> tuple[str, ...]:
        """What words without an object are about; of several rows named, after mere words, the home."""
        own = self.faded and len(self.rows) > 1 and (one.labels or any(one.years))
        topic = self.topic or (self.home if own else "")
        return one.objects or ((topic,) if topic else ())

    def meant(self, front: Said, whole: Said, *, part: bool, unit: str) -> Sense:
        """The sense of a figure."""
        behind = not (front.objects or front.labels or front.columns) and (
            whole.objects or whole.labels or whole.columns
        )
        several = [whole] if behind or not (front.acts or front.objects or front.labels) else [front, whole]
        sense = SENSELESS
        for one in several:
            if self.topic is None and not self.about(one):
                return Sense(why="没有写明是什么的数")
            sense = sense.or_else(self.meaning(one, part=part, unit=unit))
        return sense

    def meaning(self, one: Said, *, part: bool, unit: str) -> Sense:
        """The sense of words; what they do may have been said before (制发规章 1 件、规范性文件 2 件)."""
        about = self.about(one)
        place = Place(text=self.name, years=one.years or (self.year,), part=part, unit=unit)
        home = any(self.known.objects[each].home for each in one.objects) and not one.acts
        if home and self.last and self.last not in about and not self.known.objects[self.last].caused:
            return Sense(why=_OF_DOCUMENTS)  # 主动公开 n 件、依申请公开 n 件
        own = senses(self.instrument, one, about, place)
        summed = self.one_way and Kind.ANEW in one.kinds
        # 公开许可决定 n 件、处罚决定 m 件: of both it is said that they are published.
        shared = self.joined and self.failed and one.acts < self.acts
        if (one.acts and not shared) or not (one.objects or summed) or not self.acts:
            return own
        also = senses(self.instrument, one._replace(acts=self.acts), about, place)
        return Sense(why=also.why) if self.failed and not also.rule else own.or_else(also)

    def after(self, whole: Said, out: StatedFigure, *, part: bool, depth: int) -> None:
        lost = whole.residue or (Kind.WAY in whole.kinds and not whole.objects)
        if (lost and not part) or out.unread == _OF_DOCUMENTS:
            # 网上 5 件、信函 3 件 are still the same business.
            still = Kind.WAY in whole.kinds or whole.labels
            self.faded = bool(still and (self.faded or (self.home and self.topic == self.home)))
            self.topic, self.brief = None, self.home if self.faded else ""
        elif whole.objects and not whole.residue and not depth:
            self.topic = self.brief = whole.objects[-1]
        self.last = whole.objects[-1] if whole.objects else self.last
        if whole.acts:
            self.acts, self.failed = whole.acts, not out.sense.rule
        ways = Kind.WAY in whole.kinds and not whole.acts
        self.one_way = ways or (self.one_way and whole.only_who)
        if not (whole.only_who or ways or Kind.CHANGE in whole.kinds) and (out.sense.rule or not depth):
            self.row = whole, SENSELESS if out.unread else out.sense
            self.of = self.of if part else self.row[1]
        many, self.listed = self.listed, bool(out.sense.rows) or self.narrow(out.sense)
        self.several = many and self.listed
        if not depth and not part:
            self.before = [*(self.before[1 - _TOGETHER :] if self.beside(out) else ()), out] if out.sense.rule else []
        elif whole.objects and not depth and out.sense.rule:
            self.before = [out]  # 诉讼 3 件，其中直接起诉 2 件，均未审结

    def beside(self, out: StatedFigure) -> bool:
        """Whether a figure and those before it are each of what comes of something (复议 1 件、诉讼 2 件)."""
        abouts = [one.sense.about for one in (*self.before, out)]
        caused = (self.known.objects[each].caused for each in chain.from_iterable(abouts))
        return len(set(abouts)) == len(abouts) and all(caused)

    def plain(self, sentence: str, clause: Clause) -> Iterator[StatedFigure]:
        """A clause without a figure: a denial, or something about the figure before it."""
        if Kind.UNKNOWN in clause.kinds and clause.kinds.isdisjoint(_TELLING) and clause.tokens[-1].word not in OUT_OF:
            # As most clauses do, it speaks of something that nobody counts, unless of all of what was counted.
            if not (clause.depth or clause.tokens[0].kind is Kind.ALL):
                self.faded, self.topic = self.faded or bool(self.home and self.topic == self.home), None
            return
        whole = self.said(clause.tokens)
        if Kind.NO in clause.kinds:
            yield from self.denial(sentence, clause)
        elif clause.tokens[-1].word in OUT_OF and self.opened(clause.tokens[:-1], at=len(clause.tokens) - 1):
            return
        elif not _unclear(whole):
            yield from self.following(sentence, clause, whole)
        plain = not any(about.home or about.caused for about in map(self.known.objects.__getitem__, whole.objects))
        own = whole.objects == (self.home,) and whole.kinds.isdisjoint({Kind.CAUSE, Kind.EXCEPT, Kind.REST})
        if whole.objects and (plain or own or not whole.residue):
            self.topic = self.brief = whole.objects[-1]
        elif whole.residue and not clause.depth:
            self.faded = self.faded or bool(self.home and self.topic == self.home)
            self.topic = None

    def denial(self, sentence: str, clause: Clause) -> Iterator[StatedFigure]:
        """What a clause says that there is none of. It must say nothing else: any further word may make it less."""
        known, first = denied(clause.tokens)
        rest = known[first + 1 :]
        whole = self.said(known)
        about = whole.objects or (self.about(whole) if whole.years or whole.labels else ())
        last = max((i for i, one in enumerate(rest) if one.kind in {Kind.OBJECT, Kind.BRIEF}), default=-1)
        narrowed = whole.kinds & {Kind.EXCEPT, Kind.REST, Kind.COLUMN, Kind.WHICH, Kind.SOMEONE}
        narrowed |= {one.kind for one in rest} & {Kind.NO}
        why = _unclear(whole._replace(kinds=whole.kinds - {Kind.NO})) or self.elsewhen
        narrowed |= {Kind.LABEL} & whole.kinds if not whole.labels else set()
        if not why and (narrowed or clause.tokens[-1].word == "的" or clause.depth):
            why = PART
        tail = {one.kind for one in rest[last + 1 :] if last >= 0}
        if not why and tail - {Kind.FILLER, Kind.THING, Kind.ACT, Kind.JOIN, Kind.YEAR}:
            why = "后面的话可能改变意思"
        out = self.unread(sentence, clause, known[first], why)
        place = Place(text=self.name, years=whole.years or (self.year,), denied=True)
        for one in about:
            # 未收到和处理: neither of them.
            apart = [frozenset({act}) for act in sorted(whole.acts)] if Kind.JOIN in whole.kinds else []
            tried = (senses(self.instrument, whole._replace(acts=acts), (one,), place) for acts in (whole.acts, *apart))
            meant = () if why else {found.readings: found for found in tried if found.rule}.values()
            for sense in meant or (SENSELESS,):
                yield replace(out, denied=True, sense=sense, unread=why or ("" if sense.rule else NOT_COUNTED))

    def following(self, sentence: str, clause: Clause, whole: Said) -> Iterator[StatedFigure]:
        """``，均为部分公开``, ``，结果均维持``, ``，均已办结``: something about all that the figure before counts."""
        if whole.kinds & {Kind.REST, Kind.EXCEPT, Kind.WHICH} or whole.objects[1:] or clause.only_names:
            return
        if self.several and (whole.labels or whole.columns):
            return  # 信访类 6 件、重复申请 3 件，均不予处理: of the last one, or of all of them
        bare = whole.labels and (clause.depth or clause.tokens[0].kind is Kind.FILLER)
        every = bare or (Kind.ALL in clause.kinds and not (clause.depth and not whole.columns))
        if not every and (clause.depth or not _SETTLED.match(clause.words)):
            return
        before: Sequence[StatedFigure | None] = (self.before[-1:] if whole.objects else self.before) or [None]
        for one in before:
            # 收到 5 件，已按程序办理: without 均, only that none is left.
            yield from (out for out in self.of_all(sentence, clause, whole, one) if every or out.sense.none)

    def of_all(self, sentence: str, clause: Clause, whole: Said, figure: StatedFigure | None) -> Iterator[StatedFigure]:
        """The same about one figure."""
        before = figure.sense if figure else SENSELESS
        about = whole.objects or before.about
        same = whole._replace(acts=before.acts) if whole.columns and not whole.acts else whole
        place = Place(text=self.name, years=whole.years or (self.year,), following=True)
        sense = senses(self.instrument, same, about, place)
        # 上年结转 5 件，全部办结; 商业企业 8 件，均已办结: of these only.
        some = before.year or self.narrow(before)
        if not sense.rule or (sense.none and (Kind.TIMELY in whole.kinds or self.which or some)):
            return
        if self.elsewhen or (not sense.none and (figure is None or about != before.about)):
            return
        out = self.unread(sentence, clause, clause.tokens[0], "")
        basis = before.readings if whole.columns and len(before.readings) == len(sense.readings) else ()
        if figure is not None and not sense.none:
            out = replace(out, value=figure.value, unit=figure.unit)
        self.which = self.which and bool(sense.none)
        yield replace(out, sense=sense, implied=True, basis=basis)


def _unclear(whole: Said) -> str:
    """Why words are not understood as the whole of the reporting year, if so."""
    reasons = {Kind.SOME_OF_YEAR: _OTHER_TIME, Kind.CHANGE: "是增减的数", Kind.WAY: ONE_WAY, Kind.NO: "有否定的词"}
    if whole.residue:
        return f"没有读懂“{whole.residue}”"
    if Kind.EACH in whole.kinds and Kind.OWN not in whole.kinds:
        return "说的可能是别的单位"
    if whole.loose:
        return "一处说了几件事"
    return next((why for kind, why in reasons.items() if kind in whole.kinds), "")
