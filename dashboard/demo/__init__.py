"""The demo merchant: Alder & Quay, lamps and furniture, two years of a past whose truth is known.

    world = simulate("small", seed=1, today=clock.today())
    write_kit(world, folder)        # then intake, then plan, like anybody's data

The same size, seed and `today` give the same bytes; another `today` the same world, shifted. What is true of it stands
in `simulation.py`, `suppliers.py` and `cancel_hazard.py`, and is handed over as `world.truth`.
"""

from .kit_files import write_kit
from .people import DEMO_PEOPLE, DemoPerson
from .simulation import SIZES, simulate
from .world import SHOP_DOMAIN, SHOP_NAME, Truth, World

__all__ = [
    "DEMO_PEOPLE",
    "SHOP_DOMAIN",
    "SHOP_NAME",
    "SIZES",
    "DemoPerson",
    "Truth",
    "World",
    "simulate",
    "write_kit",
]
