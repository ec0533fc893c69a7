"""Hosts of a fleet on this machine: each has an address and a folder of its own, and shares nothing on disk.

What is elsewhere (database, broker, bucket, providers) it reaches at its own address, by a way that can be cut.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from anyio.from_thread import BlockingPortal
from psycopg.conninfo import conninfo_to_dict

from tests.connections import Connections, Streams, served
from tests.processes import Running, running

ROOT = Path(__file__).parents[2]
Reach = Callable[[], Awaitable[Streams]]


class Network:
    """The ways of one host to what is elsewhere. Cut, nobody is let through, and whoever is on the way is lost."""

    def __init__(self, portal: BlockingPortal, address: str, stack: ExitStack) -> None:
        self._portal = portal
        self._address = address
        self._stack = stack
        self._connections: list[Connections] = []
        self._is_cut = False

    def way_to(self, reach: Reach) -> str:
        """Where on this host another server is to be found: address and port."""
        connections = Connections()
        self._connections.append(connections)

        async def serve(client: Streams) -> None:
            if self._is_cut:
                client[1].close()
                return
            reader, writer = client
            there, back = connections.keep(await reach())
            for pair in ((reader, back), (there, writer)):
                connections.start(_pass_on(*pair))

        opened = self._portal.wrap_async_context_manager(served(connections, serve, self._address))
        return f"{self._address}:{self._stack.enter_context(opened)}"

    def cut(self) -> None:
        """From now on this host is alone."""
        self._is_cut = True
        for connections in self._connections:
            self._portal.call(connections.throw_out)

    def mend(self) -> None:
        """From now on it is not."""
        self._is_cut = False


class Host:
    """A host with one worker."""

    def __init__(self, folder: Path, network: Network, settings: dict[str, str]) -> None:
        self.network = network
        self._folder = folder
        self._settings = settings
        self._stack = ExitStack()
        self._ended = ""
        self._worker: Running | None = None

    def start(self, concurrency: int) -> None:
        """Start its worker, and wait until that takes stories."""
        worker = running("worker", self._folder, self._settings, concurrency=concurrency, node=self._folder.name)
        self._worker = self._stack.enter_context(worker)
        self._worker.says(" ready.")

    def kill(self) -> None:
        """Kill its worker, which cannot say a word any more."""
        assert self._worker is not None
        self._worker.process.kill()
        self._worker.process.wait()

    def close(self) -> None:
        """Stop its worker, if it still runs."""
        self._stack.close()

    @property
    def log(self) -> str:
        """What its worker has printed since its last start."""
        return "" if self._worker is None else self._worker.text

    def makes(self, story: object) -> bool:
        """Whether its worker has begun this story."""
        return f"of story {story}" in self.log

    def files(self) -> set[str]:
        """All that lies in its folder, but the log."""
        found = {str(path.relative_to(self._folder)) for path in self._folder.rglob("*") if path.is_file()}
        return found - {"worker.log"}


@contextmanager
def host(
    portal: BlockingPortal, address: str, folder: Path, servers: dict[str, str], settings: dict[str, str]
) -> Iterator[Host]:
    """A host at this address. `servers` are the URLs of what is elsewhere; the other settings are everybody's."""
    folder.mkdir()
    shutil.copy(ROOT / "dagster.yaml", folder)
    with ExitStack() as stack:
        network = Network(portal, address, stack)
        ways = {name: _way(network, url) for name, url in servers.items()}
        own = {"DAGSTER_HOME": str(folder), "STORYTAILOR_STATE_DIR": str(folder)}
        made = Host(folder, network, {**settings, **ways, **own})
        stack.callback(made.close)
        yield made


def _way(network: Network, server: str) -> str:
    """The server's URL by a way of this host's own."""
    url = urlsplit(server)
    if url.scheme == "postgresql":  # the tests' own, which listens at a socket
        parameters = conninfo_to_dict(server)
        path = f"{parameters['host']}/.s.PGSQL.{parameters.get('port', 5432)}"
        way = network.way_to(lambda: asyncio.open_unix_connection(path))
        return f"postgresql://postgres@{way}/{parameters['dbname']}"
    way = network.way_to(lambda: asyncio.open_connection(url.hostname, url.port))
    return url._replace(netloc="".join((*url.netloc.rpartition("@")[:2], way))).geturl()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
