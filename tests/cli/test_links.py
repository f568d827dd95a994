"""``beholder links`` as a person runs it."""

from pathlib import Path

from app.db import Database
from app.studies import service
from app.studies.protocol import Protocol
from tests.cli.conftest import Run


def test_labels_come_in_and_links_and_cards_go_out(beholder: Run, database: Database, tmp_path: Path) -> None:
    study = str(service.create(database, "A study", Protocol()))
    labels, cards = tmp_path / "labels.csv", tmp_path / "cards.pdf"
    labels.write_text("label\nP01\nP02\n")
    told = beholder("links", study, "--add", str(labels))
    assert told.stdout.splitlines()[0] == "label,state,link"
    assert "P02,not begun,http" in told.stdout
    assert "P01" not in beholder("links", study, "--take-back", "P01").stdout
    assert beholder("links", study, "--cards", str(cards)).stdout == f"{cards} is written.\n"
    assert cards.read_bytes().startswith(b"%PDF")
    labels.write_text("P03\nP03\n")
    refused = beholder("links", study, "--add", str(labels))
    assert (refused.returncode, "line 2: 'P03' stands in line 1 already" in refused.stderr) == (2, True)
