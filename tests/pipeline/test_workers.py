"""A worker process that dies takes nothing with it but the file that killed it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any
from typing import Self

import pytest
from made import save
from made import workbook

from toolkit.model.finding import Status
from toolkit.pipeline import workers as module
from toolkit.pipeline.verify import verify


class Pool:
    """Runs in this process, and breaks as soon as it meets the poisoned file."""

    def __init__(self, workers: int, mp_context: object) -> None:
        assert workers >= 1
        assert mp_context is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    @staticmethod
    def work(function: Callable[..., Any], files: list[Path]) -> Any:
        if any("poison" in path.name for path in files):
            raise BrokenProcessPool("a worker died")
        return function(files)

    def map(self, function: Callable[..., Any], batches: list[list[Path]]) -> Iterator[Any]:
        for files in batches:
            yield self.work(function, files)

    def submit(self, function: Callable[..., Any], files: list[Path]) -> Future[Any]:
        out: Future[Any] = Future()
        try:
            out.set_result(self.work(function, files))
        except BrokenProcessPool as error:
            out.set_exception(error)
        return out


def test_the_file_that_kills_its_reader_is_a_finding_and_all_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ProcessPoolExecutor", Pool)
    data = workbook()
    names = [f"{i:03}" for i in range(60)]
    names[31] = "poison"
    paths = [save(tmp_path / f"{name}.xlsx", data) for name in names]
    results = list(verify(paths, jobs=2))
    assert [Path(r.file).stem for r in results] == names
    bad = [r for r in results if r.status is not Status.ACCEPTED]
    assert [(Path(r.file).stem, r.status, r.findings[0].rule) for r in bad] == [
        ("poison", Status.UNREADABLE, "FILE-99")
    ]
