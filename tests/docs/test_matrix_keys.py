"""docs/training-models.md tells every key of a matrix's file."""

from app.jobs.matrix_file import MatrixFile
from tests.docs import pages


def test_every_key_of_a_matrix_is_described_in_its_place() -> None:
    rows = pages.table(pages.read("training-models.md"), "in the file")
    assert [cells[0] for cells in rows] == [f"`{key}`" for key in MatrixFile.model_fields]
