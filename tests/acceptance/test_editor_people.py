"""What an editor shows of people and tests: hover, lenses, commands, values; and what it mends and formats."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from tests.servers.editor import Editor, copy_example, open_editor, place

TEST = """test "A nurse gets an account"
    person "P1"
        contract "C1"
            type.code: "EMP"
            start_date: 2026-03-15
        end
    end
    on 2026-03-01 expect account in ad because staff-account
    on 2026-03-20 expect nothing
end
"""


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    with open_editor(None) as opened:
        yield opened


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A workspace without a store."""
    return copy_example("first-steps", tmp_path / "harbour")


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a snapshot."""
    root = copy_example("first-steps", tmp_path_factory.mktemp("peopled") / "harbour")
    program = str(Path(sys.executable).parent / "ordain")
    subprocess.run([program, "import", "-w", str(root)], check=True, capture_output=True)
    return root


def rules_of(root: Path) -> Path:
    return root / "rules" / "harbour.ordain"


def lenses(editor: Editor, path: Path) -> list[types.Command]:
    params = types.CodeLensParams(editor.identify(path))
    found = editor.call(editor.client.text_document_code_lens_async(params)) or []
    return [one.command for one in found if one.command is not None]


def hover(editor: Editor, path: Path, position: types.Position) -> str:
    params = types.HoverParams(editor.identify(path), position)
    found = editor.call(editor.client.text_document_hover_async(params))
    if found is None:
        return ""
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


def is_counted(editor: Editor, path: Path) -> bool:
    found = titles(editor, path)
    return bool(found) and all("person" in one for one in found)


def titles(editor: Editor, path: Path) -> list[str]:
    return [one.title for one in lenses(editor, path)]


def test_rules_tell_how_many_people_they_are_about(editor: Editor, peopled: Path) -> None:
    path = rules_of(peopled)
    editor.open(path)
    editor.wait(lambda: is_counted(editor, path))
    editor.wait(lambda: editor.refreshes)
    command = lenses(editor, path)[0]
    shown = editor.call(
        editor.client.workspace_execute_command_async(types.ExecuteCommandParams(command.command, command.arguments))
    )
    assert isinstance(shown, str)
    assert shown.startswith(f"staff-account gives something to {command.title} today")
    assert editor.shown[-1].message == shown


def test_a_condition_tells_for_how_many_it_holds(editor: Editor, peopled: Path) -> None:
    path = rules_of(peopled)
    text = path.read_text()
    editor.open(path)
    at = place(text, 'contract.type.code in ("EMP"')
    said = editor.wait(lambda: (found := hover(editor, path, at)) and "today" in found and found)
    assert '`contract.type.code in ("EMP", "INT", "TMP")`: ' in said
    assert "through a contract that is active" in said


def test_values_come_from_the_snapshot_with_how_many_have_them(editor: Editor, peopled: Path) -> None:
    path = peopled / "rules" / "new.ordain"
    text = 'define x as contract.title.external_id is ""\n'
    editor.open(path, text)
    params = types.CompletionParams(editor.identify(path), place(text, '""', behind=False))
    params.position.character += 1

    def items() -> list[types.CompletionItem] | None:
        found = editor.call(editor.client.text_document_completion_async(params))
        assert isinstance(found, types.CompletionList)
        return list(found.items)

    first = editor.wait(items)[0]
    assert first.detail is not None
    assert first.detail.endswith(("person", "persons"))
    editor.close(path)


def test_looking_leaves_the_store_alone(peopled: Path) -> None:
    before = {one: (one.stat().st_mtime_ns, one.stat().st_size) for one in (peopled / ".ordain").rglob("*")}
    with open_editor(peopled) as editor:
        editor.open(rules_of(peopled))
        editor.wait(lambda: is_counted(editor, rules_of(peopled)))
    assert {one: (one.stat().st_mtime_ns, one.stat().st_size) for one in (peopled / ".ordain").rglob("*")} == before


def test_without_a_snapshot_everything_else_works(editor: Editor, bare: Path) -> None:
    path = rules_of(bare)
    editor.open(path)
    assert titles(editor, path) == []
    assert "**staff** — define" in hover(editor, path, place(path.read_text(), "staff\n"))
    assert not (bare / ".ordain").exists()


def test_while_the_rules_have_errors_there_is_no_count(editor: Editor, peopled: Path) -> None:
    path = peopled / "rules" / "broken.ordain"
    editor.open(path, "rule broken when nothing-known grant account in ad end\n")
    editor.wait_for_codes(path, ["ORD0203"])
    editor.wait(lambda: titles(editor, path) == ["no count while the rules have errors"])
    editor.close(path)


def test_a_test_is_run_on_the_text_as_it_stands(editor: Editor, bare: Path) -> None:
    path = bare / "rules" / "tests.ordain"
    editor.open(path, TEST)
    (command,) = lenses(editor, path)
    assert command.title == "run test"
    call = types.ExecuteCommandParams(command.command, command.arguments)
    result = editor.call(editor.client.workspace_execute_command_async(call))
    assert isinstance(result, dict)
    assert result["passed"] is False
    (problem,) = editor.wait(lambda: [one for one in of(editor, path) if one.code == "ORD1002"])
    assert problem.range.start == types.Position(8, 18)
    assert "account in ad" in problem.message
    assert titles(editor, path) == ["failed, run again"]

    editor.type(path, TEST.replace("expect nothing", "expect access in ad"))
    editor.wait(lambda: titles(editor, path) == ["run test"])
    editor.wait(lambda: not [one for one in of(editor, path) if one.code == "ORD1002"])
    result = editor.call(editor.client.workspace_execute_command_async(call))
    assert isinstance(result, dict)
    assert result == {"passed": True, "words": "✓ A nurse gets an account"}
    assert editor.shown[-1].type == types.MessageType.Info
    assert titles(editor, path) == ["passed, run again"]


def of(editor: Editor, path: Path) -> list[types.Diagnostic]:
    told = editor.diagnostics.get(editor.uri(path))
    return list(told.diagnostics) if told is not None else []


def test_a_test_is_not_run_while_the_rules_have_errors(editor: Editor, bare: Path) -> None:
    path = bare / "rules" / "tests.ordain"
    editor.open(path, TEST + "rule\n")
    call = types.ExecuteCommandParams("ordain.runTest", [editor.uri(path), "A nurse gets an account"])
    result = editor.call(editor.client.workspace_execute_command_async(call))
    assert isinstance(result, dict)
    assert "cannot be run while the rules have errors" in result["words"]


def actions(editor: Editor, path: Path, position: types.Position) -> list[types.CodeAction]:
    params = types.CodeActionParams(
        editor.identify(path), types.Range(position, position), types.CodeActionContext(diagnostics=[])
    )
    found = editor.call(editor.client.text_document_code_action_async(params)) or []
    return [one for one in found if isinstance(one, types.CodeAction)]


def test_a_hint_is_a_quick_fix(editor: Editor, bare: Path) -> None:
    path = bare / "rules" / "new.ordain"
    text = 'rule x "\U0001f600" when stafff grant account in ad end\n'
    editor.open(path, text)
    editor.wait_for_codes(path, ["ORD0203"])
    (action,) = actions(editor, path, place(text, "stafff"))
    assert action.title == "Write `staff`"
    assert action.is_preferred
    assert action.edit is not None
    assert action.edit.changes is not None
    (edit,) = action.edit.changes[editor.uri(path)]
    assert edit == types.TextEdit(types.Range(types.Position(0, 17), types.Position(0, 23)), "staff")
    assert actions(editor, path, types.Position(0, 0)) == []


def test_what_the_linter_is_certain_of_is_a_quick_fix(editor: Editor, bare: Path) -> None:
    path = bare / "rules" / "new.ordain"
    text = 'set unused is "A"\n\ndefine interns as contract.type.code is "INT"\n'
    editor.open(path, text)
    editor.wait(lambda: of(editor, path))
    found = actions(editor, path, place(text, "unused"))
    assert [one.title for one in found] == ["Remove the set `unused`"]


def test_formatting_is_one_change_and_a_file_with_an_error_is_left_alone(editor: Editor, bare: Path) -> None:
    path = bare / "rules" / "new.ordain"
    editor.open(path, "# first\r\nrule x\r\n  when staff\r\n    grant account in ad\r\nend\r\n")
    params = types.DocumentFormattingParams(editor.identify(path), types.FormattingOptions(4, insert_spaces=True))
    (edit,) = editor.call(editor.client.text_document_formatting_async(params)) or []
    assert edit == types.TextEdit(types.Range(types.Position(2, 0), types.Position(3, 0)), "    when staff\n")
    editor.type(path, "rule x\n  when\nend\n")
    assert not editor.call(editor.client.text_document_formatting_async(params))
