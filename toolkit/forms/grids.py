"""Draws a form's table as printed: a boxhead over the columns, stubs beside the rows, a note in the corner.

The words are those of printed statistical tables (stub, boxhead, spanner; see the glossary). Equal headings that stand
side by side become one cell: a spanner over columns, a merged stub beside rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.model.form import Block, Table
from toolkit.model.grid import Grid, Kind, Slot

_TEXT_WIDTH = 156.0
_STUB_WIDTH = 42.0
_NARROWEST = 10.0

Path = tuple[str, ...]


def draw_grid(table: Table) -> Grid:
    """The grid of a table, without its title.

    It is as many stub columns wide as its deepest row has labels, and as many number columns as its widest block. A
    table of several blocks has a band over each and no common heading rows; one of layout ``line`` is headings and a
    single row of numbers. Widths are millimetres; where the form sets none, they fill the text of a printed page.
    Raises ValueError where the cells would overlap or leave a hole (see `Grid.place`).
    """
    if table.layout == "line":
        return _line(table)
    depth = max(len(row.path) for row in table.rows)
    across = max(len(block.columns) for block in table.blocks)
    banded = len(table.blocks) > 1 or bool(table.blocks[0].title)
    rows: list[list[Slot]] = []
    head = 0
    for block in table.blocks:
        if banded:
            rows.append([Slot(block.title, "band", cols=depth + across)])
        heads = _heads(block, depth, across, table.note)
        head = len(heads)
        rows += heads + _body(table, block, depth, across)
    return Grid.place(table.id, table.title, _widths(table, depth, across), 0 if banded else head, rows)


def _widths(table: Table, depth: int, across: int) -> list[float]:
    stubs = list(table.stub_widths) or [_STUB_WIDTH / depth] * depth
    column = table.column_width or max(_NARROWEST, (_TEXT_WIDTH - sum(stubs)) / max(across, 1))
    return [*stubs[:depth], *[column] * across]


def _spans(count: int, across: int) -> list[int]:
    """How many of ``across`` grid columns each of ``count`` columns covers; the last takes what is left."""
    each = across // count
    return [each] * (count - 1) + [across - each * (count - 1)]


def _heads(block: Block, depth: int, across: int, note: str) -> list[list[Slot]]:
    paths = [c.printed for c in block.columns]
    rows = _tree(paths, "head", _spans(len(paths), across))
    corner = Slot(note or block.stub, "note" if note or not block.stub else "head", rows=len(rows), cols=depth)
    rows[0].insert(0, corner)
    return rows


def _tree(paths: Sequence[Path], kind: Kind, spans: Sequence[int]) -> list[list[Slot]]:
    """The heading rows over a run of columns, as many as the longest of ``paths`` (labels from outside in).

    Headings side by side with the same path so far are one cell; the innermost label of a column reaches down to the
    last row. ``spans`` says how many grid columns each column covers.
    """
    levels = max(len(path) for path in paths)
    return [
        [
            Slot(paths[i][level], kind, rows=levels - level if leaf else 1, cols=sum(spans[i:end]))
            for i, end, leaf in _runs(paths, level)
        ]
        for level in range(levels)
    ]


def _runs(paths: Sequence[Path], level: int) -> Iterator[tuple[int, int, bool]]:
    """From where to where (exclusive) each heading of a level reaches, and whether it is the innermost of its path."""
    begin = 0
    while begin < len(paths):
        path, end = paths[begin], begin + 1
        leaf = level == len(path) - 1
        while not leaf and end < len(paths) and paths[end][: level + 1] == path[: level + 1] != paths[end]:
            end += 1
        if level < len(path):
            yield begin, end, leaf
        begin = end


def _body(table: Table, block: Block, depth: int, across: int) -> list[list[Slot]]:
    paths = [r.printed for r in block.rows]
    rows: list[list[Slot]] = [[] for _ in paths]
    for level in range(depth):
        for i, end, leaf in _runs(paths, level):
            rows[i].append(Slot(paths[i][level], "stub", rows=end - i, cols=depth - level if leaf else 1))
    spans = _spans(len(block.columns), across)
    for row, slots in zip(block.rows, rows, strict=True):
        columns = zip(block.columns, spans, strict=True)
        slots += [Slot("", "number", cols=span, variable=table.name(row, column)) for column, span in columns]
    return rows


def _line(table: Table) -> Grid:
    """The grid of a table of layout ``line``: every row's columns side by side, and one line of numbers."""
    pairs = [(row, column) for block in table.blocks for row in block.rows for column in block.columns]
    paths = [(*row.printed, *column.printed) for row, column in pairs]
    rows = _tree(paths, "head", [1] * len(paths))
    rows.append([Slot("", "number", variable=table.name(row, column)) for row, column in pairs])
    width = table.column_width or _TEXT_WIDTH / len(pairs)
    return Grid.place(table.id, table.title, [width] * len(pairs), len(rows) - 1, rows)
