"""What an experimenter pastes into a recruiting service, and what the study's protocol lacks for it."""

from dataclasses import dataclass

from app.db.models import Service
from app.studies.protocol import Protocol

_PROLIFIC_END = "https://app.prolific.com/submissions/complete?cc={code}"
_PROLIFIC = "?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"
_SONA = "?survey_code=%SURVEY_CODE%"
NAMES = {Service.PROLIFIC: "Prolific", Service.MTURK: "Amazon Mechanical Turk", Service.SONA: "SONA"}


@dataclass(frozen=True, slots=True)
class SetUp:
    """How subjects come from a service and go back to it."""

    service: Service
    paste: str  # the study's address with the service's own placeholders, or the piece of page that makes it
    steps: tuple[str, ...]
    filled: tuple[tuple[str, str], ...]  # settings of the protocol that the service must know, with their values
    missing: tuple[str, ...]  # sentences

    @property
    def name(self) -> str:
        """As it calls itself."""
        return NAMES[self.service]


def set_ups(protocol: Protocol, public: str) -> tuple[SetUp, ...]:
    """What each service needs, for the study with that public link."""
    return (_prolific(protocol, public), _mturk(protocol, public), _sona(protocol, public))


def _filled(protocol: Protocol, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, said) for name in names if (said := str(getattr(protocol, name))))


def _prolific(protocol: Protocol, public: str) -> SetUp:
    codes = {
        "completed_code": "who reached the end", "failed_code": "who failed the checks",
        "screened_out_code": "who was screened out",
    }  # fmt: skip
    missing = [
        f"`{name}` is empty: make a completion code at Prolific for {who}, and write it there"
        for name, who in codes.items()
        if not getattr(protocol, name)
    ]
    missing += [
        f"`{name}` should be {_PROLIFIC_END}"
        for name in ("completed_url", "failed_url", "screened_out_url")
        if "{code}" not in getattr(protocol, name)
    ]
    return SetUp(
        Service.PROLIFIC,
        public + _PROLIFIC,
        (
            "Choose “I’ll use URL parameters” and paste the address as the study’s URL.",
            "Make one completion code for each way a session can end, with what Prolific does about it: approve, "
            "review by hand, or ask to return.",
            "Set the number of places there; a quota of the public link here should not be smaller.",
        ),
        _filled(protocol, *codes, "completed_url", "failed_url", "screened_out_url"),
        tuple(missing),
    )


def _mturk(protocol: Protocol, public: str) -> SetUp:
    paste = (
        '<a id="study" target="_blank" rel="noopener">Open the study</a>\n'
        f'<script>document.getElementById("study").href = "{public}" + location.search</script>'
    )
    missing = []
    if protocol.completed_url:
        missing.append("`completed_url` is not empty: at MTurk leave it so, and the last page hands the task in itself")
    return SetUp(
        Service.MTURK,
        paste,
        (
            "Make a task of the kind HTMLQuestion and paste these lines into its page: the link hands on what MTurk "
            "tells the task.",
            "While the task is only previewed, the study says so and begins nothing.",
            "On the last page, a button hands the assignment and the code in; who is screened out returns the task.",
        ),
        _filled(protocol, "completed_code", "failed_code", "screened_out_code"),
        tuple(missing),
    )


def _sona(protocol: Protocol, public: str) -> SetUp:
    missing = []
    if "{participant}" not in protocol.completed_url:
        missing.append(
            "`completed_url` should be the client-side completion URL that SONA shows, with {participant} in place of "
            "XXXX"
        )
    return SetUp(
        Service.SONA,
        public + _SONA,
        (
            "Paste the address as the study’s URL.",
            "Participants come back in the same browser or by their personal link: SONA’s numbers are too small to "
            "prove who somebody is.",
        ),
        _filled(protocol, "completed_url", "failed_url", "screened_out_url"),
        tuple(missing),
    )
