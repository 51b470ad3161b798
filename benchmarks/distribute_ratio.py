"""Distributing: a pressed workbook against one made from the start, in one run.

``python benchmarks/distribute_ratio.py --units 300``: seconds of CPU a workbook, and their ratio. Every tenth pressed
workbook is compared with the one made from the start, to the byte.
"""

from __future__ import annotations

import argparse
import random
import time
from decimal import Decimal

from toolkit.pipeline.instruments import instrument
from toolkit.workbook.planned import Prefill
from toolkit.workbook.press import Press
from toolkit.workbook.write import write_template


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=300)
    options.add_argument("--whole", type=int, default=20, help="how many are made from the start")
    told = options.parse_args()
    kind, chance = instrument(), random.Random(7)  # noqa: S311 - figures, not secrets
    units = [
        Prefill(
            unit=f"云岭区第{'甲乙丙丁'[i % 4] * (1 + i % 6)}局",
            code=f"{i:04}",
            period="2025",
            key="0a1b2c3d",
            signature=f"{chance.getrandbits(128):032x}",
            prior={name: Decimal(chance.randint(0, 500)) for name in kind.layout.prior},
        )
        for i in range(told.units)
    ]
    write_template(kind, units[0])
    begun = time.process_time()
    press = Press(kind)
    pressed = [press.issue(one) for one in units]
    quick = (time.process_time() - begun) / told.units
    begun = time.process_time()
    whole = [write_template(kind, one) for one in units[: told.whole]]
    slow = (time.process_time() - begun) / told.whole
    assert whole == pressed[: told.whole]
    print(f"made from the start  {slow * 1000:8.2f} ms CPU a workbook")
    print(f"pressed              {quick * 1000:8.2f} ms CPU a workbook (masters included, {told.units} units)")
    print(f"ratio                {slow / quick:8.1f} x")


if __name__ == "__main__":
    main()
