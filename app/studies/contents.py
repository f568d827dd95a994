"""A zip file's table of contents, vetted before a byte is unpacked."""

LARGEST_ARCHIVE = 1_000_000_000  # bytes
