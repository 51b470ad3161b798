"""Builds what is made from a form's definition and kept beside it: the blank template and the report's Word template.

Run from the root of the source tree: ``python -m workbook_templates.build``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from toolkit.instrument.catalogue import known_forms
from toolkit.pipeline.documents import TEMPLATE, blank_document
from toolkit.report.word.template import build_template
from toolkit.workbook.template.write import write_template

HERE = Path(__file__).parent
BLANK = "template.xlsx"


def built() -> Mapping[Path, bytes]:
    """Every generated file, by its path under this folder."""
    out: dict[Path, bytes] = {}
    for kind in known_forms():
        folder = Path(kind.form.folder).name
        out[Path(folder) / BLANK] = write_template(kind)
        out[Path(folder) / TEMPLATE] = build_template(blank_document(kind))
    return out


if __name__ == "__main__":
    for path, data in built().items():
        (HERE / path).write_bytes(data)
        sys.stdout.write(f"{path} {len(data)}\n")
