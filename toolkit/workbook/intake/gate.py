"""The gate before every reader: one untrusted file in, its checked parts or one refusal out.

Nothing is unpacked to disk, nothing is resolved or followed. What passes is a plain .xlsx whose XML is well-formed
UTF-8 without DTD and bounded in size, number, length, depth and extent, so that whatever reads the file next cannot
be made to hang, to swell, or to see other figures than we do.

The package is that of ECMA-376 Part 2 (Open Packaging Conventions): ``[Content_Types].xml`` and ``.rels`` parts say
what each part is and what it leads to. The vocabulary is the Transitional one (Part 4); Strict (Part 1) is refused.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from xml.etree.ElementTree import Element

from toolkit.errors import cause_of
from toolkit.forms.layout import CHECKS, COVER
from toolkit.model.codes import Code
from toolkit.model.sentences import worded
from toolkit.workbook.intake.archive import directory, unpack
from toolkit.workbook.intake.refusals import Refused, refusal, require_no_other, require_zip
from toolkit.workbook.intake.xml import LINK_ID, MAIN, is_markup, is_passed_over, links_of, part, require_bounded, tree

__all__ = ["MAX_FILE", "Admitted", "Refused", "admit", "admit_bytes"]

#: Bytes of a file.
MAX_FILE = 20 << 20
#: How a stranger's file is opened: no link is followed, no pipe waited for.
READING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_CONTENTS = "[content_types].xml"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_STRICT = "http://purl.oclc.org/ooxml/"
# Active content, by the name of its part ...
_PARTS = (
    (Code.FILE_25, re.compile(r"vbaproject|vbadata|(^|/)(intl)?macrosheets/|(^|/)dialogsheets/", re.MULTILINE)),
    (Code.FILE_26, re.compile(r"/activex/|/ctrlprops/|/embeddings/|(^|/)customui|/webextensions/", re.MULTILINE)),
    (Code.FILE_28, re.compile(r"/connections\.xml|/querytables/|/model/|datamashup")),
)
# ... and by the last word of its relationship's type, for a part under another name.
_LINKS: Mapping[str, Code] = {
    **dict.fromkeys(("vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "dialogsheet"), Code.FILE_25),
    **dict.fromkeys(("control", "ctrlprop", "activexcontrolbinary", "oleobject", "package"), Code.FILE_26),
    **dict.fromkeys(("extensibility", "customui", "webextension", "webextensiontaskpanes"), Code.FILE_26),
    **dict.fromkeys(("externallink", "externallinkpath", "attachedtemplate"), Code.FILE_27),
    **dict.fromkeys(("connections", "querytable", "powerpivotdata"), Code.FILE_28),
}


@dataclass(frozen=True, slots=True)
class Admitted:
    """A file let in: its bytes and their SHA-256 (hexadecimal), its parts unpacked, by name.

    ``trees`` are its XML parts, parsed, by name in small letters, without those that no reader looks into. They are
    shared between files and not to be altered; ``values`` are those that were cut out of them (`part`).
    """

    data: bytes = field(repr=False)
    sha256: str
    parts: Mapping[str, bytes] = field(repr=False)
    trees: Mapping[str, Element] = field(repr=False, compare=False)
    values: Mapping[str, Sequence[str]] = field(repr=False, compare=False)


def admit(path: Path) -> Admitted:
    """Let a file in. Its bytes are read once; nobody needs the path again.

    Raises Refused as `whole` and `admit_bytes` do.
    """
    return admit_bytes(whole(path))


def whole(path: Path, most: int = MAX_FILE) -> bytes:
    """The bytes of an ordinary file of at most ``most`` bytes, read once; no link is followed.

    Raises Refused: FILE-02 for a lock file by its name, FILE-01 for a folder, link or device, FILE-04 above ``most``,
    FILE-05 where the file changed meanwhile, FILE-06 without permission, FILE-07 for any other fault of reading.
    """
    if path.name.startswith(("~$", ".~lock.")):
        raise refusal(Code.FILE_02)
    try:
        before = path.lstat()
        if not stat.S_ISREG(before.st_mode):
            raise refusal(Code.FILE_01)
        if before.st_size > most:
            raise refusal(Code.FILE_04, f"{before.st_size >> 20} MB")
        with os.fdopen(os.open(path, READING), "rb") as stream:
            data = stream.read(most + 1)
            after = os.fstat(stream.fileno())
    except PermissionError:
        raise refusal(Code.FILE_06) from None
    except OSError as error:
        raise refusal(Code.FILE_07, cause_of(error)) from None
    if not len(data) == before.st_size == after.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise refusal(Code.FILE_05)
    return data


def admit_bytes(data: bytes, pardoned: Collection[Code] = ()) -> Admitted:
    """Let the content of a file in; ``pardoned`` of FILE-26 to FILE-28 do no harm where only values are read.

    Raises Refused: FILE-03 and FILE-04 for the size; FILE-08 to FILE-18 and FILE-46 for another kind of file, or a
    password; FILE-19 to FILE-24 for the zip (`directory`, `unpack`); FILE-25 to FILE-28 for macros, controls, links
    out of the file and data connections; FILE-29 for Strict; FILE-30 to FILE-39 for XML not well-formed, beyond its
    bounds, or with a cell misplaced (`tree`).
    """
    if not 0 < len(data) <= MAX_FILE:
        raise refusal(Code.FILE_04 if data else Code.FILE_03)
    require_zip(data)
    entries = directory(data)
    _require_workbook([entry.name.lower() for entry in entries], pardoned)
    parts = unpack(data, entries)
    markup = {name: body for name, body in parts.items() if is_markup(name, body)}
    require_bounded(markup.values())
    rels = _parsed({name: body for name, body in markup.items() if name.lower().endswith(".rels")}, dict)
    links = {name: root for name, (root, _) in rels.items()}
    _require_passive(links, parts, pardoned)
    kinds: defaultdict[str, set[str]] = defaultdict(set)  # of relationships that lead to a part, by its file name
    for link in chain.from_iterable(links.values()):
        target, kind = (link.get(name, "").lower().rpartition("/")[2] for name in ("Target", "Type"))
        kinds[target].add(kind)
    others = {
        name: body
        for name, body in markup.items()
        if name.lower() not in links
        # No link makes the list of contents a part that nobody reads: it says what the workbook is.
        and (name.lower() == _CONTENTS or not is_passed_over(name, body, kinds[name.lower().rpartition("/")[2]]))
    }
    parsed = rels | _parsed(others, lambda: _called(links, parts))
    trees, values = {name: root for name, (root, _) in parsed.items()}, {name: cut for name, (_, cut) in parsed.items()}
    _require_xlsx(trees.get(_CONTENTS, ()), [part.lower() for part in parts], _main(links))
    return Admitted(data, hashlib.sha256(data).hexdigest(), parts, trees, values)


def _require_workbook(names: Sequence[str], pardoned: Collection[Code]) -> None:
    """Refuse what is a zip but no .xlsx (FILE-14 to FILE-17), and active content by its place (FILE-25 to FILE-28)."""
    require_no_other(names)
    if _CONTENTS not in names:
        raise refusal(Code.FILE_17)
    listing = "\n".join(names)
    for code, pattern in _PARTS:
        if code not in pardoned and pattern.search(listing):
            raise refusal(code)


def _main(trees: Mapping[str, Element]) -> set[str]:
    """The names of the parts that the package calls its document: one, in a workbook that can be read."""
    return {target for _, kind, target in links_of(trees, "") if kind == "officedocument"}


def _require_xlsx(contents: Iterable[Element], parts: Sequence[str], main: set[str]) -> None:
    """Refuse by content type a workbook with macros (FILE-25), a template, an add-in or anything unknown (FILE-18).

    Names are in small letters. An Override goes before a Default (ECMA-376 Part 2, content types). What is declared of
    parts that are not there says nothing: SheetJS declares a type with macros in every .xlsx.
    """
    stated = [(one.get("PartName", "").lstrip("/").lower(), one.get("ContentType", "")) for one in contents]
    usual = {one.get("Extension", "").lower(): one.get("ContentType", "") for one in contents if one.get("Extension")}
    named = {name for name, _ in stated}
    kinds = [(name, usual.get(name.rpartition(".")[2], "")) for name in parts if name not in named]
    kinds += [(name, kind) for name, kind in stated if name in parts]
    if any("macroenabled" in kind.lower() for _, kind in kinds):
        raise refusal(Code.FILE_25)
    if _WORKBOOK not in {kind for name, kind in kinds if name in main or main.isdisjoint(parts)}:
        raise refusal(Code.FILE_18)


def _require_passive(links: Mapping[str, Element], parts: Mapping[str, bytes], pardoned: Collection[Code]) -> None:
    """Refuse relationships that lead to active content (FILE-25 to FILE-28), or out of the file but for a hyperlink.

    A relationship of Strict is FILE-29, one out of the file FILE-27; where the sheets were copied out of a workbook of
    ours, that is said: to break the links would help nobody.
    """
    for link in chain.from_iterable(root.iter() for root in links.values()):
        kind = link.get("Type", "")
        word = kind.rpartition("/")[2].lower()
        if kind.startswith(_STRICT):
            raise refusal(Code.FILE_29)
        outside = word != "hyperlink" and link.get("TargetMode", "").lower() == "external"
        code = _LINKS.get(word, Code.FILE_27 if outside else None)
        if code in pardoned:
            continue
        if code is Code.FILE_27 and {COVER, CHECKS} <= set(_called(links, parts).values()):
            raise Refused(code, worded(Code.FILE_27, "copied"))
        if code is not None:
            raise refusal(code)
    if Code.FILE_27 not in pardoned and any("/externallinks/" in name.lower() for name in parts):
        raise refusal(Code.FILE_27)


def _parsed(
    bodies: Mapping[str, bytes], called: Callable[[], Mapping[str, str]]
) -> dict[str, tuple[Element, Sequence[str]]]:
    """Parts parsed, by name in small letters; a refusal says where, with what `_called` calls the part."""
    out = {}
    for name, body in bodies.items():
        try:
            out[name.lower()] = part(body)
        except Refused as refused:
            sheet = called().get(name.lower(), "")
            place = f"工作表“{sheet}”" if sheet else "批注" if "comments" in name.lower() else ""
            raise refusal(refused.code, f"{place}{' ' if place and refused.where else ''}{refused.where}") from None
    return out


def _called(links: Mapping[str, Element], parts: Mapping[str, bytes]) -> dict[str, str]:
    """The sheet that stands in a part, by the part's name in small letters; nothing where the workbook is broken."""
    bodies = {name.lower(): body for name, body in parts.items()}
    called: dict[str, str] = {}
    for main in _main(links):
        targets = {key: target for key, _, target in links_of(links, main)}
        with suppress(Refused):
            sheets = tree(bodies.get(main, b"")).iter(MAIN + "sheet")
            called |= {targets.get(one.get(LINK_ID, ""), ""): one.get("name", "") for one in sheets}
    return called
