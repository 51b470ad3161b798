"""Starts what is measured with files in the way that kill, stall or swell the process that looks at them.

A child of the program starts by importing the module that the first process was started with: this one. There, and
nowhere else, a workbook whose bytes end with one of the words does to the process what the word says.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .measure import everything, main, replaced

DIES, STALLS, SWELLS = b"this one dies", b"this one stalls", b"this one swells"


def _met(read: Callable[..., Any]) -> Callable[..., Any]:
    def poisoned(file: Path | bytes, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - what the gate takes and gives
        data = file if isinstance(file, bytes) else file.read_bytes()
        if data.endswith(DIES):
            os._exit(9)
        while data.endswith(STALLS):
            pass
        held = []
        while data.endswith(SWELLS):
            held.append(bytearray(16 << 20))
        return read(file, *given, **named)

    return poisoned


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":
    everything()
    for name in ("admit", "admit_bytes"):
        replaced(name, _met)
