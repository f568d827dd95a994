"""Many threads that begin together."""

import threading
from collections.abc import Callable
from typing import TypeVar

THREADS = 16
T = TypeVar("T")


def at_once(work: Callable[[int], T], threads: int = THREADS) -> list[T]:
    """What ``work`` returned in each of the threads, which begin together; the first error is raised."""
    gate, results, errors = threading.Barrier(threads), dict[int, T](), list[BaseException]()

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = work(number)
        except BaseException as error:
            errors.append(error)

    started = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if errors:
        raise errors[0]
    return [results[number] for number in range(threads)]
