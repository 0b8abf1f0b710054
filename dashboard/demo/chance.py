"""Chances drawn by counting: the same question about the same thing always gets the same answer.

What belongs to one customer, order or card (a country, a tier, four digits) is asked for twice: while the shop is
simulated and again when the files are written. Drawing it by number instead of from a stream means that nothing has
to be remembered in between, which is what lets a million waiting lines fit into memory.
"""

import zlib

import numpy as np

# The constants of splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_ROOM = 2.0**-53


def chance(seed, topic, numbers):
    """A float in [0, 1) for each of the numbers, fixed by seed and topic."""
    key = np.uint64((seed * 0x1_0000_0001 + zlib.crc32(topic.encode())) & 0xFFFF_FFFF_FFFF_FFFF)
    mixed = (np.asarray(numbers).astype(np.uint64) + np.uint64(1)) * _STEP + key
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * _ROOM


def pick(seed, topic, numbers, weights):
    """For each of the numbers, which of the weighted choices falls to it, as an index."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(edges[:-1] / edges[-1], chance(seed, topic, numbers), side="right")
