"""Sets of photographs: the list, and the form by which more come in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.errors import AppError
from app.jobs import photograph_sets
from app.jobs.photograph_sets import PhotographSet
from app.jobs.photographs import TEST_SHARE
from app.studies.entries import printable
from app.studies.photo_archive import in_archive, loose
from app.studies.photo_intake import Intake, take_in
from app.web.admin.photograph_words import address, state_of
from app.web.failures import MalformedInput
from app.web.pages import Context, Ctx, render
from app.web.permits import Launches, actor
from app.web.sign_in import signed_in
from app.web.upload_form import NoArchive, SentFiles, receive_files
from app.web.uploads import waiting_room

router = APIRouter(dependencies=[Depends(signed_in)])
MOST_FILES = 200  # chosen one by one; more of them are packed
_LONGEST_NAME = 120
_SAID = ("set_name", "licence", "source", "split", "share", "test")


@dataclass(frozen=True, slots=True)
class IntakeForm:
    """What the form says; percentages, because people think in them."""

    set_name: str = ""
    licence: str = ""
    source: str = ""
    split: str = "share"  # or names
    share: str = f"{100 * TEST_SHARE:g}"
    test: str = ""
    problem: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "IntakeForm":
        """As it was sent; fields that it does not have are passed over."""
        return cls(**{name: fields[name] for name in _SAID if name in fields})

    def intake(self) -> Intake:
        """What it asks for; raises ``MalformedInput`` where the share is no number."""
        try:
            share = float(self.share) / 100 if self.split != "names" else TEST_SHARE
        except ValueError:
            raise MalformedInput([{"loc": ("share",), "msg": "this is no number"}]) from None
        patterns = tuple(part.strip() for line in self.test.splitlines() for part in line.split(",") if part.strip())
        return Intake(self.set_name, self.licence, self.source, share, patterns if self.split == "names" else None)


@router.get("/admin/photographs")
def sets(request: Request, use: Ctx) -> Response:
    """Every set, and the form for another."""
    return list_page(request, use, IntakeForm())


@router.post("/admin/photographs")
async def add(request: Request, use: Ctx, who: Launches) -> Response:
    """The photographs are in their set, which is shown; or the page says everything that is wrong, and none are."""
    form = IntakeForm()
    try:
        async with receive_files(request, waiting_room(use.settings), MOST_FILES) as sent:
            form = IntakeForm.of(sent.fields)
            taken = await run_in_threadpool(_taken_in, use, who, sent, form)
    except AppError as error:
        refused = replace(form, problem=error.message)
        return await run_in_threadpool(list_page, request, use, refused, status=error.status)
    return RedirectResponse(f"{address(taken.name)}?added=1", 303)


def list_page(request: Request, use: Context, form: IntakeForm, *, status: int = 200) -> Response:
    """The list, with the form as it was sent."""
    listed = photograph_sets.listing(use.database)
    return render(
        request, "admin/photographs.html", status=status, sets=[(one, state_of(one)) for one in listed], form=form,
        address=address, most=MOST_FILES,
    )  # fmt: skip


def _taken_in(use: Context, who: Launches, sent: SentFiles, form: IntakeForm) -> PhotographSet:
    if not sent.files:
        raise NoArchive
    wish, by = form.intake(), actor(who)
    if len(sent.files) == 1 and PurePosixPath(sent.files[0].name).suffix.lower() == ".zip":
        with in_archive(sent.path, printable(sent.files[0].name[:_LONGEST_NAME])) as given:
            return take_in(use.database, use.media, given, wish, by=by)
    given = loose([(printable(file.name[-_LONGEST_NAME:]), file.read) for file in sent.files])
    return take_in(use.database, use.media, given, wish, by=by)
