"""The one table of who may do what."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import pytest
from flask_login import AnonymousUserMixin

from dashboard.permissions import ROLES, Permission, can


def person(*roles: str, active: bool = True, is_authenticated: bool = True) -> SimpleNamespace:
    return SimpleNamespace(
        roles=[SimpleNamespace(name=role) for role in roles], active=active, is_authenticated=is_authenticated
    )


def test_each_role_may_do_all_that_the_one_before_it_may():
    sizes = [ROLES[role] for role in ("viewer", "agent", "manager", "admin")]
    assert all(less < more for less, more in pairwise(sizes))


def test_an_admin_may_do_everything():
    assert ROLES["admin"] == set(Permission)


def test_a_viewer_only_looks_and_takes_the_csv():
    assert ROLES["viewer"] == {Permission.SEE_DESK, Permission.EXPORT_ROWS}


@pytest.mark.parametrize("permission", list(Permission))
def test_nobody_may_do_anything(permission):
    assert not can(None, permission)
    assert not can(AnonymousUserMixin(), permission)
    assert not can(person("admin", active=False), permission)
    assert not can(person("admin", is_authenticated=False), permission)
    assert not can(person(), permission)
    assert not can(person("a role of another program"), permission)


def test_of_several_roles_the_widest_counts():
    assert can(person("viewer", "manager"), Permission.DEAL_AGAIN)
    assert not can(person("viewer", "agent"), Permission.DEAL_AGAIN)
