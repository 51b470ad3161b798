"""What a form knows of names."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from factories.filled_forms import annual


@pytest.mark.parametrize(("length", "kind"), [(60, "镇"), (61, "")])
def test_no_body_has_a_name_of_more_than_sixty_characters(length: int, kind: str) -> None:
    form = replace(annual().form, named=(("市", re.compile("市")), ("镇", re.compile(".*镇"))))
    assert form.body_named("某" * (length - 1) + "镇") == kind
