"""A process in which pandas cannot be found: `python -m bench.without_pandas evaluate …` is `ordain evaluate …`.

pyarrow looks for pandas at its first conversion and loads it where it is: a second, and memory, that nobody has who
does not install it. Ordain does not; the benchmark does, for pandas itself.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

from bench.memory import tell_peak_at_exit


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


def hide_pandas() -> None:
    """Let nobody find pandas from now on."""
    sys.meta_path.insert(0, _NoPandas())


def main() -> None:
    """Run a command of Ordain."""
    hide_pandas()
    tell_peak_at_exit()
    from api.cli.main import main as command  # noqa: PLC0415  # what it loads may look for pandas

    sys.argv[0] = "ordain"
    command()


if __name__ == "__main__":
    main()
