"""Photographs are read as they are meant."""

import io
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


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (encoded(Image.new("I;16", (8, 8))), "not eight bits"),
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
