"""The design in an archive: whether what it says of the study, its pictures and its pairs can be."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from app.archives.held import Held
from app.archives.layout import PICTURE, picture_member
from app.archives.opened import Opened
from app.archives.refusals import Wrong
from app.archives.rows import PairRow, PictureRow, SourceRow, StimulusRow, StudyRow, SubjectRow, ValueRow
from app.archives.sitting_rows import ExternalRow
from app.catalog import MEASURES
from app.db.models import MeasureForm, PairKind, StimulusRole, StudyState
from app.studies.chunks import BadPicture
from app.studies.eras import hashes
from app.studies.png import inspect
from app.studies.protocol import Protocol
from app.studies.rows import NewStimulus

_AT_WORK = (StudyState.PILOT, StudyState.OPEN, StudyState.PAUSED, StudyState.CLOSED, StudyState.ARCHIVED)

Key = tuple[str, str, str, MeasureForm]  # picture, reference, measure, form
Values = dict[Key, float]
Row = TypeVar("Row", StimulusRow, SourceRow, PairRow, SubjectRow)


@dataclass(frozen=True, slots=True)
class Design:
    """What was found to be sound of it."""

    study: StudyRow
    protocol: Protocol
    pictures: dict[str, PictureRow]  # by their hashes
    stimuli: dict[int, StimulusRow]
    sources: dict[int, SourceRow]
    values: dict[int, Values]  # by their sources
    higher: dict[str, bool]  # of each measure, whether more is better
    pairs: dict[int, PairRow]
    subjects: dict[int, SubjectRow]
    external: list[ExternalRow]

    def stimuli_of(self, pair: PairRow) -> tuple[StimulusRow, StimulusRow, StimulusRow]:
        """Reference, first and second picture of a pair."""
        return self.stimuli[pair.reference], self.stimuli[pair.a], self.stimuli[pair.b]


def read(archive: Opened, *, look: Callable[[str], None] = lambda name: None) -> Design:
    """The archive's design; raises ``Wrong``. ``look`` is told of each picture that was looked at."""
    study = archive.document(StudyRow)
    protocol = _protocol(study)
    _require_state(study, whole=archive.manifest.content == "whole")
    if study.title != archive.manifest.study.title:
        raise Wrong("study.json has another title than manifest.json")
    held = Held("its design")
    design = Design(
        study, protocol,
        {row.digest: row for row in archive.table("pictures", PictureRow, held)},
        _numbered("stimuli", archive.table("stimuli", StimulusRow, held)),
        _numbered("measure_sources", archive.table("measure_sources", SourceRow, held)),
        {}, {},
        _numbered("pairs", archive.table("pairs", PairRow, held)),
        _numbered("subjects", archive.table("subjects", SubjectRow, held)),
        list(archive.table("external_ids", ExternalRow, held)),
    )  # fmt: skip
    for check in (_stimuli, _pairs, _sources, _subjects):
        check(design)
    _take_values(design, archive.table("measure_values", ValueRow, None))
    _pictures(archive, design, look)
    return design


def _numbered(table: str, rows: Iterator[Row]) -> dict[int, Row]:
    found = dict[int, Row]()
    for row in rows:
        if row.number in found:
            raise Wrong(f"{table}.jsonl has number {row.number} twice")
        found[row.number] = row
    return found


def _protocol(study: StudyRow) -> Protocol:
    try:
        protocol = Protocol.model_validate(study.protocol)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part)[:40] for part in fault["loc"])
        raise Wrong(f"study.json: protocol.{place}: {fault['msg'][:160]}") from None
    told = protocol.model_dump(mode="json")
    if differing := sorted(name for name, value in study.protocol.items() if told[name] != value):
        raise Wrong(f"study.json: protocol.{differing[0]} is not written as this program writes it")
    if study.protocol_hash is not None and study.protocol_hash not in hashes(study.protocol):
        raise Wrong("study.json: the protocol is not the one that the study opened with; its hash is another")
    return protocol


def _require_state(study: StudyRow, *, whole: bool) -> None:
    opened = (study.protocol_hash, study.seed, study.created_at, study.opened_at)
    if whole and (study.state not in _AT_WORK or None in opened):
        raise Wrong("study.json: a study with sessions has been opened, with a seed and a hash of its protocol")
    if not whole and (study.state is not StudyState.DRAFT or any(one is not None for one in opened) or study.looks):
        raise Wrong("study.json: a design is a draft, without dates, seed, hash and looks at its ranking")


def _stimuli(design: Design) -> None:
    places, sizes = set[tuple[str, str, str]](), dict[tuple[str, str], tuple[int, int]]()
    for row in design.stimuli.values():
        place = (row.task, row.scene, row.condition)
        where = f"stimuli.jsonl, number {row.number}"
        if place in places:
            raise Wrong(f"{where}: {'/'.join(place)[:120]} is there twice")
        places.add(place)
        if NewStimulus(row.task, row.scene, row.condition, row.picture, None).role is not row.role:
            raise Wrong(f"{where}: its role does not fit the name of its condition")
        picture = design.pictures.get(row.picture)
        if picture is None:
            raise Wrong(f"{where}: its picture is not in pictures.jsonl")
        size = (picture.width, picture.height)
        if sizes.setdefault((row.task, row.scene), size) != size:
            raise Wrong(f"{where}: it is not as large as the other pictures of its scene")
    if unused := design.pictures.keys() - {row.picture for row in design.stimuli.values()}:
        raise Wrong(f"pictures.jsonl: {min(unused)[:12]}… is shown nowhere")


def _pairs(design: Design) -> None:
    seen = set[tuple[PairKind, int, int]]()
    for row in design.pairs.values():
        where = f"pairs.jsonl, number {row.number}"
        if unknown := {row.reference, row.a, row.b} - design.stimuli.keys():
            raise Wrong(f"{where}: there is no stimulus {min(unknown)}")
        reference, a, b = design.stimuli_of(row)
        if len({(one.task, one.scene) for one in (reference, a, b)}) > 1:
            raise Wrong(f"{where}: its pictures are of several scenes")
        if reference.role is not StimulusRole.REFERENCE:
            raise Wrong(f"{where}: what it calls its reference is none")
        if row.a == row.b or (row.kind, row.a, row.b) in seen:
            raise Wrong(f"{where}: it shows a picture against itself, or is there twice")
        roles = {a.role, b.role}
        if row.kind is PairKind.TEST and (roles != {StimulusRole.CONDITION} or a.condition >= b.condition):
            raise Wrong(f"{where}: a test pair has two conditions, of which the name that sorts first stands first")
        seen.add((row.kind, row.a, row.b))


def _take_values(design: Design, rows: Iterable[ValueRow]) -> None:
    """The design has the values; there are more of them than of anything else, so no row of theirs is kept."""
    references = {(one.task, one.scene): one.picture for one in design.stimuli.values()
                  if one.role is StimulusRole.REFERENCE}  # fmt: skip
    known = {(one.picture, references.get((one.task, one.scene))) for one in design.stimuli.values()}
    seen, same = set[Key](), dict[str, str]()
    for row in rows:
        where = f"measure_values.jsonl: {row.measure[:40]} of {row.picture[:12]}…"
        picture, reference, measure = (same.setdefault(one, one) for one in (row.picture, row.reference, row.measure))
        key = (picture, reference, measure, row.form)
        if key in seen or (picture, reference) not in known:
            raise Wrong(f"{where} is there twice, or of pictures that do not belong together")
        if row.source not in design.sources:
            raise Wrong(f"{where} has a source that is not in measure_sources.jsonl")
        seen.add(key)
        design.values.setdefault(row.source, {})[key] = row.value
        said = design.higher.setdefault(measure, row.higher_is_better)
        catalogued = MEASURES.get(measure)
        if said is not row.higher_is_better or (catalogued and catalogued.higher_is_better is not said):
            raise Wrong(f"{where}: it is said to be better the other way round than it is")


def _sources(design: Design) -> None:
    for source in design.sources.values():
        if (source.file_name is None) == (source.job is None):
            raise Wrong(f"measure_sources.jsonl, number {source.number}: it is a file or a job")


def _subjects(design: Design) -> None:
    if len({row.label for row in design.subjects.values()}) < len(design.subjects):
        raise Wrong("subjects.jsonl has a label twice")
    rows = design.external
    if strangers := {row.subject for row in rows} - design.subjects.keys():
        raise Wrong(f"external_ids.jsonl: there is no subject {min(strangers)}")
    if min(len({row.subject for row in rows}), len({(row.service, row.participant) for row in rows})) < len(rows):
        raise Wrong("external_ids.jsonl has a subject or a participant twice")


def _pictures(archive: Opened, design: Design, look: Callable[[str], None]) -> None:
    """Every picture is a plain PNG of the hash, the size and the dimensions that are said of it."""
    there = {found[1] for name in archive.pictures if (found := PICTURE.fullmatch(name))}
    if there != design.pictures.keys():
        raise Wrong("pictures.jsonl does not name the pictures that are in the archive")
    for digest, row in design.pictures.items():
        name = picture_member(digest)
        try:
            facts = inspect(archive.picture(name))
        except BadPicture as error:
            raise Wrong(f"{name} {error.message.rstrip('.')}") from None
        if (facts.width, facts.height, facts.size) != (row.width, row.height, row.size):
            raise Wrong(f"{name} is not as large as pictures.jsonl says")
        look(name)
