"""All engines by name: what they need, and how far they go."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec

from bench.peers.answer import DiffRun, Run
from bench.workload.managed import ManagedPairs
from bench.workload.plain_rules import PlainRules
from engine.columnar.columns import Columns


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine: the module here, the library it imports ("" for none) and the name of that on PyPI.

    `by_row`: it looks at one contract at a time. `diffs`: it goes on to entitlements, reasons and diff.
    """

    name: str
    title: str
    module: str
    library: str = ""
    package: str = ""
    by_row: bool = False
    pairs: bool = True
    diffs: bool = False

    @property
    def is_installed(self) -> bool:
        """Whether its library can be imported."""
        return not self.library or find_spec(self.library) is not None

    @property
    def release(self) -> str:
        """Release of its library."""
        return version(self.package) if self.package else ""

    def ready(self, columns: Columns, rules: PlainRules) -> Run:
        """Make it ready to give (contract, rule) firings."""
        found: Run = import_module(self.module).ready(columns, rules)
        return found

    def ready_diff(self, columns: Columns, rules: PlainRules, managed: ManagedPairs) -> DiffRun:
        """Make it ready to give a diff."""
        found: DiffRun = import_module(self.module).ready_diff(columns, rules, managed)
        return found


_HERE = "bench.peers"
PEERS = {
    one.name: one
    for one in (
        Peer("polars", "Polars, masks", f"{_HERE}.polars_masks", "polars", "polars", diffs=True),
        Peer(
            "polars-listed",
            "Polars, every entitlement with its reasons",
            f"{_HERE}.polars_listed",
            "polars",
            "polars",
            pairs=False,
            diffs=True,
        ),
        Peer("duckdb", "DuckDB", f"{_HERE}.duckdb_sql", "duckdb", "duckdb"),
        Peer("pyarrow", "pyarrow.compute", f"{_HERE}.arrow_compute", "pyarrow", "pyarrow"),
        Peer("pandas", "pandas", f"{_HERE}.pandas_masks", "pandas", "pandas"),
        Peer("numpy", "numpy masks", f"{_HERE}.numpy_masks", "numpy", "numpy"),
        Peer("python", "one Python function", f"{_HERE}.one_function", by_row=True),
        Peer("cedar", "Cedar (cedarpy)", f"{_HERE}.cedar", "cedarpy", "cedarpy", by_row=True),
        Peer("zen", "ZEN (zen-engine)", f"{_HERE}.zen_rules", "zen", "zen-engine", by_row=True),
        Peer("cel", "CEL (cel-expr-python)", f"{_HERE}.cel_rules", "cel_expr_python", "cel-expr-python", by_row=True),
        Peer("clips", "CLIPS (clipspy)", f"{_HERE}.clips_rules", "clips", "clipspy", by_row=True),
    )
}
