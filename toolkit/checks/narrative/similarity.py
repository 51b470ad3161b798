"""Texts that are nearly the same: as another unit's, or as the unit's own of last year.

Two texts are alike if the runs of five characters that they share are at least nine in ten of all that either has
(Jaccard). Candidates are found by prefix filtering (S. Chaudhuri et al., A primitive operator for similarity joins in
data cleaning, ICDE 2006): alike texts share one of their rarest runs.
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
_RUN = 5

Runs = frozenset[str]


def shingles(text: str) -> Runs:
    """The runs of five characters of a text without marks and digits, so that new figures in old words are seen."""
    bare = "".join(c for c in text if c.isalnum() and not c.isdigit())
    return frozenset(bare[i : i + _RUN] for i in range(len(bare) - _RUN + 1))


def nearly_same(one: Runs, other: Runs) -> bool:
    """Whether two texts are nearly the same."""
    if min(len(one), len(other)) < LEAST * max(len(one), len(other)):
        return False
    both = len(one & other)
    return both >= LEAST * (len(one) + len(other) - both) > 0


def similar(texts: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Groups of keys whose texts are nearly the same as that of the first of the group."""
    known = {key: found for key, text in texts.items() if len(text) >= SHORTEST and (found := shingles(text))}
    often = Counter(run for found in known.values() for run in found)
    heads: dict[str, list[str]] = {}
    groups: dict[str, list[str]] = {}
    same: dict[Runs, str] = {}
    for key, found in known.items():
        rare = sorted(found, key=lambda run: (often[run], run))[: len(found) - ceil(LEAST * len(found)) + 1]
        near = (
            [same[found]] if found in same else list(dict.fromkeys(one for run in rare for one in heads.get(run, ())))
        )
        first = next((one for one in near if nearly_same(known[one], found)), "")
        if first:
            groups[first].append(key)
            continue
        same[found], groups[key] = key, [key]
        for run in rare:
            heads.setdefault(run, []).append(key)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def repeated(instrument: Instrument, submission: Submission) -> Iterator[Finding]:
    """SIM-01: texts that were taken over from last year."""
    for name, before in submission.context.prior_texts.items():
        text = submission.content.texts.get(name, "")
        if (
            name not in instrument.form.texts
            or len(text) < SHORTEST
            or not nearly_same(shingles(text), shingles(before))
        ):
            continue
        label = instrument.form.texts[name].label
        told = worded(Code.SIM_01, "last_year")
        yield Finding.at(told, (instrument.layout.spots[name],), (name,), row=(label,))
