"""Fetching from an address that somebody else chose, without becoming their way into the network we stand in.

The check is made where it cannot be got around: on the very address a socket is about to connect to, after names are
resolved and at every redirect (OWASP, Server-Side Request Forgery Prevention).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from functools import partial

import aiohttp

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]
Check = Callable[[str], bool]

_TRANSLATED = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
)
"""IPv6 addresses that stand for IPv4 ones, private ones too (RFC 6052, 8215, 3056)."""


class NotPublic(OSError):
    """The address belongs to a private, local or special network."""


def is_public(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast


def session(*, is_allowed: Check = is_public, timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    """Connections to addresses that are not allowed raise ``aiohttp.ClientConnectorError`` caused by NotPublic."""
    connector = aiohttp.TCPConnector(limit=8, socket_factory=partial(_socket, is_allowed), use_dns_cache=False)
    return aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    )


def _socket(is_allowed: Check, info: AddressInfo) -> socket.socket:
    family, kind, protocol, _, address = info
    if not is_allowed(str(address[0])):
        raise NotPublic(f"{address[0]} is not a public address")
    return socket.socket(family, kind, protocol)
