"""The patterns of the readers: each is named by the module of its table, and each name is that of a pattern."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toolkit.checks.narrative import chinese
from toolkit.checks.narrative.chinese import PATTERNS

HOME = Path(chinese.__file__).parent
FILE = HOME / "patterns.toml"


@pytest.mark.parametrize("module", PATTERNS)
def test_every_pattern_is_looked_for_and_every_one_looked_for_is_there(module: str) -> None:
    (path,) = HOME.rglob(f"{module}.py")
    named = set(re.findall(r'_SIGNS\["(\w+)"\]', path.read_text(encoding="utf-8")))
    assert named <= PATTERNS[module].keys()
    widths = {"wide_number", "narrow_number"}  # named by their width
    parts = set(re.findall(r"\{([a-z_]+)\}", FILE.read_text(encoding="utf-8")))
    assert PATTERNS[module].keys() - named - parts - widths == set()


def test_a_pattern_that_another_names_stands_in_it_whole() -> None:
    written = PATTERNS["chinese"]["well_formed"]
    assert "{" not in re.sub(r"\{\d", "", written.pattern)
    assert written.fullmatch("二千零三十万零五")
    assert not written.fullmatch("二千三")
    assert PATTERNS["arithmetic"]["no_sum"].search("两处")
