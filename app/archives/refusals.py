"""Why an archive is not taken in."""

from collections.abc import Sequence

from app.errors import BadInput, Conflict

_LISTED = 50  # problems that a refusal tells; a hostile archive has thousands


class NotAStudyArchive(BadInput):
    """The file is no archive of a study."""

    def __init__(self, source: str, why: str, fix: str = "") -> None:
        super().__init__(
            f"{source} is no archive of a study ({why}). Nothing was imported.",
            fix or "choose a file that `beholder study export` or a study's page has made, and copy it whole",
        )


class OtherArchiveFormat(BadInput):
    """The archive was made by a program whose archives this one does not read."""

    def __init__(self, source: str, version: object, program: object, ours: int) -> None:
        super().__init__(
            f"{source} has version {str(version)[:20]} of the format (made by Beholder {str(program)[:40]}), and this "
            f"program reads version {ours}. Nothing was imported.",
            "import it with a Beholder of the version that made it, or update this one; docs/study-archive.md tells "
            "what each version holds",
        )


class ArchiveRefused(BadInput):
    """The archive is damaged, or says what cannot be, so nothing of it was imported."""

    problems: tuple[str, ...]  # one sentence for each thing that is wrong; of very many, how many more there are

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        more = [f"and {len(problems) - _LISTED:,} more"] if len(problems) > _LISTED else []
        self.problems = (*problems[:_LISTED], *more)
        count = f"{len(problems):,} problems" if len(problems) > 1 else "a problem"
        listed = "\n".join(f"- {problem}" for problem in self.problems)
        super().__init__(
            f"Nothing was imported: {source} has {count}.\n{listed}",
            "copy the archive again from where it was made, or export the study once more; what was changed by hand "
            "cannot be imported",
        )

    def extras(self) -> dict[str, list[str]]:
        """What is wrong, a sentence each."""
        return {"problems": list(self.problems)}


class ImportedAlready(Conflict):
    """The same archive is a study here already."""

    def __init__(self, study_ids: Sequence[int]) -> None:
        self.study_ids = tuple(study_ids)
        listed = ", ".join(map(str, study_ids))
        super().__init__(
            f"This archive was imported already, as study {listed}. Nothing was imported.",
            "look at that one, or ask for a second import (on the page by its tick, `--again` on the command line, "
            "?again=true over the API)",
        )

    def extras(self) -> dict[str, list[int]]:
        """The studies that came from the same archive."""
        return {"studies": list(self.study_ids)}


class Wrong(Exception):
    """Something in an archive cannot be; said in one sentence that names the place."""
