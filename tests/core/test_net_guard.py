"""No request leaves for a private address, however the address is written."""

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.net.guard import AddressGuard, BlockedAddress


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.8",
        "192.0.0.192",
        "192.88.99.1",
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "not an address",
        "",
    ],
)
def test_an_address_that_is_not_public_is_blocked(address: str) -> None:
    with pytest.raises(BlockedAddress):
        AddressGuard().check(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2a00:1450::1"]
)
def test_a_public_address_may_be_reached(address: str) -> None:
    AddressGuard().check(address)


def test_an_allowed_network_is_exempt_in_every_spelling_and_nothing_else_is() -> None:
    guard = AddressGuard(["127.0.0.0/8", "fd12::/16"])
    for address in ("127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fd12::7"):
        guard.check(address)
    for address in ("10.0.0.1", "::1", "fd13::7", "::ffff:10.0.0.1"):
        with pytest.raises(BlockedAddress):
            guard.check(address)


def test_no_socket_is_made_for_a_blocked_address() -> None:
    with pytest.raises(BlockedAddress):
        AddressGuard().socket_factory((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
    with pytest.raises(BlockedAddress):
        AddressGuard().socket_factory((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("/run/docker.sock", 0)))


def test_a_socket_is_made_for_a_public_address() -> None:
    with AddressGuard().socket_factory((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))) as made:
        assert made.family == socket.AF_INET


@given(st.integers(0, 2**32 - 1).map(IPv4Address), st.sampled_from([(), ("10.0.0.0/8",), ("127.0.0.0/8", "8.0.0.0/7")]))
def test_an_ipv4_address_is_judged_alike_in_every_disguise(address: IPv4Address, allowed: tuple[str, ...]) -> None:
    guard = AddressGuard(allowed)

    def passes(text: str) -> bool:
        try:
            guard.check(text)
        except BlockedAddress:
            return False
        return True

    mapped, nat64 = IPv6Address(0xFFFF << 32 | int(address)), IPv6Address((0x64FF9B << 96) | int(address))
    assert passes(str(address)) == passes(str(mapped)) == passes(str(nat64))
    assert not passes(str(IPv6Address(int(address))))
    assert not passes(str(IPv6Address(0x2002 << 112 | int(address) << 80)))


@given(st.text(max_size=40))
def test_what_is_no_address_is_never_reached(text: str) -> None:
    assume(not any(character in text for character in ".:"))
    with pytest.raises(BlockedAddress):
        AddressGuard(["0.0.0.0/0", "::/0"]).check(text)
