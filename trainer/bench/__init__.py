"""How fast the trainer is beside what others use: in one process, in alternation, so that a busy machine is fair."""
