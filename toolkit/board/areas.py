"""The sums of the areas of the tree side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.consolidation.aggregate import Consolidation
from toolkit.text import written


@dataclass(frozen=True, slots=True)
class AreaLine:
    """A variable: where it stands, what it is called, the sum of each area, and the whole."""

    sheet: str
    label: str
    values: tuple[str, ...]
    total: str


def area_lines(total: Consolidation, areas: Sequence[tuple[str, Consolidation]]) -> list[AreaLine]:
    """Every variable that some area has and that is not 0 everywhere, in printed order."""
    out: list[AreaLine] = []
    for name, variable in total.instrument.variables.items():
        values = [one.sums.get(name) for _, one in areas]
        if any(values):
            whole = total.sums.get(name)
            out.append(
                AreaLine(
                    sheet=total.instrument.form.table(variable.table).sheet,
                    label=f"{variable.row_label} {variable.column_label}",
                    values=tuple("" if value is None else written(value) for value in values),
                    total="" if whole is None else written(whole),
                )
            )
    return out
