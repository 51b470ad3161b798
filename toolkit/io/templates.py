"""The templates that lie beside the code which fills them in: pages, and markup of the parts of a file.

A name that is not given is an error; texts are escaped, except in a template of plain text. Jinja is loaded with the
first template, not before: what is read and judged fills in none.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment, Template


@cache
def pages(package: str, shown: Callable[[object], object] | None = None) -> Environment:
    """The pages of a package; a line that only steers leaves nothing behind. ``shown`` is what becomes of a value."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape  # noqa: PLC0415 - takes long

    return Environment(
        loader=PackageLoader(package),
        autoescape=select_autoescape(["html.j2", "xml.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )


def from_template(package: str, name: str, **words: object) -> str:
    """A part of a file, or a piece of one, from the template ``name``.xml.j2 of a package."""
    return _template(package, name).render(words)


@cache
def _template(package: str, name: str) -> Template:
    """A template without its line ends, which are there for whoever reads it."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - takes long

    source = files(package).joinpath("templates", f"{name}.xml.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string("".join(source.splitlines()))
