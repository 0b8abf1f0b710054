"""People by command."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from dashboard import people
from dashboard.database import db
from dashboard.models import Act, User

ADDRESS = "ada@desk.example"
PASSWORD = "four words of mine"


@pytest.fixture
def flask(app):
    """Runs a command of `flask` as a shell would."""

    def run(*words, typed=""):
        return app.test_cli_runner().invoke(args=list(words), input=typed)

    return run


def person() -> User | None:
    db.session.rollback()
    return people.find_person(ADDRESS)


def test_a_person_is_added_with_a_password_from_standard_input(flask, client):
    done = flask("users", "add", ADDRESS, "--role", "manager", "--name", "Ada", typed=f"{PASSWORD}\n")
    assert (done.exit_code, done.output) == (0, f"{ADDRESS} may sign in as manager.\n")
    assert [role.name for role in person().roles] == ["manager"]
    assert PASSWORD not in person().password
    answer = client.post("/sign-in", data={"email": ADDRESS, "password": PASSWORD, "csrf_token": client.token()})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 8 characters"),
        ("", "at least 8 characters"),
        ("password", "first that are guessed"),
        ("Password1!", "first that are guessed"),
        ("12345678", "first that are guessed"),
        ("87654321", "first that are guessed"),
        ("aaaaaaaa", "first that are guessed"),
        ("qwertyuiop", "first that are guessed"),
        ("ada@desk.example", "first that are guessed"),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_a_weak_password_is_refused_in_a_sentence(flask, password, reason):
    refused = flask("users", "add", ADDRESS, "--role", "viewer", typed=f"{password}\n")
    assert refused.exit_code == 1
    assert reason in refused.output
    assert person() is None


def test_an_address_that_is_none_is_refused(flask):
    refused = flask("users", "add", "ada", "--role", "viewer", typed=f"{PASSWORD}\n")
    assert refused.exit_code == 1
    assert "is no e-mail address" in refused.output


def test_nobody_is_added_twice_in_whatever_case(flask):
    flask("users", "add", ADDRESS, "--role", "viewer", typed=f"{PASSWORD}\n")
    again = flask("users", "add", ADDRESS.upper(), "--role", "admin", typed=f"{PASSWORD}\n")
    assert again.exit_code == 1
    assert "is there already" in again.output
    assert [role.name for role in person().roles] == ["viewer"]


def test_a_role_that_is_none_is_wrong_usage(flask):
    assert flask("users", "add", ADDRESS, "--role", "emperor", typed=f"{PASSWORD}\n").exit_code == 2


def test_a_new_password_ends_all_sessions_and_unlocks(flask, app):
    flask("users", "add", ADDRESS, "--role", "viewer", typed=f"{PASSWORD}\n")
    before = person().fs_uniquifier
    done = flask("users", "password", ADDRESS, typed="another set of words\n")
    assert done.exit_code == 0
    assert person().fs_uniquifier != before
    assert person().locked_until is None


def test_the_password_of_nobody_cannot_be_set(flask):
    refused = flask("users", "password", ADDRESS, typed=f"{PASSWORD}\n")
    assert (refused.exit_code, refused.output) == (1, f"Nobody signs in with {ADDRESS}.\n")


def test_people_are_listed_with_what_they_may(flask):
    flask("users", "add", ADDRESS, "--role", "manager", typed=f"{PASSWORD}\n")
    flask("users", "add", "bo@desk.example", "--role", "viewer", typed=f"{PASSWORD}\n")
    assert flask("users", "list").output.splitlines() == [
        "ada@desk.example  manager  password",
        "bo@desk.example  viewer  password",
    ]


def test_what_was_done_to_people_is_in_the_history(flask):
    flask("users", "add", ADDRESS, "--role", "manager", typed=f"{PASSWORD}\n")
    flask("users", "password", ADDRESS, typed="another set of words\n")
    flask("users", "second-factor-off", ADDRESS)
    assert list(db.session.scalars(sa.select(Act.act).order_by(Act.id))) == [
        "person-added",
        "password-set",
        "second-factor-removed",
    ]


def test_a_database_without_tables_is_told_in_words(make_app, tmp_path):
    runner = make_app(f"sqlite:///{tmp_path}/empty.sqlite3").test_cli_runner()
    told = runner.invoke(args=["users", "list"])
    assert (told.exit_code, told.output) == (
        1,
        "The database is not at the newest migration; run flask db upgrade.\n",
    )


@pytest.mark.parametrize("words", [["users", "list"], ["db", "upgrade"]])
def test_a_database_that_does_not_answer_is_told_in_words(make_app, words):
    runner = make_app("postgresql+psycopg://nobody@127.0.0.1:1/none").test_cli_runner()
    told = runner.invoke(args=words)
    assert told.exit_code == 1
    assert told.output.startswith("The database of DATABASE_URL cannot be used:")
