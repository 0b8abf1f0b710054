"""What Alder & Quay sells: lamps and furniture in collections, each in finishes and sizes, with prices and costs."""

from dataclasses import dataclass

import numpy as np

# Where goods come from, by trade; a supplier makes one or two of these.
LAMP, GLASS, CANE, SEAT, CASE, CLOTH, CLAY, SOFA = range(8)

# How many units a retail customer takes of one product, twenty equally likely answers a habit.
SINGLE, PAIR, PLACES, HANDFUL = range(4)
UNITS = np.array(
    [
        [1] * 15 + [2] * 4 + [3],
        [1] * 7 + [2] * 8 + [3] * 2 + [4] * 3,
        [1] * 2 + [2] * 5 + [4] * 7 + [6] * 4 + [8, 10],
        [1] * 6 + [2] * 5 + [3] * 4 + [4] * 3 + [6, 12],
    ],
    dtype=np.int32,
)

METALS = (
    ("BRS", "brushed brass"),
    ("BLK", "matt black"),
    ("NKL", "satin nickel"),
    ("CPR", "aged copper"),
    ("WHT", "chalk white"),
    ("BRZ", "dark bronze"),
)
WOODS = (
    ("OAK", "oiled oak"),
    ("ASH", "pale ash"),
    ("WAL", "walnut"),
    ("SMO", "smoked European oak"),
    ("BLA", "black-stained ash"),
)
SHADES = (("CLR", "clear"), ("OPL", "opal"), ("SMK", "smoke grey"), ("AMB", "amber"), ("SEA", "sea green"))
WEAVES = (("NAT", "natural"), ("HON", "honey"), ("CHA", "charcoal"), ("WSH", "whitewashed"))
CLOTHS = (
    ("LIN", "undyed linen"),
    ("MOS", "moss wool"),
    ("RUS", "rust bouclé"),
    ("INK", "ink blue wool"),
    ("SND", "sand cotton"),
    ("CRL", "charcoal felt"),
)
GLAZES = (("ECR", "ecru glaze"), ("CEL", "celadon"), ("TEN", "tenmoku"), ("MTW", "matt white"))

LAMP_SIZES = (("22", "22 cm", 0.8), ("30", "30 cm", 1.0), ("45", "45 cm", 1.45))
TABLE_SIZES = (("140", "140 cm", 0.85), ("180", "180 cm", 1.0), ("240", "180–240 cm extending", 1.5))
RUG_SIZES = (("170", "170 × 240 cm", 1.0), ("200", "200 × 300 cm", 1.42), ("80", "80 × 250 cm runner", 0.62))
SETS = (("S", "small", 0.7), ("L", "large", 1.0), ("3", "set of three", 2.4))
ONE = (("", "", 1.0),)


@dataclass(frozen=True)
class Kind:
    """One kind of product: its code and word, the range of its price in US dollars, and how it is varied."""

    code: str
    words: str
    trade: int
    habit: int
    low: float
    high: float
    finishes: tuple
    sizes: tuple


KINDS = (
    Kind("PND", "pendant lamp", LAMP, SINGLE, 89, 340, METALS, LAMP_SIZES),
    Kind("CHR", "dining chair", SEAT, PLACES, 129, 289, WOODS, ONE),
    Kind("TBL", "dining table", CASE, SINGLE, 690, 1890, WOODS, TABLE_SIZES),
    Kind("LAN", "lantern", CANE, PAIR, 38, 96, WEAVES, SETS),
    Kind("TLP", "table lamp", LAMP, PAIR, 62, 210, METALS, ONE),
    Kind("STL", "bar stool", SEAT, PAIR, 119, 259, WOODS, (("65", "65 cm", 1.0), ("75", "75 cm", 1.06))),
    Kind("GLB", "glass shade", GLASS, PAIR, 34, 148, SHADES, LAMP_SIZES),
    Kind("SID", "side table", CASE, SINGLE, 98, 320, WOODS, ONE),
    Kind("RUG", "wool rug", CLOTH, SINGLE, 240, 780, CLOTHS, RUG_SIZES),
    Kind("BSK", "storage basket", CANE, HANDFUL, 24, 79, WEAVES, SETS),
    Kind("FLP", "floor lamp", LAMP, SINGLE, 149, 520, METALS, ONE),
    Kind("ARM", "armchair", SOFA, SINGLE, 540, 1290, CLOTHS, ONE),
    Kind("VAS", "vase", CLAY, SINGLE, 28, 140, GLAZES, SETS),
    Kind("CSH", "cushion", CLOTH, PAIR, 32, 84, CLOTHS, (("50", "50 × 50 cm", 1.0), ("60", "40 × 60 cm", 1.04))),
    Kind("WLP", "wall lamp", LAMP, PAIR, 74, 260, METALS, ONE),
    Kind("SBD", "sideboard", CASE, SINGLE, 780, 2190, WOODS, ONE),
    Kind("BCH", "bench", SEAT, SINGLE, 210, 560, WOODS, (("110", "110 cm", 1.0), ("150", "150 cm", 1.3))),
    Kind("CAN", "candle holder", CLAY, HANDFUL, 18, 62, GLAZES, ONE),
    Kind("SOF", "sofa", SOFA, SINGLE, 1290, 3480, CLOTHS, (("2", "two seats", 1.0), ("3", "three seats", 1.32))),
    Kind("SHF", "bookcase", CASE, SINGLE, 320, 1180, WOODS, (("90", "90 cm", 1.0), ("180", "180 cm", 1.7))),
    Kind("MIR", "round mirror", GLASS, SINGLE, 89, 310, METALS, (("60", "60 cm", 1.0), ("90", "90 cm", 1.55))),
    Kind("TRW", "throw", CLOTH, SINGLE, 68, 189, CLOTHS, ONE),
    Kind("CUP", "stoneware cup", CLAY, PLACES, 14, 32, GLAZES, ONE),
    Kind("TRY", "serving tray", CANE, SINGLE, 32, 98, WEAVES, ONE),
)

COLLECTIONS = [
    "Aurelle",
    "Maren",
    "Hollis",
    "Calder",
    "Isola",
    "Fjord",
    "Juniper",
    "Kestrel",
    "Orsa",
    "Perrin",
    "Sable",
    "Tarn",
    "Vesper",
    "Wren",
    "Yarrow",
    "Brisa",
    "Dunmore",
    "Elva",
    "Grasmere",
    "Nerida",
    "Quill",
    "Rowan",
    "Umber",
    "Zinnia",
    "Ansel",
    "Birch",
    "Cove",
    "Delft",
    "Ember",
    "Fennel",
    "Gable",
    "Harrow",
    "Ines",
    "Jorun",
    "Kelso",
    "Lark",
    "Mistral",
    "Nave",
    "Ottilie",
    "Plover",
    "Quarry",
    "Rue",
    "Sorrel",
    "Thistle",
    "Ursa",
    "Vale",
    "Willa",
    "Xanthe",
    "Ysolde",
    "Zora",
    "Amble",
    "Bracken",
    "Cinder",
    "Dory",
    "Eira",
    "Flint",
    "Gorse",
    "Haven",
    "Islay",
    "Jessamy",
    "Kindle",
    "Loam",
    "Marl",
    "Nettle",
    "Osier",
    "Petra",
    "Quince",
    "Reed",
    "Skerry",
    "Teasel",
    "Ulla",
    "Verity",
    "Wharf",
    "Yew",
    "Zeta",
    "Argent",
    "Bellamy",
    "Cairn",
    "Dove",
    "Estuary",
    "Fathom",
    "Glade",
    "Heron",
    "Idris",
    "Jura",
    "Knoll",
    "Lumen",
    "Mallow",
    "Nimbus",
    "Opal",
    "Pike",
    "Ravel",
    "Selkie",
    "Torrin",
    "Undine",
    "Violet",
    "Whin",
    "Yarn",
    "Zephyr",
    "Alpin",
    "Bosun",
    "Coral",
    "Drift",
    "Eider",
    "Firth",
    "Gannet",
    "Hazel",
    "Ibis",
    "Jetty",
    "Keel",
    "Linnet",
    "Merle",
    "Noor",
    "Oriel",
    "Pebble",
    "Quay",
    "Rill",
    "Samphire",
    "Tide",
    "Unst",
    "Vane",
    "Weir",
    "Yonder",
    "Arbor",
    "Basalt",
    "Clover",
    "Dune",
    "Egret",
    "Foxley",
    "Garnet",
    "Hush",
    "Iona",
    "Jasper",
    "Kelp",
    "Lido",
    "Moor",
    "Nocturne",
    "Olive",
    "Pumice",
    "Ripple",
    "Shoal",
    "Tansy",
    "Umbra",
    "Vetch",
    "Wicker",
    "Yola",
    "Almond",
    "Bramble",
    "Copse",
    "Dapple",
    "Elder",
    "Ferrow",
    "Grove",
]

# The families that carry a story, by their place in the list of families (families go through KINDS in turn).
ANNOUNCED_LAMP = 0  # Aurelle pendant lamp: sold ahead of its first delivery
MAGAZINE_CHAIR = 1  # Maren dining chair: on a magazine's cover, with nobody warned
FORGOTTEN_LANTERN = 3  # Calder lantern: dropped off the buyer's list
LAUNCHED_STOOL = 5  # Fjord bar stool: announced and delivered last year

VARIANTS_AT_MOST = 7

# Each kind goes through the collections in steps of this many; after so many rounds the names would come again.
_STEP = len(KINDS) + 1
EDITION_AFTER = len(COLLECTIONS) // int(np.gcd(_STEP, len(COLLECTIONS)))

ALLOW, DENY, PLANNED = range(3)
POLICIES = ("allow", "deny", "planned")


@dataclass(frozen=True)
class Catalogue:
    """All SKUs as columns, one entry a SKU, prices and costs in US cents."""

    code: list
    name: list
    family: np.ndarray
    trade: np.ndarray
    habit: np.ndarray
    price: np.ndarray
    cost: np.ndarray
    policy: np.ndarray
    ended: np.ndarray  # no longer made: sold out long ago
    weight: np.ndarray  # share of all demand, by Zipf's law; sums to 1

    def __len__(self):
        return len(self.code)


# Zipf's law with a shoulder (Mandelbrot): rank's share is (rank + shoulder) ** −slope. The shoulder keeps the best
# seller of a shop of three hundred products at two per cent instead of a tenth.
ZIPF_SLOPE = 0.75
ZIPF_SHOULDER, SHOULDER_AT_MOST, SKUS_A_SHOULDER = 8, 40, 40


def catalogue(*, skus, rng):
    """So many SKUs in families, with the story families always among the better sellers."""
    code, name, family, kind, price = [], [], [], [], []
    number = 0
    while len(code) < skus:
        made = KINDS[number % len(KINDS)]
        collection = COLLECTIONS[(number + number // len(KINDS)) % len(COLLECTIONS)]
        edition = number // len(KINDS) // EDITION_AFTER
        base = made.low * (made.high / made.low) ** rng.random()
        variants = [(finish, size) for finish in made.finishes for size in made.sizes]
        if len(variants) > VARIANTS_AT_MOST:
            variants = [variants[i] for i in sorted(rng.choice(len(variants), VARIANTS_AT_MOST, replace=False))]
        for (finish_code, finish), (size_code, size, factor) in variants:
            mark = f"{collection.upper()}{edition + 1 if edition else ''}"
            code.append("-".join(filter(None, (made.code, mark, finish_code, size_code))))
            second = f" {'I' * (edition + 1)}" if edition else ""
            name.append(", ".join(filter(None, (f"{collection}{second} {made.words}", finish, size))))
            family.append(number)
            kind.append(number % len(KINDS))
            price.append(_shelf_price(base * factor))
        number += 1
    code, name = code[:skus], name[:skus]
    family, kind, price = (np.array(column[:skus]) for column in (family, kind, price))
    share = _zipf(family, rng=rng)
    chances = rng.random(skus)
    story = np.isin(family, (ANNOUNCED_LAMP, MAGAZINE_CHAIR, FORGOTTEN_LANTERN, LAUNCHED_STOOL))
    policy = np.where(~story & (chances < 0.07), DENY, ALLOW)
    policy[family == ANNOUNCED_LAMP] = PLANNED
    cost = np.round(price * rng.uniform(0.36, 0.58, skus)).astype(np.int64)
    return Catalogue(
        code=code,
        name=name,
        family=family,
        trade=np.array([k.trade for k in KINDS])[kind],
        habit=np.array([k.habit for k in KINDS])[kind],
        price=price,
        cost=cost,
        policy=policy,
        ended=~story & (chances > 0.965),
        weight=share,
    )


def _shelf_price(dollars):
    """A price as shops write them, in cents."""
    if dollars < 60:
        return int(dollars) * 100 + 50 * (int(dollars * 7) % 2)
    if dollars < 400:
        return int(dollars) * 100 + (0, 0, 50, 95)[int(dollars * 3) % 4]
    return round(dollars / 10) * 1000 - (0, 100, 500)[int(dollars) % 3]


def _zipf(family, *, rng):
    rank = rng.permutation(len(family)).astype(float)
    # The stories are about things that many want: they stand in the first third.
    told = np.isin(family, (ANNOUNCED_LAMP, MAGAZINE_CHAIR, FORGOTTEN_LANTERN, LAUNCHED_STOOL))
    rank[told] = rank[told] % (len(family) / 3) * 0.5 + len(family) * 0.02
    shoulder = min(ZIPF_SHOULDER + len(family) / SKUS_A_SHOULDER, SHOULDER_AT_MOST)
    weight = (rank + shoulder) ** -ZIPF_SLOPE
    return weight / weight.sum()
