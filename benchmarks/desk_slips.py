"""Slips as they happen at a desk, drawn in a printed table of 25 rows and 7 columns; not those the localiser knows.

A kind takes a right table (and last year's) and gives the printed figures by place, or nothing where this draw gives
none. With typed totals column 6 holds them; with control totals it holds the totals added up by hand; with live totals
nobody types there. Row 23 is a total as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

ROWS, COLUMNS, TOTAL, CLOSED = 25, 7, 6, 23
NEW, IN, GRANTED, PARTIAL, OUT = 0, 1, 2, 3, 24
RESULTS = range(2, 23)
Grid = list[list[int]]
Place = tuple[int, int]
Printed = dict[Place, int]


@dataclass(frozen=True)
class Desk:
    """A right table, last year's of the same office, and how totals come about: typed, live or control."""

    now: Grid
    last: Grid
    mode: str

    def free(self, *, totals: bool = True) -> list[Place]:
        """The places where somebody types."""
        wide = {"typed": COLUMNS, "control": COLUMNS if totals else TOTAL, "live": TOTAL}[self.mode]
        places = [(r, c) for r in range(ROWS) for c in range(wide)]
        return [(r, c) for r, c in places if self.mode == "typed" or r != CLOSED or c == TOTAL]

    def at(self, place: Place) -> int:
        """The right figure."""
        return self.now[place[0]][place[1]]


Kind = Callable[[Desk, Random], Printed]


def _digits(value: int, how: str, draw: Random) -> int:
    text = list(str(value))
    at = draw.randrange(len(text))
    if how == "digit":
        text[at] = str((int(text[at]) + draw.randint(1, 9)) % 10)
    elif how == "missing":
        del text[at]
    elif how == "extra":
        text.insert(draw.randrange(len(text) + 1), str(draw.randrange(10)))
    elif how == "transposed" and len(text) > 1:
        at = draw.randrange(len(text) - 1)
        text[at], text[at + 1] = text[at + 1], text[at]
    elif how == "two digits" and len(text) > 1:
        for one in draw.sample(range(len(text)), 2):
            text[one] = str((int(text[one]) + draw.randint(1, 9)) % 10)
    elif how == "two missing" and len(text) > 2:
        for _ in range(2):
            del text[draw.randrange(len(text))]
    return int("".join(text) or 0)


def _one(new: Callable[[int, Random], int]) -> Kind:
    """A slip in a single figure above 0."""

    def slip(desk: Desk, draw: Random) -> Printed:
        places = [place for place in desk.free() if desk.at(place)]
        return {(place := draw.choice(places)): new(desk.at(place), draw)} if places else {}

    return slip


def _typed(how: str) -> Kind:
    return _one(lambda value, draw: _digits(value, how, draw))


def _year(desk: Desk, draw: Random) -> Printed:
    return {draw.choice(desk.free()): draw.randint(2023, 2026)}


def _random(desk: Desk, draw: Random) -> Printed:
    place = draw.choice(desk.free())
    return {place: draw.randrange(3 * desk.at(place) + 20)} if desk.at(place) or draw.random() < 0.1 else {}


def _last(what: str) -> Kind:
    def slip(desk: Desk, draw: Random) -> Printed:
        r, c = draw.choice(desk.free(totals=False))
        half = draw.randrange(3, 20)
        parts: dict[str, Callable[[Place], bool]] = {
            "cell": lambda place: place == (r, c),
            "row": lambda place: place[0] == r,
            "column": lambda place: place[1] == c,
            "half": lambda place: place[1] == c and place[0] < half,
            "table": lambda place: place[0] >= half,
        }
        return {place: desk.last[place[0]][place[1]] for place in desk.free(totals=False) if parts[what](place)}

    return slip


def _exchange(how: str) -> Kind:
    def slip(desk: Desk, draw: Random) -> Printed:
        free = desk.free(totals=False)
        a = draw.choice(free)
        b = {"across": (a[0], a[1] + 1), "down": (a[0] + 1, a[1]), "far": (draw.randrange(ROWS), a[1])}[how]
        if how == "carried":
            a, b = (IN, a[1]), (OUT, a[1])
        return {a: desk.at(b), b: desk.at(a)} if b in free else {}

    return slip


def _carry(desk: Desk, draw: Random) -> Printed:
    c = draw.randrange(TOTAL)
    return {(IN, c): desk.now[OUT][c], (OUT, c): desk.now[IN][c]}


def _rows(desk: Desk, draw: Random) -> Printed:
    r, free = draw.randrange(ROWS - 1), set(desk.free(totals=False))
    pairs = [((r, c), (r + 1, c)) for c in range(COLUMNS) if {(r, c), (r + 1, c)} <= free]
    return {a: desk.at(b) for a, b in pairs} | {b: desk.at(a) for a, b in pairs}


def _across(desk: Desk, draw: Random) -> Printed:
    """A row of results and the one behind their total exchanged, totals of the rows and all; the total as it was.

    With other totals nothing fails by it, or the one control total alone.
    """
    if desk.mode != "typed":
        return {}
    r, free = draw.choice(RESULTS), set(desk.free())
    pairs = [((r, c), (OUT, c)) for c in range(COLUMNS) if (r, c) in free]
    return {a: desk.at(b) for a, b in pairs} | {b: desk.at(a) for a, b in pairs}


def _columns(desk: Desk, draw: Random) -> Printed:
    a, b = draw.sample(range(TOTAL), 2)
    rows, free = range(draw.randrange(20)), set(desk.free())
    rows = rows if draw.random() < 0.5 else range(len(rows), ROWS)
    both = [(r, x, y) for r in rows for x, y in ((a, b), (b, a)) if (r, x) in free]
    return {(r, x): desk.now[r][y] for r, x, y in both}


def _block(desk: Desk, draw: Random) -> Printed:
    r, c = draw.randrange(CLOSED - 1), draw.randrange(TOTAL - 1)
    corners = [(r, c), (r, c + 1), (r + 1, c), (r + 1, c + 1)]
    return {a: desk.at(b) for a, b in zip(corners, reversed(corners), strict=True)}


def _run(step: int, *, whole: bool) -> Kind:
    """A run of a column one place down or up: to the end of the results, or a short one over what stood there."""

    def slip(desk: Desk, draw: Random) -> Printed:
        c, start = draw.randrange(TOTAL), draw.randrange(20)
        end = CLOSED if whole else min(CLOSED, start + draw.randint(2, 6))
        held = [desk.now[r][c] for r in range(start, end)]
        moved = [0, *held[:-1]] if step > 0 else [*held[1:], 0]
        return {(start + i, c): value for i, value in enumerate(moved)}

    return slip


def _row_right(desk: Desk, draw: Random) -> Printed:
    r = draw.choice([r for r, c in desk.free(totals=False) if c == 0])
    return {(r, c): desk.now[r][c - 1] if c else 0 for c in range(TOTAL)}


def _lower(*, rest: bool, kept: bool = False) -> Kind:
    """A row typed one row lower, or all below with it; ``kept`` where it stands in its own row too."""

    def slip(desk: Desk, draw: Random) -> Printed:
        start = draw.randrange(2, 21) if rest else draw.randrange(ROWS - 1)
        end, free = (CLOSED if rest else start + 2), set(desk.free(totals=False))
        moved = {(r, c): desk.now[r - 1][c] for r in range(start + 1, end) for c in range(COLUMNS)}
        out = moved | ({} if kept else {(start, c): 0 for c in range(COLUMNS)})
        if not {(start, 0), (start + 1, 0)} <= free:
            return {}
        return {place: value for place, value in out.items() if place in free}

    return slip


def _twice(desk: Desk, draw: Random) -> Printed:
    """A row counted again in another of its column."""
    c, (a, b) = draw.randrange(TOTAL), draw.sample(RESULTS, 2)
    to = CLOSED if desk.mode == "typed" and draw.random() < 0.5 else b
    return {(to, c): desk.now[to][c] + desk.now[a][c]}


def _in_part_also_granted(desk: Desk, draw: Random) -> Printed:
    c = draw.randrange(TOTAL)
    more = desk.now[PARTIAL][c]
    out = {(GRANTED, c): desk.now[GRANTED][c] + more}
    return out | ({(GRANTED, TOTAL): desk.now[GRANTED][TOTAL] + more} if desk.mode == "typed" else {})


def _new_with_old(desk: Desk, draw: Random) -> Printed:
    c = draw.randrange(TOTAL)
    return {(NEW, c): desk.now[NEW][c] + desk.now[IN][c]}


def _neighbour(desk: Desk, draw: Random) -> Printed:
    free = desk.free(totals=False)
    a = draw.choice(free)
    b = (a[0], a[1] + 1) if draw.random() < 0.5 else (a[0] + 1, a[1])
    return {b: desk.at(a)} if desk.at(a) and b in free else {}


def _total_as_natural(desk: Desk, draw: Random) -> Printed:
    r = draw.randrange(ROWS)
    if desk.mode == "live":
        return {}
    return {(r, TOTAL): desk.now[r][0]}


def _natural_as_total(desk: Desk, draw: Random) -> Printed:
    r = draw.choice([r for r, c in desk.free(totals=False) if c == 0])
    return {(r, 0): desk.now[r][TOTAL]}


def _into(*totals: str) -> Kind:
    """A wrong figure, and the totals added up from it."""

    def slip(desk: Desk, draw: Random) -> Printed:
        r, c = draw.choice(RESULTS), draw.randrange(TOTAL)
        if desk.mode != "typed" or not desk.now[r][c]:
            return {}
        more = _digits(desk.now[r][c], draw.choice(["digit", "missing", "extra"]), draw) - desk.now[r][c]
        places = {"row": (r, TOTAL), "column": (CLOSED, c), "both": (CLOSED, TOTAL)}
        return {place: desk.at(place) + more for place in [(r, c), *(places[one] for one in totals)]}

    return slip


def _several(count: int, *, column: bool = False) -> Kind:
    def slip(desk: Desk, draw: Random) -> Printed:
        c = draw.randrange(TOTAL)
        places = [place for place in desk.free() if desk.at(place) and (not column or place[1] == c)]
        chosen = draw.sample(places, min(count, len(places)))
        return {one: _digits(desk.at(one), draw.choice(["digit", "missing", "extra"]), draw) for one in chosen}

    return slip


def _alike(desk: Desk, draw: Random) -> Printed:
    """The same slip twice in a line: a factor of ten, or left out."""
    r, c = draw.choice(desk.free(totals=False))
    line = [p for p in desk.free(totals=False) if desk.at(p) and (p[0] == r if draw.random() < 0.5 else p[1] == c)]
    chosen, factor = draw.sample(line, min(2, len(line))), draw.choice([0, 10, 100])
    return {place: desk.at(place) * factor for place in chosen}


def _merged(desk: Desk, draw: Random) -> Printed:
    """Two rows of a column summed in one of them."""
    c, (a, b) = draw.randrange(TOTAL), draw.sample(RESULTS, 2)
    return {(a, c): 0, (b, c): desk.now[b][c] + desk.now[a][c]}


def _joined(desk: Desk, draw: Random) -> Printed:
    """Two neighbouring figures in one cell."""
    r, c = draw.choice([place for place in desk.free(totals=False) if place[1] < TOTAL - 1])
    return {(r, c): int(f"{desk.now[r][c]}{desk.now[r][c + 1]}"), (r, c + 1): 0} if desk.now[r][c] else {}


#: Kinds that the curves were learnt from; some are in no catalogue of the localiser.
LEARNT: Mapping[str, Kind] = {
    **{how: _typed(how) for how in ("digit", "transposed", "missing", "extra", "two missing")},
    "left 0": _one(lambda _value, _draw: 0),
    "sign": _one(lambda value, _draw: -value),
    "in thousands": _one(lambda value, draw: value // draw.choice([10, 100, 1000, 10000])),
    "zeros more": _one(lambda value, draw: value * draw.choice([10, 100])),
    "random figure": _random,
    "the year": _year,
    "last year's cell": _last("cell"),
    "last year's row": _last("row"),
    "last year's column": _last("column"),
    "neighbours exchanged": _exchange("across"),
    "one below the other exchanged": _exchange("down"),
    "carried in and out exchanged": _carry,
    "rows exchanged": _rows,
    "two columns exchanged": _columns,
    "run of a column down": _run(1, whole=True),
    "row one row lower": _lower(rest=False),
    "counted twice": _twice,
    "in part also as granted": _in_part_also_granted,
    "a neighbour twice": _neighbour,
    "into the row's total": _into("row"),
    "into all totals": _into("row", "column", "both"),
    "two slips": _several(2),
    "two slips in a column": _several(2, column=True),
    "two rows merged": _merged,
    "row to the right": _row_right,
    "alike": _alike,
}
#: Kinds that nothing was learnt from.
HELD_OUT: Mapping[str, Kind] = {
    "two random digits": _typed("two digits"),
    "digits reversed": _one(lambda value, _draw: int(str(value)[::-1])),
    "rounded": _one(lambda value, draw: round(value, -draw.choice([1, 2]))),
    "one or two off": _one(lambda value, draw: max(0, value + draw.choice([-2, -1, 1, 2]))),
    "last year's table from a row on": _last("table"),
    "half of last year's column": _last("half"),
    "far exchange": _exchange("far"),
    "run of a column up": _run(-1, whole=True),
    "short run down": _run(1, whole=False),
    "all rows below lower": _lower(rest=True),
    "row typed twice": _lower(rest=False, kept=True),
    "new with the old": _new_with_old,
    "natural persons as the total": _total_as_natural,
    "the total as natural persons": _natural_as_total,
    "into the column's total": _into("column"),
    "into both totals": _into("row", "column"),
    "three slips": _several(3),
    "block of four exchanged": _block,
    "two figures joined": _joined,
    "rows exchanged across their total": _across,
}
SINGLE = (
    "digit", "transposed", "missing", "extra", "two missing", "left 0", "sign", "in thousands", "zeros more",
    "random figure", "the year", "last year's cell", "two random digits", "digits reversed", "rounded",
    "one or two off", "natural persons as the total", "the total as natural persons", "new with the old",
)  # fmt: skip


#: The kinds that were asked for, each a slip that people know from their desks.
USUAL = (
    "run of a column down", "run of a column up", "row one row lower", "all rows below lower", "two columns exchanged",
    "last year's cell", "last year's row", "last year's column", "last year's table from a row on", "missing",
    "two missing", "in thousands", "rounded", "digits reversed", "the year", "counted twice", "in part also as granted",
    "into the row's total", "into the column's total", "into both totals", "into all totals",
    "natural persons as the total", "a neighbour twice", "carried in and out exchanged", "two random digits", "left 0",
    "sign",
)  # fmt: skip


def spoilt(desk: Desk, kind: Kind, draw: Random) -> tuple[Grid, set[Place]]:
    """The table as printed, its live totals not added up again, and the places where it is wrong."""
    wrong = {place: value for place, value in kind(desk, draw).items() if value != desk.at(place)}
    free = set(desk.free())
    printed = [list(row) for row in desk.now]
    for (r, c), value in wrong.items():
        printed[r][c] = value
    return printed, set(wrong) & free
