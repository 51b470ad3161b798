"""The one place that knows where a cell is and what it is called; writer, reader, checks and annotator ask here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from toolkit.forms.grids import draw_grid
from toolkit.model.codes import Code
from toolkit.model.form import Form
from toolkit.model.grid import Grid, GridCell

COVER, PRIOR, CHECKS, IDENTITY = "封面", "上年数", "校验", "_标识"
#: Where a table's grid begins: under its title and a line of help.
TABLE_TOP = 2
TEXT_TOP = 2
LIST_TOP = 3
#: Half-width characters in a line of a text's cell; lines and points of the tallest row that Excel and WPS have.
TEXT_WIDTH, TEXT_LINES, TALLEST = 124, 26, 409.0
PRIOR_TOP = 3
COVER_TOP = 3
#: So many lines of the check sheet that are not passed are shown before all of them, under the heads of the columns.
FIRST_OPEN, OPEN_LINES = 4, 6
CHECKS_TOP = FIRST_OPEN + OPEN_LINES + 1
#: The sheet that an annotated copy carries besides: what was found, with links to the cells.
NOTICE = "退回意见"
#: The sheets of a workbook that holds figures proposed by this program: where they are confirmed, and which they are.
CONFIRM, PROPOSED = "待确认", "_建议"
#: Characters of a column a millimetre of print, on screen a little roomier than on paper.
_CHARACTERS = 0.62
_WIDTHS: Mapping[str, Mapping[int, float]] = {
    COVER: {0: 16, 1: 62, 2: 22},
    PRIOR: {0: 44, 1: 34, 2: 16},
    CHECKS: {0: 9, 1: 46, 2: 30, 3: 11, 4: 11, 5: 9, 6: 10, 7: 34},
    IDENTITY: {0: 14, 1: 40},
}
_TEXT_WIDTHS, _LIST_WIDTHS = {0: 16, 1: TEXT_WIDTH + 2, 2: 30}, {0: 8, 1: 50, 2: 16}
IDENTITY_FIELDS = ("form", "version", "code", "unit", "period", "fingerprint", "key", "signature")
UNIT, PERIOD = "cover.unit", "cover.period"
_PRIOR_PREFIX = "last_year."
#: What every workbook has of its own, whatever its form: sheets, and first parts of defined names.
RESERVED_SHEETS = frozenset({COVER, PRIOR, CHECKS, IDENTITY, NOTICE, CONFIRM, PROPOSED})
RESERVED_IDS = frozenset({"cover", "last_year", "explain", "xxgk"})


class CheckColumn:
    """Columns of the check sheet; from ``GROUP``, the row that says what is demanded, on hidden: for its formulas."""

    RULE, SENTENCE, PLACE, LEFT, RIGHT, DIFFERENCE, VERDICT, EXPLANATION, GROUP, AID = range(10)


class Spot(NamedTuple):
    """A cell: sheet, and row and column counted from 0."""

    sheet: str
    row: int
    col: int

    @property
    def cell(self) -> str:
        """The A1 address."""
        return address(self.row, self.col)

    @property
    def reference(self) -> str:
        """The address with its sheet, as a formula on another sheet writes it."""
        return f"{quoted_sheet(self.sheet)}!{self.cell}"


@lru_cache(maxsize=4096)
def address(row: int, col: int) -> str:
    """``(6, 3)`` is ``D7``."""
    letters = ""
    left = col + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def quoted_sheet(sheet: str) -> str:
    """A sheet name as a formula writes it."""
    plain = sheet.isidentifier() and not sheet[0].isdigit() and not sheet.isascii()
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def prior_name(variable: str) -> str:
    """The defined name of last year's figure."""
    return _PRIOR_PREFIX + variable


def key_name(key: tuple[str, bool]) -> str:
    """The defined name of a figure: a variable, and whether last year's is meant."""
    return prior_name(key[0]) if key[1] else key[0]


def explain_name(key: str) -> str:
    """The defined name of the explanation cell of a check; Excel allows no hyphen or bracket."""
    safe = "".join(c if c.isalnum() else "_" for c in key).strip("_")
    return f"explain.{safe}"


def text_key(text: str) -> str:
    """The key of the check sheet's line about a required text: there is told, and explained, that it says nothing."""
    return f"{Code.VAL_11}[{text}]"


def nil_key(tick: str) -> str:
    """The key of the check sheet's line about a tick: there is told that a figure stands beside it."""
    return f"{Code.VAL_15}[{tick}]"


@dataclass(frozen=True)
class Layout:
    """Where every cell of a form's workbook stands.

    ``prior`` are variables whose last year's figure the workbook carries, ``checks`` the keys of the lines of the check
    sheet, ``explained`` those that take an explanation, ``printed`` the ids of what the report prints, in its order.
    """

    form: Form
    prior: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    explained: frozenset[str] = frozenset()
    printed: tuple[str, ...] = ()

    @cached_property
    def grids(self) -> Mapping[str, Grid]:
        """The printed grid of each table."""
        return {table.id: draw_grid(table) for table in self.form.tables}

    @property
    def sheets(self) -> tuple[str, ...]:
        """Every sheet a person sees: as the report prints their parts, then what it does not print."""
        parts = sorted(self.form.parts, key=lambda part: (*self.printed, part.id).index(part.id))
        prior = (PRIOR,) if self.prior else ()
        return (COVER, *(part.sheet for part in parts), *prior, CHECKS)

    def widths(self, sheet: str) -> Mapping[int, float]:
        """The widths of a sheet's columns, in half-width characters."""
        if sheet in _WIDTHS:
            return _WIDTHS[sheet]
        for table in self.form.tables:
            if table.sheet == sheet:
                return {i: max(6.5, width * _CHARACTERS) for i, width in enumerate(self.grids[table.id].widths)}
        return _LIST_WIDTHS if any(one.sheet == sheet for one in self.form.lists) else _TEXT_WIDTHS

    def on_sheet(self, table: str, cell: GridCell) -> Spot:
        """Where a grid cell's top left corner stands."""
        return Spot(self.form.table(table).sheet, TABLE_TOP + cell.row, cell.col)

    @cached_property
    def spots(self) -> Mapping[str, Spot]:
        """Every defined name and its cell."""
        cover = [field.name for field in self.form.cover]
        return {
            **{name: Spot(COVER, COVER_TOP + i, 1) for i, name in enumerate([UNIT, PERIOD, *cover])},
            **{one.name: Spot(COVER, COVER_TOP + 2 + len(cover) + i, 2) for i, one in enumerate(self.form.nils)},
            **{c.variable: self.on_sheet(t, c) for t, grid in self.grids.items() for c in grid.numbers},
            **{
                text.name: Spot(group.sheet, TEXT_TOP + i, 1)
                for group in self.form.groups
                for i, text in enumerate(group.texts)
            },
            **{
                name: Spot(one.sheet, LIST_TOP + line - 1, 1 + column)
                for one in self.form.lists
                for line in range(1, one.size + 1)
                for column, name in enumerate(one.names(line))
            },
            **{prior_name(v): Spot(PRIOR, PRIOR_TOP + i, 2) for i, v in enumerate(self.prior)},
            **{
                explain_name(key): self.check_spot(key, CheckColumn.EXPLANATION)
                for key in (*self.entry_lines, *self.checks)
                if key in self.explained
            },
            **{f"xxgk.{name}": Spot(IDENTITY, i, 1) for i, name in enumerate(IDENTITY_FIELDS)},
        }

    @cached_property
    def entry_lines(self) -> tuple[str, ...]:
        """The keys of the check sheet's first lines, those about what is entered.

        The cover and last year's figures have the name of their sheet, a table or list its id, a text its `text_key`,
        a tick its `nil_key`.
        """
        texts = [text_key(text.name) for group in self.form.groups for text in group.texts if text.required]
        prior = (PRIOR,) if self.prior else ()
        nils, tables = (nil_key(one.id) for one in self.form.nils), (table.id for table in self.form.tables)
        return (COVER, *nils, *tables, *texts, *(one.id for one in self.form.lists), *prior)

    @cached_property
    def folded(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of each rule that is asked at several places; its own line, ``BAL-01``, stands above theirs."""
        rules: dict[str, list[str]] = {}
        for key in self.checks:
            rules.setdefault(key.partition("[")[0], []).append(key)
        return {rule: tuple(keys) for rule, keys in rules.items() if len(keys) > 1}

    @cached_property
    def check_rows(self) -> Mapping[str, int]:
        """The row of every line of the check sheet, in order, by its key: entries, then rules and their places."""
        lines = dict.fromkeys(self.entry_lines)
        for key in self.checks:
            rule = key.partition("[")[0]
            lines |= dict.fromkeys((rule, *self.folded[rule]) if rule in self.folded else (key,))
        return {key: CHECKS_TOP + i for i, key in enumerate(lines)}

    def check_spot(self, key: str, column: int) -> Spot:
        """A cell of the line of a check, of a rule about texts, or of entries."""
        return Spot(CHECKS, self.check_rows[key], column)

    def spot(self, name: str) -> Spot:
        """Where a name stands; KeyError for an unknown name."""
        return self.spots[name]

    @cached_property
    def cells(self) -> Mapping[str, tuple[str, str]]:
        """Every defined name and its (sheet, A1 cell): what a reader of many files looks up."""
        return {name: (spot.sheet, spot.cell) for name, spot in self.spots.items()}

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        """The defined name of each (sheet, A1 cell)."""
        return {cell: name for name, cell in self.cells.items()}

    def range(self, names: Sequence[str]) -> str:
        """Addresses of cells of one sheet: one range where they stand in a run, else a list."""
        spots = [self.spots[name] for name in names]
        first, last = spots[0], spots[-1]
        run = (Spot(first.sheet, r, c) for r in range(first.row, last.row + 1) for c in range(first.col, last.col + 1))
        size = (last.row - first.row + 1) * (last.col - first.col + 1)
        if 1 < len(spots) == size and spots == list(run):
            return f"{first.cell}:{last.cell}"
        return ",".join(spot.cell for spot in spots)


class SheetPlaces(NamedTuple):
    """Addresses as a formula standing on ``sheet`` writes them."""

    layout: Layout
    sheet: str

    def cell(self, key: tuple[str, bool]) -> str:
        """The address of one variable."""
        spot = self.layout.spots[key_name(key)]
        return spot.cell if spot.sheet == self.sheet else spot.reference

    def area(self, keys: Sequence[tuple[str, bool]]) -> str:
        """The addresses of several variables, as ranges where they stand in a run."""
        names = [key_name(key) for key in keys]
        sheet = self.layout.spots[names[0]].sheet
        text = self.layout.range(names)
        if sheet == self.sheet:
            return text
        return ",".join(f"{quoted_sheet(sheet)}!{part}" for part in text.split(","))
