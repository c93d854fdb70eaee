from engine.people.departments import DepartmentTree
from policy.people import Department


def unit(external_id: str, parent: str | None = None, name: str | None = None) -> Department:
    return Department(external_id, display_name=name, parent_external_id=parent)


def test_a_subtree_holds_itself_and_all_below() -> None:
    tree, problems = DepartmentTree.of([unit("C", "B"), unit("B", "A"), unit("A"), unit("D", "A"), unit("E")])
    assert problems == ()
    assert tree.subtree("A") == {"A", "B", "C", "D"}
    assert tree.subtree("C") == {"C"}
    assert tree.subtree("unknown") == {"unknown"}
    assert tree.parents("C") == ("B", "A")
    assert tree.get("B") == unit("B", "A")
    assert tree.get("unknown") is None
    assert tree.broken == frozenset()


def test_a_loop_names_all_its_departments_and_breaks_those_below() -> None:  # ORD0550
    tree, problems = DepartmentTree.of([unit("B", "C"), unit("C", "A"), unit("A", "B"), unit("D", "A"), unit("E")])
    assert [one.code for one in problems] == ["ORD0550"]
    assert "A → B → C → A" in problems[0].detail
    assert tree.broken == {"A", "B", "C", "D"}
    assert tree.parents("D") == ("A",)
    assert tree.subtree("A") == {"A", "D"}


def test_a_department_above_itself_is_a_loop() -> None:
    _, problems = DepartmentTree.of([unit("A", "A")])
    assert "A → A" in problems[0].detail


def test_two_loops_are_two_problems() -> None:
    _, problems = DepartmentTree.of([unit("A", "B"), unit("B", "A"), unit("C", "D"), unit("D", "C"), unit("E", "C")])
    assert [one.subject for one in problems] == ["A", "C"]


def test_a_missing_parent_is_named_with_its_department() -> None:  # ORD0551
    tree, problems = DepartmentTree.of([unit("A", "GONE", "Ward"), unit("B", "A"), unit("C")])
    assert [one.code for one in problems] == ["ORD0551"]
    assert "“A” (Ward)" in problems[0].detail
    assert "GONE" in problems[0].detail
    assert tree.broken == {"A", "B"}


def test_two_departments_with_one_external_id_break_it() -> None:  # ORD0552
    tree, problems = DepartmentTree.of(
        [unit("A", None, "x"), unit("A", "R"), unit("A", None, "y"), unit("R"), unit("B", "A")]
    )
    assert [one.code for one in problems] == ["ORD0552"]
    assert tree.broken == {"A", "B"}


def test_the_same_department_twice_is_one() -> None:
    tree, problems = DepartmentTree.of([unit("A"), unit("A")])
    assert problems == ()
    assert list(tree.units) == ["A"]


def test_a_department_without_external_id_is_named() -> None:  # ORD0553
    tree, problems = DepartmentTree.of([unit("", None, "Ward"), Department("")])
    assert [one.code for one in problems] == ["ORD0553", "ORD0553"]
    assert [one.subject for one in problems] == ["?", "Ward"]
    assert tree.units == {}
