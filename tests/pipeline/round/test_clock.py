"""A clock that stands in 1970, as one without battery does, keeps nothing from being written."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories.rounds import FAULTY, GOOD, begin, put, reply

from toolkit.io.package import zipped
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round


def test_a_zip_is_made_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    with zipfile.ZipFile(io.BytesIO(zipped([("a", "甲" * 99), ("b", b"x")]))) as archive:
        assert {info.filename: info.date_time[0] for info in archive.infolist()} == {"a": 1980, "b": 1980}
        assert archive.read("a").decode() == "甲" * 99
        assert archive.getinfo("a").compress_type == zipfile.ZIP_DEFLATED


def test_a_round_in_1970_hands_back_sums_and_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "round"
    begin(folder)
    put(folder, "1.xlsx", reply(folder, "001", GOOD))
    put(folder, "2.xlsx", reply(folder, "002", FAULTY))
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    with pytest.raises(ValueError, match="before 1980"), zipfile.ZipFile(io.BytesIO(), "w") as archive:
        archive.writestr("a", "what the standard library does with such a clock")
    with open_round(folder, clock=lambda: datetime(1970, 1, 2, tzinfo=UTC)) as round_:
        done = consolidate_round(round_)
    assert done.faults == ()
    assert done.handed.told == ()
    assert {path.suffix for path in done.handed.written} == {".xlsx", ".txt"}
    assert {".xlsx", ".docx", ".pdf"} <= {path.suffix for path in done.files}
