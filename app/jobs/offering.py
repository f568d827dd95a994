"""What a worker tells of itself with its heartbeats: devices with their memory, weights at hand, speeds."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.catalog import MEASURES
from app.catalog.shelf import Shelf
from app.db import Database
from app.jobs.devices import Slot
from app.jobs.machine import Card, Device, device_of, gpus, memory
from app.jobs.speeds import measured, table
from app.jobs.suited import Means, means_of
from app.settings import Settings

_LOOK_SECONDS = 60.0  # between two looks: a driver may take seconds to answer


@dataclass(slots=True)
class Offer:
    """Looks at the machine now and then; heartbeats take what it last saw, and wait for nothing."""

    database: Database
    settings: Settings
    slots: Sequence[Slot]
    _looked: float = field(default=float("-inf"), init=False)
    _told: dict[str, Any] = field(default_factory=dict, init=False)
    _cards: dict[str, Card] = field(default_factory=dict, init=False)

    def look(self) -> None:
        """Afterwards ``told`` is no older than a minute; asks the driver, the file system and the table."""
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._cards = gpus() if any(slot.gpu is not None for slot in self.slots) else {}
        names = sorted({self.device(slot).name for slot in self.slots})
        shelf = Shelf(self.settings.weights_folder)
        self._told = {
            "weights": [one.id for one in MEASURES.values() if one.needs_weights and not shelf.missing([one.id])],
            "speeds": table([speed for name in names for speed in measured(self.database, name)]),
            "memory": {slot.name: self._of(slot) for slot in self.slots},
        }
        self._looked = time.monotonic()

    @property
    def told(self) -> dict[str, Any]:
        """Columns of the worker's row: nothing before the first look."""
        return self._told

    def means(self, slot: Slot) -> Means:
        """What the worker brings to a job there, as it told when it last looked."""
        (means,) = means_of(self._told["weights"], [self._told["memory"][slot.name]])
        return means

    def device(self, slot: Slot) -> Device:
        """What the slot is called, and how much it has."""
        return device_of(slot, self._cards)

    def _of(self, slot: Slot) -> dict[str, Any]:
        device = self.device(slot)
        rooms = [card.room.free for index in (slot.gpu or "").split(",") if (card := self._cards.get(index))]
        room = memory() if slot.gpu is None else None
        free = room.free if room else min(rooms, default=None)
        told = {"name": device.name, "cores": device.cores, "processes": device.processes}
        return told | {"free": free, "memory": device.memory}
