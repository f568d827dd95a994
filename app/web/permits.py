"""What somebody must be allowed before a page of the desk answers: one name for each right, asked for by its handler.

The rights in a study look at ``study_id`` in the route's own address. A handler that needs no name takes the function
as a dependency of its route or router.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from app.db.audit import Actor
from app.web import rights
from app.web.login import SignedIn
from app.web.pages import Ctx, Id
from app.web.rights import Right
from app.web.sign_in import Who


def _in_study(right: Right) -> Callable[[Request, Ctx, Who, int], SignedIn]:
    def permitted(request: Request, use: Ctx, who: Who, study_id: Id) -> SignedIn:
        request.state.may = rights.require(use.database, who, right, study_id)
        return who

    return permitted


def _anywhere(right: Right) -> Callable[[Ctx, Who], SignedIn]:
    def permitted(use: Ctx, who: Who) -> SignedIn:
        rights.require(use.database, who, right)
        return who

    return permitted


# in one study, each including those after it
owns = _in_study(Right.OWNS)
runs = _in_study(Right.RUNS)
analyses = _in_study(Right.ANALYSES)
sees = _in_study(Right.SEES)
# in the whole program
operates = _anywhere(Right.OPERATES)
creates = _anywhere(Right.CREATES)
launches = _anywhere(Right.LAUNCHES)

Owns = Annotated[SignedIn, Depends(owns)]
Runs = Annotated[SignedIn, Depends(runs)]
Analyses = Annotated[SignedIn, Depends(analyses)]
Sees = Annotated[SignedIn, Depends(sees)]
Operates = Annotated[SignedIn, Depends(operates)]
Creates = Annotated[SignedIn, Depends(creates)]
Launches = Annotated[SignedIn, Depends(launches)]


def actor(who: SignedIn) -> Actor:
    """In whose name a change at the desk is written into the audit log."""
    return who.actor
