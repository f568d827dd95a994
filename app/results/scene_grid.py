"""The scores of a task as a grid, scene by scene, in the order of the ranking; for pages."""

from collections import Counter
from dataclasses import dataclass

from app.results.sentences import counted
from app.results.task_report import TaskReport
from app.results.task_rows import SceneRow


@dataclass(frozen=True, slots=True)
class SceneLine:
    """A scene that takes part: its rows stand in the order of the ranking; the best ones score highest there."""

    scene: str
    rows: tuple[SceneRow, ...]
    best: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SceneGrid:
    """The scenes of a task that has rows; ``left_out`` are the others with their reasons."""

    conditions: tuple[str, ...]
    lines: tuple[SceneLine, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def sentence(self) -> str:
        """Who is ahead in how many scenes, and whose scores differ most between them."""
        ahead = Counter(name for line in self.lines for name in line.best)
        name, scenes = max(ahead.items(), key=lambda one: (one[1], -self.conditions.index(one[0])))
        where = f"{name} scores highest in {scenes} of {counted(len(self.lines), 'scene')}"
        if len(self.lines) == 1:
            return f"{name} scores highest in the one scene."
        spans = {
            row.condition: [score for one in self.lines if (score := one.rows[place].score) is not None]
            for place, row in enumerate(self.lines[0].rows)
        }
        widest = max(spans, key=lambda one: max(spans[one]) - min(spans[one]))
        low, high = min(spans[widest]), max(spans[widest])
        ends = f"from {low:.2f} to {high:.2f}".replace("-", "−")
        return f"{where}; the scores of {widest} differ most between scenes, {ends}."


def scene_grid(task: TaskReport) -> SceneGrid:
    """The grid of a task that has rows."""
    names = tuple(row.condition for row in task.rows)
    by_scene: dict[str, dict[str, SceneRow]] = {}
    out: dict[str, str] = {}
    for row in task.scene_rows:
        if row.left_out:
            out[row.scene] = row.left_out
        else:
            by_scene.setdefault(row.scene, {})[row.condition] = row
    return SceneGrid(
        names, tuple(_line(scene, rows, names) for scene, rows in by_scene.items()), tuple(out.items())
    )  # fmt: skip


def _line(scene: str, rows: dict[str, SceneRow], names: tuple[str, ...]) -> SceneLine:
    ordered = tuple(rows[name] for name in names)
    highest = max(row.score for row in ordered if row.score is not None)
    return SceneLine(scene, ordered, tuple(row.condition for row in ordered if row.score == highest))
