"""The styles of a workbook (ECMA-376 Part 1, 18.8), added to and never changed: no cell but ours looks different."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from toolkit.workbook.intake.xml import MAIN

_THIN = "".join(f'<{side} style="thin"><color rgb="FF808080"/></{side}>' for side in ("left", "right", "top", "bottom"))


class Looks:
    """What cells may look like: fills, fonts and borders by number, and the styles that cells name."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._known: dict[str, dict[bytes, int]] = {}

    def _list(self, name: str) -> etree._Element:
        found = self._root.find(MAIN + name)
        if found is None:
            raise ValueError(f"no {name}")
        return found

    def _number(self, name: str, element: etree._Element) -> int:
        """The number of what looks like this; it is put behind the others where there is nothing like it."""
        listed, wanted = self._list(name), _canonical(element)
        if name not in self._known:
            self._known[name] = {_canonical(one): n for n, one in reversed([*enumerate(_items(listed))])}
        known = self._known[name]
        if wanted not in known:
            known[wanted] = len(_items(listed))
            listed.append(element)
            listed.set("count", str(known[wanted] + 1))
        return known[wanted]

    def _made(self, name: str, xml: str) -> int:
        return self._number(name, etree.fromstring(f'<all xmlns="{MAIN.strip("{}")}">{xml}</all>')[0])

    def fill(self, colour: str) -> int:
        """A solid fill, ``#RRGGBB``; nothing for no fill."""
        shown = f'<fgColor rgb="FF{colour[1:]}"/><bgColor indexed="64"/>'
        solid = f'<patternFill patternType="solid">{shown}</patternFill>'
        return self._made("fills", f"<fill>{solid}</fill>") if colour else 0

    def font(self, face: str, points: float, more: str = "") -> int:
        """A font; ``more`` is what stands before its size."""
        return self._made("fonts", f'<font>{more}<sz val="{points}"/><name val="{face}"/></font>')

    def thin(self) -> int:
        """A thin grey border all round."""
        return self._made("borders", f"<border>{_THIN}<diagonal/></border>")

    def like(self, style: int, **changes: int) -> int:
        """A style like that one but for these numbers: ``fillId``, ``numFmtId``."""
        made = deepcopy(_items(self._list("cellXfs"))[style])
        made.tail = None
        for name, number in changes.items():
            made.set(name, str(number))
            made.set(f"apply{name[0].upper()}{name[1:-2]}".replace("NumFmt", "NumberFormat"), "1")
        return self._number("cellXfs", made)

    def text(self, alignment: Mapping[str, str], *, font: int, fill: int = 0, border: int = 0) -> int:
        """A style for a text that stays one whatever it begins with."""
        numbers = f'numFmtId="0" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" quotePrefix="1"'
        applied = 'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
        placed = " ".join(f'{name}="{value}"' for name, value in alignment.items())
        return self._made("cellXfs", f"<xf {numbers} {applied}><alignment {placed}/></xf>")

    def colour(self, style: int) -> str:
        """The colour a style is filled with, ``RRGGBB``; nothing where it has none of its own."""
        number = int(_items(self._list("cellXfs"))[style].get("fillId", "0"))
        colour = _items(self._list("fills"))[number].find(f"{MAIN}patternFill/{MAIN}fgColor")
        return "" if colour is None else colour.get("rgb", "")[-6:].upper()


def _items(listed: etree._Element) -> list[etree._Element]:
    return [one for one in listed if isinstance(one.tag, str)]


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
