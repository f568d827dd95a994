"""The monitor: what sessions have done, and which of them count."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, select, update

from app.clock import now
from app.db import Database
from app.db.models import (
    Account,
    AuditEntry,
    Membership,
    Role,
    Session,
    Side,
    Study,
    StudyState,
    Through,
    TrialKind,
)
from app.media import Media
from app.results import peeks
from app.results.plan import plan_of
from app.sessions import alarms, checks, coverage, enrol, links, progress, votes
from app.sessions.sitting import Stage
from app.sessions.strips import Mark
from app.settings import Settings
from app.web.admin import monitor
from app.web.admin.strip import strip
from tests.actors import somebody
from tests.web import small_study


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


def sit(
    database: Database,
    settings: Settings,
    study: int,
    answers: int | None = None,
    *,
    simulated: bool = False,
    link: str = "",
) -> None:
    """A session that always answers left, to its end or for so many answers."""
    link = link or links.public_token(database, settings.secret(), study)
    token = enrol.begin(database, settings.secret(), link, simulated=simulated)
    progress.consent(database, token, progress.view(database, token).consent_hash)
    given = 0
    while True:
        progress.start_block(database, token)
        for trial in progress.open_trials(database, token):
            if given == answers:
                return
            votes.record_vote(database, token, trial.token, votes.Answer(Side.LEFT, 1500))
            given += 1
            if progress.view(database, token).stage is Stage.END:
                return


def looked_at(desk: TestClient, study: int) -> None:
    """Whoever sits at the desk has said that they look, so that the results of the study are shown to them."""
    desk.post(f"/admin/studies/{study}/results/hidden", follow_redirects=False)


def test_sessions_stand_in_the_monitor_with_state_and_strip(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study)
    sit(database, settings, study, answers=4)
    page = desk.get(f"/admin/studies/{study}/monitor").text
    assert "under way" in page
    assert "complete" in page or "excluded" in page
    assert 'class="hollow"' in page
    assert "8 of 8 answered" in page
    assert "1.5 s" in page
    assert small_study.CONDITIONS[0] in page  # coverage


def test_the_tiles_leave_pilots_out(desk: TestClient, database: Database, settings: Settings, study: int) -> None:
    pilot = links.pilot_token(database, settings.secret(), study)
    for link, answers in ((pilot, 3), (links.public_token(database, settings.secret(), study), 4)):
        sit(database, settings, study, answers, link=link)
    for session in checks.session_summaries(database, study):
        checks.exclude(database, session.id, "A test.", somebody("ada"))
    page = desk.get(f"/admin/studies/{study}/monitor").text
    tiles = {word: number for number, word in re.findall(r'<p class="tile"><b>(\d+)</b>([a-z ]+)', page)}
    assert (tiles["started "], tiles["excluded"]) == ("1", "1")
    (counted,) = (row.answered for row in checks.session_summaries(database, study) if not row.pilot)
    assert f"{counted} answers so far" in page
    assert "pilot" in page


def test_exclusion_needs_a_reason_and_can_be_taken_back(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study, answers=4)
    (session,) = checks.session_summaries(database, study)
    address = f"/admin/studies/{study}/sessions/{session.id}"
    assert f'href="{address}"' in desk.get(f"/admin/studies/{study}/monitor").text
    assert f'action="{address}/exclude"' in desk.get(address).text
    assert desk.post(f"{address}/exclude").status_code == 422
    assert desk.get(f"{address}/exclude").status_code == 405
    page = desk.post(f"{address}/exclude", data={"reason": "Forgot <b>glasses</b>."})
    assert "by marlene" in page.text
    assert "Forgot &lt;b&gt;glasses" in page.text
    assert desk.post(f"{address}/exclude", data={"reason": "Again."}).status_code == 409
    page = desk.post(f"{address}/readmit", data={"reason": "Found them."})
    told = re.sub(r"<[^>]+>", "", page.text)
    assert "Excluded by marlene, just now: Forgot &lt;b&gt;glasses" in told  # the readmission takes nothing away
    assert "Readmitted by marlene, just now: Found them." in told
    (session,) = checks.session_summaries(database, study)
    assert session.excluded is None


def test_a_session_of_another_study_is_not_found(
    desk: TestClient, database: Database, media: Media, settings: Settings, study: int, pictures: Path
) -> None:
    sit(database, settings, study, answers=1)
    other = small_study.create(database, media, pictures)
    (session,) = checks.session_summaries(database, study)
    for number in (session.id, 999):
        reply = desk.post(f"/admin/studies/{other}/sessions/{number}/exclude", data={"reason": "Not mine."})
        assert reply.status_code == 404
    assert checks.session_summaries(database, study)[0].excluded is None


def test_people_who_try_a_demonstration_are_counted_apart(
    desk: TestClient, database: Database, media: Media, settings: Settings, pictures: Path
) -> None:
    demo = small_study.create(database, media, pictures, is_demo=True)
    sit(database, settings, demo, answers=3)
    sit(database, settings, demo, answers=5, simulated=True)
    page = desk.get(f"/admin/studies/{demo}/monitor").text
    assert "a visitor" in page
    assert "simulated" in page


def test_a_strip_has_a_cell_for_each_trial_of_its_own_shape() -> None:
    marks = (
        Mark(2, True, TrialKind.TEST),
        Mark(3, True, TrialKind.CATCH, True),
        Mark(4, True, TrialKind.CATCH, False),
        Mark(6, True, TrialKind.REPEAT),  # a slot before it went to somebody else
        Mark(7, True, TrialKind.DUMMY),
        Mark(8, False, TrialKind.TEST),
    )
    drawn = strip(marks, planned=60)
    counts = {kind: path.count("M") for kind, path in drawn.paths.items()}
    assert counts == {"hollow": 55, "answered": 1, "catch": 1, "failed": 2, "repeat": 1, "dummy": 1}
    assert drawn.height > strip((), planned=50).height


def test_a_session_without_trials_is_all_hollow() -> None:
    assert {kind: path.count("M") for kind, path in strip((), planned=8).paths.items()} == {"hollow": 8}


def test_a_draft_counts_no_sessions_towards_anything(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    draft = small_study.create(database, media, pictures, opened=False)
    assert re.search(r"<b>–</b>valid sessions", desk.get(f"/admin/studies/{draft}/monitor").text)


def test_a_reason_is_promised_no_more_than_it_gets(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study, answers=1)
    (session,) = checks.session_summaries(database, study)
    reply = desk.post(f"/admin/studies/{study}/sessions/{session.id}/exclude")
    told = reply.text.split('role="alert"')[1].split("</div></div>")[0]
    assert "kept with the decision and shown on the monitor" in told
    assert "export" not in told


def test_the_ranking_is_hidden_until_somebody_asks_for_it_and_the_look_is_written_down(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study)
    address = f"/admin/studies/{study}/monitor"
    page = desk.get(address).text
    assert "looking now is a deviation" in page
    assert "<h3>" not in page
    page = desk.post(address).text
    assert small_study.CONDITIONS[0] in page.split('id="ranking"')[1].split("</section>")[0]
    assert "This look was not planned" in page
    assert "Show the ranking" not in page
    (peek,) = peeks.peeks(database, study)
    log = desk.get(f"/admin/studies/{study}/log").text
    assert re.search(r"votes: \d+\b(?!\.)", log)
    assert (peek.by, peek.votes) == ("marlene", 6)
    assert "Show the ranking" in desk.get(address).text  # another visit does not show it by itself
    assert len(peeks.peeks(database, study)) == 1


def test_results_say_for_good_that_somebody_looked_before_the_study_was_closed(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study)
    for _ in range(2):
        desk.post(f"/admin/studies/{study}/monitor")
    with database.write() as db:
        db.execute(update(Study).values(state=StudyState.CLOSED, closed_at=now()))
    told = "looked at before the study was closed, 2 times, first after 6 votes"
    assert told in " ".join(plan_of(database, study).deviations(plan_of(database, study).options))
    assert told in desk.get(f"/admin/studies/{study}/results").text


def test_an_exclusion_at_the_desk_gives_the_slots_back_and_stands_in_the_audit_log(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study)
    (session,) = checks.session_summaries(database, study)
    if session.excluded is None:
        desk.post(f"/admin/studies/{study}/sessions/{session.id}/exclude", data={"reason": "asleep"})
    assert sum(pair.judged for task in coverage.coverage(database, study) for pair in task.pairs) == 0
    desk.post(f"/admin/studies/{study}/sessions/{session.id}/readmit", data={"reason": "awake"})
    assert sum(pair.judged for task in coverage.coverage(database, study) for pair in task.pairs) == 6
    with database.read() as db:
        log = [(one.account, one.deed) for one in db.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert log[-1] == ("marlene", "session readmitted")


def test_a_withdrawal_at_the_desk_is_in_the_audit_log_without_whose_it_was(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study)
    (session,) = checks.session_summaries(database, study)
    asked = {"reason": "asked for by mail", "label": session.label}
    address = f"/admin/studies/{study}/sessions/{session.id}"
    refused = desk.post(f"{address}/withdraw", data=asked | {"label": "somebody else"})
    assert refused.status_code == 422
    assert 'name="reason" value="asked for by mail"' in refused.text  # what was typed is not typed again
    desk.post(f"{address}/withdraw", data=asked)
    assert "<form" not in desk.get(address).text.split('class="tabs"')[1]
    with database.read() as db:
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.account, entry.through, entry.deed) == ("marlene", Through.DESK, "session withdrawn")
    assert entry.details == {"session": session.id}


def test_a_viewer_is_shown_no_button_that_would_be_refused(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    sit(database, settings, study)
    with database.write() as db:
        account = db.scalars(select(Account).where(Account.name == "marlene")).one()
        account.operates = False
        db.add(Membership(study_id=study, account_id=account.id, role=Role.VIEWER, added_at=now()))
    address = f"/admin/studies/{study}/monitor"
    page = desk.get(address).text
    assert "Show the ranking" not in page
    assert "Analysts, experimenters and owners of this study may look" in page
    assert desk.post(address).status_code == 403
    with database.write() as db:
        db.execute(update(Membership).values(role=Role.ANALYST))
    assert "Show the ranking" in desk.get(address).text


def test_alarms_stand_on_top_and_are_quiet_when_there_are_none(
    desk: TestClient, database: Database, settings: Settings, study: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "_full", lambda _: iter(()))
    assert "What to do:" not in desk.get(f"/admin/studies/{study}/monitor").text
    for _ in range(3):
        sit(database, settings, study, answers=1)
    with database.write() as db:
        db.execute(update(Session).values(last_seen_at=now() - timedelta(days=2)))
    page = desk.get(f"/admin/studies/{study}/monitor").text
    assert "3 of 3 sessions were abandoned" in page.split('id="live-tiles"')[0]


def test_many_sessions_are_shown_page_by_page_with_as_many_statements_as_few(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    def statements() -> int:
        seen = list[str]()

        def count(*arguments: object) -> None:
            seen.append(str(arguments[2]))

        event.listen(database.engine, "before_cursor_execute", count)
        desk.get(f"/admin/studies/{study}/monitor")
        event.remove(database.engine, "before_cursor_execute", count)
        return len(seen)

    sit(database, settings, study, answers=1)
    few = statements()
    secret = settings.secret()
    for _ in range(monitor.PAGE):
        enrol.begin(database, secret, links.public_token(database, secret, study))
    assert statements() == few
    page = desk.get(f"/admin/studies/{study}/monitor").text
    assert page.count('<tr id="session-') == monitor.PAGE
    older = re.search(r'href="([^"]*\?before=\d+)">Older sessions', page)
    assert older
    page = desk.get(older[1]).text
    assert page.count('<tr id="session-') == 1
    assert ">Newest sessions</a>" in page
