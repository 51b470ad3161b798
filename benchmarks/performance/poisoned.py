"""Starts what is measured with files in the way that kill, stall or swell the process that looks at them.

A child of the program is met while Python itself starts (`sitecustomize`). There, and nowhere else, a workbook whose
bytes end with one of the words does to the process what the word says.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import ROOT
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


def poison() -> None:
    """What a child does before anything else."""
    everything()
    for name in ("admit", "admit_bytes"):
        replaced(name, _met)


_CHILD = f"""import sys
if "--multiprocessing-fork" in sys.orig_argv:
    from {__package__}.poisoned import poison
    poison()
"""

if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        Path(folder, "sitecustomize.py").write_text(_CHILD, encoding="utf-8")
        os.environ["PYTHONPATH"] = os.pathsep.join((folder, str(ROOT)))
        main()
