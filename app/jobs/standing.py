"""Where a job stands, in the words of pages and commands alike."""

from app.db.models import JobState
from app.jobs.views import JobView


def word(job: JobView) -> str:
    """Where a job stands, in as few letters as a cell holds."""
    if job.stop_requested and job.is_live:
        return "stopping"
    if job.state is JobState.RUNNING:
        return f"{min(99, int(100 * job.share))} %"
    if job.state is JobState.SUCCEEDED:
        return "done"
    return state_word(job)


def state_word(job: JobView) -> str:
    """The job's state; a job that waited in vain for another one has failed without ever having been started."""
    return "not started" if job.in_vain else job.state.value


def seconds_left(job: JobView) -> float | None:
    """How long a running job will still take at its present pace, where that is known."""
    if job.state is not JobState.RUNNING or not job.steps_per_second:
        return None
    return (job.total_steps - job.step) / job.steps_per_second
