"""A person trains and renders from the command line, without a server, and is told plainly what went wrong."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from app.jobs.contract import RenderResult, TrainResult
from app.studies.folder import opened
from app.studies.survey import survey_of
from tests.trainer.conftest import ROOT
from trainer.__main__ import main
from trainer.checkpoint import checkpoints_in

RECIPE = """
task: superres
objective: mae
network: {channels: 4, blocks: 1}
patch: 32
batch: 2
steps: 6
learning_rate: 1e-3
"""


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    return path


def run(*arguments: str | Path) -> int:
    return main([*map(str, arguments), "--threads", "1", "--device", "cpu"])


def train(recipe: Path, photos: Path, out: Path, *more: str | Path) -> int:
    return run("train", recipe, "--photos", photos, "--out", out, *more)


def render(checkpoint: Path, photos: Path, out: Path, *more: str | Path) -> int:
    return run("render", "--checkpoint", checkpoint, "--photos", photos, "--out", out, *more)


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]


def test_help_does_not_wait_for_pytorch() -> None:
    code = (
        "import sys, trainer.__main__ as m\ntry: m.main(['--help'])\nexcept SystemExit: print('torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert "75 stopped on request after saving" in said
    assert said.splitlines()[-1] == "False"


def test_without_pytorch_a_person_is_told_how_to_get_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['torch'] = None; from trainer.__main__ import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["train", "recipe.yaml", "--photos", str(tmp_path), "--out", str(tmp_path / "run")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == (
        "The trainer needs PyTorch, which is not installed: run `pip install '.[trainer]'` in Beholder's checkout.\n"
    )


def test_recipes_become_networks_and_networks_become_pictures_that_a_study_can_ingest(
    recipe_file: Path, photos: Path, tmp_path: Path
) -> None:
    for objective, name in (("mae", "mae"), ("2*mae + gmsd", "gmsd+2*mae")):
        recipe_file.write_text(RECIPE.replace("mae", objective))
        assert train(recipe_file, photos, tmp_path / name) == 0
        result = TrainResult.model_validate_json((tmp_path / name / "result.json").read_bytes())
        assert render(tmp_path / name / result.checkpoint, photos, tmp_path / "out", "--whole") == 0
        record = RenderResult.model_validate_json((tmp_path / "out" / f"superres-{name}.json").read_bytes())
        assert {picture.file for picture in record.pictures} == {
            f"pictures/superres/{folder}/{scene}.png"
            for folder in ("reference", "degraded", name)
            for scene in ("lake", "tower")
        }
    found = survey_of(opened(tmp_path / "out" / "pictures"))
    assert (len(found.pictures), found.problems) == (8, [])
    # 90 × 70 is no multiple of four: the middle 88 × 68 is taken
    assert {(picture.facts.width, picture.facts.height) for picture in found.pictures} == {(88, 68), (64, 80)}


def test_a_side_cuts_squares_from_the_middle(recipe_file: Path, photos: Path, tmp_path: Path) -> None:
    train(recipe_file, photos, tmp_path / "run")
    assert render(checkpoints_in(tmp_path / "run")[0], photos, tmp_path, "--side", "32") == 0
    with (
        Image.open(photos / "lake.png") as whole,
        Image.open(tmp_path / "pictures" / "superres" / "reference" / "lake.png") as shown,
    ):
        assert shown.tobytes() == whole.crop((29, 19, 61, 51)).tobytes()


def test_without_a_wish_scenes_are_as_large_as_the_smallest_photograph_and_as_many_as_asked(
    recipe_file: Path, photos: Path, tmp_path: Path
) -> None:
    train(recipe_file, photos, tmp_path / "run")
    checkpoint = checkpoints_in(tmp_path / "run")[0]
    assert render(checkpoint, photos, tmp_path / "all") == 0
    for scene in ("lake", "tower"):
        with Image.open(tmp_path / "all" / "pictures" / "superres" / "mae" / f"{scene}.png") as picture:
            assert picture.size == (64, 64)
    assert render(checkpoint, photos, tmp_path / "one", "--scenes", "1") == 0
    assert [path.name for path in (tmp_path / "one" / "pictures" / "superres" / "mae").iterdir()] == ["lake.png"]


def test_baselines_stand_beside_conditions_that_were_trained_and_share_their_degraded_inputs(
    recipe_file: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(recipe_file, photos, tmp_path / "run")
    out = tmp_path / "out"
    assert render(checkpoints_in(tmp_path / "run")[0], photos, out) == 0
    said = ("render", "--photos", photos, "--out", out)
    assert run(*said, "--baseline", "input", "--task", "superres") == 0
    found = survey_of(opened(out / "pictures"))
    assert (len(found.pictures), found.problems) == (8, [])
    superres = out / "pictures" / "superres"
    assert (superres / "input" / "lake.png").read_bytes() == (superres / "degraded" / "lake.png").read_bytes()
    record = RenderResult.model_validate_json((out / "superres-input.json").read_bytes())
    assert {picture.origin.get("baseline") for picture in record.pictures if picture.role == "condition"} == {"input"}

    assert run(*said, "--baseline", "jpeg", "--task", "superres") == 2
    assert "Super-resolution ×4 has no baseline 'jpeg': choose one of input" in last_line(capsys)
    assert run(*said, "--baseline", "input") == 2
    assert "A baseline belongs to a task: add --task" in last_line(capsys)
    assert run(*said, "--checkpoint", checkpoints_in(tmp_path / "run")[0], "--task", "denoise") == 2
    assert "A checkpoint knows its task" in last_line(capsys)
    with pytest.raises(SystemExit):
        run(*said)
    assert "one of the arguments --checkpoint --baseline is required" in last_line(capsys)


def test_who_renders_what_a_network_learned_from_is_warned_whatever_the_file(
    recipe_file: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    learned, other = tmp_path / "learned", tmp_path / "other"
    for folder, name in ((learned, "lake.png"), (other, "tower.png")):
        folder.mkdir()
        (photos / name).rename(folder / name)
    train(recipe_file, learned, tmp_path / "one")
    train(recipe_file, other, tmp_path / "two", "--start-from", checkpoints_in(tmp_path / "one")[0])
    judged = tmp_path / "judged"
    judged.mkdir()
    with Image.open(learned / "lake.png") as lake:
        lake.save(judged / "see.bmp")
        lake.rotate(180).save(judged / "upside-down.png")
    for run_folder in ("one", "two"):  # the second learned from it in its first stage
        capsys.readouterr()
        assert render(checkpoints_in(tmp_path / run_folder)[0], judged, tmp_path / "out" / run_folder) == 0
        said = capsys.readouterr().err
        assert "restores what it learned from, which is no test" in said
        assert "photographs=see.bmp" in said
        assert "upside-down" not in said
    assert render(checkpoints_in(tmp_path / "one")[0], other, tmp_path / "out" / "fair") == 0
    assert "learned from" not in capsys.readouterr().err


def test_a_folder_of_renderings_takes_no_scenes_that_were_cut_or_degraded_differently(
    recipe_file: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe_file.write_text(RECIPE.replace("superres", "denoise"))
    train(recipe_file, photos, tmp_path / "run")
    checkpoint = checkpoints_in(tmp_path / "run")[0]
    assert render(checkpoint, photos, tmp_path / "out") == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    for different in (("--seed", "1"), ("--side", "32")):
        assert render(checkpoint, photos, tmp_path / "out", *different) == 2
        assert "shows something else" in last_line(capsys)
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.*")} == before


def test_the_second_stage_starts_from_the_first(recipe_file: Path, photos: Path, tmp_path: Path) -> None:
    train(recipe_file, photos, tmp_path / "one")
    first = checkpoints_in(tmp_path / "one")[0]
    recipe_file.write_text(RECIPE.replace("mae", "gmsd"))
    assert train(recipe_file, photos, tmp_path / "alone") == 0
    assert train(recipe_file, photos, tmp_path / "two", "--start-from", first) == 0
    assert checkpoints_in(tmp_path / "two")[0].read_bytes() != checkpoints_in(tmp_path / "alone")[0].read_bytes()


def test_a_folder_that_was_trained_into_is_only_continued_when_asked(
    recipe_file: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(recipe_file, photos, tmp_path / "run", "--resume") == 0  # nothing there yet: begins
    before = (tmp_path / "run" / "result.json").read_bytes()
    assert train(recipe_file, photos, tmp_path / "run") == 2
    assert "already holds checkpoints: go on from them with --resume" in last_line(capsys)
    assert train(recipe_file, photos, tmp_path / "run", "--resume") == 0
    assert (tmp_path / "run" / "result.json").read_bytes() == before
    recipe_file.write_text(RECIPE.replace("steps: 6", "steps: 9"))
    assert train(recipe_file, photos, tmp_path / "run", "--resume") == 2
    assert "was made under another recipe" in last_line(capsys)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("learning_rate", "learning_rat"), "did you mean 'learning_rate'?"),
        (("superres", "superress"), "There is no task 'superress' (did you mean 'superres'?)"),
        (("mae", "1 - ms_sim"), "There is no measure 'ms_sim' (did you mean 'ms_ssim'?)"),
        (("patch: 32", "patch: 68"), "tower.png is 64×80 px, too small for a patch of 68 px"),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    recipe_file: Path,
    photos: Path,
    tmp_path: Path,
    change: tuple[str, str],
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe_file.write_text(RECIPE.replace(*change))
    assert train(recipe_file, photos, tmp_path / "run") == 2
    said = capsys.readouterr().err
    assert says in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_other_mistakes_are_one_sentence_too(
    recipe_file: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(recipe_file, tmp_path / "nowhere", tmp_path / "run") == 2
    assert "nowhere holds no photograph" in last_line(capsys)
    assert render(tmp_path / "no.pt", photos, tmp_path / "out") == 2
    assert "There is no checkpoint" in last_line(capsys)
    arguments = ["train", str(recipe_file), "--photos", str(photos), "--out", str(tmp_path / "run")]
    assert main([*arguments, "--device", "cuda:77"]) == 2
    assert "This machine has no device 'cuda:77': choose one of cpu" in last_line(capsys)
    assert main([*arguments, "--device", "toaster"]) == 2
    assert "no device 'toaster'" in last_line(capsys)
    train(recipe_file, photos, tmp_path / "good")
    assert render(checkpoints_in(tmp_path / "good")[0], photos, tmp_path / "out", "--side", "72") == 2
    assert "lake.png is 90×70 px, too small for a scene of 72×72 px: choose a smaller --side" in last_line(capsys)
    with pytest.raises(SystemExit):
        render(checkpoints_in(tmp_path / "good")[0], photos, tmp_path / "out", "--side", "0")
    assert "'0' is not a whole number above zero" in last_line(capsys)
    assert not (tmp_path / "out").exists()
    (photos / "odd.png").symlink_to("/proc/self/mem")  # a file whose first byte nobody may read
    assert train(recipe_file, photos, tmp_path / "run") == 2
    assert "odd.png cannot be used as a photograph: it cannot be read" in last_line(capsys)
    assert render(checkpoints_in(tmp_path / "good")[0], photos, tmp_path / "out") == 2
    assert "odd.png cannot be used as a photograph: it cannot be read" in last_line(capsys)
    (photos / "odd.png").unlink()
    (tmp_path / "run").write_text("in the way")
    assert train(recipe_file, photos, tmp_path / "run") == 2
    assert "choose another folder" in last_line(capsys)


def test_memory_that_runs_out_is_a_sentence_and_exit_code_3(
    recipe_file: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe_file.write_text(RECIPE.replace("batch: 2", "batch: 1024").replace("channels: 4", "channels: 512"))
    code = (
        "import resource, sys; from trainer.__main__ import main; import trainer.commands\n"
        "held = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (held + (1 << 28),) * 2)\n"  # 256 MiB more and no further
        "sys.exit(main(sys.argv[1:]))"
    )
    arguments = [
        "train",
        recipe_file,
        "--photos",
        photos,
        "--out",
        tmp_path / "run",
        "--device",
        "cpu",
        "--threads",
        "1",
    ]
    done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert done.stderr.splitlines()[-1].startswith("The memory of cpu ran out: take a smaller batch")


def test_a_folder_that_cannot_be_written_to_is_named_before_anything_is_trained(
    recipe_file: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "a-file"
    in_the_way.write_text("mine")
    assert train(recipe_file, photos, in_the_way / "run") == 2
    assert "cannot be written" in last_line(capsys)
    assert train(recipe_file, tmp_path / "no-photographs", in_the_way / "run") == 2
    assert "cannot be written" in last_line(capsys)  # before the photographs are looked for
    assert in_the_way.read_text() == "mine"


def test_a_training_under_a_measure_without_weights_is_refused_at_once(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    recipe = tmp_path / "gti.yaml"
    recipe.write_text(RECIPE.replace("objective: mae", "objective: mae + 0.1*gti_cnn"))
    assert train(recipe, photos, tmp_path / "run") == 2
    assert last_line(capsys) == (
        "gti_cnn cannot be computed without gti_cnn.pth (a GTI-CNN that you trained), which is not here (nobody "
        f"published it): put yours into {tmp_path}/weights."
    )
    assert not (tmp_path / "run").exists()
