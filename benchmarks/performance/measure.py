"""Processor time, memory and stages: of this process and its children, and of processes of their own.

What is measured runs in a fresh process, as ``python -m benchmarks.performance.measure MODULE FUNCTION ARGUMENTS``, and
gives JSON: nothing that ran before warms it up or fills its memory.
"""

from __future__ import annotations

import functools
import importlib
import io
import json
import os
import pkgutil
import resource
import statistics
import subprocess
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import toolkit

from . import ROOT

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_ANSWER = "measured "


def cpu() -> float:
    """Seconds of processor time, user and system, of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def children_cpu() -> float:
    """That of the children alone."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def peak() -> float:
    """MB that this process held at most, since `forget_peak` where the system can do that."""
    if _STATUS.is_file():
        line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def forget_peak() -> None:
    """Count memory from what is held now."""
    if _FORGET.is_file():
        _FORGET.write_text("5", encoding="ascii")


def children_peak() -> float:
    """MB that the largest child held."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


# ---------------------------------------------------------------- processes of their own


def fresh(module: str, function: str, *arguments: object, by: str = "measure") -> Any:  # noqa: ANN401 - JSON
    """What a function of a module of this package gives, called in a new process; ``by`` is the module started."""
    command = [sys.executable, "-m", f"{__package__}.{by}", module, function, json.dumps(arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    answers = [line for line in done.stdout.splitlines() if line.startswith(_ANSWER)]
    if done.returncode or not answers:
        raise RuntimeError(f"{module}.{function} ended with {done.returncode}: {done.stderr[-3000:]}")
    return json.loads(answers[-1].removeprefix(_ANSWER))


def main() -> None:
    """Call what the command line names and print what it gives."""
    module, function, arguments = sys.argv[1:]
    found = getattr(importlib.import_module(f"{__package__}.{module}"), function)(*json.loads(arguments))
    print(f"{_ANSWER}{json.dumps(found)}")


def process(command: Sequence[str]) -> tuple[float, float]:
    """Seconds of processor time and MB of a whole process; RuntimeError where it fails.

    A process is counted with the memory of the one that starts it: this must be a small one.
    """
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode not in {0, 1}:
        raise RuntimeError(f"{command} ended with {started.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def interleaved(ways: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each way gives, round by round: what slows the machine down slows all of them down."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(way())
    return found


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the ratios, round by round."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


def xxgk(*words: object) -> int:
    """Run a command of the program in this process, silently; its exit code."""
    from toolkit.cli.run import run  # noqa: PLC0415 - a peer is measured without it

    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        code = run([str(word) for word in words])
    if code not in {0, 1, 3}:
        raise RuntimeError(f"xxgk {' '.join(map(str, words))} ended with {code}: {told.getvalue()[-2000:]}")
    return code


# ---------------------------------------------------------------- stages


@dataclass
class Spent:
    """What was spent in a stage, without the stages inside it: seconds (some in ``children``), calls, MB at most."""

    seconds: float = 0.0
    children: float = 0.0
    calls: int = 0
    peak: float = 0.0


@dataclass
class Watch:
    """Measures stages. With ``memory`` the peak of each; a stage must be long then.

    With ``whole`` the functions are not told apart: what they spend is that of the stage that they are called in.
    ``missing`` are functions that are no longer there by that name.
    """

    memory: bool = False
    whole: bool = False
    spent: dict[str, Spent] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    _open: list[Spent] = field(default_factory=list)
    _since: tuple[float, float] = (0.0, 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Put what is spent inside down to a stage."""
        self._turn()
        one = self.spent.setdefault(name, Spent())
        one.calls += 1
        self._open.append(one)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()
            if self.memory and self._open:
                self._open[-1].peak = max(self._open[-1].peak, one.peak)

    def _turn(self) -> None:
        """What was spent since the last turn is the innermost open stage's."""
        now = cpu(), children_cpu()
        if self._open:
            one = self._open[-1]
            one.seconds += now[0] - self._since[0]
            one.children += now[1] - self._since[1]
            if self.memory:
                one.peak = max(one.peak, peak())
        if self.memory:
            forget_peak()
        self._since = cpu(), children_cpu()

    def wrapped(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that measures itself; one that gives its results one by one is measured at each."""

        @functools.wraps(function)
        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
            self.calls[function.__name__] += 1
            if self.whole:
                return function(*given, **named)
            with self.stage(name):
                found = function(*given, **named)
            return self._one_by_one(name, found) if isinstance(found, types.GeneratorType) else found

        return call

    def _one_by_one(self, name: str, found: Iterator[Any]) -> Iterator[Any]:
        while True:
            with self.stage(name):
                try:
                    one = next(found)
                except StopIteration:
                    return
            yield one


def everything() -> None:
    """Import every module of the program."""
    for one in pkgutil.walk_packages(toolkit.__path__, "toolkit."):
        if not one.name.endswith("__main__"):
            importlib.import_module(one.name)


def replaced(name: str, change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> bool:
    """Put something in the place of a public function of the program, wherever it stands; False where there is none.

    Public names are unique there, so a function is found by its name alone, in whatever module it lives.
    """
    modules = [one for key, one in list(sys.modules.items()) if key.startswith("toolkit.") and one is not None]
    homes = (vars(one).get(name) for one in modules)
    original = next(
        (f for f in homes if callable(f) and str(getattr(f, "__module__", "")).startswith("toolkit.")), None
    )
    if original is None:
        return False
    new = change(original)
    for module in modules:
        for key, value in list(vars(module).items()):
            if value is original:
                setattr(module, key, new)
    return True


def watched(stages: Mapping[str, Sequence[str]], *, memory: bool = False) -> Watch:
    """Watch these stages from now on, each by the public functions that make it up."""
    everything()
    watch = Watch(memory)
    for stage, names in stages.items():
        for name in names:
            if not replaced(name, functools.partial(watch.wrapped, stage)):
                watch.missing.append(name)
    return watch


if __name__ == "__main__":
    main()
