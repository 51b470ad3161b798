"""The seal 自查通过, which the self-check page puts into a workbook that passes; and whether it still holds.

It is one custom property of the document: form and version, the time, and a hash of all that the unit filled in. It is
a statement and no proof, for a page keeps no secret: what comes in is verified all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.flat import FlatWorkbook
from toolkit.model.returns import Return
from toolkit.model.sentences import worded

SEAL = "xxgk.seal"


def seal_of(content: Return, when: str) -> str:
    """The seal of a return at that time (``2026-01-05T09:30``); how its words are spaced does not matter."""
    numbers = {name: f"{value.normalize():f}" for name, value in content.numbers.items() if value is not None}
    items = [f"{name} {label} {value.normalize():f}" for name, one in content.items.items() for label, value in one]
    words = [
        {name: " ".join(text.split()) for name, text in texts.items() if text.strip()}
        for texts in (content.texts, content.cover, content.explanations)
    ]
    stated = f"{content.identity.form}/{content.identity.version} {when}"
    told = json.dumps([stated, content.unit, content.period, numbers, items, words], sort_keys=True)
    return f"{stated} {hashlib.sha256(told.encode()).hexdigest()}"


def seal_found(flat: FlatWorkbook, content: Return) -> Iterator[Finding]:
    """SIGN-09 for a seal that holds, SIGN-10 where something was changed behind it."""
    if stated := flat.properties.get(SEAL, ""):
        when = stated.partition(" ")[2].partition(" ")[0]
        fits = stated == seal_of(content, when)
        yield Finding.at(worded(Code.SIGN_09, when=when.replace("T", " ")) if fits else worded(Code.SIGN_10))
