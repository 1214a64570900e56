"""Where a request comes from: a proxy of ours is believed, and nobody else."""

from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from wirewatch.client_address import client_address
from wirewatch.config.loading import examine, load

TRUSTED = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def asked(peer: str, *forwarded: str) -> web.Request:
    headers = CIMultiDict([("X-Forwarded-For", one) for one in forwarded])
    return make_mocked_request("GET", "/", headers=headers).clone(remote=peer)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["203.0.113.9, 192.0.2.7"], "192.0.2.7"),  # what stands left of it the client wrote
        ("127.0.0.1", ["203.0.113.9, 192.0.2.7, 10.0.0.2"], "192.0.2.7"),
        ("127.0.0.1", ["203.0.113.9", "192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["[2001:db8::7]"], "2001:db8::7"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("127.0.0.1", ["192.0.2.7, unknown"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("192.0.2.9", ["203.0.113.9"], "192.0.2.9"),
    ],
)
def test_a_proxy_of_ours_is_believed(peer: str, forwarded: Sequence[str], address: str) -> None:
    assert client_address(asked(peer, *forwarded), TRUSTED) == address


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters="\r\n\0"), max_size=60), max_size=4))
def test_without_a_proxy_of_ours_nobody_is_believed(forwarded: list[str]) -> None:
    assert client_address(asked("192.0.2.9", *forwarded), ()) == "192.0.2.9"
    assert client_address(asked("192.0.2.9", *forwarded), TRUSTED) == "192.0.2.9"
    client_address(asked("127.0.0.1", *forwarded), TRUSTED)


def test_the_networks_of_proxies_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "wirewatch.toml"
    path.write_text('[server]\ntrusted_proxies = ["10.0.0.0/8", "::1"]\n', encoding="utf-8")
    assert load(path, {}).server.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    path.write_text('[server]\ntrusted_proxies = ["10.0.0.0/99"]\n', encoding="utf-8")
    [problem] = examine(path, {})[1]
    assert "server.trusted_proxies" in str(problem)
