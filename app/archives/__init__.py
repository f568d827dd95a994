"""A whole study as one file, out of one installation and into another; docs/study-archive.md describes the file.

- **What it holds.** ``layout`` names the members and the manifest; ``rows`` and ``sitting_rows`` are the lines of its
  tables, as whoever reads them must find them.
- **Out.** ``gathered`` asks the database for these lines, and ``export`` makes the file of them.
- **In.** ``opened`` lets nothing in that the manifest does not vouch for; ``lines`` reads strictly; ``design`` and
  ``sittings`` look at what the lines say of each other, ``standing`` at what logs and seals vouch for; ``held`` counts
  what of it is in memory. ``intake`` asks all of them before ``insert`` writes a row, and until then rows wait in a
  ``spool``.
"""
