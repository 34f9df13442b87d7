"""The container file and the systemd unit: what they set is what there is, and they give no right without need."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dashboard.operations.configuration import PAGE
from tests.dashboard.operations.configured import configured

CONTAINER = (PAGE.parent / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
UNIT = PAGE.parent / "drive-monitoring.service"
ROOT = PAGE.parents[2]


def steps(kind: str) -> list[str]:
    """The instructions of a kind in the container file."""
    return [line.partition(" ")[2].strip() for line in CONTAINER.splitlines() if line.startswith(f"{kind} ")]


def settings() -> dict[str, list[str]]:
    """The settings of the unit, in the order in which they stand."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def variables(text: str) -> dict[str, str]:
    """What a text sets."""
    return dict(re.findall(r"(DRIVE_[A-Z_]+)=(\S+)", text))


@pytest.mark.parametrize(
    "text", [" ".join(steps("ENV")), " ".join(settings()["Environment"])], ids=["container", "unit"]
)
def test_what_they_set_is_known_and_shuts_strangers_out(text: str) -> None:
    found = configured(**variables(text))
    assert found.behind_proxy and found.data.is_absolute() and found.log == "requests" and not found.loading


def test_the_container_runs_as_nobody_in_particular_and_asks_no_other_machine() -> None:
    assert steps("USER") == ["10001:10001"]
    assert CONTAINER.index("USER 10001") < CONTAINER.index("ENTRYPOINT")
    assert "/healthz" in steps("HEALTHCHECK")[0]
    assert not steps("ADD") and not re.search(r"curl|wget|apt-get|sudo", CONTAINER)


def test_the_container_holds_only_what_runs() -> None:
    copied = [word for step in steps("COPY") if not step.startswith("--from") for word in step.split()[:-1]]
    assert all((ROOT / word).exists() for word in copied)
    assert set(copied) == {"pyproject.toml", "requirements.lock", "README.md", "LICENSE", "etl", "dashboard"}
    assert "[dev]" not in CONTAINER and " -e " not in CONTAINER


def test_the_unit_can_write_nothing_that_is_shown() -> None:
    found = settings()
    assert found["ProtectSystem"] == ["strict"]
    assert found["StateDirectory"] == ["drive-monitoring"] and "ReadWritePaths" not in found
    assert found["BindReadOnlyPaths"] == [
        f"/srv/drive-monitoring/editions:{configured(**variables(str(found))).data}/editions"
    ]
    assert found["CapabilityBoundingSet"] == [""] and found["NoNewPrivileges"] == ["yes"]
    assert found["User"] != ["root"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_nothing_to_say_and_little_exposed(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/drive-monitoring/bin/python", "/bin/sh"))
    verify = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (verify.returncode, verify.stderr) == (0, "")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(unit)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0, "exposed by more than 1.5 of 10"
