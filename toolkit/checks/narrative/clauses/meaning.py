"""What understood words may mean in the tables: expressions that a figure may equal; and what others leave of it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, product

from toolkit.checks.narrative.clauses.clause import Said
from toolkit.checks.narrative.clauses.tokens import Kind
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.vocabulary import EACH_COLUMN, Meaning, with_columns

#: Why a figure is not read.
NOT_COUNTED = "表中没有这个数"
ONE_WAY = "只说一种渠道"
PART = "只说其中一部分"
#: By how many years another year differs from the reporting year.
OFFSETS = {"last": -1, "next": 1}
#: Of figures of several objects named together so many combinations of readings are tried.
_MOST_READINGS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What a figure may mean: ``readings`` are expressions, ``list`` an open list. Empty: nothing, for ``why``.

    ``about`` are the objects, ``rows`` (``table.row``) and ``columns`` what it names of a table, ``wider`` rows it may
    mean besides. ``none``: the words say that the figure of the readings is 0, ``timely``: that it was done in time,
    ``left``: that it is still to be done. ``between``: the figure may lie between its readings. ``year``: of which year
    it is left.
    """

    rule: str = ""
    about: tuple[str, ...] = ()
    acts: frozenset[str] = frozenset()
    readings: tuple[str, ...] = ()
    list: str = ""
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    none: bool = False
    timely: bool = False
    left: bool = False
    between: bool = False
    year: str = ""
    why: str = ""

    def or_else(self, other: Sense) -> Sense:
        """The same sense, with the readings of another as well."""
        if not self.rule:
            return other
        return replace(self, readings=tuple(dict.fromkeys((*self.readings, *other.readings))))

    def also(self, rows: Sequence[str]) -> Sense:
        """The same sense, or the sum of other rows."""
        return replace(self, readings=(*self.readings, _sum(rows, self.columns)))


def _sum(rows: Sequence[str], columns: Sequence[str]) -> str:
    return " + ".join(f"{row}.{column}" for row in rows for column in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words stand: in which text, under which ``years`` (0: the reporting year), counted in which ``unit``.

    ``part``: of something named before. ``denied``: in a denial. ``following``: of all that the figure before counts.
    """

    text: str
    years: tuple[int, ...]
    part: bool = False
    unit: str = ""
    denied: bool = False
    following: bool = False


def senses(instrument: Instrument, one: Said, about: tuple[str, ...], place: Place) -> Sense:
    """What words about some objects mean."""
    known = instrument.language.vocabulary
    columns = _columns(one, known.all_columns)
    if one.labels:
        return _of_labels(instrument, one, about, place, columns)
    why = _mixed(instrument, one, about, place.unit)
    if why:
        return Sense(why=why)
    fitting = [[meaning for meaning in known.meanings.get(each, ()) if _fits(meaning, one, place)] for each in about]
    if not all(fitting):
        return Sense(why=_why(one, place))
    first = fitting[0][0]
    texts = ([with_columns(text, columns) for meaning in several for text in meaning.equals] for several in fitting)
    sums = dict.fromkeys(" + ".join(each) for each in islice(product(*texts), _MOST_READINGS))
    return Sense(
        rule=first.rule,
        about=about,
        acts=first.acts,
        readings=tuple(sums),
        list=first.list,
        columns=columns,
        none=first.all == "none",
        timely=Kind.TIMELY in one.kinds and not first.timely,
        left=first.timely,
        between=first.between,
        year=first.year,
    )


def _mixed(instrument: Instrument, one: Said, about: tuple[str, ...], unit: str) -> str:
    """Why words about these objects, counted in this unit, are not read; empty if they are."""
    objects = instrument.language.vocabulary.objects
    if not about:
        return "没有写明是什么的数"
    if any(unit and unit not in objects[each].units for each in about):
        return f"不是以“{unit}”计的"
    caused = one.others and not all(objects[each].caused for each in about)
    return "一处说了几件事" if caused or any(objects[each].caused for each in one.others) else ""


def _why(one: Said, place: Place) -> str:
    if place.years[-1] != 0:
        return "说的是别的年份"
    if place.part or Kind.TIMELY in one.kinds:
        return PART
    return "没有写明做了什么" if not one.acts else NOT_COUNTED


def _columns(one: Said, all_columns: str) -> tuple[str, ...]:
    if Kind.ANYONE in one.kinds or not one.columns:
        return (all_columns,)
    return tuple(column for name in one.columns for column in name.split("+"))


def _fits(meaning: Meaning, one: Said, place: Place) -> bool:
    """Whether the words say what a meaning asks for, and nothing else."""
    if meaning.labels or not meaning.acts <= one.acts <= meaning.acts | meaning.beside:
        return False
    part = place.part and not one.columns
    named = OFFSETS[meaning.year] in place.years if meaning.year else place.years[-1] == 0
    size = not (meaning.whole if part else meaning.part)
    themed = one.themed or place.denied or not meaning.themed
    in_time = Kind.TIMELY in one.kinds and (place.following or Kind.ALL not in one.kinds)
    timely = meaning.timely or not in_time or not place.following
    given = bool(meaning.acts or one.objects or one.columns) and (meaning.denied or not place.denied)
    split = not one.columns or any(EACH_COLUMN in text for text in meaning.equals)  # 企业的行政许可 is a part
    every = bool(meaning.all or one.columns) if place.following else meaning.all != "none"
    return named and size and themed and timely and given and every and split and _in_place(meaning, place)


def _in_place(meaning: Meaning, place: Place) -> bool:
    """Whether the frame is read in this text, with this unit."""
    counted = not meaning.units or place.following or place.unit in meaning.units
    return counted and (not meaning.texts or place.text in meaning.texts)


def _of_labels(
    instrument: Instrument, one: Said, about: tuple[str, ...], place: Place, columns: tuple[str, ...]
) -> Sense:
    """The sum of the rows that are named together."""
    known = instrument.language.vocabulary
    several = known.meanings.get(about[0], ()) if len(about) == 1 else ()
    meaning = next((meaning for meaning in several if meaning.labels), None)
    if meaning is None or not one.acts <= meaning.beside or not _in_place(meaning, place):
        return Sense(why=NOT_COUNTED)
    if place.years[-1] != 0:
        return Sense(why="说的是别的年份")
    named = [known.labels[label] for label in one.labels]
    rows = tuple(dict.fromkeys(row for label in named for row in label.rows))
    inner = tuple(dict.fromkeys(row for label in one.reasons for row in known.labels[label].rows))
    if one.reasons and not set(inner) < set(rows):
        return Sense(why="一处说了几件事")
    rows = inner or rows
    return Sense(
        rule=meaning.rule,
        about=(meaning.about,),
        acts=frozenset(one.labels),
        readings=(_sum(rows, columns),),
        rows=rows,
        columns=columns,
        wider=named[0].wider if len(named) == 1 else (),
    )


#: What has no meaning here.
SENSELESS = Sense()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFigure:
    """A figure that a text states about what a form counts, or why it is not read.

    ``words`` is its clause, ``place`` where it stands in the sentence; ``sense`` is what it may equal. ``denied``: the
    words say that there is none; ``implied``: they give the figure of the words before (均为部分公开), whose readings
    are ``basis`` if each of its own is a part of one of them. ``part``: it stands in a list of parts. ``beside``: what
    the sentence counts of the same besides, which the whole may include (办结 n 件，撤回 n 件).
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
    part: bool = False
    beside: Decimal = Decimal(0)
    unread: str = ""


def with_neighbours(found: Sequence[StatedFigure]) -> list[StatedFigure]:
    """The figures of a sentence, each with what the others leave for it; what one says alone no other one means."""
    read = [one.sense for one in found if one.sense.rule]
    single = {one.rows[0] for one in read if len(one.rows) == 1}
    partly = {one.unit for one in found if one.unread not in {"", ONE_WAY}}
    whole = [one for one in found if one.sense.rule and not one.part and not one.implied and not one.denied]
    alone = {one.sense.readings[0] for one in whole if len(one.sense.readings) == 1}
    besides = [one for one in found if one.unit and not one.part and (one.sense.rows or one.unread == NOT_COUNTED)]
    beside = sum((one.value for one in besides), Decimal(0))
    doubtful = {row for one in found if one.unread for row in one.sense.rows}
    out = []
    for one in found:
        sense = one.sense
        # 按期答复 n 件，延期答复 n 件
        timely = sense.timely and (one.unit in partly or (one.part and not any(other.left for other in read)))
        if timely or (sense.rule and sense.rows and set(sense.rows) < doubtful):
            out.append(replace(one, sense=SENSELESS, unread="只说按期的" if timely and not one.part else PART))
            continue
        besides_none = sense.rows or sense.left or one.part
        out.append(replace(one, sense=_left(sense, single, alone), beside=Decimal(0) if besides_none else beside))
    return out


def _left(sense: Sense, single: AbstractSet[str], alone: AbstractSet[str]) -> Sense:
    """What a sense may be where others name these rows and readings."""
    rest = [row for row in sense.rows if row not in single]
    if len(sense.rows) > 1 and rest and len(rest) < len(sense.rows):
        sense = sense.also(rest)
    if sense.wider and single.isdisjoint(sense.wider):
        sense = sense.also([*sense.rows, *sense.wider])
    free = tuple(text for text in sense.readings if text not in alone)
    return replace(sense, readings=free) if free and free != sense.readings and not sense.rows else sense
