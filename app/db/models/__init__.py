"""Every table, one file per part of the experiment."""

from app.db.models.people import Account, ApiToken, FailedAttempt, Login, LoginLink
from app.db.models.sessions import (
    Consent,
    Event,
    Exclusion,
    ExclusionAction,
    Session,
    Side,
    Subject,
    Trial,
    TrialKind,
    Vote,
)
from app.db.models.studies import Pair, PairKind, Picture, Stimulus, StimulusRole, Study, StudyState
from app.db.models.work import Job, JobKind, JobNeed, JobPoint, JobState, Photograph, Rendering, Split, Worker

__all__ = [
    "Account",
    "ApiToken",
    "Consent",
    "Event",
    "Exclusion",
    "ExclusionAction",
    "FailedAttempt",
    "Job",
    "JobKind",
    "JobNeed",
    "JobPoint",
    "JobState",
    "Login",
    "LoginLink",
    "Pair",
    "PairKind",
    "Photograph",
    "Picture",
    "Rendering",
    "Session",
    "Side",
    "Split",
    "Stimulus",
    "StimulusRole",
    "Study",
    "StudyState",
    "Subject",
    "Trial",
    "TrialKind",
    "Vote",
    "Worker",
]
