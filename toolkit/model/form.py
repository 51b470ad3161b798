"""A form as designed: tables, rows, columns, variables, texts, open lists, and its rules as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import product
from typing import Annotated, Literal, TypeVar

from toolkit.model.cells import Aggregate, CellText, NumberType
from toolkit.model.grid import BREAK
from toolkit.model.keys import ID, Also, Id, Must, SheetName
from toolkit.model.period import KINDS
from toolkit.model.rule import RuleText, TextRule
from toolkit.text import name_key

T = TypeVar("T")
#: What is put behind a form's id, or a reference to it, for its variant with control totals.
CONTROLS = "+controls"
#: What a tick says; it is chosen from a list of one.
NIL_TICK = "是"
#: What an open list may have.
_LINES = Must(range(1, 100).__contains__, "行数应在 1 和 99 之间")
_MAYBE_ID = Must(re.compile(f"({ID.pattern})?").fullmatch, "代号“{}”只能用小写字母、数字和下划线，且以字母开头")
#: No body's name is longer.
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(CellText):
    """A row or column."""

    id: Annotated[Id, "part of the variable's name; within a table no row has the id of a column or of another row"]
    label: Annotated[str, Also(breaks=True), "as printed; `\\|` marks where a narrow column may break it"]
    under: Annotated[tuple[str, ...], Also(breaks=True), "headings over it, from outside in; equal ones are one"] = ()
    quiet: Annotated[bool, "of a block's only column: it is printed, and no message names it"] = False

    @property
    def printed(self) -> tuple[str, ...]:
        """All labels from outside in, the last with the unit of measure where it has its own."""
        unit = self.type.get("unit", "")
        return (*self.under, f"{self.label}（{unit}）" if unit else self.label)

    @property
    def path(self) -> tuple[str, ...]:
        """What calls it: all labels from outside in, without break hints; nothing where it is `quiet`."""
        return () if self.quiet else tuple(part.replace(BREAK, "") for part in self.printed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(CellText):
    """Rows by columns under one heading; most tables have a single block without a title."""

    rows: Annotated[tuple[Label, ...], "labels of the rows"]
    columns: Annotated[tuple[Label, ...], "labels of the columns"]
    title: Annotated[str, Also(of="block", breaks=True), "a band over the block"] = ""
    stub: Annotated[str, "heading over the row labels"] = ""
    id: Annotated[str, Also(of="block"), _MAYBE_ID, "its rows are a list that rules call by it; see below"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(CellText):
    """A printed table."""

    id: Annotated[Id, "first part of every variable's name"]
    title: Annotated[str, "heading over the table"]
    sheet: Annotated[SheetName, "name of the worksheet: 1 to 31 characters, none of `[ ] : * ? / \\ '`"]
    blocks: Annotated[tuple[Block, ...], Also(name="block"), "in place of `rows`: runs of rows, each with its columns"]
    layout: Annotated[Literal["table", "line"], "`line`: the rows stand side by side in a single line"] = "table"
    note: Annotated[str, "printed in the corner over the row labels"] = ""
    stub_widths: Annotated[tuple[float, ...], "millimetres of the columns of row labels; else 42 shared out"] = ()
    column_width: Annotated[float, "millimetres of a number column; else what is left of 156, at least 10"] = 0.0
    controls: Annotated[tuple[str, ...], "ids of totals that a unit may have to type by hand as well; see below"] = ()
    cells: Annotated[Mapping[str, CellText], "of one cell, by `row.column`"] = field(default_factory=dict, hash=False)

    @property
    def rows(self) -> tuple[Label, ...]:
        """The rows of all blocks, as printed."""
        return tuple(row for block in self.blocks for row in block.rows)

    def name(self, row: Label, column: Label) -> str:
        """The name of the variable in that row and column."""
        return f"{self.id}.{row.id}.{column.id}"

    @property
    def variables(self) -> Iterator[Variable]:
        """What its cells ask for, in printed order."""
        pairs = [(block, *pair) for block in self.blocks for pair in product(block.rows, block.columns)]
        names = {self.name(row, column) for _, row, column in pairs}
        for block, row, column in pairs:
            said = (self.cells.get(f"{row.id}.{column.id}", CellText()), row, column, block, self)
            kind = NumberType.of(*(one.type for one in reversed(said)))
            how = next((one.aggregate for one in said if one.aggregate), "")
            usual = "none" if kind.is_words else "count" if kind.choices else "sum"
            way, _, by = how.partition(" by ")
            weights = (f"{self.id}.{by}.{column.id}", f"{self.id}.{row.id}.{by}", f"{self.id}.{by}")
            weight = next((name for name in weights if name in names), by)
            yield Variable(
                name=self.name(row, column),
                table=self.id,
                row=row.id,
                column=column.id,
                type=kind,
                aggregate=Aggregate(way or usual, weight, bool(how)),
                relevant=next((one.relevant for one in said if one.relevant), ""),
                row_path=row.path,
                column_path=column.path,
            )

    def row(self, row: str) -> Label:
        """The row of that id; KeyError if there is none."""
        return {r.id: r for r in self.rows}[row]

    def block(self, row: str) -> Block:
        """The block of that row."""
        return next(b for b in self.blocks if any(r.id == row for r in b.rows))

    def column(self, row: str, column: str) -> Label:
        """The column of that id in the block of that row; KeyError if there is none."""
        return {c.id: c for c in self.block(row).columns}[column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One number asked for: ``name`` is ``table.row.column`` and the defined name of its cell.

    ``row_path`` and ``column_path`` are its printed labels from outside in; a label may hold blanks.
    """

    name: str
    table: str
    row: str
    column: str
    type: NumberType
    row_path: tuple[str, ...]
    column_path: tuple[str, ...]
    aggregate: Aggregate
    relevant: str = ""
    derived: bool = False

    @property
    def row_label(self) -> str:
        """All labels of its row from outside in, as one text."""
        return " ".join(self.row_path)

    @property
    def column_label(self) -> str:
        """All labels of its column from outside in, as one text."""
        return " ".join(self.column_path)

    @property
    def measure(self) -> str:
        """Its unit of measure, where no label says it."""
        unit = self.type.unit
        return "" if f"（{unit}）" in self.row_label + self.column_label else unit

    @property
    def brief(self) -> str:
        """The innermost labels: ``一、本年新收政府信息公开申请数量／自然人``."""
        return "／".join(path[-1] for path in (self.row_path, self.column_path) if path and path[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A text asked for."""

    name: Annotated[Id, Also(name="id"), "the variable is `<group>.<id>`"]
    label: Annotated[str, "printed before the cell"]
    required: Annotated[bool, "whether it is VAL-01 where it is blank or has no word in it; see below"] = False
    hint: Annotated[str, "printed behind the cell"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGroup:
    """The texts of one sheet."""

    id: Annotated[Id, "first part of the names"]
    title: Annotated[str, "heading of the sheet"]
    sheet: Annotated[SheetName, "name of the worksheet"]
    texts: Annotated[tuple[TextField, ...], Also(name="items"), "the texts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenList:
    """A list of up to ``size`` lines, each a label and a count: names ``id.NN.label`` and ``id.NN.count``."""

    id: Annotated[Id, "first part of the names"]
    title: Annotated[str, "heading of the sheet"]
    sheet: Annotated[SheetName, "name of the worksheet"]
    label: Annotated[str, "heading of the labels"] = "名称"
    count: Annotated[str, "heading of the counts"] = "数量"
    size: Annotated[int, _LINES, "number of lines"] = 20
    hint: Annotated[str, "printed under the title"] = ""
    type: Annotated[NumberType, "what the counts hold"] = field(default_factory=NumberType)

    def names(self, line: int) -> tuple[str, str]:
        """The names of line ``line`` (from 1)."""
        return f"{self.id}.{line:02}.label", f"{self.id}.{line:02}.count"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverField:
    """A line of the cover: who answers, how to reach them."""

    name: Annotated[Id, Also(name="id"), "the variable is `cover.<id>`; not `unit`, not `period`"]
    label: Annotated[str, "printed before the cell"]
    hint: Annotated[str, "shown when the cell is chosen"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NilReturn:
    """A tick on the cover, `NIL_TICK` where nothing happened: what it ``fills`` with 0, as patterns of names."""

    id: Annotated[Id, "the name of its cell is `cover.<id>`"]
    label: Annotated[str, "what it says: `本年没有……`"]
    fills: Annotated[tuple[str, ...], "the numbers it fills: names with `*` for any part (`table.row.*`); see below"]

    @property
    def name(self) -> str:
        """The defined name of its cell."""
        return f"cover.{self.id}"

    def covers(self, variable: str) -> bool:
        """Whether a number is one of those that it says are 0."""
        return any(fnmatchcase(variable, pattern) for pattern in self.fills)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A report form as designed, complete but for its report's outline and what its rules about texts look for.

    ``named`` are kinds of body with patterns for their names, the first that fits decides. ``renames`` says by version,
    or by the id of another form, what its names are here; ``*`` is any part of a name. ``shares`` are those that rows
    (``table.row``) usually have of their column, each with the shape of its gamma distribution over offices.
    """

    id: Annotated[str, "permanent name of the form; equal to the folder's name"]
    version: Annotated[int, "raise it when the template changes; old workbooks are then told apart"]
    title: Annotated[str, "printed on the cover and in the report's title"]
    accepts: Annotated[tuple[int, ...], "versions of workbooks that are still read; else only `version`"] = ()
    name: Annotated[str, Also(like="title"), "how the form is listed"]
    period_kind: Annotated[str, Also("period", among=KINDS), "`2025`, `2025-H1`, `2025-Q1`, `2025-03`"] = "year"
    tables: tuple[Table, ...]
    basis: Annotated[str, "the document that prescribes the form"] = ""
    groups: tuple[TextGroup, ...] = ()
    lists: tuple[OpenList, ...] = ()
    rules: tuple[RuleText, ...] = ()
    text_rules: tuple[TextRule, ...] = ()
    bodies: Annotated[tuple[str, ...], "the kinds of body that report"] = ()
    cover: tuple[CoverField, ...] = ()
    nils: tuple[NilReturn, ...] = ()
    guide: Annotated[tuple[str, ...], "the lines of 填表说明 on the cover"] = ()
    empty_explanations: Annotated[tuple[str, ...], "explanations that explain nothing (`属实`, `核实无误`)"] = ()
    empty_texts: Annotated[tuple[str, ...], "what a required text says that says nothing (`无`); see below"] = ()
    folder: str = ""
    named: tuple[tuple[str, re.Pattern[str]], ...] = ()
    renames: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    shares: Mapping[str, tuple[float, ...]] = field(default_factory=dict, hash=False)

    def renamed(self, name: str, form: str, version: int) -> str:
        """What a name of a version of this form, or of another form, is here; empty where nothing here is the same."""
        own = form.removesuffix(CONTROLS) == self.base
        for old, new in self.renames.get(str(version) if own else form, {}).items():
            if found := re.fullmatch(re.escape(old).replace(r"\*", r"([^.]+)"), name):
                return new.replace("*", "{}").format(*found.groups())
        return name if own else ""

    def translated(self, told: Mapping[str, T], form: str, version: int) -> dict[str, T]:
        """What is told by names of a version, or of another form, under the names of this form; see `renamed`."""
        return {new: value for name, value in told.items() if (new := self.renamed(name, form, version))}

    def body_named(self, unit: str) -> str:
        """The kind of body that a unit is by its name; empty where the name does not say it."""
        name = name_key(unit)
        known = self.named if len(name) <= _LONGEST_NAME else ()
        return next((kind for kind, pattern in known if pattern.fullmatch(name)), "")

    @property
    def parts(self) -> tuple[Table | TextGroup | OpenList, ...]:
        """What has a sheet of its own."""
        return (*self.tables, *self.groups, *self.lists)

    @cached_property
    def cells(self) -> Mapping[str, Variable]:
        """What every cell of the tables asks for, in printed order, by name."""
        return {one.name: one for table in self.tables for one in table.variables}

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """The numbers among them, and the choices, which are numbers by their place."""
        return {name: one for name, one in self.cells.items() if not one.type.is_words}

    @cached_property
    def words(self) -> Mapping[str, Variable]:
        """The words among them."""
        return {name: one for name, one in self.cells.items() if one.type.is_words}

    @cached_property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """The numbers of each column of a list, `table.list.column`; by `table.list` those of its first such column."""
        out: dict[str, tuple[str, ...]] = {}
        named = [(t, b, column) for t in self.tables for b in t.blocks if b.id for column in b.columns]
        for table, block, column in named:
            names = tuple(table.name(row, column) for row in block.rows)
            if self.variables.keys() >= {*names}:
                out.setdefault(f"{table.id}.{block.id}", names)
                out[f"{table.id}.{block.id}.{column.id}"] = names
        return out

    @cached_property
    def nil_of(self) -> Mapping[str, NilReturn]:
        """The tick that says that a number is 0, by the number's name; totals among them are computed all the same."""
        return {name: one for one in self.nils for name in self.variables if one.covers(name)}

    @cached_property
    def texts(self) -> Mapping[str, TextField]:
        """Every text asked for, by name."""
        return {text.name: text for group in self.groups for text in group.texts}

    @property
    def base(self) -> str:
        """The form's id, the same for its variants."""
        return self.id.removesuffix(CONTROLS)

    def table(self, table: str) -> Table:
        """The table of that id; KeyError if there is none."""
        return {t.id: t for t in self.tables}[table]
