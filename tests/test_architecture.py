"""The habits that no linter knows: sizes, names, where broad handlers may stand, what must not be in the tree.

Each guard is a function over source text, so that the tests can also show that it fires.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("core", "ingest", "alerts", "wirewatch")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
BANNED_STEMS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "stuff"}
# Where any error of ours or of a library ends, each with its reason in the line: what stands beside goes on.
BROAD_EXCEPT_ALLOWED = {
    "alerts/deliver/guarded.py",  # a channel
    "core/log/consumer.py",  # a record
    "core/log/writer.py",  # a job of the embedded log's thread
    "core/pool/worker.py",  # a job of a worker process
    "core/supervise.py",  # a role
    "wirewatch/api/server.py",  # a request
    "core/together.py",  # work that is shared: each who asked for it hears of it
    "ingest/parse/feed.py",  # a feed in feedparser
    "ingest/poll/stage.py",  # a source
    "ingest/read/stage.py",  # an entry
}
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:work|root|home|farm)/\w")


def python_files() -> list[Path]:
    return [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py")) if "versions" not in p.parts]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def too_long(source: str) -> list[str]:
    """Files over 400 lines and functions over 50."""
    found = []
    lines = source.count("\n")
    if lines > MAX_FILE_LINES:
        found.append(f"{lines} lines, at most {MAX_FILE_LINES}")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            size = node.end_lineno - node.lineno + 1
            if size > MAX_FUNCTION_LINES:
                found.append(f"{node.name} has {size} lines, at most {MAX_FUNCTION_LINES}")
    return found


def broad_handlers(source: str) -> Iterator[int]:
    """Lines of `except:`, `except Exception`, `except BaseException`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            named = node.type
            names = {n.id for n in ast.walk(named) if isinstance(n, ast.Name)} if named is not None else {"Exception"}
            if names & {"Exception", "BaseException"}:
                yield node.lineno


def hidden_imports(source: str) -> Iterator[int]:
    """Lines of `if TYPE_CHECKING`: a cycle must be visible to be refused."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and any(
            isinstance(n, ast.Name) and n.id == "TYPE_CHECKING" for n in ast.walk(node.test)
        ):
            yield node.lineno


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_keeps_the_habits(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    name = str(path.relative_to(ROOT))
    assert not too_long(source)
    assert path.stem not in BANNED_STEMS, "name the file after what it holds"
    assert not list(hidden_imports(source))
    if name not in BROAD_EXCEPT_ALLOWED:
        assert not list(broad_handlers(source)), "broad handlers stand in the named boundaries only"
    assert not source.strip() or ast.get_docstring(ast.parse(source)), (
        "say in a sentence what the module is and promises"
    )


def test_nothing_in_the_tree_names_a_machine() -> None:
    texts = (p for p in tracked_files() if p.suffix not in {".gz", ".png", ".svg"} and p.name != "test_architecture.py")
    found = [
        f"{p.relative_to(ROOT)}: {line.strip()[:100]}"
        for p in texts
        for line in p.read_text(encoding="utf-8", errors="replace").splitlines()
        if MACHINE_PATH.search(line)
    ]
    assert not found


def test_nothing_that_is_ignored_is_in_the_tree() -> None:
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    assert listed.stdout == ""


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "--index-url" not in text


def test_the_guards_fire() -> None:
    """A guard that cannot fire guards nothing."""
    assert too_long("x = 1\n" * 401)
    assert too_long("def f():\n" + "    x = 1\n" * 51)
    assert not too_long("def f():\n" + "    x = 1\n" * 49)
    assert list(broad_handlers("try:\n    pass\nexcept Exception:\n    pass\n")) == [3]
    assert list(broad_handlers("try:\n    pass\nexcept:\n    pass\n")) == [3]
    assert not list(broad_handlers("try:\n    pass\nexcept OSError:\n    pass\n"))
    assert list(hidden_imports("if TYPE_CHECKING:\n    import core\n")) == [1]
    assert MACHINE_PATH.search("open('/" + "work/main/x')")
