"""The part of ``lxml.etree`` that the annotated copy asks for, in plain Python upon the standard library.

There is no wheel of lxml for a browser. What is kept here as lxml keeps it is what spreadsheets are particular about:
prefixes, the places where namespaces are declared, the order of attributes, comments. The tests hold the copies that
are made with it to those made with lxml, byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy, deepcopy
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

Prefixes = dict[str, str]
_XML = "http://www.w3.org/XML/1998/namespace"
_REGISTERED: Prefixes = {}
_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_VALUE = _TEXT | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_IN_TEXT, _IN_VALUE = re.compile("[&<>\r]"), re.compile('[&<>"\r\n\t]')


class _Element(ElementTree.Element):
    """An element that knows the one around it; ``nsmap`` are the namespaces that it declares itself, by prefix."""

    def __init__(self, tag: Any, attrib: Mapping[str, str] = {}, prefix: str | None = None) -> None:
        super().__init__(tag, dict(attrib))
        self.nsmap: Prefixes = {}
        self.prefix = prefix
        self._up: _Element | None = None

    def getparent(self) -> _Element | None:
        return self._up

    def getroottree(self) -> _Tree:
        root = self
        while root._up is not None:
            root = root._up
        return _Tree(root)

    def _taken(self, child: Any) -> Any:
        """A child that had another place is taken from there, and declares no more what is declared here."""
        if child._up is not None:
            child._up.remove(child)
        child._up, child.nsmap = self, {}
        return child

    def append(self, child: Any) -> None:
        super().append(self._taken(child))

    def insert(self, index: int, child: Any) -> None:
        super().insert(index, self._taken(child))

    def remove(self, child: Any) -> None:
        super().remove(child)
        child._up = None

    def __setitem__(self, where: Any, children: Any) -> None:
        kept = list(children)
        for one in self[where]:
            one._up = None
        for one in kept:
            one._up = self
        super().__setitem__(where, kept)

    def addprevious(self, other: _Element) -> None:
        self._beside(other, 0)

    def addnext(self, other: _Element) -> None:
        self._beside(other, 1)

    def _beside(self, other: _Element, after: int) -> None:
        up = self._up
        if up is None:
            raise TypeError("the root has nothing beside it")
        up.insert(list(up).index(self) + after, other)

    def __copy__(self) -> _Element:
        made = _Element(self.tag, self.attrib, self.prefix)
        made.text, made.tail, made.nsmap = self.text, self.tail, dict(self.nsmap)
        return made

    def __deepcopy__(self, memo: Any) -> _Element:
        made = copy(self)
        for child in self:
            twin: Any = deepcopy(child, memo)
            ElementTree.Element.append(made, twin)
            twin._up = made
        return made


class _Tree:
    """A whole document."""

    def __init__(self, root: _Element) -> None:
        self.root = root


class XMLParser:
    """Takes the words of lxml's; nothing outside the text is ever looked at."""

    def __init__(self, **_: object) -> None:
        pass


class _Reader:
    """Builds the tree from what expat tells, with prefixes as they are written."""

    def __init__(self) -> None:
        self.root: _Element | None = None
        self._open: list[_Element] = []
        self._last: _Element | None = None
        self._scopes: list[Prefixes] = [{"xml": _XML}]

    def start(self, name: str, given: list[str]) -> None:
        pairs = list(zip(given[::2], given[1::2], strict=True))
        own = {key.partition(":")[2]: value for key, value in pairs if key == "xmlns" or key.startswith("xmlns:")}
        scope = {**self._scopes[-1], **own} if own else self._scopes[-1]
        self._scopes.append(scope)
        values = [(key, value) for key, value in pairs if key.partition(":")[0] != "xmlns"]
        prefix, _, _ = name.rpartition(":")
        attributes = {_full(key, scope) if ":" in key else key: value for key, value in values}
        made = _Element(_full(name, scope), attributes, prefix)
        made.nsmap = own
        self._put(made)
        self._open.append(made)
        self._last = None

    def end(self, _: str) -> None:
        self._scopes.pop()
        self._last = self._open.pop()

    def comment(self, text: str) -> None:
        self._aside(_Element(ElementTree.Comment), text)

    def instruction(self, target: str, text: str) -> None:
        self._aside(_Element(ElementTree.ProcessingInstruction), f"{target} {text}" if text else target)

    def _aside(self, made: _Element, text: str) -> None:
        made.text = text
        if self._open:
            self._put(made)
            self._last = made

    def _put(self, made: _Element) -> None:
        if self._open:
            made._up = self._open[-1]
            ElementTree.Element.append(self._open[-1], made)
        else:
            self.root = made

    def data(self, text: str) -> None:
        if self._last is not None:
            self._last.tail = (self._last.tail or "") + text
        elif self._open:
            self._open[-1].text = (self._open[-1].text or "") + text


def _full(name: str, scope: Prefixes) -> str:
    prefix, _, local = name.rpartition(":")
    uri = scope.get(prefix, "")
    return f"{{{uri}}}{local}" if uri else local


def fromstring(text: str | bytes, _: XMLParser | None = None) -> _Element:
    """The root of a document."""
    parser, reader = expat.ParserCreate(), _Reader()
    parser.ordered_attributes = parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.CommentHandler = reader.data, reader.comment
    parser.ProcessingInstructionHandler = reader.instruction
    parser.Parse(text, True)  # noqa: FBT003 - the text is whole
    if reader.root is None:
        raise ValueError("no element")
    return reader.root


def register_namespace(prefix: str, uri: str) -> None:
    """Let a namespace that is declared nowhere be declared under this prefix."""
    _REGISTERED[prefix] = uri


def Element(tag: str, attrib: Mapping[str, str] | None = None) -> _Element:  # noqa: N802 - as lxml calls it
    """An element that stands nowhere yet."""
    return _Element(tag, attrib or {})


def SubElement(parent: _Element, tag: str, attrib: Mapping[str, str] | None = None) -> _Element:  # noqa: N802 - as lxml
    """A new last child."""
    made = _Element(tag, attrib or {})
    parent.append(made)
    return made


def strip_attributes(root: _Element, *names: str) -> None:
    """Take these attributes off an element and all in it."""
    for one in root.iter():
        for name in names:
            one.attrib.pop(name, None)


def tostring(  # noqa: PLR0913 - as lxml has it
    what: _Element | _Tree,
    *,
    encoding: str = "UTF-8",
    xml_declaration: bool = False,
    standalone: bool = False,
    method: str = "xml",
    exclusive: bool = False,
    with_tail: bool = True,
) -> bytes:
    """The text of a document or of an element; ``method="c14n"`` is one that tells whether two elements are alike."""
    if method == "c14n":
        return repr(_alike(what)).encode()
    root = what.root if isinstance(what, _Tree) else what
    alone = " standalone='yes'" if standalone else ""
    head = f"<?xml version='1.0' encoding='{encoding}'{alone}?>\n" if xml_declaration else ""
    return (head + "".join(_written(root, {"xml": _XML}))).encode()


def _alike(one: Any) -> Any:
    return one.tag, sorted(one.attrib.items()), one.text or "", [(_alike(child), child.tail or "") for child in one]


def _written(one: Any, scope: Prefixes) -> Iterator[str]:
    if not isinstance(one.tag, str):
        yield f"<!--{one.text}-->" if one.tag is ElementTree.Comment else f"<?{one.text}?>"
        return
    declared = dict(one.nsmap)
    known = {**scope, **declared}

    def called(name: str, *, attribute: bool) -> str:
        uri, mark, local = name[1:].rpartition("}")
        if not mark:
            return name
        fitting: Iterable[str] = (prefix for prefix in reversed(known) if known[prefix] == uri)
        fitting = [prefix for prefix in fitting if prefix or not attribute]
        own = one.prefix if not attribute and one.prefix in fitting else None
        if own is None and not fitting:
            given = [prefix for prefix, known_uri in _REGISTERED.items() if known_uri == uri and prefix not in known]
            fitting = given or [next(p for n in range(len(known) + 1) if (p := f"ns{n}") not in known)]
            declared[fitting[0]] = known[fitting[0]] = uri
        prefix = fitting[0] if own is None else own
        return f"{prefix}:{local}" if prefix else local

    name = called(one.tag, attribute=False)
    values = [(called(key, attribute=True), value) for key, value in one.attrib.items()]
    spaces = [(f"xmlns:{prefix}" if prefix else "xmlns", uri) for prefix, uri in declared.items()]
    told = "".join(f' {key}="{_escaped(value, _IN_VALUE, _VALUE)}"' for key, value in (*spaces, *values))
    if not len(one) and one.text is None:
        yield f"<{name}{told}/>"
        return
    yield f"<{name}{told}>{_escaped(one.text or '', _IN_TEXT, _TEXT)}"
    for child in one:
        yield from _written(child, known)
        yield _escaped(child.tail or "", _IN_TEXT, _TEXT)
    yield f"</{name}>"


def _escaped(text: str, found: re.Pattern[str], marks: Mapping[str, str]) -> str:
    put: Callable[[re.Match[str]], str] = lambda one: marks[one[0]]  # noqa: E731 - once a text
    return found.sub(put, text)
