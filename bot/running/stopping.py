"""How a running program is told to stop, and what makes sure that it does."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_GAVE_UP = 1


class Stop:
    """Set by the first signal; the second one leaves at once."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    @property
    def asked(self) -> bool:
        """Whether the program was told to stop."""
        return self._asked.is_set()

    async def wait(self) -> None:
        """Returns when it is."""
        await self._asked.wait()

    def ask(self) -> None:
        """Tell the program to stop in order, or, when it has been told already, to leave at once."""
        if self.asked:
            leave("told_twice")
        log.info("stopping")
        self._asked.set()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listens to SIGTERM and SIGINT while the block runs."""
        loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            loop.add_signal_handler(each, self.ask)
        try:
            yield
        finally:
            for each in _SIGNALS:
                loop.remove_signal_handler(each)


class LastResort:
    """Ends the process when it does not end by itself: a thread that never returns must not keep it alive.

    What is stored stands complete at every moment, so nothing is lost but work that was not done yet.
    """

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def arm(self, seconds: float) -> None:
        """Leave in so many seconds; a second call changes nothing."""
        if self._timer is None:
            self._timer = threading.Timer(seconds, leave, args=("stopping_takes_too_long",))
            self._timer.daemon = True
            self._timer.start()

    def __enter__(self) -> LastResort:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()


def leave(reason: str) -> None:
    """Ends the process at once."""
    log.error(reason)
    logging.shutdown()
    os._exit(_GAVE_UP)
