"""An editor and the language server over stdio: a real client, the real program."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.servers.editor import Editor, copy_example, open_editor, place


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_example("meridian", tmp_path / "meridian")


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    """One server for all: it serves any number of workspaces."""
    with open_editor(None) as opened:
        yield opened


def at(editor: Editor, path: Path, position: types.Position) -> dict[str, object]:
    return {"text_document": editor.identify(path), "position": position}


def test_problems_of_every_file_are_told_when_one_is_opened(editor: Editor, root: Path) -> None:
    editor.open(root / "rules" / "care.ordain")
    editor.wait_for_codes(root / "rules" / "exceptions.ordain", ["ORD0354"])
    (told,) = editor.wait_for_codes(root / "rules" / "services.ordain", ["ORD0355"])
    assert told.severity == types.DiagnosticSeverity.Information
    assert told.source == "ordain"


def test_what_is_typed_counts_before_it_is_saved(editor: Editor, root: Path) -> None:
    path = root / "rules" / "care.ordain"
    text = path.read_text()
    editor.open(path)
    editor.wait_for_codes(root / "rules" / "exceptions.ordain", ["ORD0354"])
    editor.type(path, text.replace("when care-staff\n", "when care-staf\n", 1))
    (problem,) = editor.wait_for_codes(path, ["ORD0203"])
    assert problem.range == types.Range(types.Position(5, 9), types.Position(5, 18))
    assert "did you mean `care-staff`?" in problem.message
    assert problem.code_description is not None
    assert problem.code_description.href.endswith("/ORD0203.md")
    (related,) = problem.related_information or ()
    assert related.location.uri == editor.uri(root / "rules" / "policy.ordain")
    editor.type(path, text)
    editor.wait_for_codes(path, [])


def test_a_change_here_is_a_problem_there_and_closing_unsaved_takes_it_back(editor: Editor, root: Path) -> None:
    policy, care = root / "rules" / "policy.ordain", root / "rules" / "care.ordain"
    editor.open(policy)
    editor.wait_for_codes(root / "rules" / "exceptions.ordain", ["ORD0354"])
    editor.type(policy, policy.read_text().replace("set nursing", "set nurses"))
    editor.wait_for_codes(care, ["ORD0202", "ORD0202"])
    editor.close(policy)
    editor.wait_for_codes(care, [])


def test_a_new_buffer_that_was_never_saved_belongs_to_the_workspace(editor: Editor, root: Path) -> None:
    new = root / "rules" / "new.ordain"
    editor.open(new, 'set sites is "A"\n')
    editor.wait_for_codes(root / "rules" / "policy.ordain", ["ORD0206"])
    editor.close(new)
    editor.wait_for_codes(root / "rules" / "policy.ordain", [])


def test_a_file_that_is_deleted_has_no_problems(editor: Editor, root: Path) -> None:
    bad = root / "rules" / "bad.ordain"
    bad.write_text("rule\n")
    editor.open(root / "rules" / "care.ordain")
    editor.wait(lambda: editor.diagnostics.get(editor.uri(bad)))
    bad.unlink()
    change = types.FileEvent(editor.uri(bad), types.FileChangeType.Deleted)
    editor.tell(editor.client.workspace_did_change_watched_files, types.DidChangeWatchedFilesParams([change]))
    editor.wait_for_codes(bad, [])


def test_wrong_settings_are_told_at_the_settings_and_rules_are_still_read(editor: Editor, root: Path) -> None:
    (root / "ordain.toml").write_text("[workspace]\nname = 7\n")
    care = root / "rules" / "care.ordain"
    editor.open(care, "rule x\n    grant nothing\nend\n")
    editor.wait(lambda: (told := editor.diagnostics.get(editor.uri(root / "ordain.toml"))) and told.diagnostics)
    editor.wait(lambda: (told := editor.diagnostics.get(editor.uri(care))) and told.diagnostics)


def test_a_file_of_no_workspace_is_read_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "alone.ordain"
    with open_editor(None) as editor:
        editor.open(path, 'define x as contract.title.code = "A"\n')
        editor.wait_for_codes(path, ["ORD0120"])
        editor.type(path, "define x as other\n")
        editor.wait_for_codes(path, [])  # nothing is known of what other files declare
        symbols = editor.call(
            editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(editor.identify(path)))
        )
        assert [one.name for one in symbols or ()] == ["x"]
        editor.type(path, "rule\n")
        editor.wait(lambda: editor.diagnostics[editor.uri(path)].diagnostics)
        editor.close(path)
        editor.wait_for_codes(path, [])


def test_a_file_of_a_workspace_outside_of_its_rules_is_read_by_itself(editor: Editor, root: Path) -> None:
    path = root / "notes" / "draft.ordain"
    editor.open(path, "set sites is\n")
    editor.wait(lambda: (told := editor.diagnostics.get(editor.uri(path))) and told.diagnostics)
    editor.close(path)
    editor.wait_for_codes(path, [])


def test_an_editor_may_spell_the_name_of_a_file_in_its_own_way(editor: Editor, tmp_path: Path) -> None:
    root = copy_example("meridian", tmp_path / "my r\u00fcles")
    path = root / "rules" / "care.ordain"
    spelt = editor.uri(path).replace("care.ordain", "%63are.ordain")
    text = path.read_text().replace("when care-staff\n", "when care-staf\n", 1)
    item = types.TextDocumentItem(spelt, "ordain", 1, text)
    editor.tell(editor.client.text_document_did_open, types.DidOpenTextDocumentParams(item))
    editor.wait(lambda: (told := editor.diagnostics.get(spelt)) and told.diagnostics)
    closed = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(spelt))
    editor.tell(editor.client.text_document_did_close, closed)
    editor.wait(lambda: not editor.diagnostics[spelt].diagnostics)


def test_a_file_on_disk_that_is_no_utf_8_is_told(editor: Editor, root: Path) -> None:
    bad = root / "rules" / "bad.ordain"
    bad.write_bytes(b'set drinks is "caf\xe9"\n')
    editor.open(root / "rules" / "care.ordain")
    problem, unused = editor.wait_for_codes(bad, ["ORD0405", "ORD0360"])
    assert unused.tags == (types.DiagnosticTag.Unnecessary,)
    assert problem.range.start == types.Position(0, 18)


def test_a_new_name_counts_what_is_not_saved(editor: Editor, root: Path) -> None:
    policy, care = root / "rules" / "policy.ordain", root / "rules" / "care.ordain"
    editor.open(policy)
    editor.open(care, "# moved down\n" + care.read_text())
    here = at(editor, policy, place(policy.read_text(), "care-staff"))
    edit = editor.call(editor.client.text_document_rename_async(types.RenameParams(new_name="carers", **here)))
    assert edit is not None
    assert edit.changes is not None
    assert [one.range.start.line for one in edit.changes[editor.uri(care)]] == [6, 14, 44]


def test_columns_are_utf_16_code_units(editor: Editor, root: Path) -> None:
    path = root / "rules" / "new.ordain"
    text = 'rule x "\U0001f600\U0001f600" when nobody-knows grant account in ad end\n'
    editor.open(path, text)
    (problem,) = editor.wait_for_codes(path, ["ORD0203"])
    assert problem.range.start == place(text, "nobody-knows")
    assert problem.range.start.character == 19
    where = editor.call(
        editor.client.text_document_definition_async(types.DefinitionParams(**at(editor, path, place(text, "ad end"))))
    )
    assert isinstance(where, list)
    assert where[0].uri == editor.uri(root / "rules" / "targets.ordain")


@pytest.mark.parametrize(
    ("encoding", "column"),
    [(types.PositionEncodingKind.Utf8, 23), (types.PositionEncodingKind.Utf32, 17)],
)
def test_other_units_are_used_where_the_editor_asks_for_them(
    root: Path, encoding: types.PositionEncodingKind, column: int
) -> None:
    with open_editor(root, encodings=[encoding]) as editor:
        path = root / "rules" / "new.ordain"
        editor.open(path, 'rule x "\U0001f600\U0001f600" when nobody-knows grant account in ad end\n')
        (problem,) = editor.wait_for_codes(path, ["ORD0203"])
        assert problem.range.start.character == column


def test_line_ends_of_windows_and_a_byte_order_mark_move_nothing(editor: Editor, root: Path) -> None:
    path = root / "rules" / "new.ordain"
    editor.open(path, "\ufeffrule x\r\n    when nobody-knows\r\n    grant account in ad\r\nend\r\n")
    (problem,) = editor.wait_for_codes(path, ["ORD0203"])
    assert problem.range == types.Range(types.Position(1, 9), types.Position(1, 21))
    editor.type(path, '\ufeffset sites is "A"\r\n')
    editor.wait_for_codes(root / "rules" / "policy.ordain", ["ORD0206"])


def test_completion_knows_the_place_the_names_of_other_files_and_the_lookups(editor: Editor, root: Path) -> None:
    path = root / "rules" / "new.ordain"

    def labels(text: str) -> list[str]:
        editor.open(path, text.replace("|", ""))
        params = types.CompletionParams(**at(editor, path, place(text, "|")))
        found = editor.call(editor.client.text_document_completion_async(params))
        editor.close(path)
        assert isinstance(found, types.CompletionList)
        return [one.label for one in found.items]

    assert "draft rule" in labels("|")
    assert labels("rule x grant role |") == ["control", "nurse-basics", "payables", "ward-basics"]
    assert labels('rule x when contract.type.code is "|"') == ["EMP", "EXT", "INT", "TMP", "VOL"]
    assert labels('set x from "|"') == ["sites.csv", "titles.csv"]
    assert labels('set x from "titles.csv" column "|"') == ["value", "kind", "name"]


def test_a_choice_replaces_what_was_begun_in_code_units(editor: Editor, root: Path) -> None:
    path = root / "rules" / "new.ordain"
    text = 'rule x "\U0001f600" when contract.ti'
    editor.open(path, text)
    params = types.CompletionParams(**at(editor, path, place(text, "contract.ti", behind=True)))
    found = editor.call(editor.client.text_document_completion_async(params))
    assert isinstance(found, types.CompletionList)
    edit = next(one.text_edit for one in found.items if one.label == "contract.title.code")
    assert isinstance(edit, types.TextEdit)
    assert edit.range == types.Range(types.Position(0, 17), types.Position(0, 28))


def test_names_lead_to_their_declaration_and_back(editor: Editor, root: Path) -> None:
    path = root / "rules" / "care.ordain"
    text = path.read_text()
    editor.open(path)
    here = at(editor, path, place(text, "care-staff"))
    where = editor.call(editor.client.text_document_definition_async(types.DefinitionParams(**here)))
    assert isinstance(where, list)
    assert [one.uri for one in where] == [editor.uri(root / "rules" / "policy.ordain")]
    params = types.ReferenceParams(context=types.ReferenceContext(include_declaration=True), **here)
    found = editor.call(editor.client.text_document_references_async(params))
    assert len(found or ()) == 4
    file = at(editor, path, place(text, "titles.csv"))
    where = editor.call(editor.client.text_document_definition_async(types.DefinitionParams(**file)))
    assert isinstance(where, list | tuple)
    assert [one.uri for one in where] == [editor.uri(root / "rules" / "titles.csv")]
    marks = editor.call(editor.client.text_document_document_highlight_async(types.DocumentHighlightParams(**here)))
    assert len(marks or ()) == 3


def test_a_new_name_is_written_in_every_file_and_the_rules_still_check(editor: Editor, root: Path) -> None:
    path = root / "rules" / "care.ordain"
    text = path.read_text()
    editor.open(path)
    here = at(editor, path, place(text, "care-staff"))
    prepared = editor.call(editor.client.text_document_prepare_rename_async(types.PrepareRenameParams(**here)))
    assert isinstance(prepared, types.PrepareRenamePlaceholder)
    assert prepared.placeholder == "care-staff"
    edit = editor.call(editor.client.text_document_rename_async(types.RenameParams(new_name="carers", **here)))
    assert edit is not None
    assert edit.changes is not None
    assert sorted(os.path.basename(uri) for uri in edit.changes) == ["care.ordain", "policy.ordain"]  # noqa: PTH119
    for name in ("care.ordain", "policy.ordain"):
        file = root / "rules" / name
        lines = file.read_text().split("\n")
        for change in edit.changes[editor.uri(file)]:
            line, start, end = change.range.start.line, change.range.start.character, change.range.end.character
            assert lines[line][start:end] == "care-staff"
        assert file.read_text().count("care-staff") == len(edit.changes[editor.uri(file)])


@pytest.mark.parametrize("name", ["rule", "Care", "staff"])
def test_a_name_that_cannot_be_is_refused_with_the_reason(editor: Editor, root: Path, name: str) -> None:
    path = root / "rules" / "care.ordain"
    editor.open(path)
    here = at(editor, path, place(path.read_text(), "care-staff"))
    with pytest.raises(JsonRpcException, match=f"`{name}`"):
        editor.call(editor.client.text_document_rename_async(types.RenameParams(new_name=name, **here)))


def test_a_target_is_renamed_in_the_settings_too_and_the_ledger_is_spoken_of(editor: Editor, root: Path) -> None:
    path = root / "rules" / "targets.ordain"
    editor.open(path)
    here = at(editor, path, place(path.read_text(), "erp"))
    edit = editor.call(editor.client.text_document_rename_async(types.RenameParams(new_name="finance", **here)))
    assert edit is not None
    assert edit.changes is not None
    settings = (root / "ordain.toml").read_text()
    (change,) = edit.changes[editor.uri(root / "ordain.toml")]
    assert change.range.start == place(settings, "erp]")
    assert change.new_text == "finance"
    assert "look at the next diff" in editor.wait(lambda: editor.shown)[-1].message


def test_outline_and_folding(editor: Editor, root: Path) -> None:
    path = root / "rules" / "care.ordain"
    editor.open(path)
    symbols = editor.call(
        editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(editor.identify(path)))
    )
    assert symbols is not None
    assert symbols[0].name == "ward"
    first = symbols[0]
    assert isinstance(first, types.DocumentSymbol)
    assert first.detail == "What everybody on a ward works with, on the ward they work for"
    folds = editor.call(
        editor.client.text_document_folding_range_async(types.FoldingRangeParams(editor.identify(path)))
    )
    assert (folds or [])[0] == types.FoldingRange(2, 8, kind=types.FoldingRangeKind.Region)


def test_declarations_are_found_by_name_in_the_whole_workspace(root: Path) -> None:
    with open_editor(root) as editor:
        editor.wait_for_codes(root / "rules" / "exceptions.ordain", ["ORD0354"])  # no file was opened
        found = editor.call(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("BASICS"))) or []
        assert [one.name for one in found] == ["ward-basics", "nurse-basics"]


def test_nothing_is_written_into_the_workspace(root: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    with open_editor(root) as editor:
        editor.open(root / "rules" / "care.ordain")
        editor.wait_for_codes(root / "rules" / "exceptions.ordain", ["ORD0354"])
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_an_unknown_file_is_answered_with_nothing(editor: Editor, root: Path) -> None:
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier("untitled:Untitled-1"))
    assert editor.call(editor.client.text_document_document_symbol_async(params)) == []


def ordain(*words: str, told: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = str(Path(sys.executable).parent / "ordain")
    return subprocess.run([program, "lsp", *words], input=told, capture_output=True, check=False, timeout=60)


def test_an_editor_that_leaves_without_a_word_leaves_code_1() -> None:
    assert ordain().returncode == 1


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    ended = ordain("--log", str(tmp_path / "nowhere" / "log"))
    assert ended.returncode == 4
    assert b"ORD0933" in ended.stderr


def test_what_is_no_message_of_the_protocol_does_not_stop_the_server() -> None:
    def message(body: bytes) -> bytes:
        return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)

    said = message(b"{nonsense")
    said += message(
        b'{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///x",'
        b'"version":1},"contentChanges":[{"text":"x"}]}}'
    )
    said += message(
        b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'
    )
    said += message(b'{"jsonrpc":"2.0","id":2,"method":"shutdown"}')
    said += message(b'{"jsonrpc":"2.0","method":"exit"}')
    ended = ordain(told=said)
    assert ended.returncode == 0
    assert b'"serverInfo"' in ended.stdout
