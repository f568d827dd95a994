"""Fields that no browser of a friendly person sends: each is refused with a sentence, and nothing is stored."""

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.db import Database
from app.sessions import checks
from app.studies import protocol, service
from app.web.failures import MalformedInput

MULTIPART = "multipart/form-data; boundary=b"


def multipart(name: str, value: bytes) -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n--b--\r\n"


@pytest.mark.parametrize("path", ["/admin/studies/new", "/login", "/admin/studies/1/protocol"])
@pytest.mark.parametrize(
    "charset", ["undefined", "punycode", "unicode_escape", '"unicode_escape"', "utf-8; charset=utf-16-le", "rot13"]
)
def test_a_form_in_another_encoding_is_refused(desk: TestClient, database: Database, path: str, charset: str) -> None:
    headers = {"Content-Type": f"{MULTIPART}; charset={charset}"}
    reply = desk.post(path, content=multipart("title", rb"a \ud800 title"), headers=headers)
    assert reply.status_code == 422
    assert "UTF-8" in reply.text
    assert service.listing(database) == []


@pytest.mark.parametrize("kind", [MULTIPART, f"{MULTIPART}; charset=utf-8", f'{MULTIPART}; charset="UTF-8"'])
def test_a_form_in_utf_8_is_read(desk: TestClient, database: Database, kind: str) -> None:
    reply = desk.post(
        "/admin/studies/new", content=multipart("title", "Schärfe".encode()), headers={"Content-Type": kind}
    )
    assert reply.status_code == 200
    assert [study.title for study in service.listing(database)] == ["Schärfe"]


@pytest.mark.parametrize("path", ["/admin/studies/new", "/admin/studies/1/protocol", "/admin/studies/1/stimuli"])
def test_a_file_where_a_form_asks_for_none_is_refused_and_not_kept(
    desk: TestClient, database: Database, path: str
) -> None:
    reply = desk.post(path, data={"title": "A study"}, files={"title": ("a.txt", b"a")})
    assert reply.status_code == 400  # a file left open would fail the test as a warning
    assert service.listing(database) == []


@pytest.mark.parametrize("path", ["/admin/studies/new", "/login"])
def test_a_form_that_is_cut_off_because_it_is_too_large_is_no_fault_in_the_log(desk: TestClient, path: str) -> None:
    body = (b"title=" + b"x" * 600_000 for _ in range(3))
    with capture_logs() as logs:
        reply = desk.post(path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert reply.status_code == 413
    assert [told["event"] for told in logs if told["log_level"] in ("warning", "error")] == []


def test_half_a_character_in_a_form_is_refused(desk: TestClient, database: Database) -> None:
    half = multipart("title", b"a\xed\xa0\x80")
    assert desk.post("/admin/studies/new", content=half, headers={"Content-Type": MULTIPART}).status_code == 422
    assert service.listing(database) == []


def test_a_fault_that_names_half_a_character_can_be_told() -> None:
    fault = MalformedInput([{"loc": ("body", "\ud800"), "msg": "Extra inputs are not permitted"}])
    assert b"extra inputs are not permitted" in fault.message.encode()


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1bb", "a\u202eb", "a\u2066b", "a\u200eb\x7f"])
@pytest.mark.parametrize("field", ["title", "question", "practice_scenes", "consent_text", "instructions"])
def test_text_that_hides_or_turns_what_it_says_is_refused(
    desk: TestClient, database: Database, field: str, bad: str
) -> None:
    reply = desk.post("/admin/studies/new", data={"title": "A study", field: bad})
    assert reply.status_code == 422
    assert "printable characters only" in reply.text
    assert service.listing(database) == []


def test_texts_of_several_lines_and_in_other_scripts_are_welcome(desk: TestClient, database: Database) -> None:
    question, text = "Laquelle est plus proche\u00a0? می\u200cخواهم 👩\u200d🔬", "One line\n\n\tand another"
    said = {"title": "Étude\u00a0: 画質", "question": question, "instructions": text}
    assert desk.post("/admin/studies/new", data=said).status_code == 200
    (study,) = service.listing(database)
    assert (study.protocol.question, study.protocol.instructions) == (question, text)


@pytest.mark.parametrize(
    "said", [{"practice_scenes": "s" * 201}, {"practice_scenes": "s," * 1001}, {"target_sessions": "9" * 4000}]
)
def test_lists_and_numbers_have_an_end(desk: TestClient, said: dict[str, str]) -> None:
    reply = desk.post("/admin/studies/new", data={"title": "A study", **said})
    assert reply.status_code == 422
    with pytest.raises(protocol.BadProtocol) as refused:
        protocol.read({"practice_scenes": ["s" * 201] * 3, "target_sessions": "9" * 4000})
    assert len(refused.value.message) < 1200


def test_a_reason_is_printable(database: Database) -> None:
    for decide in (checks.exclude, checks.readmit):
        with pytest.raises(checks.ReasonNeeded):
            decide(database, 1, "asleep\u202e", "marlene")
