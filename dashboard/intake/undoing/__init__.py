"""A load taken back, as far as nobody built upon it since."""

from dashboard.intake.undoing.forgetting import forget_old_changes
from dashboard.intake.undoing.ledger import Stays, TakenBack
from dashboard.intake.undoing.steps import Step, Undoing

__all__ = ["Stays", "Step", "TakenBack", "Undoing", "forget_old_changes"]
