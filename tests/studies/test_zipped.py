"""Zip files come into a draft as their folders would, and hostile ones not at all."""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.db import Database
from app.db.models import Picture, Stimulus
from app.errors import BadInput
from app.media import Media
from app.studies import contents, zipped
from app.studies.states import StudyNotFound
from app.studies.stimuli import IngestReport, ingest_folder
from app.studies.survey import StimuliRefused
from app.studies.zipped import ArchiveTooLarge, NotAZip, ingest_zip
from tests.studies import archives
from tests.studies.pictures import fill, png, with_chunk
from tests.studies.test_ingest import WRONG as WRONG_FOLDERS

pytestmark = pytest.mark.one_database  # what is in an archive


def _kept(database: Database, media: Media) -> tuple[int, int, int]:
    """How many stimuli, pictures and stored objects there are."""
    with database.read() as db:
        rows = [db.scalars(select(func.count()).select_from(table)).one() for table in (Stimulus, Picture)]
    stored = [path for path in Path(media.url.removeprefix("file://")).rglob("*") if path.is_file()]
    return rows[0], rows[1], len(stored)


@pytest.fixture
def archive(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "pictures.zip"
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("around", ["", "my pictures/"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_brings_what_its_folder_would(
    database: Database,
    media: Media,
    draft: int,
    folder: Path,
    archive: Callable[[bytes], Path],
    around: str,
    method: int,
) -> None:
    report = ingest_zip(database, media, draft, archive(archives.packed(folder, around=around, method=method)))
    assert report == IngestReport(("denoise", "superres"), 6, ("gmsd", "mae", "ms_ssim"), 30, 30)
    assert _kept(database, media) == (30, 27, 27)
    assert ingest_folder(database, media, draft, folder).added == 0


def test_one_task_needs_no_folder_around_it(
    database: Database, media: Media, draft: int, tmp_path: Path, archive: Callable[[bytes], Path]
) -> None:
    data = archives.packed(fill(tmp_path / "one", tasks=["denoise"]))
    assert ingest_zip(database, media, draft, archive(data)).tasks == ("denoise",)


def test_what_file_managers_add_is_overlooked(
    database: Database, media: Media, draft: int, folder: Path, archive: Callable[[bytes], Path]
) -> None:
    clutter = [
        "__MACOSX/pictures/._denoise",
        "pictures/.DS_Store",
        "pictures/denoise/Thumbs.db",
        "pictures/denoise/._mae",
    ]
    members = [*((f"pictures/{name}", data) for name, data in archives.files(folder)), *((n, b"\0") for n in clutter)]
    assert ingest_zip(database, media, draft, archive(archives.zipped([*members]))).pictures == 30


def test_names_that_macos_packs_as_utf_8_without_saying_so_are_read(
    database: Database, media: Media, draft: int, tmp_path: Path, archive: Callable[[bytes], Path]
) -> None:
    packed = archives.packed(fill(tmp_path / "accented", tasks=["denoise"], scenes=["bateau é"]))
    data, at = bytearray(packed), -1
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + flags + 1] &= 0xF7
    ingest_zip(database, media, draft, archive(bytes(data)))
    with database.read() as db:
        assert set(db.scalars(select(Stimulus.scene))) == {"bateau é"}


UNPORTABLE = {
    "denoise/mae/cat.png is a link that leaves the folder",
    r"denoise/mae/c\x0aat.png: the name of a scene may not",
}


@pytest.mark.parametrize("reason", sorted(set(WRONG_FOLDERS) - UNPORTABLE))
def test_what_is_wrong_with_a_folder_is_wrong_with_its_zip(
    database: Database, media: Media, draft: int, folder: Path, archive: Callable[[bytes], Path], reason: str
) -> None:
    WRONG_FOLDERS[reason](folder)
    said = []
    for ingest in (
        lambda: ingest_folder(database, media, draft, folder),
        lambda: ingest_zip(database, media, draft, archive(archives.packed(folder))),
    ):
        with pytest.raises(StimuliRefused) as refused:
            ingest()
        said.append(refused.value.problems)
    assert said[0] == said[1]
    assert any(reason in problem for problem in said[1])
    assert _kept(database, media) == (0, 0, 0)


def _one(name: str | zipfile.ZipInfo, data: bytes = b"x") -> bytes:
    return archives.zipped([("denoise/mae/cat.png", png("cat")), (name, data)])


def _encrypted() -> bytes:
    return archives.patched(_one("denoise/mae/dog.png"), 1, 8, "<H", 1)


HOSTILE: dict[str, bytes] = {
    "/etc/passwd leads out of the archive": _one("/etc/passwd"),
    "../../evil.png leads out of the archive": _one("../../evil.png"),
    "a/../../evil.png leads out of the archive": _one("a/../../evil.png"),
    "./denoise/mae/x.png leads out of the archive": _one("./denoise/mae/x.png"),
    "denoise//mae.png leads out of the archive": _one("denoise//mae.png"),
    "C:/windows/evil.png leads out of the archive": _one("C:/windows/evil.png"),
    r"denoise\mae\x.png has a backslash in its name": _one("denoise\\mae\\x.png"),
    r"x\x00.png has unprintable characters": _one("denoise/mae/x?.png").replace(b"x?.png", b"x\0.png"),
    r"x\x0a.png has unprintable characters": _one("denoise/mae/x\n.png"),
    r"x\x202e.png has unprintable characters": _one("denoise/mae/x\u202e.png"),
    "has too long a path": _one("a/" * 11 + "x.png"),
    "aa… has too long a path": _one("a" * 1200),
    "denoise/mae/link.png is a link": _one(archives.with_mode("denoise/mae/link.png", stat.S_IFLNK | 0o777)),
    "denoise/mae/pipe.png is a special file": _one(archives.with_mode("denoise/mae/pipe.png", stat.S_IFIFO | 0o600)),
    "denoise/mae/dog.png is encrypted": _encrypted(),
    "is packed by method 14": archives.zipped([("denoise/mae/cat.png", b"x")], zipfile.ZIP_LZMA),
    "more.zip is an archive in the archive": _one("denoise/mae/more.zip", archives.zipped([("a.png", b"x")])),
    "denoise/mae/Cat.png is there several times": archives.zipped(
        [("denoise/mae/Cat.png", png("cat")), ("denoise/mae/cat.png", png("cat"))]
    ),
    "cafe\u0301.png is there several times": archives.zipped(
        [(unicodedata.normalize(form, "denoise/mae/café.png"), png("cat")) for form in ("NFD", "NFC")]
    ),
    "denoise is both a file and a folder": _one("denoise"),
    "bomb.png unpacks to more than 200 times its size": _one("denoise/mae/bomb.png", bytes(2 << 20)),
    "denoise/mae/dog.png unpacks to 512 MiB; 256 MiB are the most": archives.patched(
        _one("denoise/mae/dog.png"), 1, 24, "<I", 512 << 20
    ),
    "a.png and a.png overlap in the archive": archives.quine_like(png("cat"), 3),
    "is not where the table of contents says": archives.patched(_one("denoise/mae/dog.png"), 1, 42, "<I", 7),
    "denoise/mae/dog.png is not where": archives.patched(_one("denoise/mae/dog.png"), 1, 20, "<I", 1 << 20),
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_hostile_table_of_contents_is_refused_before_anything_is_unpacked(
    database: Database,
    media: Media,
    draft: int,
    archive: Callable[[bytes], Path],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zipped.InArchive, "read", lambda self: pytest.fail("something was unpacked"))
    with pytest.raises(StimuliRefused) as refused:
        ingest_zip(database, media, draft, archive(HOSTILE[reason]))
    assert reason in refused.value.message
    assert _kept(database, media) == (0, 0, 0)


def test_more_members_or_more_bytes_than_any_set_has_are_refused(
    database: Database, media: Media, draft: int, archive: Callable[[bytes], Path]
) -> None:
    many = archive(archives.zipped([(f"a/b/{number}.png", b"") for number in range(20_001)]))
    with pytest.raises(StimuliRefused, match="it has 20,001 members; 20,000 are the most"):
        ingest_zip(database, media, draft, many)
    large = archives.zipped([(f"a/b/{number}.png", bytes(1_100_000)) for number in range(20)], zipfile.ZIP_STORED)
    for number in range(20):
        large = archives.patched(large, number, 24, "<I", 220_000_000)
    with pytest.raises(StimuliRefused, match=r"it unpacks to 4\.4 GB; 4 GB are the most"):
        ingest_zip(database, media, draft, archive(large))


def test_a_table_of_contents_that_fills_the_memory_is_not_read(
    database: Database, media: Media, draft: int, archive: Callable[[bytes], Path]
) -> None:
    table, end = bytes(9 << 20), archives.zipped([])[-22:]
    data = table + end[:8] + struct.pack("<HHII", 1, 1, len(table), 0) + end[20:]
    with pytest.raises(StimuliRefused, match="its table of contents is too long"):
        ingest_zip(database, media, draft, archive(data))


def test_problems_of_a_table_of_contents_are_not_listed_without_end(
    database: Database, media: Media, draft: int, archive: Callable[[bytes], Path]
) -> None:
    with pytest.raises(StimuliRefused) as refused:
        ingest_zip(database, media, draft, archive(archives.zipped([(f"../{n}", b"") for n in range(500)])))
    assert len(refused.value.problems) == 101
    assert refused.value.problems[-1] == "and 400 more"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data, at: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],  # one bit of the packed bytes
        lambda data, at: archives.patched(data, 6, 16, "<I", 12345),  # another checksum
        lambda data, at: archives.patched(data, 6, 24, "<I", 100),  # less than is packed
        lambda data, at: archives.patched(data, 6, 24, "<I", 100_000),  # more than is packed
    ],
)
def test_a_damaged_member_is_named(
    database: Database,
    media: Media,
    draft: int,
    folder: Path,
    archive: Callable[[bytes], Path],
    damage: Callable[[bytes, int], bytes],
) -> None:
    data = archives.packed(folder)
    name = [name for name, _ in archives.files(folder)][6]
    with zipfile.ZipFile(BytesIO(data)) as whole:
        at = whole.getinfo(name).header_offset + 30 + len(name) + 200
    with pytest.raises(StimuliRefused) as refused:
        ingest_zip(database, media, draft, archive(damage(data, at)))
    assert f"{name} is damaged in the archive" in refused.value.message
    assert _kept(database, media) == (0, 0, 0)


def test_never_more_is_unpacked_than_the_table_of_contents_says(
    database: Database, media: Media, draft: int, archive: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member says 1 kB, checksum and all, and holds 50 MB."""
    start = bytes(1000)
    data = archives.zipped([("denoise/mae/bomb.png", bytes(50_000_000))])
    data = archives.patched(archives.patched(data, 0, 24, "<I", 1000), 0, 16, "<I", zlib.crc32(start))
    given = list[int]()
    decompress = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        read = decompress(self, n)
        given.append(len(read))
        return read

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with pytest.raises(StimuliRefused, match=r"bomb\.png is not a PNG"):
        ingest_zip(database, media, draft, archive(data))
    assert given == [1000]


def test_a_large_archive_is_refused_by_its_size_alone(
    database: Database, media: Media, draft: int, tmp_path: Path
) -> None:
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        file.truncate(contents.LARGEST_ARCHIVE + 1)  # a file with a hole: it takes no room
    with pytest.raises(ArchiveTooLarge, match="1,000 MB are the most"):
        ingest_zip(database, media, draft, path, source=str(path))


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"\x89PNG\r\n\x1a\n", png("cat"), archives.packed(Path(__file__).parent)[:-30]]
)
def test_what_is_no_archive_is_refused(
    database: Database, media: Media, draft: int, archive: Callable[[bytes], Path], data: bytes
) -> None:
    with pytest.raises(NotAZip, match="is no zip archive that can be read"):
        ingest_zip(database, media, draft, archive(data))


def test_an_empty_archive_says_what_its_layout_is(
    database: Database, media: Media, draft: int, archive: Callable[[bytes], Path]
) -> None:
    with pytest.raises(StimuliRefused, match=r"the archive holds no task; its layout is task/condition/scene\.png"):
        ingest_zip(database, media, draft, archive(archives.zipped([])))


def test_a_study_that_is_not_there_is_said_before_a_picture_is_unpacked(
    database: Database, media: Media, archive: Callable[[bytes], Path]
) -> None:
    with pytest.raises(StudyNotFound):
        ingest_zip(database, media, 99, archive(_one("denoise/mae/no picture.png")))


def test_a_contradiction_with_what_the_study_has_leaves_it_as_it_was(
    database: Database, media: Media, draft: int, folder: Path, archive: Callable[[bytes], Path]
) -> None:
    ingest_folder(database, media, draft, folder)
    (folder / "denoise/mae/cat.png").write_bytes(png("a better cat"))
    with pytest.raises(StimuliRefused, match="is in the study already, with another picture"):
        ingest_zip(database, media, draft, archive(archives.packed(folder)))
    assert _kept(database, media) == (30, 27, 27)
    assert ingest_zip(database, media, draft, archive(archives.packed(folder)), replace=True).added == 30


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return archives.packed(fill(tmp_path_factory.mktemp("whole"), tasks=["t"], conditions=["a", "b"], scenes=["s"]))


_EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.integers(0, 2)), max_size=6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=_EDITS, noise=st.binary(max_size=200), random=st.booleans())
def test_whatever_the_bytes_are_the_answer_is_a_sentence_or_the_pictures(
    database: Database,
    media: Media,
    draft: int,
    tmp_path: Path,
    whole: bytes,
    edits: list[tuple[float, int, int]],
    noise: bytes,
    random: bool,
) -> None:
    data = bytearray(noise if random else whole)
    for where, value, kind in edits:
        at = int(where * len(data))
        data[at : at + (kind != 1)] = bytes([value] * (kind != 2))  # another byte, one more, or one less
    path = tmp_path / "mutated.zip"
    path.write_bytes(data)
    before, had = _kept(database, media), sorted(tmp_path.iterdir())
    try:
        ingest_zip(database, media, draft, path, replace=True)
    except BadInput as error:
        assert error.message.endswith(".")  # noqa: PT017 - a sentence for a person
        assert _kept(database, media) == before
    assert set(tmp_path.iterdir()) - set(had) <= {tmp_path / "data"}


def test_notes_are_taken_out_and_nothing_else(
    database: Database, media: Media, draft: int, folder: Path, archive: Callable[[bytes], Path]
) -> None:
    notes = {b"tEXt": b"method\0gmsd", b"eXIf": b"MM\0*\0\0\0\x08\0\0"}
    for number, path in enumerate(sorted(folder.glob("denoise/mae/*.png"))):
        for kind, content in list(notes.items())[: 1 + number % 2]:
            path.write_bytes(with_chunk(path.read_bytes(), kind, content))
    packed = archive(archives.packed(folder))
    with pytest.raises(
        StimuliRefused, match=r"carries text \(tEXt\), which subjects could read: have it taken out with --strip"
    ):
        ingest_zip(database, media, draft, packed)
    report = ingest_zip(database, media, draft, packed, strip=True)
    assert report.notes == ("1 picture: EXIF data (eXIf) taken out", "3 pictures: text (tEXt) taken out")
    with database.read() as db:
        where = (Stimulus.task == "denoise", Stimulus.condition == "mae", Stimulus.scene == "cat")
        digest = db.scalars(select(Stimulus.picture_digest).where(*where)).one()
    assert media.get(digest) == png("denoise/mae/cat")  # the very bytes that there were before the notes came in
    assert ingest_folder(database, media, draft, folder, strip=True).added == 0
