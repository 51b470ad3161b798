"""What each cell would hold if every row were spread over the columns alike: it tells like explanations apart."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from toolkit.checks.slips import Explanation
from toolkit.checks.slips import System


@dataclass(frozen=True)
class Usual:
    """The figures of a return as its rows and columns add up."""

    system: System
    values: Sequence[int]

    def strange(self, explanation: Explanation) -> float:
        """How much stranger the figures become, seen from the sums of their rows and columns; less is likelier."""
        total = 0.0
        for cell, new in explanation.cells.items():
            usual = self.figures.get(cell)
            if usual is not None:
                total += (abs(new - usual) - abs(self.values[cell] - usual)) / (usual + 1.0) ** 0.5
        return total

    @cached_property
    def figures(self) -> Mapping[int, float]:
        """The expected figure of each cell that is in a row and in a column."""
        rows, columns = self.system.lines[: self.system.across], self.system.lines[self.system.across :]
        across = {cell: sum(max(0, self.values[i]) for i in line) for line in rows for cell in line}
        down = {cell: sum(max(0, self.values[i]) for i in line) for line in columns for cell in line}
        whole = sum(sum(max(0, self.values[i]) for i in line) for line in rows)
        return {cell: across[cell] * down[cell] / max(1, whole) for cell in across if cell in down}
