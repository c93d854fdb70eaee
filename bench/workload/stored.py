"""The workload on disk, generated once and kept in a folder: column files, rules as text, and the state before."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from api.settings.workspace import open_workspace
from api.store.column_files import ColumnFiles
from api.store.records import ColumnSeal
from api.usecases.checked_policy import checked_policy
from bench.workload.domains import AS_OF
from bench.workload.managed import ManagedPairs, make_managed
from bench.workload.people import make_columns
from bench.workload.plain_rules import PlainRules, plain_rules
from bench.workload.workspace import write_rules
from engine.columnar.columns import Columns
from policy.rules import CheckedPolicy


@dataclass(frozen=True, slots=True)
class Stored:
    """W(persons, rules) of a seed below a folder."""

    folder: Path
    persons: int
    rules: int
    seed: int = 1

    @property
    def workspace(self) -> Path:
        """Folder with settings and rules, and below it the column files."""
        return self.folder / f"w-{self.persons}-{self.rules}-{self.seed}"

    def generate(self) -> None:
        """Write what is not there yet; a folder that was not finished is made anew."""
        if (self.workspace / "whole.json").is_file():
            return
        shutil.rmtree(self.workspace, ignore_errors=True)
        write_rules(self.workspace, self.rules, self.seed)
        columns = make_columns(self.persons, self.seed)
        seal = ColumnFiles(self.workspace / "columns").write(columns)
        np.save(self.workspace / "managed.npy", make_managed(columns, self.read_policy(), self.seed).pairs)
        about = {"digest": columns.digest, "seal": asdict(seal), "contracts": columns.contract_count}
        (self.workspace / "whole.json").write_text(json.dumps(about), encoding="utf-8")

    def read_columns(self) -> Columns:
        """Map the column files, as an evaluation does: their seal is looked at."""
        about = json.loads((self.workspace / "whole.json").read_text(encoding="utf-8"))
        found = ColumnFiles(self.workspace / "columns").read(about["digest"], [ColumnSeal(**about["seal"])])
        assert found is not None, f"column files were changed: remove {self.workspace}"
        return found

    def read_policy(self) -> CheckedPolicy:
        """Read and check the rules, as every command does."""
        return checked_policy(open_workspace(self.workspace))

    def read_rules(self, columns: Columns) -> PlainRules:
        """Read the rules, said plainly."""
        return plain_rules(self.read_policy(), columns.departments, AS_OF)

    def read_managed(self, rules: PlainRules) -> ManagedPairs:
        """Read the state before."""
        return ManagedPairs(rules.entitlements, np.load(self.workspace / "managed.npy"))
