"""What the pages promise: commands and their options, settings, connectors, exit codes, links."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from pydantic import BaseModel

from api.cli.exits import Exit
from api.cli.main import build_app
from api.settings.schema import Settings
from connectors.registry import SOURCES, TARGETS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")
WORKSPACE = (DOCS / "workspace.md").read_text(encoding="utf-8")
SOURCES_PAGE = (DOCS / "sources.md").read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, set[str]]]:
    """Every command as it is written, with its options."""
    whole = typer.main.get_command(build_app([]))
    for name, command in whole.commands.items():  # type: ignore[attr-defined]  # a group
        below = getattr(command, "commands", {})
        for path, one in [(name, command), *((f"{name} {inner}", one) for inner, one in below.items())]:
            yield path, {option for parameter in one.params for option in parameter.opts if option.startswith("--")}


OPTIONS = dict(commands())
EVERYWHERE = {"--help", "--json", "--workspace"}


@pytest.mark.parametrize("name", sorted({path.split()[0] for path in OPTIONS}))
def test_every_command_stands_on_the_page(name: str) -> None:
    assert f"`ordain {name}" in COMMANDS


def test_every_option_on_the_page_is_one() -> None:
    named = set(re.findall(r"--[a-z][a-z-]+", COMMANDS))
    assert named - EVERYWHERE <= set().union(*OPTIONS.values())


@pytest.mark.parametrize("path", sorted(OPTIONS))
def test_the_options_that_a_row_names_are_those_of_its_command(path: str) -> None:
    rows = [row for row in COMMANDS.splitlines() if row.startswith("|") and f"{path}" in row.split("|")[1]]
    for row in rows:
        calls = re.findall(r"`(?:ordain )?([^`]+)`", row.replace("\\|", "/"))
        for call in calls:
            if call.startswith(f"{path} ") and not any(
                call.startswith(f"{other} ") for other in OPTIONS if other > path
            ):
                assert set(re.findall(r"--[a-z][a-z-]+", call)) <= OPTIONS[path] | EVERYWHERE, call


def test_the_exit_codes_are_those_of_the_page() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d) \|", COMMANDS, re.MULTILINE)}
    assert listed == {code for code in Exit if code is not Exit.INTERRUPTED}


def test_the_settings_that_the_page_shows_are_understood() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", WORKSPACE, re.DOTALL)
    settings = Settings.model_validate(tomllib.loads(example))
    for section, registry in ((settings.sources, SOURCES), (settings.targets, TARGETS)):
        for name, one in section.items():
            assert registry[one.connector].config.model_validate(one.model_extra or {}), name


def names(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def test_the_page_names_every_setting() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", WORKSPACE, re.DOTALL)
    for section, field in Settings.model_fields.items():
        assert f"[{section}" in example, section
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            assert [name for name in names(model) if not re.search(rf"^{name} = ", example, re.MULTILINE)] == []


@pytest.mark.parametrize("connector", sorted(TARGETS))
def test_the_page_names_the_keys_of_every_target(connector: str) -> None:
    (row,) = [line for line in WORKSPACE.splitlines() if line.startswith(f"| `{connector}` |")]
    assert [name for name in names(TARGETS[connector].config) if f"`{name}`" not in row] == []


@pytest.mark.parametrize("connector", sorted(SOURCES))
def test_the_page_names_the_keys_of_every_source(connector: str) -> None:
    section = SOURCES_PAGE.split(f"\n## {connector}\n")[1].split("\n## ")[0]
    assert [name for name in names(SOURCES[connector].config) if f"`{name}" not in section] == []


PAGES = sorted(path for path in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")] if "node_modules" not in path.parts)


@pytest.mark.parametrize("page", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
