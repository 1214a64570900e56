"""The scorers that come with the shared sample data."""

import importlib.util
from pathlib import Path
from types import ModuleType


def scorer(data: Path, name: str) -> ModuleType:
    """A script of the data's own, as a module."""
    spec = importlib.util.spec_from_file_location(f"score_{name}", data / "score" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"there is no scorer {name} in {data}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
