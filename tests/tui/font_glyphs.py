"""Which letters and signs two fonts of terminals have.

Read from the tables ``cmap`` of DejaVuSansMono.ttf, version 2.37 (https://dejavu-fonts.github.io),
and FiraCode-Regular.ttf, version 6.002 (https://github.com/tonsky/FiraCode), U+00A0 to U+2FFF.
"""

from __future__ import annotations

__all__ = ["in_both_fonts"]

_BOTH = """
    00a0-017e 0192 01fc-01ff 0218-021b 0237 02b9 02bc 02c6-02c7 02c9 02d8-02dd 0300-0308
    030a-030c 030f 0313-0314 0326-0327 0335-0336 0374-0377 037a-037f 0384-038a 038c 038e-03a1
    03a3-03ce 03d0-03e1 03f0-045f 0462-0463 0472-0473 0490-049b 04a2-04a5 04aa-04b3 04ba-04bb
    04c0-04c4 04c7-04c8 04cb-04cc 04cf-04f9 0510-0511 051a-051d 1e80-1e85 1ef2-1ef3 1f00-1f15
    1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fc4
    1fc6-1fd3 1fd6-1fdb 1fdd-1fef 1ff2-1ff4 1ff6-1ffe 2007-2008 2012-201a 201c-201e 2020-2022
    2026 2030 2039-203a 2070 2074-208e 20ac 20af 20b9-20ba 20bd 2102 210d 2115-2116 2119-211a
    211d 2122 2124 212e 2153-215f 2190-2199 21a9-21aa 21b0-21b3 21de-21df 21e4-21ea 2200
    2202-220f 2211-2212 2215 2217 2219-221a 221e 2227-222b 2234-2237 2241-224b 2260-2262
    2264-2265 2282-228b 229c 22a2-22a5 2300 2302-2306 2310 2318 2320-2321 2325-2328 232b 2388
    238b 239b-23ad 23ce-23cf 2423 2500-25af 25b2 25b6 25ba 25bc 25c0 25c4 25c6-25c7 25c9-25cb
    25ce-25d3 25d5-25d7 25d9-25e5 25e7-25eb 25ef-25f7 2610-2612 2620 2639-263c 2640 2642 2660
    2663 2665-2666 266a-266b 2713 2770-2771 27a1 27e8-27e9 27f5-27f7 2b05-2b07
"""


def in_both_fonts() -> frozenset[str]:
    """What DejaVu Sans Mono and Fira Code both have beside ASCII."""
    found: set[str] = set()
    for part in _BOTH.split():
        low, _, high = part.partition("-")
        found.update(map(chr, range(int(low, 16), int(high or low, 16) + 1)))
    return frozenset(found)
