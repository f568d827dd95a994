"""Photographs are read as they are meant, and crops come from one generator that can be continued."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from app.jobs.contract import PhotographRef
from app.media import Media
from trainer.data import (
    Crops,
    NoPhotographs,
    NotAPhotograph,
    Photograph,
    SmallerThanPatch,
    decode,
    from_folder,
    from_media,
)


def encoded(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def numbered(height: int, width: int) -> Photograph:
    """A photograph in which no two pixels are alike: red is the row, green the column, blue tells it from others."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return Photograph("numbered.png", torch.stack((rows, columns, torch.full_like(rows, width)), -1).to(torch.uint8))


def crops(*photographs: Photograph, patch: int = 8, batch: int = 4, seed: int = 1) -> Crops:
    return Crops(list(photographs), patch, batch, torch.Generator().manual_seed(seed))


def symmetries(square: torch.Tensor) -> list[torch.Tensor]:
    turned = [torch.rot90(square, k, (1, 2)) for k in range(4)]
    return turned + [torch.flip(view, (2,)) for view in turned]


def test_every_crop_is_a_part_of_a_photograph_under_one_of_the_eight_symmetries() -> None:
    photographs = {width: numbered(12, width) for width in (13, 20)}
    seen = set()
    for batch in (next(crops(*photographs.values(), batch=64, seed=seed)) for seed in range(3)):
        for crop in (batch * 255).round().to(torch.uint8):
            whole = photographs[int(crop[2, 0, 0])].pixels
            top, left = int(crop[0].min()), int(crop[1].min())
            part = whole[top : top + 8, left : left + 8].permute(2, 0, 1)
            which = [index for index, view in enumerate(symmetries(part)) if torch.equal(view, crop)]
            assert len(which) == 1
            seen.add((int(crop[2, 0, 0]), which[0]))
    assert len(seen) == 16  # both photographs, each in all eight ways


def test_crops_reach_every_corner_and_no_further() -> None:
    places = {
        (int((crop[0] * 255).round().min()), int((crop[1] * 255).round().min()))
        for crop in next(crops(numbered(10, 9), patch=8, batch=200))
    }
    assert places == {(top, left) for top in range(3) for left in range(2)}


def test_a_photograph_of_exactly_the_patch_has_one_place() -> None:
    assert next(crops(numbered(8, 8), patch=8)).shape == (4, 3, 8, 8)


def test_crops_continue_where_the_generator_s_state_was_saved() -> None:
    source = crops(numbered(30, 40))
    next(source)
    state = source.generator.get_state()
    expected = [next(source) for _ in range(3)]
    again = crops(numbered(30, 40), seed=99)
    again.generator.set_state(state)
    assert all(torch.equal(next(again), batch) for batch in expected)


def test_a_photograph_smaller_than_the_patch_is_refused_with_its_name_and_size() -> None:
    with pytest.raises(
        SmallerThanPatch, match=r"numbered\.png is 40×30 px, too small for a patch of 32 px.*30 or less"
    ):
        crops(numbered(30, 40), patch=32)


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
        (b"no picture at all", "cannot identify image file"),
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
