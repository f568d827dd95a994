"""The rules of CONTRIBUTING.md that a machine can read, each shown to be able to fail."""
