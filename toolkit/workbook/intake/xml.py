"""Parses the XML of an untrusted file under bounds on number, length and depth: no DTD, no cell twice or astray."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import chain
from typing import Any, TypeVar
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element, ParseError, fromstring

from toolkit.forms.layout import address as at
from toolkit.model.codes import Code
from toolkit.workbook.intake.refusals import refusal

MAX_TOKEN, MAX_ELEMENTS, MAX_DEPTH = 1 << 20, 400_000, 64
MAX_AREA = 20_000
R = TypeVar("R")
#: Rows and columns of a sheet of Excel.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
#: The vocabulary in which a part names another, and the attribute that does (ECMA-376 Part 1, 22.8).
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINK_ID = f"{{{RELATIONSHIPS}}}id"

_STRICT = "{http://purl.oclc.org/ooxml/"  # what Strict Open XML calls its vocabularies
_OWN = frozenset({"customproperty", "printersettings"})
_MAY_BE_EMPTY = frozenset({"comments"})
#: What stands for a value that was cut out: one without markup, entities, or what else a parser changes or refuses.
CUT = "?"
#: Bytes of a part whose tree is kept, and of all of them: forms of a few years, as several programs save them.
_SMALL, _MOST = 300_000, 4 << 20
#: Tags of such a part: a tree takes room by its elements and not by its text.
_TAGS = 8_000
_known: OrderedDict[bytes, tuple[Element, int]] = OrderedDict()
_CHARACTER = rb"[ -%'-;=?-~]|[\xc3-\xdf][\x80-\xbf]|[\xe2-\xe9][\x80-\xbf]{2}|\xef[\xbc\xbd][\x80-\xbf]"
_PLAIN = re.compile(rb"<v>((?:" + _CHARACTER + rb"){0,200})</v>")
_DECLARED = 5  # behind the beginning of the XML declaration
_LEADING = b"\xef\xbb\xbf \t\r\n"
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)""")
_LONG_NAMESPACE = re.compile(rb"""xmlns(?::[^\s=<>]{100}|(?::[^\s=<>]{1,99})?\s*=\s*["'][^"']{512})""")
_ADDRESSES = re.compile(r"(?:[A-Z]{1,3}+[1-9][0-9]{0,6}+\n)*+")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(r"[0-9]{1,7}")
_AREA = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}(:[A-Z]{1,3}[1-9][0-9]{0,6})?")
# A comment or an instruction for other programs, and the first that stands behind it.
_ASIDE = re.compile(rb"(?<!\s)\s*+<(?:!--.*?--|\?.*?\?)>(?=\s*+(.?))", re.DOTALL)
_PERHAPS_FAR = re.compile(r"[X-Z][A-Z]{2}|[0-9]{7}")  # whatever lies beyond the sheet, and some more


def is_markup(name: str, body: bytes) -> bool:
    """Tell by name or looks whether a part is XML to be checked. Excel's own .vml is often not well-formed."""
    kind = name.lower().rpartition(".")[2]
    if kind in ("xml", "rels", "vml", "svg"):
        return kind in ("xml", "rels")
    return body.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")) or body[:64].lstrip(_LEADING)[:1] == b"<"


def is_passed_over(name: str, body: bytes, links: Collection[str]) -> bool:
    """Tell of a part that no reader looks into, by the kinds of relationships that lead to it: it condemns no file.

    That is a part of its own for a printer or an add-in, and comments of which nothing is left.
    """
    named = name.lower().endswith((".xml", ".rels"))
    return bool(links) and set(links) <= (_OWN if not named else _MAY_BE_EMPTY if not body else frozenset())


def require_bounded(bodies: Collection[bytes]) -> None:
    """Refuse more elements, or attributes, than any return has: a tree takes far more memory than its text."""
    if sum(map(len, bodies)) < MAX_ELEMENTS * 4:  # the shortest element has four bytes: it cannot hold too many
        return
    elements = sum(body.count(b"<") - body.count(b"</") for body in bodies)
    attributes = sum(body.count(b"=") for body in bodies)
    if elements > MAX_ELEMENTS or attributes > MAX_ELEMENTS * 4:
        raise refusal(Code.FILE_35, f"{max(elements, attributes // 4)} 个")


def tree(body: bytes) -> Element:
    """Check and parse a part; every cell of a sheet has its address in ``r``.

    A refusal tells the cell, if there is one; in which part it is only who asks can know.
    """
    _require_tame(body)
    try:
        root = fromstring(body)
    except (ParseError, ValueError, LookupError):
        raise refusal(Code.FILE_32) from None
    if root.tag.startswith(_STRICT):
        raise refusal(Code.FILE_29)
    _require_shallow(root)
    if root.tag in (MAIN + "worksheet", MAIN + "sst"):
        # Readers differ in what a text with a comment in its middle is: two figures in the same bytes. Between two
        # elements there is no text to differ about.
        asides = _ASIDE.finditer(body, _DECLARED) if b"<!" in body or body.find(b"<?", _DECLARED) >= 0 else ()
        if any((body[aside.start() - 1 : aside.start()], aside[1]) != (b">", b"<") for aside in asides):
            raise refusal(Code.FILE_40)
        _require_sheet(root, body)
    elif root.tag == MAIN + "comments":
        _require_near([e.get("ref", "") for e in root.iter(MAIN + "comment")])
    return root


def part(body: bytes) -> tuple[Element, Sequence[str]]:
    """A part's tree, shared between files and read only; where cells hold `CUT`, these plain values, in their order."""
    pieces = _PLAIN.split(body)
    root, count = _remembered(f"<v>{CUT}</v>".encode().join(pieces[::2]))
    values = b"\n".join(pieces[1::2]).decode().split("\n") if pieces[1:] else ()
    return (root, values) if count == len(values) or not values else (tree(body), ())


def _remembered(body: bytes) -> tuple[Element, int]:
    """A skeleton, kept unless it is large, and others were met since; trees take far more memory than their text."""
    if len(body) > _SMALL or body.count(b"<") > _TAGS:
        return _skeleton(body)
    found = _known.pop(body, None) or _skeleton(body)
    if found[0].tag != MAIN + "sst":  # the texts of one file are no other's
        _known[body] = found
    while sum(map(len, _known)) > _MOST:
        _known.popitem(last=False)
    return found


def _skeleton(body: bytes) -> tuple[Element, int]:
    """What many files have in common, and how many cells lost a value; -1 if that may be hidden, or looked like."""
    root = tree(body)
    alike = [one for one in root.iter() if one.text == CUT and one.tag.rpartition("}")[2] == "v"]
    cells = [one for cell in root.iter(MAIN + "c") for one in cell if one.tag == MAIN + "v" and one.text == CUT]
    # An instruction may hide a value that was cut out, wherever it stands; only the XML declaration is none.
    plain = b"<!" not in body and b"<?" not in body.removeprefix(b"\xef\xbb\xbf").removeprefix(b"<?xml ")
    # The same elements in the same order: what was cut out is put back cell by cell.
    return root, len(cells) if plain and root.tag == MAIN + "worksheet" and cells == alike else -1


def once_a_tree(make: Callable[..., R]) -> Callable[..., R]:
    """Keep what is made of a tree as long as the tree is kept; with other arguments it is made anew."""
    known: WeakKeyDictionary[Element, tuple[tuple[Any, ...], R]] = WeakKeyDictionary()

    def made(root: Element, *more: Any) -> R:  # noqa: ANN401 - those of `make`
        found = known.get(root)
        if found is None or found[0] != more:
            found = known[root] = more, make(root, *more)
        return found[1]

    return made


def _require_tame(body: bytes) -> None:
    """Check what must hold before a parser sees the bytes. They must be UTF-8, so searching bytes is enough."""
    encoding = _ENCODING.match(body)
    if b"\0" in body or body[:2] in (b"\xff\xfe", b"\xfe\xff") or (encoding and encoding[1].lower() != b"utf-8"):
        raise refusal(Code.FILE_31)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise refusal(Code.FILE_30)
    giant = len(body) > MAX_TOKEN and (b"<!" in body or _has_giant(body, b"<") or _has_giant(body, b">"))
    if giant or _LONG_NAMESPACE.search(body):  # a long namespace is repeated in the name of every element
        raise refusal(Code.FILE_33)


def _has_giant(body: bytes, mark: bytes) -> bool:
    """Tell whether somewhere more than MAX_TOKEN bytes stand without the mark."""
    at = 0
    while len(body) - at > MAX_TOKEN:
        at = body.rfind(mark, at, at + MAX_TOKEN) + 1
        if not at:
            return True
    return False


def _require_shallow(root: Element) -> None:
    """Bound the depth, level by level on the parsed tree: exact, at C speed, and the C parser does not recurse."""
    parents = [root]
    for _ in range(MAX_DEPTH - 1):
        parents = list(filter(len, chain.from_iterable(parents)))
        if not parents:
            return
    raise refusal(Code.FILE_34)


def _require_sheet(root: Element, body: bytes) -> None:
    """Refuse cells that are misplaced, misnamed, twice there or far away, and areas that swallow the sheet."""
    blocks = root.findall(MAIN + "sheetData")
    rows = blocks[0].findall(MAIN + "row") if blocks else []
    cells = list(root.iter(MAIN + "c")) if blocks else []
    if len(blocks) > 1 or (blocks and len(rows) != len(blocks[0])) or sum(map(len, rows)) != len(cells):
        raise refusal(Code.FILE_40)
    addresses = [cell.get("r") or "" for cell in cells]
    if "" in addresses:
        addresses = _numbered(rows)
    if not _ADDRESSES.fullmatch("\n".join(addresses) + "\n" if addresses else ""):
        raise refusal(Code.FILE_37, next(a for a in addresses if not _ADDRESS.fullmatch(a)))
    if len(set(addresses)) != len(addresses):
        raise refusal(Code.FILE_39, Counter(addresses).most_common(1)[0][0])
    _require_near([address for cell, address in zip(cells, addresses, strict=True) if len(cell)])
    tags = [tag for tag in ("mergeCell", "hyperlink") if tag.encode() in body]
    if sum(_cells_in(e.get("ref", "")) for tag in tags for e in root.iter(MAIN + tag)) > MAX_AREA:
        raise refusal(Code.FILE_38)


def _numbered(rows: Sequence[Element]) -> list[str]:
    """Give an address to each cell that has none: the one right of the cell before it."""
    number, addresses = 0, []
    for row in rows:
        stated, column = row.get("r", str(number + 1)), 0
        if not _ROW.fullmatch(stated):
            raise refusal(Code.FILE_37, stated)
        number = int(stated)
        for cell in row:
            found = _ADDRESS.fullmatch(cell.get("r", ""))
            column = column_number(found[1]) if found else column + 1
            if "r" not in cell.attrib:
                cell.set("r", at(number - 1, column - 1))
            addresses.append(cell.get("r", ""))
    return addresses


def _require_near(addresses: Sequence[str]) -> None:
    """Refuse content outside the sheet."""
    if not _PERHAPS_FAR.search(" ".join(addresses)):
        return
    for address in addresses:
        found = _ADDRESS.fullmatch(address)
        if not found:
            raise refusal(Code.FILE_37, address)
        if int(found[2]) > LAST_ROW or column_number(found[1]) > LAST_COLUMN:
            raise refusal(Code.FILE_36, address)


def _cells_in(area: str) -> int:
    if not _AREA.fullmatch(area):
        raise refusal(Code.FILE_37, area)
    rows, columns = rows_and_columns(area)
    return len(rows) * len(columns)


@lru_cache(maxsize=4096)
def coordinates(address: str) -> tuple[int, int]:
    """Column and row of an address such as ``AB12``, both counted from 1."""
    letters = address.rstrip("0123456789")
    return column_number(letters), int(address[len(letters) :])


def rows_and_columns(reference: str) -> tuple[range, range]:
    """Rows and columns of an area such as ``A1:C3``, counted from 1, whichever of its corners are named."""
    first, _, last = reference.partition(":")
    columns, rows = (sorted(pair) for pair in zip(coordinates(first), coordinates(last or first), strict=True))
    return range(rows[0], rows[1] + 1), range(columns[0], columns[1] + 1)


def part_meant(folder: str, target: str) -> str:
    """The part that a relationship of a part in ``folder`` leads to; some write backslashes between folders."""
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def links_of(trees: Mapping[str, Element], source: str) -> list[tuple[str, str, str]]:
    """A part's relationships: id, last word of the type, part meant, the last two, like all names, in small letters."""
    folder, _, name = source.rpartition("/")
    return [
        (
            one.get("Id", ""),
            one.get("Type", "").rpartition("/")[2].lower(),
            part_meant(folder, one.get("Target", "")).lower(),
        )
        for one in trees.get(posixpath.join(folder, "_rels", f"{name}.rels"), ())
    ]


def column_number(letters: str) -> int:
    """Count: ``A`` is 1, ``AA`` is 27."""
    return reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0)
