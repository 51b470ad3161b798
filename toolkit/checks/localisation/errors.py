"""The types of error localisation: equations over the cells of a form, operations with their price, explanations.

Cells and equations go by their index in a `System`. Figures are whole numbers under one scale (`FilledEquations`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

#: What each kind of operation costs; the cheaper, the likelier. Only the order and the gaps matter, there is no unit.
PRICES: Mapping[str, float] = {
    "sign": 0.5,
    "transposed": 0.8,
    "missing": 0.9,
    "extra": 0.9,
    "digit": 0.9,
    "unit": 1.0,
    "swap": 1.1,
    "exchange": 1.6,
    "shift": 1.5,
    "blank": 1.1,
    "rows": 1.3,
    "carried": 1.45,
    "other": 1.7,
}

#: The left side of an equation: the factor of each cell in it; no factor is 0.
Equation = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Operation:
    """Figures put in place of others, as one slip: ``kind`` is a key of `PRICES`, ``cells`` the new values by cell.

    ``effect`` tells by equation how much its left side grows, so how much its residual shrinks; no entry is 0. An
    equation is mended where the effect equals the residual.
    """

    kind: str
    cells: Mapping[int, int]
    effect: Mapping[int, int]

    @property
    def price(self) -> float:
        """What its kind costs."""
        return PRICES[self.kind]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Operations after which every equation holds, no two of them on one cell; ``price`` is the sum of theirs."""

    price: float
    moves: tuple[Operation, ...]

    @property
    def cells(self) -> dict[int, int]:
        """The new values by cell, of all operations together."""
        return {cell: value for move in self.moves for cell, value in move.cells.items()}


@dataclass(frozen=True)
class System:
    """Linear equations over cells, ``sum(factor * cell) = right``: a sparse matrix, equations x cells.

    The right sides are no part of it: they differ from return to return. The other fields tell how the cells stand in
    the printed tables, by which figures change places:

    - ``pairs``: two cells side by side, or one below the other;
    - ``rows``: for two rows, one below the other, their pairs of cells, at least two;
    - ``lines``: the cells of each printed row, first to last, then of each column; the first ``across`` are rows;
    - ``signed``: the cells that may be below 0.
    """

    equations: tuple[Equation, ...]
    pairs: tuple[tuple[int, int], ...] = ()
    rows: tuple[tuple[tuple[int, int], ...], ...] = ()
    lines: tuple[tuple[int, ...], ...] = ()
    across: int = 0
    signed: frozenset[int] = frozenset()

    @cached_property
    def where(self) -> Mapping[int, Sequence[tuple[int, int]]]:
        """For each cell the equations it is in, each with the cell's factor: the matrix by columns."""
        out: dict[int, list[tuple[int, int]]] = {}
        for k, equation in enumerate(self.equations):
            for cell, factor in equation.items():
                out.setdefault(cell, []).append((k, factor))
        return out

    @cached_property
    def mates(self) -> Mapping[int, Sequence[int]]:
        """For each cell the others of its printed rows and columns."""
        out: dict[int, list[int]] = {}
        for line in self.lines:
            for cell in line:
                out.setdefault(cell, []).extend(other for other in line if other != cell)
        return out

    @cached_property
    def exchanges(self) -> Mapping[int, Sequence[tuple[str, tuple[tuple[int, int], ...]]]]:
        """For each cell the exchanges it takes part in: ``swap`` or ``rows``, and the pairs of cells exchanged."""
        out: dict[int, list[tuple[str, tuple[tuple[int, int], ...]]]] = {}
        groups = [("swap", (pair,)) for pair in self.pairs] + [("rows", row) for row in self.rows]
        for one in groups:
            for cell in {cell for pair in one[1] for cell in pair}:
                out.setdefault(cell, []).append(one)
        return out

    @cached_property
    def totals(self) -> Mapping[int, Sequence[int]]:
        """For each cell the totals it is added up in.

        A cell is a total where its factor is 1 or -1 and at least two others, all of the equation's, have the opposite.
        """
        out: dict[int, list[int]] = {}
        for equation in self.equations:
            for total, factor in equation.items():
                others = [cell for cell in equation if cell != total]
                if abs(factor) == 1 and len(others) > 1 and all(equation[cell] == -factor for cell in others):
                    for cell in others:
                        out.setdefault(cell, []).append(total)
        return out

    def residuals(self, values: Sequence[int], right: Sequence[int]) -> dict[int, int]:
        """By equation its right side less its left; those that hold are left out.

        ``values`` has one entry a cell, ``right`` one an equation, all under one scale.
        """
        gaps = (
            (k, right[k] - sum(factor * values[cell] for cell, factor in equation.items()))
            for k, equation in enumerate(self.equations)
        )
        return {k: gap for k, gap in gaps if gap}

    @cached_property
    def cover(self) -> int:
        """In how many equations a cell is at most, so how many an operation on one cell can mend."""
        return max((len(equations) for equations in self.where.values()), default=1)


def slip(old: int, new: int) -> str:
    """The kind of slip by which somebody who meant ``new`` typed ``old``: a key of `PRICES` for one cell.

    Both count in steps of the cell. ``missing``, ``extra``, ``digit`` and ``transposed`` are the four slips of F. J.
    Damerau (A technique for computer detection and correction of spelling errors, Communications of the ACM 7, 1964);
    ``unit`` is two to four zeros at the end too many or too few.
    """
    if old < 0:
        return "sign" if new == -old else "other"
    if old == 0:
        return "digit" if 0 < new <= 9 else "blank"  # noqa: PLR2004 - a single digit is a digit
    typed, meant = str(old), str(abs(new))
    if len(typed) == len(meant):
        return _same_length(typed, meant)
    short, long = sorted((typed, meant), key=len)
    if len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long))):
        return "missing" if len(typed) < len(meant) else "extra"
    return "unit" if new and long.rstrip("0") == short.rstrip("0") and len(long) - len(short) in {2, 3, 4} else "other"


def _same_length(typed: str, meant: str) -> str:
    """The kind of slip between two different figures of as many digits."""
    differ = [i for i, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b]
    if len(differ) == 1:
        return "digit"
    beside = len(differ) == 2 and differ[1] == differ[0] + 1  # noqa: PLR2004
    turned = beside and typed[differ[0]] == meant[differ[1]] and typed[differ[1]] == meant[differ[0]]
    return "transposed" if turned else "other"
