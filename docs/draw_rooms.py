"""Draws the rooms of ``toolkit/`` and the imports between them: ``python docs/draw_rooms.py``.

The picture is ``docs/pictures/rooms.svg``. A room is a folder, or a module that stands alone; its rows are the layers
that ``pyproject.toml`` names, top to bottom. An arrow stands for the imports from one room to another, and is broad
where there are many. All of it is read from the code: the picture is stale only if a module came, went or moved, or a
room began or ceased to import another.
"""  # noqa: INP001 - a folder of documents is no package

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "rooms.svg"
#: All measures in units of the picture; LETTER is how broad one is on average.
WIDTH, LEFT, GAP = 1000, 20, 26
HEAD, LINE, SPACE, LETTER = 38, 15, 42, 6.4
#: Between two names; a line breaks behind it, not before.
DOT = "\N{NO-BREAK SPACE}· "
#: From so many imports on an arrow is broad, and broader.
SOME, MANY = 8, 32
ARROWHEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#5b7a99"/></marker></defs>'
)


@dataclass(frozen=True)
class Box:
    """A room in the picture: where it stands, how many modules it has, and its doors as lines of text."""

    left: float
    top: float
    width: float
    height: float
    count: int
    doors: Sequence[str]


def modules() -> dict[str, Path]:
    """Every module in a room by its dotted name below ``toolkit``; a package's face bears the package's name."""
    out = {}
    for path in sorted((ROOT / "toolkit").rglob("*.py")):
        parts = path.relative_to(ROOT / "toolkit").with_suffix("").parts
        out[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return {name: path for name, path in out.items() if name not in {"", "__main__"}}


def rooms(found: Mapping[str, Path]) -> set[str]:
    """The rooms: what lies directly in ``toolkit/``."""
    return {name.partition(".")[0] for name in found}


def imports(found: Mapping[str, Path]) -> Counter[tuple[str, str]]:
    """How often one room imports from another."""
    out: Counter[tuple[str, str]] = Counter()
    for name, path in found.items():
        here = name.partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("toolkit."):
                there = node.module.split(".")[1]
                if here != there:
                    out[here, there] += 1
    return out


def layers(known: set[str], links: Mapping[tuple[str, str], int]) -> list[list[str]]:
    """The rooms of each layer, top to bottom, as the import contract names them.

    A room that no layer names stands below the lowest room that imports it.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
    rows = [[name.strip().split(".")[1] for name in line.split("|")] for line in contract["layers"]]
    for room in sorted(known - {room for row in rows for room in row}):
        above = [i for i, row in enumerate(rows) if any((other, room) in links for other in row)]
        rows.insert(max(above, default=-1) + 1, [room])
    return rows


def doors(room: str, found: Mapping[str, Path], width: float) -> tuple[int, list[str]]:
    """How many modules a room has, and their names: its own, then those of each sub-room."""
    inside: dict[str, list[str]] = {"": []}
    for name, path in found.items():
        if name.startswith(f"{room}.") and path.name != "__init__.py":
            *below, module = name.split(".")[1:]
            inside.setdefault("/".join(below), []).append(module)
    texts = [f"{below}/  {DOT.join(names)}" if below else DOT.join(names) for below, names in inside.items()]
    lines = [line for text in texts for line in wrap(text, int(width / LETTER), subsequent_indent="    ")]
    return sum(map(len, inside.values())), lines


def boxes(found: Mapping[str, Path], links: Mapping[tuple[str, str], int]) -> dict[str, Box]:
    """Where every room is drawn."""
    out = {}
    top = float(SPACE)
    for row in layers(rooms(found), links):
        width = (WIDTH - 2 * LEFT - GAP * (len(row) - 1)) / len(row)
        inside = [doors(room, found, width) for room in row]
        height = HEAD - LINE / 2 + LINE * max(len(lines) for _, lines in inside)
        for i, (room, (count, lines)) in enumerate(zip(row, inside, strict=True)):
            out[room] = Box(LEFT + i * (width + GAP), top, width, height, count, lines)
        top += height + SPACE
    return out


def arrows(placed: Mapping[str, Box], links: Mapping[tuple[str, str], int]) -> list[str]:
    """An arrow for each pair of rooms, from the foot of one to the head of the other; none share a place."""
    leaving, arriving = (Counter(pair[end] for pair in links) for end in (0, 1))
    taken: Counter[tuple[str, int]] = Counter()
    out = []
    for (here, there), count in sorted(links.items()):
        taken[here, 0] += 1
        taken[there, 1] += 1
        a, b = placed[here], placed[there]
        start = a.left + a.width * taken[here, 0] / (leaving[here] + 1)
        end = b.left + b.width * taken[there, 1] / (arriving[there] + 1)
        foot = a.top + a.height
        bend = (b.top - foot) / 2
        broad = 1 + (count >= SOME) + (count >= MANY)
        out.append(
            f'<path d="M{start:.0f} {foot:.0f}C{start:.0f} {foot + bend:.0f} {end:.0f} {b.top - bend:.0f} {end:.0f} '
            f'{b.top:.0f}" fill="none" stroke="#5b7a99" stroke-opacity="0.45" stroke-width="{broad}" '
            f'marker-end="url(#head)"><title>{here} imports {there}</title></path>'
        )
    return out


def drawn(room: str, box: Box) -> list[str]:
    """A room as a box with its name and its doors."""
    size = f'<tspan font-size="11" font-weight="normal" dx="8" fill="#555">{box.count} modules</tspan>'
    out = [
        (
            f'<rect x="{box.left:.0f}" y="{box.top:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" rx="5" '
            'fill="#f3f6fa" fill-opacity="0.93" stroke="#2f4a66"/>'
        ),
        (
            f'<text x="{box.left + 10:.0f}" y="{box.top + 18:.0f}" font-size="14" font-weight="bold">{room}'
            f"{size if box.count else ''}</text>"
        ),
    ]
    out += [
        f'<text x="{box.left + 10:.0f}" y="{box.top + HEAD - 2 + LINE * i:.0f}" font-size="12" fill="#333" '
        f'xml:space="preserve">{escape(text)}</text>'
        for i, text in enumerate(box.doors)
    ]
    return out


def draw() -> str:
    """The picture as SVG."""
    found = modules()
    links = imports(found)
    placed = boxes(found, links)
    bottom = max(box.top + box.height for box in placed.values()) + SPACE / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom:.0f}" font-family="sans-serif">',
            "<title>The rooms of toolkit/ and the imports between them</title>",
            ARROWHEAD,
            f'<rect width="{WIDTH}" height="{bottom:.0f}" fill="#fff"/>',
            f'<text x="{LEFT}" y="26" font-size="15">The rooms of toolkit/, and which imports which</text>',
            *arrows(placed, links),
            *(line for room, box in placed.items() for line in drawn(room, box)),
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8", newline="\n")
