"""A job in a process of its own: with a memory limit, killed when its time is over, and gone when its parent is.

A fresh interpreter and not a fork: services have threads. Not `multiprocessing`'s own either, which would import the
parent's whole program first.
"""

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

MEMORY = 4 * 1024**3  # bytes of address space
OUT_OF_MEMORY = 3  # exit status
PR_SET_PDEATHSIG = 1  # of prctl(2)

Tell = Callable[[Any], None]


class Worker:
    """Runs `job(tell, *arguments)`, a function of a module; what it tells can be received from `messages`."""

    def __init__(self, job: Callable[..., None], *arguments: object, memory: int = MEMORY) -> None:
        self.messages, theirs = Pipe()
        with theirs:
            command = [sys.executable, "-m", __name__, str(theirs.fileno()), str(memory), str(os.getpid())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603
        self.messages.send((job, arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        self.messages.close()

    def ended_in_order(self) -> bool:
        """After the last message: whether the job came to its end; False if memory did not suffice."""
        status = self._process.wait()
        if status not in {0, OUT_OF_MEMORY, -6}:  # 6: C++ aborts when it gets no memory
            raise RuntimeError(f"the worker process ended with status {status}; its standard error says why")
        return status == 0


def main() -> None:
    descriptor, memory, parent_id = map(int, sys.argv[1:])
    _die_with(parent_id)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    parent = Connection(descriptor)
    job, arguments = parent.recv()
    try:
        job(parent.send, *arguments)
    except (MemoryError, BrokenPipeError):
        os._exit(OUT_OF_MEMORY)


def _die_with(parent_id: int) -> None:
    """Ask the kernel to kill us with our parent: inside a solver's call, which may be long, no Python code runs."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_id:  # it was gone before we asked
        os._exit(0)


if __name__ == "__main__":
    main()
