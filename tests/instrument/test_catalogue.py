"""Forms are found among our own and in packages that say that they bring some."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from toolkit.cli.run import run
from toolkit.errors import UnknownFormError
from toolkit.instrument import catalogue
from toolkit.instrument.catalogue import DEFAULT_FORM, form_folders, form_of, known_forms, load


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that brings a form ``county-2025``, as pip installs it."""
    folder = tmp_path / "county_forms" / "county-2025"
    shutil.copytree(form_folders()[DEFAULT_FORM], folder)
    (tmp_path / "county_forms" / "__init__.py").touch()
    definition = (folder / "form.toml").read_text(encoding="utf-8")
    (folder / "form.toml").write_text(definition.replace(DEFAULT_FORM, "county-2025"), encoding="utf-8")
    told = tmp_path / "county_forms-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: county_forms\nVersion: 1\n", encoding="utf-8")
    (told / "entry_points.txt").write_text("[xxgk.forms]\ncounty = county_forms\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "county_forms", raising=False)
    monkeypatch.setattr(catalogue, "_packaged", catalogue._packaged.__wrapped__)


@pytest.mark.usefixtures("brought")
def test_a_form_of_another_package_is_known_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert load("county-2025").form.id == "county-2025"
    found = form_of("county-2025", None)
    assert found is not None
    assert found.form.id == "county-2025"
    assert {DEFAULT_FORM, "county-2025"} <= {one.form.id for one in known_forms()}
    assert run(["forms"]) == 0
    assert "county-2025" in capsys.readouterr().out


def test_without_such_a_package_the_form_is_unknown() -> None:
    assert form_of("county-2025", None) is None
    with pytest.raises(UnknownFormError, match=DEFAULT_FORM):
        load("county-2025")
