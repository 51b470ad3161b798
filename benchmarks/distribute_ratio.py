"""Distributing: a pressed workbook against one made from the start, in one run.

``python benchmarks/distribute_ratio.py --units 1000``: seconds of CPU a workbook, and their ratio. The units have
names of any length; every tenth has no figures of last year, as a new one, every tenth only some. Workbooks made from
the start are spread over all units, and each is compared with the pressed one to the byte.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from decimal import Decimal

from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.press import Press
from toolkit.workbook.template.write import write_template

PARTS = ("云岭区", "自然资源和规划", "住房和城乡建设", "教育", "街道", "经济开发区", "A&B", "管理委员会")


def units(kind: Instrument, count: int) -> list[Prefill]:
    """So many units, no two of one name."""
    chance = random.Random(7)  # noqa: S311 - figures, not secrets
    found = []
    for number in range(count):
        figures = {name: Decimal(chance.randint(0, 5_000)) for name in kind.layout.prior}
        kept = {0: 0, 1: len(figures) // 2}.get(number % 10, len(figures))
        one = Prefill(
            unit=f"{''.join(chance.choices(PARTS, k=chance.randint(1, 5)))}第{number}局",
            code=f"{number:04}",
            period="2025",
            key="0a1b2c3d",
            signature=f"{chance.getrandbits(128):032x}",
            prior=dict(list(figures.items())[:kept]),
        )
        found.append(one)
    return found


def timed(make: Callable[[Prefill], bytes], some: Sequence[Prefill]) -> tuple[list[bytes], float]:
    """The workbooks and the CPU milliseconds that one takes."""
    begun = time.process_time()
    made = [make(one) for one in some]
    return made, (time.process_time() - begun) / len(some) * 1000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--whole", type=int, default=20, help="how many are made from the start in a round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    kind = load("zfxxgk-2021")
    some = units(kind, options.units)
    write_template(kind, some[0])
    ratios = []
    for number in range(options.rounds):
        pressed, quick = timed(Press(kind).issue, some)
        chosen = range(number, len(some), max(1, len(some) // options.whole))
        whole, slow = timed(lambda one: write_template(kind, one), [some[i] for i in chosen])
        unlike = sum(a != pressed[i] for i, a in zip(chosen, whole, strict=True))
        ratios.append(slow / quick)
        print(f"made from the start {slow:7.2f} ms CPU a workbook; pressed {quick:7.2f}, masters included; ", end="")
        print(f"{options.units * quick / 1000:.1f} s for {options.units}; {unlike} of {len(whole)} differ")
    print(f"pressing is {statistics.median(ratios):.0f} x as fast (median of {options.rounds} rounds)")


if __name__ == "__main__":
    main()
