"""Photographs are read as they are meant."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from app.jobs.contract import PhotographRef
from app.media import Media
from trainer.data import NoPhotographs, NotAPhotograph, decode, from_folder, from_media


def encoded(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def test_a_folder_is_read_by_name_and_other_files_are_left_alone(photos: Path) -> None:
    (photos / "notes.txt").write_text("not a picture")
    (photos / "album.png").mkdir()
    (photos / "._lake.png").write_bytes(b"what some systems leave beside a file")
    read = from_folder(photos)
    assert [(photograph.name, *photograph.pixels.shape) for photograph in read] == [
        ("lake.png", 70, 90, 3),
        ("tower.png", 80, 64, 3),
    ]
    assert torch.equal(
        read[0].pixels, torch.from_numpy(np.array(Image.open(io.BytesIO((photos / "lake.png").read_bytes()))))
    )


def test_a_photograph_that_cannot_be_read_is_named(photos: Path) -> None:
    (photos / "odd.png").symlink_to("/proc/self/mem")  # a file whose first byte nobody may read
    with pytest.raises(NotAPhotograph, match=r"odd\.png cannot be used as a photograph: it cannot be read \(Input"):
        from_folder(photos)


def test_photographs_in_the_store_are_those_that_were_put_there(photos: Path, media: Media) -> None:
    ref = PhotographRef(name="lake.png", digest=media.put((photos / "lake.png").read_bytes()))
    assert torch.equal(from_media(media, [ref])[0].pixels, from_folder(photos)[0].pixels)


def test_a_photograph_is_turned_as_its_camera_meant_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    assert decode("a.jpg", encoded(Image.new("RGB", (30, 20)), "JPEG", exif=exif)).shape == (30, 20, 3)


def test_a_grey_photograph_has_three_equal_channels() -> None:
    pixels = decode("grey.png", encoded(Image.new("L", (4, 5), 77)))
    assert pixels.shape == (5, 4, 3)
    assert (pixels == 77).all()


def deep_png(level: int) -> bytes:
    """One pixel of colour with sixteen bits per channel, which Pillow opens as if it had eight."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    head = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0" + struct.pack(">HHH", level, level, level))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def deep_tiff() -> bytes:
    """The same as TIFF: a head, ten entries of two or four bytes, and the pixel."""
    entries = (256, 1), (257, 1), (258, 16), (259, 1), (262, 2), (273, 134), (277, 3), (278, 1), (279, 6), (284, 1)
    listed = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, 10) + listed + bytes(4) + struct.pack("<HHH", 40_000, 1, 2)


def misnoted() -> bytes:
    """A JPEG that lies on its side and whose camera noted half a compression, which no whole number says."""
    entries = struct.pack(">HHII", 0x0103, 11, 1, 0x3F000000) + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    noted = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 2) + entries + bytes(4)
    return encoded(Image.new("RGB", (30, 20)), "JPEG", exif=noted)


see_through = Image.new("RGBA", (8, 8), (9, 9, 9, 255))
opaque = see_through.copy()
see_through.putpixel((3, 4), (9, 9, 9, 254))
palette = opaque.convert("RGB").quantize(2)  # its only colour in use is the first
others_clear, all_clear = b"\xff\0", b"\0\xff"


def test_an_alpha_channel_that_says_nothing_is_left_out() -> None:
    assert (decode("opaque.png", encoded(opaque)) == 9).all()
    assert (decode("palette.png", encoded(palette, transparency=others_clear)) == 9).all()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (encoded(Image.new("I;16", (8, 8))), "it has not 8 bits per channel"),
        (deep_png(40_000), r"it has not 8 bits per channel \(it has more\)"),
        (deep_tiff(), r"it has not 8 bits per channel"),
        (b"P6 1 1 65535\n" + bytes(6), r"it has not 8 bits per channel \(it has more\)"),
        (encoded(see_through), "it has transparent parts. Flatten it"),
        (encoded(palette, transparency=all_clear), "it has transparent parts"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "it is not a picture that can be read"),
        (misnoted(), "required argument is not an integer"),
        (b"no picture at all", "it is not a picture that can be read"),
        (encoded(Image.effect_noise((64, 64), 50))[:1500], "truncated"),
    ],
)
def test_what_is_no_photograph_of_eight_bits_is_refused_by_name(data: bytes, says: str) -> None:
    with pytest.raises(NotAPhotograph, match=rf"odd\.png cannot be used as a photograph: .*{says}"):
        decode("odd.png", data)


def test_a_folder_without_photographs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoPhotographs, match="holds no photograph"):
        from_folder(tmp_path)
    with pytest.raises(NoPhotographs):
        from_folder(tmp_path / "nowhere")
