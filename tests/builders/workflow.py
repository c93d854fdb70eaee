"""Runs the steps of our composite action as a runner would: expressions filled in, bash, outputs and path handed on."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_NAME = re.compile(r"'[^']*'|[A-Za-z_][\w-]*(?:\.[\w-]+)*")


@dataclass
class Runner:
    """A run of an action in a checkout.

    `github` is the context of that name, `environment` what a runner sets besides. `outputs` are those of the steps
    that ran, `log` what they printed.
    """

    action: Path
    checkout: Path
    folder: Path
    github: Mapping[str, Any]
    environment: Mapping[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    log: str = ""
    failed: str | None = None

    def run(self, **inputs: str) -> Runner:
        """Run every step that its condition lets run; the first that fails ends it."""
        described = yaml.safe_load(self.action.read_text(encoding="utf-8"))
        given = {name: self._fill(str(one.get("default", "")), {}) for name, one in described["inputs"].items()}
        unknown = set(inputs) - {name.replace("-", "_") for name in given}
        assert not unknown, unknown
        given |= {name: inputs[name.replace("-", "_")] for name in given if name.replace("-", "_") in inputs}
        for step in described["runs"]["steps"]:
            if "uses" in step or self.failed:
                continue  # what an action of others brings is there already
            if "if" in step and not self._evaluate(str(step["if"]), given):
                continue
            self._run_step(step, given)
        return self

    def _run_step(self, step: dict[str, Any], inputs: Mapping[str, str]) -> None:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "what people write must never become part of a script"
        number = len(self.ran)
        files = {name: self.folder / f"{name}-{number}" for name in ("GITHUB_OUTPUT", "GITHUB_PATH")}
        for path in files.values():
            path.touch()
        script = self.folder / f"step-{number}.sh"
        script.write_text(step["run"], encoding="utf-8")
        environment = {**os.environ, **self.environment, **{name: str(path) for name, path in files.items()}}
        environment |= {name: self._fill(str(value), inputs) for name, value in step.get("env", {}).items()}
        environment |= {"RUNNER_TEMP": str(self.folder), "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md")}
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.ran.append(step["name"])
        self.log += f"== {step['name']}\n{ended.stdout}{ended.stderr}"
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        self.outputs[step.get("id", step["name"])] = dict(line.split("=", 1) for line in lines)
        added = files["GITHUB_PATH"].read_text(encoding="utf-8").splitlines()
        path = os.pathsep.join([*reversed(added), environment["PATH"]])
        self.environment = {**self.environment, "PATH": path}
        if ended.returncode:
            self.failed = step["name"]

    def _fill(self, text: str, inputs: Mapping[str, str]) -> str:
        return _EXPRESSION.sub(lambda found: str(self._evaluate(found[1], inputs)), text)

    def _evaluate(self, expression: str, inputs: Mapping[str, str]) -> Any:  # noqa: ANN401  # a value of any kind
        """Value of an expression of names, texts, `==`, `!=`, `&&`, `||` and parentheses; an unset name is empty."""
        steps = {name: {"outputs": outputs} for name, outputs in self.outputs.items()}
        context = {"inputs": inputs, "github": self.github, "steps": steps}

        def look_up(found: re.Match[str]) -> str:
            if found[0].startswith("'"):
                return repr(found[0][1:-1])
            value: Any = context
            for part in found[0].split("."):
                value = value.get(part, "") if isinstance(value, Mapping) else ""
            return repr(value)

        looked_up = _NAME.sub(look_up, expression).replace("&&", " and ").replace("||", " or ")
        return eval(looked_up, {"__builtins__": {}})  # noqa: S307  # our own file, and nothing but texts is left in it
