"""A figure that a text states, and what the other figures of its sentence leave for it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal

from toolkit.checks.narrative.clauses.meaning import SENSELESS, Sense

#: Why a figure is not read.
NOT_COUNTED = "表中没有这个数"
ONE_WAY = "只说一种渠道"
PART = "只说其中一部分"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFigure:
    """A figure that a text states about what a form counts, or why it is not read.

    ``words`` is its clause, ``place`` where it stands in the sentence. It may equal any of the expressions
    ``sense.readings``, or the total of the open list ``sense.list``. ``denied``: the words say that there is none;
    ``implied``: they give the figure of the words before (均为部分公开); ``basis`` are the readings of those, where
    each of its own stands for a part of one of them (均为自然人). ``part``: it stands in a list of parts. ``beside`` is
    what the sentence counts of the same besides, which the whole may include (办结 n 件，撤回 n 件).
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
    """The figures of a sentence, each with what the others leave for it.

    A group beside rows of its own may be the rest of them; a wider sense holds only if nothing else names it. What
    another figure says alone is not meant by one with several readings (受理 n 件，办结 n 件).
    """
    read = [one.sense for one in found if one.sense.rule]
    single = {one.rows[0] for one in read if len(one.rows) == 1}
    partly = any(one.unread not in {"", ONE_WAY} for one in found)
    whole = [one for one in found if one.sense.rule and not one.part and not one.implied and not one.denied]
    alone = {one.sense.readings[0] for one in whole if len(one.sense.readings) == 1}
    besides = [one for one in found if one.unit and not one.part and (one.sense.rows or one.unread == NOT_COUNTED)]
    beside = sum((one.value for one in besides), Decimal(0))
    doubtful = {row for one in found if one.unread for row in one.sense.rows}
    out = []
    for one in found:
        sense = one.sense
        # 按期答复 n 件，延期答复 n 件
        timely = sense.timely and (partly or (one.part and not any(other.left for other in read)))
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
    return replace(sense, readings=free) if free and not sense.rows else sense
