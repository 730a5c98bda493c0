"""The files for developers agree with pyproject.toml."""

import re
import tomllib

from tests.command import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]


def test_pre_commit_has_the_linters_of_pyproject_at_the_same_versions() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r'"([\w-]+==[^"]+)"', text)) == set(GROUPS["check"])
    entries = re.findall(r"entry: (.*)", text)
    assert entries == ["ruff check --force-exclude", "ruff format --check --force-exclude", "mypy", "lint-imports"]


def test_install_commands_use_groups_and_extras_that_exist() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    assert not set(extras) & set(GROUPS)
    for name in (".ci/run", ".github/workflows/tests.yml", "CONTRIBUTING.md", "README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"--group (\w+)", text)) <= set(GROUPS), name
        asked = {extra for words in re.findall(r"-e [\"']?\.\[([\w,]+)\]", text) for extra in words.split(",")}
        assert asked <= set(extras), name


def test_the_workflow_says_that_it_was_not_run() -> None:
    text = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert text.startswith("# This workflow has not run yet.")


def test_contributing_is_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 40
