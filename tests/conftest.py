"""What every test gets: a network that ends at this machine, and none of the developer's own settings."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pytest

_FOREIGN_SETTINGS = ("ADVISOR_", "SLACK_", "DISCORD_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
"""A proxy on this machine would be a way out past the guard."""

_TESTS = Path(__file__).parent
_LONGEST = ("vllm", "bot/canary/test_canary.py", "bot/running/test_killed_reindex.py", "bot/canary/test_surfaces.py")

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("advisor", deadline=None)
hypothesis.settings.load_profile("advisor")


class NetworkShut(RuntimeError):
    """A test reached for the network. Not an `OSError`: code under test must not take it for an outage."""


def _is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return True


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """Refuses name lookups and addresses beyond this machine: pytest-socket alone lets DNS and datagrams through.

    What stays open: a raw `connect_ex` or `sendto` with a name asks DNS once before Python tells of it.
    """
    if not event.startswith("socket."):
        return
    match event:
        case "socket.getaddrinfo" | "socket.gethostbyname" | "socket.gethostbyaddr":
            allowed = _is_local(args[0]) or _is_address(args[0])
        case "socket.connect" | "socket.sendto" | "socket.sendmsg":
            allowed = not isinstance(args[1], tuple) or _is_local(args[1][0])
        case _:
            return
    if not allowed:
        raise NetworkShut(f"{event} with {args[-1]!r} in a test; serve what the test needs on 127.0.0.1")


sys.addaudithook(_refuse_network)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps together, where several workers share the tests, what shares a fixture: a file, and the one vLLM server.

    What takes longest begins first, so that no worker is left with it in the end.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _LONGEST.index(_group(item)) if _group(item) in _LONGEST else len(_LONGEST))


def _group(item: pytest.Item) -> str:
    place = item.path.relative_to(_TESTS)
    return "vllm" if place.parts[0] == "vllm" else place.as_posix()


@pytest.fixture(scope="session")
def _empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, _empty_home: Path) -> None:
    """No test reads a developer's tokens or writes into the developer's own index."""
    for name in [name for name in os.environ if name.upper().startswith(_FOREIGN_SETTINGS)]:
        monkeypatch.delenv(name)
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(_empty_home / name.lower()))
