"""The sums of the areas of a tree."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.choice import Expected
from toolkit.instrument.instrument import Instrument
from toolkit.model.returns import Verdict


def nodes(
    instrument: Instrument,
    verdicts: Sequence[Verdict],
    areas: Sequence[tuple[str, str, Expected]],
    *,
    everything: bool = False,
    period: str = "",
) -> list[tuple[str, str, Consolidation]]:
    """Give code, name and sum of each area, given its code, its name and what is expected of it.

    Areas may overlap: a unit counts in each that expects it. All are summed for one period: ``period``, or the one
    that most of the units report for.
    """
    by_code: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_code.setdefault(verdict.code, []).append(verdict)
    everyone = Expected(units={code: name for _, _, one in areas for code, name in one.units.items()})
    chosen = period or aggregate(instrument, verdicts, everything=everything, expected=everyone).period

    def summed(expected: Expected) -> Consolidation:
        mine = [verdict for code in expected.units for verdict in by_code.get(code, ())]
        return aggregate(instrument, mine, everything=everything, period=chosen, expected=expected)

    return [(code, name, summed(expected)) for code, name, expected in areas]
