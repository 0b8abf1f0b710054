"""What the pick list is: its filters and their menus, its address, its CSV."""

from __future__ import annotations

from flask import Blueprint

from dashboard.panels.anatomy import Panel
from dashboard.panels.picking.queries import COUNTING, FILTERED_BY
from dashboard.panels.picking.report import PICK_LIST

LIST = Panel(
    word="picking",
    name="Picking",
    question="What can be picked?",
    icon="truck-delivery",
    blueprint=Blueprint("picking", __name__),
    sorts={},
    default_sort="",
    filters=FILTERED_BY,
    report=PICK_LIST,
    counting=COUNTING,
)
