"""Who buys at Alder & Quay: people and companies of many places, each fixed by a number and the seed.

Companies have the numbers below `companies`; every later number is a person. Mail addresses lie in the domains
reserved for examples and phone numbers in the ranges that regulators keep free for fiction, so no message of a demo
can ever reach anybody.
"""

import unicodedata
from dataclasses import dataclass

import numpy as np

from .chance import chance, pick

USD, EUR, GBP = range(3)
CURRENCIES = ("USD", "EUR", "GBP")

# Country, its storefront's currency, language, weight among customers, and names' origins with their weights.
COUNTRIES = (
    ("US", USD, "en", 720, "anglo anglo anglo hispanic african east indian vietnamese slavic arabic nordic"),
    ("CA", USD, "en", 60, "anglo anglo french indian east arabic"),
    ("MX", USD, "es", 15, "hispanic"),
    ("DE", EUR, "de", 48, "german german german turkish slavic"),
    ("FR", EUR, "fr", 36, "french french french arabic african"),
    ("NL", EUR, "nl", 18, "dutch dutch turkish"),
    ("ES", EUR, "es", 16, "hispanic"),
    ("IT", EUR, "it", 15, "italian"),
    ("IE", EUR, "en", 9, "irish anglo slavic"),
    ("FI", EUR, "fi", 6, "nordic"),
    ("PT", EUR, "pt", 7, "portuguese"),
    ("GB", GBP, "en", 50, "anglo anglo irish indian african"),
)
COUNTRY_CODES = tuple(country[0] for country in COUNTRIES)
COUNTRY_CURRENCY = np.array([country[1] for country in COUNTRIES], dtype=np.int8)
UNITED_STATES = 0

TIERS = ("standard", "vip", "contract", "priority")
STANDARD, VIP, CONTRACT, PRIORITY = range(4)
TIER_CLASS = np.array([3, 1, 2, 2], dtype=np.int8)

_NAMES = {
    "anglo": (
        "Hannah Grace Theo Julian Molly Paula Owen Ruth Caleb Ivy Samuel Naomi Walter Esther Dean Priscilla Joel",
        "Whitcombe Frost Marsh Holloway Dunne Winslow Ellery Barlow Thatcher Pruitt Sutton Alcott Reeve Langford Vance",
    ),
    "irish": (
        "Aoife Niamh Seán Cormac Róisín Declan Orla Tadhg",
        "O'Connell Byrne Ní_Bhriain O'Dwyer Keane MacNamara Quigley",
    ),
    "hispanic": (
        "Mateo Lucía Rafael Inés Joaquín Ximena Álvaro Noemí Esteban Paloma Íñigo Begoña",
        "Ibáñez Peña Quiroga Zúñiga Cárdenas Muñoz Fuentes Olmedo Requena Salcedo Villaseñor Ordóñez",
    ),
    "african": (
        "Chinedu Amara Kwame Adaeze Thabo Nomsa Yetunde Sekou Awa Tendai",
        "Okafor Mensah Adeyemi Dlamini Nkosi Diallo Traoré Boateng Mbeki Achebe",
    ),
    "east": ("Kenji Haruka Min-jun Seo-yeon Wei Mei-Ling Yara Daichi", "Takahashi Mori Park Choi Zhang Lin Ueda Kwon"),
    "indian": (
        "Anjali Rohan Meera Vikram Kavya Arjun Leela Farhan",
        "Iyer Banerjee Chaudhary Nair Gill Deshpande Qureshi Rao",
    ),
    "vietnamese": ("Thuỳ Minh Hương Quân Lan Đức", "Nguyễn Trần Phạm Lê Đặng Vũ"),
    "slavic": (
        "Zofia Mirek Danuta Oksana Bohdan Petra Luboš Katarzyna",
        "Wójcik Kowalczyk Dvořák Horák Šimek Petrenko Żak Kovač",
    ),
    "arabic": (
        "Omar Layla Samir Nadia Yusuf Rania Tariq Hiba",
        "Haddad El-Sayed Khoury Mansour Benali Aziz Said Najjar",
    ),
    "nordic": (
        "Søren Åsa Jonas Freja Eero Aino Björn Sigrún",
        "Lindqvist Østergård Virtanen Hämäläinen Sjöberg Dahl Þórsdóttir",
    ),
    "german": (
        "Jürgen Anneliese Lukas Käthe Björn Ulrike Matthias Heike",
        "Müller Schäfer Groß Köhler Weiß Brandt Vogelsang Bäcker",
    ),
    "turkish": ("Ayşe Emre Çağla Deniz Gülşen Oğuz", "Yıldız Şahin Öztürk Kılıç Doğan Çelik"),
    "french": (
        "Chloé Étienne Maëlle Rémi Zoé Gaël Hélène Loïc",
        "Lefèvre Gauthier Béranger Côté Marchand Noël D'Aubigné Perrault",
    ),
    "dutch": ("Sanne Joost Maartje Thijs Femke Ruben", "de_Vries van_Dijk van_den_Berg Jansen IJsselstein ten_Brink"),
    "italian": (
        "Chiara Niccolò Giulia Matteo Elisabetta Dario",
        "Ferrara D'Angelo Bellucci Moretti Conti Lo_Presti De_Santis",
    ),
    "portuguese": ("João Inês Gonçalo Beatriz Simão Conceição", "Magalhães Araújo Simões Brandão Lourenço Patrício"),
}

# Surnames of several words are written above with an underscore.
NAMES = {
    origin: (first.split(), [name.replace("_", " ") for name in last.split()])
    for origin, (first, last) in _NAMES.items()
}

# What a company is called: the owner's name stands at {}. One has a comma, which files must survive.
_FIRMS = (
    "{} Interiors", "Hotel {}", "{} & Daughters", "Café {}", "{} Design Studio", "{} Restaurants, Inc.", "Studio {}",
    "{} Hospitality Group", "Brasserie {}", "{} Architecture + Light", "The {} Inn", "{} Homes LLC", "Clinic {}",
    "{} Coworking", "Galerie {}", "{} Kitchens Ltd",
)  # fmt: skip

_AREA_CODES = ("206", "208", "303", "312", "415", "503", "512", "617", "702", "801", "917")
# Regulators' numbers for fiction: NANPA 555-01xx, Ofcom, ComReg, Arcep, Bundesnetzagentur. Elsewhere none is known.
_PHONES = {
    "US": lambda n: f"+1 {_AREA_CODES[n % 11]} 555 {100 + n // 11 % 100:04d}",
    "CA": lambda n: f"+1 {('416', '514', '604')[n % 3]} 555 {100 + n // 3 % 100:04d}",
    "GB": lambda n: f"+44 20 7946 {n % 1000:04d}",
    "IE": lambda n: f"+353 20 910 {n % 10000:04d}",
    "FR": lambda n: f"+33 1 99 00 {n // 100 % 100:02d} {n % 100:02d}",
    "DE": lambda n: f"+49 30 23125 {n % 1000:03d}",
}
_DOMAINS = ("example.com", "example.org", "example.net")

# Weights of the tiers, in TIERS' order.
_COMPANY_TIERS = (20, 5, 60, 15)
_PERSON_TIERS = (89, 4, 0, 7)

CARD, PAYPAL, BANK, INVOICE = range(4)
PAYMENT_KINDS = ("card", "paypal", "bank", "invoice")
_COMPANY_PAYS = (25, 0, 15, 60)
_PERSON_PAYS = (76, 17, 5, 2)
BRANDS = ("Visa", "Mastercard", "Amex", "Discover")
_BRAND_WEIGHTS = (52, 33, 10, 5)


@dataclass(frozen=True)
class Customers:
    """Answers about customers by number."""

    seed: int
    companies: int

    def country(self, numbers):
        return pick(self.seed, "country", numbers, [country[3] for country in COUNTRIES]).astype(np.int8)

    def tier(self, numbers):
        return self._either("tier", numbers, _COMPANY_TIERS, _PERSON_TIERS)

    def pays_by(self, numbers):
        return self._either("pays", numbers, _COMPANY_PAYS, _PERSON_PAYS)

    def brand(self, numbers):
        return pick(self.seed, "brand", numbers, _BRAND_WEIGHTS).astype(np.int8)

    def last4(self, numbers):
        return (chance(self.seed, "last4", numbers) * 10_000).astype(int)

    def rows(self, numbers):
        """Name, mail, phone, tier, country, consent and language of each, as text."""
        countries, tiers = self.country(numbers), self.tier(numbers)
        draw = {
            topic: chance(self.seed, topic, numbers)
            for topic in ("origin", "first", "last", "firm", "phone", "consent")
        }
        columns = (numbers, countries, tiers, *draw.values())
        for number, country, tier, origin, first, last, firm, phone, consent in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            code, _, language, _, origins = COUNTRIES[country]
            origins = origins.split()
            firsts, lasts = NAMES[origins[int(origin * len(origins))]]
            given, surname = firsts[int(first * len(firsts))], lasts[int(last * len(lasts))]
            if number < self.companies:
                name = _FIRMS[int(firm * len(_FIRMS))].format(surname)
                # The number keeps addresses apart: two hotels may well have the same owner's name.
                mail = f"orders@{_plain(surname)}{number}.example"
            else:
                name = f"{given} {surname}"
                mail = f"{_plain(given)}.{_plain(surname)}{number - self.companies + 1}@{_DOMAINS[number % 3]}"
            # One in twelve gave no phone, one in fifty no mail address: both happen at every till.
            phones = _PHONES.get(code)
            phone_text = phones(int(phone * 1_000_000)) if phones and phone > 1 / 12 else ""
            if number >= self.companies and firm < 0.02:
                mail = ""
            said = "" if consent < 0.1 else "true" if consent < 0.55 else "false"
            yield number, name, mail, phone_text, TIERS[tier], code, said, language

    def _either(self, topic, numbers, company, person):
        numbers = np.asarray(numbers)
        firms = pick(self.seed, topic, numbers, company)
        people = pick(self.seed, topic, numbers, person)
        return np.where(numbers < self.companies, firms, people).astype(np.int8)


_FOLDS = str.maketrans(
    {"ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ß": "ss", "ı": "i", "ł": "l", "Ł": "l", "þ": "th", "Þ": "th"}
)


def _plain(name):
    """A name as it stands in a mail address: ASCII letters only."""
    folded = unicodedata.normalize("NFKD", name.translate(_FOLDS)).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in folded if letter.isalnum())
