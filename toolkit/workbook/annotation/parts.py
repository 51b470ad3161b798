"""The parts of an admitted workbook while a few of them change: what nobody touches keeps its bytes and its place.

The package is that of ECMA-376 Part 2: relationships lead from part to part, ``[Content_Types].xml`` says what each is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from toolkit.io.package import zipped
from toolkit.workbook.intake.xml import RELATIONSHIPS, part_meant

_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_CONTENTS, _TYPE = "[Content_Types].xml", "application/vnd.openxmlformats-officedocument."
etree.register_namespace("r", RELATIONSHIPS)  # else its prefix hangs on whether another library did so
#: The kinds of parts that are added or named anew: the only names under which every reader finds them, and their type.
_KINDS: Mapping[str, tuple[str, str]] = {
    "worksheet": ("xl/worksheets/sheet{}.xml", _TYPE + "spreadsheetml.worksheet+xml"),
    "styles": ("xl/styles{}.xml", _TYPE + "spreadsheetml.styles+xml"),
    "comments": ("xl/comments{}.xml", _TYPE + "spreadsheetml.comments+xml"),
    "vmldrawing": ("xl/drawings/vmlDrawing{}.vml", _TYPE + "vmlDrawing"),
}


class Link(NamedTuple):
    """A relationship inside the package: its kind in small letters, and the part it leads to."""

    element: etree._Element
    id: str
    kind: str
    target: str


class Parts:
    """A workbook's parts by name. Names are told apart as the format does: capitals and small letters are one."""

    def __init__(self, bodies: Mapping[str, bytes]) -> None:
        self._bodies = dict(bodies)
        self._names = {name.lower(): name for name in bodies}
        self._trees: dict[str, tuple[etree._Element, bytes]] = {}

    def name(self, path: str) -> str:
        """The name of a part as the package writes it; as it is asked for where there is none."""
        return self._names.get(path.lower(), path)

    def body(self, name: str) -> bytes:
        """A part's bytes as they came or were last put; none where there is no such part."""
        return self._bodies.get(self.name(name), b"")

    def count(self, ending: str) -> int:
        """How many parts have a name that ends so."""
        return sum(name.endswith(ending) for name in self._names)

    def tree(self, name: str) -> etree._Element:
        """A part's XML, to be changed in place. The gate has seen to DTD, size and depth."""
        name = self.name(name)
        if name not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            root = etree.fromstring(self._bodies[name], parser)
            self._trees[name] = root, _document(root)
        return self._trees[name][0]

    def put(self, name: str, body: bytes) -> None:
        """Write a part."""
        name = self.name(name)
        self._bodies[name] = body
        self._names[name.lower()] = name
        self._trees.pop(name, None)

    def links(self, owner: str, *kinds: str) -> list[Link]:
        """The relationships of a part (of the package: ``""``) that stay within the package, of these kinds or all."""
        if self.name(_rels(owner)) not in self._bodies:
            return []
        found = []
        for one in self.tree(_rels(owner)).iterfind(_LINKS + "Relationship"):
            kind = one.get("Type", "").rpartition("/")[2].lower()
            if one.get("TargetMode") != "External" and (not kinds or kind in kinds):
                path = part_meant(posixpath.dirname(owner), one.get("Target", ""))
                found.append(Link(one, one.get("Id", ""), kind, self.name(path)))
        return found

    def add(self, owner: str, kind: str, body: bytes) -> tuple[str, str]:
        """Add a part of one of the known kinds; its name, and the id of the relationship that leads to it."""
        name = self._new(kind, body)
        if self.name(_rels(owner)) not in self._bodies:
            self.put(_rels(owner), f'<Relationships xmlns="{_LINKS.strip("{}")}"/>'.encode())
        links = self.tree(_rels(owner))
        taken = {one.get("Id") for one in links}
        key = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        word = kind.replace("drawing", "Drawing")
        link = {"Id": key, "Type": f"{RELATIONSHIPS}/{word}", "Target": _relative(name, owner)}
        etree.SubElement(links, _LINKS + "Relationship", link)
        return name, key

    def _new(self, kind: str, body: bytes) -> str:
        pattern, content = _KINDS[kind]
        name = next(n for i in range(1, len(self._names) + 2) if (n := pattern.format(i)).lower() not in self._names)
        self.put(name, body)
        types = self.tree(_CONTENTS)
        if kind != "vmldrawing":
            etree.SubElement(types, _TYPES + "Override", {"PartName": f"/{name}", "ContentType": content})
        elif not any(one.get("Extension", "").lower() == "vml" for one in types):
            types.insert(0, etree.Element(_TYPES + "Default", {"Extension": "vml", "ContentType": content}))
        return name

    def renamed(self, owner: str, link: Link) -> None:
        """Give a part the usual name of its kind, told from its owner on: other names are too much for some readers."""
        name = link.target
        if not re.fullmatch(_KINDS[link.kind][0].replace("{}", "[0-9]+"), name):
            body = self.body(name)
            self._forget(name)
            name = self._new(link.kind, body)
        link.element.set("Target", _relative(name, owner))

    def number_sheets(self, owner: str, order: Sequence[str]) -> None:
        """Number the sheets' parts by their places, as Excel does: some readers go by that and not by relationships.

        ``order`` holds the ids of their relationships.
        """
        links = {link.id: link for link in self.links(owner)}
        new = {links[key].target: _KINDS["worksheet"][0].format(n) for n, key in enumerate(order, 1)}
        if any(self.name(name) in self._bodies and self.name(name) not in new for name in new.values()):
            return  # so is a part called that is no sheet
        for link in links.values():
            if link.target in new:
                link.element.set("Target", _relative(new[link.target], owner))
        for one in self.tree(_CONTENTS).iterfind(_TYPES + "Override"):
            name = self.name(one.get("PartName", "").lstrip("/"))
            one.set("PartName", f"/{new.get(name, name)}")
        new |= {self.name(_rels(old)): _rels(name) for old, name in new.items()}
        self._bodies = {new.get(name, name): body for name, body in self._bodies.items()}
        self._trees = {new.get(name, name): tree for name, tree in self._trees.items()}
        self._names = {name.lower(): name for name in self._bodies}

    def remove(self, link: Link) -> None:
        """Remove a relationship and the part it leads to, with the part's own relationships."""
        detach(link.element)
        self._forget(link.target)
        self._forget(_rels(link.target))

    def _forget(self, name: str) -> None:
        name = self.name(name)
        self._bodies.pop(name, None)
        self._trees.pop(name, None)
        self._names.pop(name.lower(), None)
        for one in self.tree(_CONTENTS).findall(_TYPES + "Override"):
            if one.get("PartName", "").lstrip("/").lower() == name.lower():
                detach(one)

    def zipped(self) -> bytes:
        """The workbook; of the parts that were asked for as trees those are written anew that changed."""
        changed = {name: after for name, (root, was) in self._trees.items() if (after := _document(root)) != was}
        return zipped(self._bodies | changed)


def detach(element: etree._Element) -> None:
    """Take an element out of its tree."""
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)


def _rels(owner: str) -> str:
    folder, name = posixpath.split(owner)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relative(name: str, owner: str) -> str:
    return posixpath.relpath(f"/{name}", f"/{posixpath.dirname(owner)}")
