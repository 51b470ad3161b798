"""Texts that are nearly the same: as another unit's, or as the unit's own of last year.

Two texts are alike if the runs of five characters that they share are at least nine in ten of all that the shorter one
has (containment) and it is no mere passage of the longer one; texts that are the same throughout (Jaccard) are among
them. Before two are compared stand two filters that lose no pair. Prefix filtering (S. Chaudhuri et al., A primitive
operator for similarity joins in data cleaning, ICDE 2006): the longer text holds one of the rarest runs of the shorter
one. Bitmap filtering (E. F. O. Sandes et al., Bitmap filter, Information Systems 88, 2020): a bit that it lacks is a
run that it lacks. MinHash would lose pairs: a text within one three times as long has a Jaccard likeness of 0.3.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import reduce
from math import ceil
from operator import or_
from typing import TypeVar

from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.returns import Submission
from toolkit.model.sentences import worded

LEAST = 0.9
#: A shorter text is a phrase that many may have in common.
SHORTEST = 60
#: A text that is so many times as long as another only quotes it.
MOST_TIMES = 3
_RUN = 5
_BITS = 2048

Runs = frozenset[str]
K = TypeVar("K")


def shingles(text: str) -> Runs:
    """The runs of five characters of a text without marks and digits, so that new figures in old words are seen."""
    bare = "".join(c for c in text if c.isalnum() and not c.isdigit())
    return frozenset(bare[i : i + _RUN] for i in range(len(bare) - _RUN + 1))


def nearly_same(one: AbstractSet[object], other: AbstractSet[object]) -> bool:
    """Whether two texts are nearly the same, or one is nearly all in the other and a good part of it."""
    shorter, longer = sorted((len(one), len(other)))
    return 0 < longer <= MOST_TIMES * shorter and len(one & other) >= LEAST * shorter


def similar(texts: Mapping[K, str]) -> list[tuple[K, ...]]:
    """Groups of keys whose texts are nearly the same as the shortest of the group; of several such the shortest."""
    known = {key: found for key, text in texts.items() if len(text) >= SHORTEST and (found := shingles(text))}
    often = Counter(run for found in known.values() for run in found)
    ranks = {run: rank for rank, run in enumerate(sorted(often, key=lambda run: (often[run], run)))}
    heads: list[tuple[K, frozenset[int], int]] = []
    filed: defaultdict[int, list[int]] = defaultdict(list)
    groups: dict[K, list[K]] = {}
    for key in sorted(known, key=lambda one: len(known[one])):
        runs = frozenset(map(ranks.__getitem__, known[key]))
        bits = reduce(or_, {1 << run % _BITS for run in runs})
        near = map(heads.__getitem__, sorted({at for run in runs & filed.keys() for at in filed[run]}))
        first = next((head for head, its, map_ in near if _may_hold(bits, its, map_) and nearly_same(its, runs)), key)
        groups.setdefault(first, []).append(key)
        if first == key:
            for run in sorted(runs)[: len(runs) - ceil(LEAST * len(runs)) + 1]:
                filed[run].append(len(heads))
            heads.append((key, runs, bits))
    places = {key: at for at, key in enumerate(texts)}
    found_groups = (tuple(sorted(group, key=places.__getitem__)) for group in groups.values() if len(group) > 1)
    return sorted(found_groups, key=lambda group: places[group[0]])


def _may_hold(bits: int, runs: frozenset[int], theirs: int) -> bool:
    return len(runs) - (theirs & ~bits).bit_count() >= LEAST * len(runs)


def repeated(instrument: Instrument, submission: Submission) -> Iterator[Finding]:
    """SIM-01: texts that were taken over from last year."""
    for name, before in submission.context.prior_texts.items():
        text = submission.content.texts.get(name, "") if name in instrument.form.texts else ""
        if len(text) < SHORTEST or not nearly_same(shingles(text), shingles(before)):
            continue
        label = instrument.form.texts[name].label
        told = worded(Code.SIM_01, "last_year" if text == before else "last_year_nearly")
        yield Finding.at(told, (instrument.layout.spots[name],), (name,), row=(label,))
