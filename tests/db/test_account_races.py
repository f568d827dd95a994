"""People of the desk who act at once: nobody is left out, nothing is given twice, and no two wait in a circle."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import select

from app.db import Database
from app.db.audit import Actor
from app.db.models import Login, Role, Through
from app.errors import AppError
from app.settings import Settings
from app.studies import members, service
from app.studies.protocol import Protocol
from app.web import account_invitations, accounts, login
from app.web.account_invitations import InvitationOver
from app.web.accounts import LastOperator, OwnsStudies
from app.web.login import LinkUsedUp, NoSuchAccount
from app.web.oidc import arrivals
from app.web.oidc.arrivals import UnknownPerson
from app.web.oidc.identity import Identity
from app.web.oidc.visits import Visit
from tests.db.crowd import at_once

ROUNDS = 4


def met(deed: Callable[[], object]) -> type[AppError] | None:
    """What the deed was refused with; None where it was done."""
    try:
        deed()
    except AppError as error:
        return type(error)
    return None


def _met_at(deeds: list[Callable[[], object]], n: int) -> type[AppError] | None:
    return met(deeds[n])


def test_of_operators_who_take_the_right_from_each_other_one_keeps_it(database: Database) -> None:
    for name in ("ada", "rosa"):
        login.create_account(database, name, None)

    def strip(n: int) -> type[AppError] | None:
        return met(
            partial(accounts.set_rights, database, ("ada", "rosa")[n], operates=False, creates=True, launches=True)
        )

    for _ in range(ROUNDS):
        for name in ("ada", "rosa"):
            accounts.set_rights(database, name, operates=True, creates=True, launches=True)
        assert sorted(map(str, at_once(strip, 2))) == sorted(map(str, (None, LastOperator)))
        assert sum(one.operates for one in accounts.people(database)) == 1


def test_of_owners_who_delete_each_other_one_keeps_the_study(database: Database) -> None:
    login.create_account(database, "ada", None)
    pair = ("kim", "rosa")

    def end(n: int) -> type[AppError] | None:
        return met(partial(accounts.delete, database, pair[n], pair[n]))

    for _ in range(ROUNDS):
        numbers = [login.create_account(database, name, None) for name in pair]
        study = service.create(database, "Which loss?", Protocol(), by=Actor(numbers[0], "kim", Through.DESK))
        members.give(database, study, "rosa", Role.OWNER)
        assert sorted(map(str, at_once(end, 2))) == sorted(map(str, (None, OwnsStudies)))
        (left,) = members.listing(database, study)
        assert left.role is Role.OWNER
        members.give(database, study, "ada", Role.OWNER)
        accounts.delete(database, left.name, left.name)


def test_an_account_that_goes_while_it_gets_roles_and_gives_them_is_waited_for_by_nobody_for_ever(
    database: Database,
) -> None:
    login.create_account(database, "ada", None)
    studies = [service.create(database, f"Study {n}", Protocol(), by=Actor(1, "ada", Through.DESK)) for n in range(5)]
    for _ in range(ROUNDS):
        number = login.create_account(database, "rosa", None)
        rosa = Actor(number, "rosa", Through.DESK)
        for study in studies[:4]:
            members.give(database, study, "rosa", Role.OWNER)
        links = [
            account_invitations.make(database, "Kim", study_id=study, role=Role.VIEWER, by=rosa)
            for study in studies[:4]
        ]
        kim = login.create_account(database, "kim", None)
        deeds: list[Callable[[], object]] = [
            partial(accounts.delete, database, "rosa", "rosa"),
            partial(members.give, database, studies[4], "rosa", Role.VIEWER),
            partial(account_invitations.accept, database, links[0], Actor(kim, "kim", Through.DESK)),
            partial(members.remove, database, studies[1], "rosa"),
        ]
        found = at_once(partial(_met_at, deeds), len(deeds))
        assert found[0] is None
        allowed = {None, InvitationOver, NoSuchAccount, members.NoSuchMember}
        assert set(found) <= allowed, found
        assert [one.name for one in accounts.people(database)] == ["ada", "kim"]
        accounts.delete(database, "kim", "kim")


def live_logins(database: Database) -> int:
    with database.read() as db:
        return len(list(db.scalars(select(Login.id).where(Login.revoked_at.is_(None)))))


def test_nobody_who_comes_in_by_a_link_outlives_being_signed_out_everywhere(database: Database) -> None:
    login.create_account(database, "ada", None)
    for _ in range(3 * ROUNDS):
        link = login.one_time_link(database, "ada")
        deeds: list[Callable[[], object]] = [
            partial(login.sign_in_once, database, link, 1.0), partial(accounts.end_logins, database, "ada"),
        ]  # fmt: skip
        came, ended = at_once(partial(_met_at, deeds), 2)
        assert (came in (None, LinkUsedUp), ended) == (True, None)
        assert live_logins(database) == 0


def test_nobody_who_is_vouched_for_outlives_being_unbound_and_signed_out(
    database: Database, settings: Settings
) -> None:
    login.create_account(database, "ada", None)
    person = Identity("https://lab.example", "ada-17", "")

    def end() -> None:
        arrivals.unbind(database, "ada")
        accounts.end_logins(database, "ada")

    for n in range(3 * ROUNDS):
        arrivals.bind(database, "ada", person.issuer, person.subject)
        visit = Visit.begun("/admin")
        deeds: list[Callable[[], object]] = [
            partial(arrivals.arrive, database, settings, "the Lab", person, visit, f"token {n}"), end,
        ]  # fmt: skip
        came, ended = at_once(partial(_met_at, deeds), 2)
        assert (came in (None, UnknownPerson), ended) == (True, None)
        assert live_logins(database) == 0


def test_an_invitation_that_many_take_at_once_is_taken_once(database: Database) -> None:
    login.create_account(database, "ada", None)  # the first of all may launch anyway
    people = [Actor(login.create_account(database, name, None), name, Through.DESK) for name in "abcdef"]
    token = account_invitations.make(database, "Kim", launches=True)
    found = at_once(lambda n: met(lambda: account_invitations.accept(database, token, people[n])), len(people))
    assert sorted(map(str, found)) == sorted(map(str, [None] + [InvitationOver] * 5))
    assert [one.launches for one in accounts.people(database)].count(True) == 2
