"""What is installed: the metadata agree with each other, the locks with the metadata, and the wheel holds all that the code reads."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ("core", "ingest", "alerts", "wirewatch")
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
PARTS = ("kafka", "regex", "fast")  # extras that not every machine can have
ASKED_FOR = ("apprise",)  # extras that only who wants them installs: no lock and no image has them
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# Packages whose types are part of the interface of one that is asked for.
HANDED_OUT = {
    "multidict": "aiohttp",
    "yarl": "aiohttp",
    "markupsafe": "jinja2",
    "llvmlite": "numba",
    "pydantic_core": "pydantic",
}
_PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)(?: ; .*?)? \\$", re.MULTILINE)


def requirements(*extras: str) -> list[Requirement]:
    texts = [*PROJECT["dependencies"], *(text for extra in extras for text in PROJECT["optional-dependencies"][extra])]
    return [Requirement(text) for text in texts]


def pins(name: str) -> dict[str, set[str]]:
    """Locked versions by package; several where Python decides."""
    found: dict[str, set[str]] = {}
    for package, version in _PIN.findall((ROOT / name).read_text(encoding="utf-8")):
        found.setdefault(package, set()).add(version)
    return found


def test_the_releases_of_python_are_the_same_everywhere() -> None:
    named = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert named == PYTHONS
    assert [f"3.{minor}" for minor in range(14) if f"3.{minor}" in SpecifierSet(PROJECT["requires-python"])] == PYTHONS[
        :-1
    ]
    assert f"Python {PYTHONS[0]} to {PYTHONS[-1]}" in OPERATIONS
    for name in ("Makefile", ".ci/run"):
        assert f"sys.version_info < (3, {PYTHONS[0].rpartition('.')[2]})" in (ROOT / name).read_text(encoding="utf-8")


def test_the_command_is_there() -> None:
    ((name, place),) = PROJECT["scripts"].items()
    module, _, function = place.partition(":")
    assert name == "wirewatch"
    assert callable(getattr(import_module(module), function))


def test_every_part_that_a_machine_may_lack_is_told_with_what_is_missing_then() -> None:
    for part in PARTS:
        (wanted,) = PROJECT["optional-dependencies"][part]
        assert f"| {Requirement(wanted).name}, `wirewatch[{part}]` |" in OPERATIONS
        assert f"requirements-{part}.lock" in (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("requirements.lock", ("build",)),
        ("requirements-dev.lock", ("build", "dev")),
        *((f"requirements-{part}.lock", (part,)) for part in PARTS),
    ],
)
def test_a_lock_pins_what_the_metadata_ask_for_with_hashes_and_no_address(name: str, extras: tuple[str, ...]) -> None:
    text, locked = (ROOT / name).read_text(encoding="utf-8"), pins(name)
    assert "://" not in text
    assert text.count("==") == text.count("== ") + len(_PIN.findall(text)) + text.count(" python_full_version ==")
    wanted = (
        requirements(*extras) if "build" in extras else [Requirement(PROJECT["optional-dependencies"][name[13:-5]][0])]
    )
    for one in wanted:
        assert locked.get(canonicalize_name(one.name)), f"{name} lacks {one.name}: run make lock"
        assert all(version in one.specifier for version in locked[canonicalize_name(one.name)])
    base = pins("requirements.lock")
    assert {package: versions for package, versions in locked.items() if versions != base.get(package, versions)} == {}
    blocks = re.split(r"\n(?=[a-z])", text)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


LATER_LIBRARY = {"compression"}  # of Python 3.14; a backport serves before


def test_what_the_code_imports_is_asked_for() -> None:
    distributions = packages_distributions()
    asked = {canonicalize_name(one.name) for one in requirements(*PARTS, *ASKED_FOR)}
    missing = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for module in imported(path):
                if module not in sys.stdlib_module_names | LATER_LIBRARY and module not in PACKAGES:
                    providers = {canonicalize_name(name) for name in distributions.get(module, ())}
                    if not providers & asked and HANDED_OUT.get(module) not in asked:
                        missing.add((module, str(path.relative_to(ROOT))))
    assert missing == set()


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {name.name.partition(".")[0] for name in names}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.partition(".")[0])
            case _:
                pass
    return found


def test_the_wheel_holds_all_that_belongs_to_the_packages_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    with ZipFile(wheel) as files:
        held = {name for name in files.namelist() if ".dist-info/" not in name}
    assert held == set(listed.stdout.splitlines())
    for kind in (".toml", ".html", ".ftz", ".schema.json", "py.typed", ".mako"):  # data that the code reads
        assert any(name.endswith(kind) for name in held), kind
