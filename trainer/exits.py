"""How a trainer's process ends: the codes that whoever started it goes by."""

DONE, REFUSED, NO_ROOM, STOPPED = 0, 2, 3, 75  # any other code is a crash
