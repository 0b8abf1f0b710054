"""What `make run` starts: your data, else the demo merchant; web and background jobs in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboard import config, create_app, people, serving
from dashboard.cli.demo import FIRST_SEED, is_demo, make_demo, sign_in_lines
from dashboard.cli.faults import refuse
from dashboard.copies import holds_a_desk
from dashboard.demo import SHOP_NAME

WRONG_USAGE = 2


@click.command("serve")
def serve() -> None:
    """Serve the desk until Ctrl-C: DATABASE_URL, else instance/desk.sqlite3 if it is there, else the demo merchant."""
    try:
        settings = config.read_settings()
        listening = serving.take_address(settings["HOST"], settings["PORT"])
        chosen = choose_database()
        if not chosen:
            chosen = {"DATABASE_URL": f"sqlite:///{config.DEMO_DATABASE}"}
            build_demo(config.DEMO_DATABASE)
        app = create_app(chosen)
        serving.bring_up_to_date(app, say=click.echo)
        with app.app_context():
            if is_demo():
                chosen |= {"DEMO": True, "SHOP_NAME": settings["SHOP_NAME"] or SHOP_NAME}
            nobody_yet = not people.anybody()
        settings |= chosen
        server = serving.Server(
            lambda: create_app(chosen),
            listening=listening,
            settings=settings,
            when_ready=lambda: _greet(settings, nobody_yet=nobody_yet),
        )
        serving.serve(server, database_url=settings["DATABASE_URL"])
    except serving.CannotServe as reason:
        refuse(str(reason))
    except config.WrongSetting as wrong:
        click.echo(str(wrong), err=True)
        raise click.exceptions.Exit(WRONG_USAGE) from None


def choose_database() -> dict[str, Any]:
    """The database that somebody named or made, as a setting; nothing when it is to be the demo."""
    if config.names_a_database():
        return {"DATABASE_URL": config.read_settings()["DATABASE_URL"]}
    if holds_a_desk(config.OWN_DATABASE):
        return {"DATABASE_URL": f"sqlite:///{config.OWN_DATABASE}"}
    return {}


def build_demo(file: Path) -> None:
    """Build the demo beside its place and move it there when it is whole: a kill half-way is no harm."""
    if file.exists():
        return
    click.echo("No data of your own yet: making the demo merchant, once. That takes a minute.")
    file.parent.mkdir(exist_ok=True)
    building = file.with_name(f"{file.stem}.building{file.suffix}")
    for leftover in _files_of(building):
        leftover.unlink(missing_ok=True)
    app = create_app({"DATABASE_URL": f"sqlite:///{building}"})
    with app.app_context():
        make_demo("small", FIRST_SEED, say=click.echo)
        serving.close_file()
    building.replace(file)
    for leftover in _files_of(building):
        leftover.unlink(missing_ok=True)


def _files_of(database: Path) -> list[Path]:
    return [database, *(database.with_name(database.name + tail) for tail in ("-wal", "-shm"))]


def _greet(settings: dict[str, Any], *, nobody_yet: bool) -> None:
    host = f"[{settings['HOST']}]" if ":" in settings["HOST"] else settings["HOST"]
    address = settings["BASE_URL"] or f"http://{host}:{settings['PORT']}"
    lines = ["", f"Backorder Desk: {address}"]
    if settings["DEMO"]:
        lines.append("This is the demo merchant, made up. To start with your own data:")
        lines.append("  .venv/bin/flask db upgrade && .venv/bin/flask users add EMAIL --role admin")
        lines.append("  .venv/bin/flask intake load FOLDER, then make run again")
        if settings["HOST"] in config.LOOPBACK_HOSTS:
            lines += ["Sign in as one of these:", *sign_in_lines()]
    if nobody_yet:
        lines.append("Nobody can sign in yet: .venv/bin/flask users add EMAIL --role admin")
    lines.append("Ctrl-C ends it.")
    click.echo("\n".join(lines))
    if settings["HOST"] not in config.LOOPBACK_HOSTS and not settings["BASE_URL"].startswith("https://"):
        click.echo("Passwords travel in the open here: put a proxy with https in front and set BASE_URL.")
