"""Labels come in as lists and files, links go out as a table and as cards, and what is wrong is told with its line."""

import csv
import io
import re
import time
from pathlib import Path

import pytest
import segno
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.sessions import enrol
from app.sessions.invitations import invitations, invite
from app.settings import Settings
from app.studies.protocol import Protocol
from app.web.label_lists import BadLabels, NobodyInvited, read_labels
from app.web.link_cards import Card, Paper, link_sheet
from tests.web import small_study


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures, public_quota=3, completed_code="C0DE")


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ("P01\nP02\r\n\n  P03  ", ("P01", "P02", "P03")),
        ("label\nP01\nP02", ("P01", "P02")),
        (b"\xef\xbb\xbfLabel;group\r\nP01;a\r\nP02;b\r\n", ("P01", "P02")),
        ("group\tSubject\na\tP01\n\nb\tP02", ("P01", "P02")),
        ("Müller,\nKurt,\n".encode("utf-16"), ("Müller", "Kurt")),
        ('"Doe, J"\nDoe', ("Doe, J", "Doe")),
        ("'=1+1\n-5\n@home", ("=1+1", "-5", "@home")),  # text, whatever a spreadsheet would make of it
    ],
)
def test_a_list_is_read_however_a_spreadsheet_wrote_it(content: str | bytes, labels: tuple[str, ...]) -> None:
    assert read_labels(content) == labels


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("P01\nP02\nP01", "line 3: 'P01' stands in line 1 already"),
        ("P01\n" + "x" * 81, "line 2: 'xxxxxxxxxxxxxxxxxxxx…' has 81 characters, and 80 are allowed"),
        ("P01\nP\x0702", "line 2: 'P\\x0702' has characters that cannot be printed"),
        ("P\u202e01", "line 1: 'P\\u202e01' has characters"),
        ("a,b\nc,d", "line 1 has 2 cells, and no line above names them"),
        (b"P01\nM\xfcller", "line 2 is not UTF-8 text"),
        ('label\n"P01', "is not CSV"),
        ("P\x0001", "cannot be printed"),
        ("\n".join(map(str, range(5_001))), "more than 5000 labels, and one list may have 5000"),
    ],
)
def test_what_cannot_be_a_label_is_told_with_its_line(content: str | bytes, told: str) -> None:
    with pytest.raises(BadLabels, match=re.escape(told)):
        read_labels(content)


@pytest.mark.parametrize("content", ["", " \n\n", "label\n", b"\xef\xbb\xbf"])
def test_a_list_without_labels_invites_nobody(content: str | bytes) -> None:
    with pytest.raises(NobodyInvited):
        read_labels(content)


def test_a_file_of_labels_becomes_links_and_the_links_come_back_as_labels(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    address = f"/admin/studies/{study}/links"
    sent = {"file": ("people.csv", b"label;room\n=cmd;1\nP02;2\n", "text/csv")}
    assert desk.post(address, files=sent, data={"labels": "ignored"}).status_code == 200
    reply = desk.get(f"{address}.csv")
    assert "attachment" in reply.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    tokens = [one.token for one in invitations(database, settings.secret(), study)]
    assert [(row["label"], row["state"], row["link"]) for row in rows] == [
        ("'=cmd", "not begun", f"http://localhost/p/{tokens[0]}"), ("P02", "not begun", f"http://localhost/p/{tokens[1]}"),
    ]  # fmt: skip
    assert read_labels(reply.content) == ("=cmd", "P02")
    enrol.begin(database, settings.secret(), tokens[0])
    assert desk.get(f"{address}.csv?whom=waiting").text.splitlines()[1:] == [
        f"P02,not begun,http://localhost/p/{tokens[1]}"
    ]


def test_a_file_with_faults_invites_nobody_and_keeps_what_was_typed(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    reply = desk.post(
        f"/admin/studies/{study}/links", files={"file": ("x.csv", b"P01\nP01\n")}, data={"labels": "P09"}
    )  # fmt: skip
    assert reply.status_code == 422
    assert "line 2: &#39;P01&#39; stands in line 1 already" in reply.text
    assert ">P09</textarea>" in reply.text
    assert invitations(database, settings.secret(), study) == []


def test_a_link_is_taken_back_until_its_subject_begins(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    ada, _ = invite(database, settings.secret(), study, ["Ada", "Ben"])
    enrol.begin(database, settings.secret(), ada.token)
    address = f"/admin/studies/{study}/links/take-back"
    assert desk.post(address, data={"label": "Ada"}).status_code == 409
    page = desk.post(address, data={"label": "Ben"}).text
    assert "Personal link of Ada" in page
    assert "Personal link of Ben" not in page


def test_the_sheet_has_a_card_for_each_label_with_its_fonts_inside(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    address = f"/admin/studies/{study}/links.pdf"
    assert desk.get(address).status_code == 404
    invite(database, settings.secret(), study, [f"P{number:02d}" for number in range(10)])
    a4, letter = desk.get(address), desk.get(address, params={"paper": "letter"})
    for reply, box in ((a4, b"595.275 841.875"), (letter, b"612 792")):
        assert reply.headers["content-type"] == "application/pdf"
        assert reply.content.startswith(b"%PDF")
        assert reply.content.count(b"/Type /Page\n") + reply.content.count(b"/Type /Page ") == 2
        assert box in reply.content
        assert b"/FontFile2" in reply.content
    assert desk.get(address, params={"part": 2}).status_code == 404
    assert desk.get(address, params={"paper": "a3"}).status_code == 422


def test_two_hundred_cards_are_drawn_while_a_reader_waits() -> None:
    link = "https://lab.example.org/p/{}.kXqAbCdEfGhIjKlMnOpQrS"
    cards = [Card(f"P{number:03d}", link.format(number)) for number in range(24)]
    assert len(segno.make_qr(cards[0].link, error="m").matrix) <= 41  # modules, or a camera needs them larger
    began = time.process_time()
    link_sheet("A long title " * 20, Protocol(), cards, Paper.A4)
    assert time.process_time() - began < 20


def test_the_page_fills_in_what_each_service_needs_and_says_what_is_missing(desk: TestClient, study: int) -> None:
    page = desk.get(f"/admin/studies/{study}/links").text
    assert "?PROLIFIC_PID={{%PROLIFIC_PID%}}&amp;STUDY_ID={{%STUDY_ID%}}&amp;SESSION_ID={{%SESSION_ID%}}" in page
    assert "?survey_code=%SURVEY_CODE%" in page
    assert "location.search&lt;/script&gt;" in page
    assert "<code>C0DE</code>" in page
    assert "“Completed code” is empty" not in page
    assert "“Failed code” is empty: make a completion code at Prolific" in page
    assert "0 of 3 places taken" in page
