"""A Dask cluster as the place to work: the processes of one machine, or whatever a scheduler's address stands for."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import multiprocessing
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from typing import Any

from regime_abm.errors import InputError
from regime_abm.fingerprint import differences, source_hash, versions
from regime_abm.workers import WorkerDied

ANSWERS_WITHIN = 10  # seconds for a scheduler to answer
_GONE = "scheduler: the connection was lost; what is in place stays, resume when there is a scheduler again"


@contextlib.contextmanager
def dask_executor(scheduler: str | None = None, workers: int = 2) -> Iterator[Executor]:
    """The cluster at an address like "tcp://10.0.0.5:8786"; without one, a new cluster of so many local processes.

    Every worker must run the same code and package versions as this process: InputError tells the difference. InputError
    also when the extra is not installed or nobody answers at the address.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError(
            'executor "dask": the package distributed is not installed; pip install "regime-abm[dask]"'
        ) from None
    with contextlib.ExitStack() as stack:
        stack.enter_context(_silent(logging.getLogger("distributed.client")))
        if scheduler is None:
            # the supervisor counts deaths itself, and better: it halves a chunk and keeps the innocent runs
            stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": 0}))
            place: Any = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # a port of its own, for this machine alone
                silence_logs=logging.CRITICAL,
            )
            stack.callback(_close, place)
        else:
            place = _answering(scheduler)
        client = Client(place, timeout=ANSWERS_WITHIN, set_as_default=False)
        stack.callback(client.close, timeout=2)
        yield _Cluster(client)


@contextlib.contextmanager
def _silent(logger: logging.Logger) -> Iterator[None]:
    """What goes wrong is told once, in one line of ours."""
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _answering(scheduler: str) -> str:
    """The address, if anybody listens there: a client that waits in vain would hold up the end of the program, too."""
    from distributed.comm import get_address_host_port

    try:
        socket.create_connection(get_address_host_port(scheduler), ANSWERS_WITHIN).close()
    except (OSError, ValueError) as error:
        raise InputError(f"scheduler: nobody answers at {scheduler} ({error}); expected tcp://HOST:PORT") from None
    return scheduler


def _close(cluster: Any) -> None:
    """End a local cluster soon, whatever its workers are busy with."""

    async def end() -> None:
        await asyncio.gather(*(worker.close(timeout=1) for worker in cluster.workers.values()))

    with contextlib.suppress(TimeoutError):
        cluster.sync(end, callback_timeout=2)
    with contextlib.suppress(TimeoutError):
        cluster.close(timeout=2)
    for process in multiprocessing.active_children():
        if process.name.startswith("Dask Worker"):  # a busy machine may not have ended it in time
            process.kill()
            process.join()


class _Cluster(Executor):
    """Dask behind the standard protocol; a call whose worker is lost fails with WorkerDied."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._code = _code()

    @property
    def window(self) -> int:
        """As many calls at a time as there are threads, so that a dying worker takes no bystander with it."""
        try:
            return max(1, sum(self._client.nthreads().values()))
        except OSError:
            raise InputError(_GONE) from None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have fn(*args, **kwargs) called on the cluster."""
        call = self._client.submit(_same_code, self._code, fn, *args, **kwargs, pure=False)
        future: Future[Any] = Future()
        future.add_done_callback(lambda done: call.cancel() if done.cancelled() else None)
        call.add_done_callback(functools.partial(_pass_on, future))
        return future


def _pass_on(future: Future[Any], call: Any) -> None:
    from distributed.scheduler import KilledWorker

    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call.result())
    except KilledWorker:
        future.set_exception(WorkerDied("its worker was lost"))
    except CancelledError:
        future.set_exception(InputError(_GONE))
    except Exception as error:
        future.set_exception(error)


@functools.cache
def _code() -> dict[str, Any]:
    return {"code": source_hash("regime_abm"), "versions": versions()}


def _same_code(expected: Mapping[str, Any], fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Runs on the worker; one that joins later is looked at too."""
    found = differences(expected, _code())
    if found:
        raise InputError(f"scheduler: a worker runs something else: {'; '.join(found[:8])}; install the same there")
    return fn(*args, **kwargs)
