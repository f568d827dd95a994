"""Everything that needs PyTorch: photographs in, trained networks and lossless pictures out; opens no database.

- ``__main__``    ``python -m trainer COMMAND``: the only way in; ``commands`` carries them out.
- ``recipes``     a YAML file becomes a checked recipe.
- ``data``        photographs in memory; ``crops`` of them, from one seeded generator.
- ``degrade``     what is done to a clean picture: noise, reduction.
- ``tasks``       per task: how a picture is degraded, which network restores it, how its input is shown.
- ``networks``    the paper's residual networks, at a size set by the recipe.
- ``measures``    image-quality measures, one file each; ``objectives`` makes a loss of them.
- ``train``       the loop, readable in one sitting, and how fast it learns; ``state`` is all that changes in it.
- ``step``        what a batch does to that state, without waiting for the device; ``captured`` replays it on a GPU.
- ``company``     several processes that train one network.
- ``validate``    how good a network is on fixed crops.
- ``checkpoint``  a training's whole state, on disk or not at all (``files``), with the ``versions`` that made it.
- ``render``      the pictures that people will judge.
- ``score``       what measures say of pictures, in double precision; ``compared``, ``scorable`` and ``score_tables``
  find the files, the measures that can be told of them, and the form in which they are told.
- ``recover``     a photograph found again under one objective; ``recovery_state`` is all that changes meanwhile,
  ``verdict`` says what it led to, ``contact_sheet`` shows it.
- ``report``      how a running job is heard, and told to stop; ``board`` writes the same for TensorBoard.
- ``machine``     which device, how many threads, and what happens when memory runs out.
"""
