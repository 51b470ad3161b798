"""Who holds the lock of a round, and who holds it no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.errors import LockedError
from toolkit.io.lock import locked

HOLD = """
import sys, time
from pathlib import Path
from toolkit.io.lock import locked
with locked(Path(sys.argv[1]), "2026-01-20 10:00"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.faults
def test_another_process_is_told_who_holds_the_lock_and_a_killed_one_holds_it_no_more(tmp_path: Path) -> None:
    path = tmp_path / "round" / "台账" / "run.lock"
    path.parent.mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockedError) as caught, locked(path, "now"):
            pass
        assert f"进程 {other.pid}，自 2026-01-20 10:00 起" in str(caught.value)
        assert caught.value.exit_code == 4
        other.kill()
    with locked(path, "now"):
        assert path.exists()


def test_a_folder_that_cannot_be_locked_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(LockedError, match="不能上锁"), locked(tmp_path / "file" / "run.lock", "now"):
        pass
