"""A job in its own process, with a memory limit; it is killed with its context, and when its parent dies.

The process is a new interpreter. A fork is unsafe because services have threads, and `multiprocessing` would import
the whole program of the parent first.
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

Report = Callable[[Any], None]


class Worker:
    """A process that runs `job(report, *arguments)`, a function of a module; its reports arrive in `messages`."""

    def __init__(self, job: Callable[..., None], *arguments: object, memory: int = MEMORY) -> None:
        self.messages, remote_end = Pipe()
        with remote_end:
            command = [sys.executable, "-m", __name__, str(remote_end.fileno()), str(memory), str(os.getpid())]
            self._process = subprocess.Popen(command, pass_fds=[remote_end.fileno()])  # noqa: S603
        self.messages.send((job, arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self.messages.close()

    def wait_for_end(self) -> bool:
        """Wait for the end after the last message. Return False if the job ran out of memory."""
        status = self._process.wait()
        if status not in {0, OUT_OF_MEMORY, -6}:  # 6: C++ aborts if it gets no memory
            raise RuntimeError(f"The worker process ended with status {status}; see its standard error.")
        return status == 0


def main() -> None:
    """Receive a job from the parent and run it."""
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
    """Ask the kernel to kill this process with its parent: no Python code runs during a long call of the solver."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_id:  # the parent died before the request
        os._exit(0)


if __name__ == "__main__":
    main()
