"""What docs/plan.md says is so: the commands that it shows are run on the sample fleet."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from wakagitops.cli.app import main

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "plan.md").read_text(encoding="utf-8")


def test_the_session_is_what_happens() -> None:
    """``script/generate plan_session`` writes the page anew."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "script" / "generate"), "--check", "plan_session"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_flag_of_its_own_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plan", "--help"])
    own = capsys.readouterr().out.partition("\n  --config")[0]
    flags = set(re.findall(r"^  (--[a-z-]+)", own, re.MULTILINE))
    assert flags >= {"--base", "--head", "--allow-mass-change", "--output"}
    assert flags == {flag for flag in flags if f"`{flag}" in PAGE}


def test_the_workflow_is_yaml_with_a_pinned_action() -> None:
    found = re.search(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    workflow = yaml.safe_load(found[1])
    steps = workflow["jobs"]["plan"]["steps"]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    assert "<!-- wakagitops-plan -->" in steps[-1]["run"]
