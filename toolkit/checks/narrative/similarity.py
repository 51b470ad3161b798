"""Texts that are nearly the same: as another unit's, or as the unit's own of last year.

Two texts are alike if the runs of five characters that they share are at least nine in ten of all that the shorter one
has (containment) and it is no mere passage of the longer one; texts that are the same throughout (Jaccard) are among
them. Candidates are found by prefix filtering (S. Chaudhuri et al., A primitive operator for similarity joins in data
cleaning, ICDE 2006): the longer text holds one of the rarest runs of the shorter one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil

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

Runs = frozenset[str]


def shingles(text: str) -> Runs:
    """The runs of five characters of a text without marks and digits, so that new figures in old words are seen."""
    bare = "".join(c for c in text if c.isalnum() and not c.isdigit())
    return frozenset(bare[i : i + _RUN] for i in range(len(bare) - _RUN + 1))


def nearly_same(one: Runs, other: Runs) -> bool:
    """Whether two texts are nearly the same, or one is nearly all in the other and a good part of it."""
    shorter, longer = sorted((len(one), len(other)))
    return 0 < longer <= MOST_TIMES * shorter and len(one & other) >= LEAST * shorter


def similar(texts: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Groups of keys whose texts are nearly the same as the shortest of the group."""
    known = {key: found for key, text in texts.items() if len(text) >= SHORTEST and (found := shingles(text))}
    often = Counter(run for found in known.values() for run in found)
    heads: dict[str, list[str]] = {}
    groups: dict[str, list[str]] = {}
    same: dict[Runs, str] = {}
    for key in sorted(known, key=lambda one: len(known[one])):
        found = known[key]
        near = (
            [same[found]] if found in same else list(dict.fromkeys(one for run in found for one in heads.get(run, ())))
        )
        first = next((one for one in near if nearly_same(known[one], found)), "")
        if first:
            groups[first].append(key)
            continue
        same[found], groups[key] = key, [key]
        for run in sorted(found, key=lambda run: (often[run], run))[: len(found) - ceil(LEAST * len(found)) + 1]:
            heads.setdefault(run, []).append(key)
    places = {key: at for at, key in enumerate(texts)}
    found_groups = (tuple(sorted(group, key=places.__getitem__)) for group in groups.values() if len(group) > 1)
    return sorted(found_groups, key=lambda group: places[group[0]])


def repeated(instrument: Instrument, submission: Submission) -> Iterator[Finding]:
    """SIM-01: texts that were taken over from last year."""
    for name, before in submission.context.prior_texts.items():
        text = submission.content.texts.get(name, "") if name in instrument.form.texts else ""
        if len(text) < SHORTEST or not nearly_same(shingles(text), shingles(before)):
            continue
        label = instrument.form.texts[name].label
        told = worded(Code.SIM_01, "last_year" if text == before else "last_year_nearly")
        yield Finding.at(told, (instrument.layout.spots[name],), (name,), row=(label,))
