"""docs/training-models.md and docs/measures.md describe every task and every measure of the catalogue."""

from app.catalog import MEASURES, TASKS, Measure
from app.catalog.weights import WEIGHTS
from tests.docs import pages

PAGE = "training-models.md"


def expected(measure: Measure) -> str:
    """The line of a measure: what it is, which way it points, and where it comes from."""
    return pages.line(
        (
            f"`{measure.id}`",
            measure.name,
            "higher" if measure.higher_is_better else "lower",
            f"`{measure.objective}`",
            f"{measure.smallest_side} px",
            measure.paper,
        )
    )


def test_every_measure_is_described_as_the_catalogue_has_it() -> None:
    documented = {cells[0]: pages.line(cells) for cells in pages.table(pages.read(PAGE), "measure")}
    known = {f"`{measure.id}`": expected(measure) for measure in MEASURES.values()}
    assert not pages.differences(f"docs/{PAGE}", documented, known)


def test_every_measure_tells_its_forms_its_smallest_picture_and_how_close_it_comes() -> None:
    text = pages.read("measures.md")
    documented = {cells[0]: pages.line(cells[:3]) for cells in pages.table(text, "measure")}
    known = {
        f"`{measure.id}`": pages.line((f"`{measure.id}`", forms(measure), f"{measure.smallest_side} px"))
        for measure in MEASURES.values()
    }
    assert not pages.differences("docs/measures.md", documented, known)
    prose = text.split("## Errors")[1]
    assert not [measure.id for measure in MEASURES.values() if f"`{measure.id}`" not in prose]


def forms(measure: Measure) -> str:
    """In which forms a measure compares pictures."""
    return "colour" if measure.colour else "`rgb`, `y`"


def test_every_task_is_described_with_its_degradation() -> None:
    documented = {cells[0]: cells[1] for cells in pages.table(pages.read(PAGE), "task")}
    assert documented.keys() == {f"`{task}`" for task in TASKS}
    for task in TASKS.values():
        assert documented[f"`{task.id}`"].startswith(task.degradation)


def test_every_file_of_weights_is_described_with_its_licence_and_who_needs_it() -> None:
    documented = {cells[0]: pages.line(cells) for cells in pages.table(pages.read("weights.md"), "file")}
    needing = {
        file: [name for name, files in WEIGHTS.items() if file in files] for files in WEIGHTS.values() for file in files
    }
    known = {
        f"`{file.name}`": pages.line(
            (f"`{file.name}`", file.holds, file.megabytes, file.licence, ", ".join(f"`{name}`" for name in names))
        )
        for file, names in needing.items()
    }
    assert not pages.differences("docs/weights.md", documented, known)
