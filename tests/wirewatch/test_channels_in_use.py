"""What the process learns of the channels that it sends through: readiness judges them, the log hides their secrets."""

from pathlib import Path

from alerts.deliver.channel_watch import InUse
from wirewatch.app import App
from wirewatch.config.loading import Config, load


async def test_a_channel_that_cannot_be_used_is_warned_of_and_secrets_of_rows_are_cut_out_of_the_log(
    tmp_path: Path,
) -> None:
    path = tmp_path / "wirewatch.toml"
    path.write_text('[database]\nurl = "postgresql://ann:of-the-file@db/news"\n', encoding="utf-8")
    logs: list[Config] = []
    app = App(load(path, {}), relog=logs.append)

    app._tell_channels(
        InUse(frozenset({"desk"}), {"chat": "url: the variable X is not set"}, frozenset({"of-the-row"}))
    )
    assert app.health.channels == frozenset({"desk"})
    assert list(app.health.warned) == ["channel chat"]
    assert "url: the variable X is not set" in app.health.warned["channel chat"]
    assert {"of-the-file", "of-the-row"} <= logs[-1].secrets

    app._tell_channels(InUse(frozenset({"desk", "chat"}), {}, frozenset({"of-the-row"})))
    assert app.health.warned == {}
    assert len(logs) == 1, "the log is set up anew only where its secrets are others"
