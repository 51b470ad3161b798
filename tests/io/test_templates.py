"""Templates beside the code: texts are escaped, line ends are not printed, a name that is missing is an error."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError

from toolkit.io.templates import from_template, pages

ANNOTATION = "toolkit.workbook.annotation"


def test_line_ends_of_a_template_are_not_printed_and_its_texts_are_escaped() -> None:
    looks = SimpleNamespace(font=lambda *_: 1, text=lambda *_, **_more: 2)
    words = {"look": 1, "how": "", "checks": "甲<乙", "summary": "甲!A1", "confirmed": "是", "told": ()}
    made = from_template(ANNOTATION, "confirm", **words, looks=looks, verdicts="", cell=lambda *_: "")
    assert "\n" not in made
    assert '<f>"甲&lt;乙："&amp;甲!A1</f>' in made


def test_a_template_without_one_of_its_words_is_not_filled_in() -> None:
    with pytest.raises(UndefinedError, match="number"):
        from_template(ANNOTATION, "drawing")


def test_pages_of_a_package_are_found_by_name_and_print_values_as_they_are_told_to() -> None:
    engine = pages("toolkit.board", lambda value: f"[{value}]")
    assert "board.html.j2" in engine.list_templates()
    assert engine.from_string("{{ word }}").render(word="甲") == "[甲]"


def test_jinja_is_loaded_with_the_first_template_only() -> None:
    ask = "import sys, toolkit.workbook.annotation.annotate; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", ask], check=False, timeout=60).returncode == 0
