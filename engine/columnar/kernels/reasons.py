"""Find the reasons of entitlements in what fired."""

from __future__ import annotations

from engine.columnar.kernels.arrays import Int32, Int64
from engine.columnar.native import kernel


@kernel(
    "int64(int32[::1], int32[::1], int64[::1], int32[::1], int32[::1],"
    " int32[::1], int64[::1], int32[::1], int64[::1], int32[::1],"
    " int32[::1], int64[::1], int64[::1], int32[::1], int32[:, ::1], int32[:, ::1],"
    " int64[::1], int32[::1], int32[::1])"
)
def find_reasons(
    rows: Int32, places: Int32, first_fired: Int64, fired: Int32, through: Int32,
    rule_of: Int32, first_fixed: Int64, fixed: Int32, first_named: Int64, named: Int32,
    slot: Int32, base: Int64, first_filled: Int64, filled: Int32, codes: Int32, person_codes: Int32,
    first: Int64, rule: Int32, contract: Int32,
) -> int:  # fmt: skip
    """Write rules and contracts of every wanted pair, ascending and each once; gives how many there are.

    See `engine.columnar.desired` for the arrays; `codes` and `person_codes` are two-dimensional.
    """
    used = 0
    for k in range(len(rows)):
        row, place = rows[k], places[k]
        begin = used
        for at in range(first_fired[row], first_fired[row + 1]):
            spell, contract_row = fired[at], through[at]
            gives = is_among(fixed, first_fixed[spell], first_fixed[spell + 1], place)
            for n in range(first_named[spell], first_named[spell + 1]):
                grant = named[n]
                code = person_codes[slot[grant], row] if contract_row < 0 else codes[slot[grant], contract_row]
                start = base[grant] + code
                gives = gives or is_among(filled, first_filled[start], first_filled[start + 1], place)
            if not gives:
                continue
            number = rule_of[spell]
            # Kept in order by moving later ones up; there are few.
            to = used
            while to > begin and (
                rule[to - 1] > number or (rule[to - 1] == number and contract[to - 1] > contract_row)
            ):
                to -= 1
            if to > begin and rule[to - 1] == number and contract[to - 1] == contract_row:
                continue
            for move in range(used, to, -1):
                rule[move] = rule[move - 1]
                contract[move] = contract[move - 1]
            rule[to] = number
            contract[to] = contract_row
            used += 1
        first[k + 1] = used
    return used


def is_among(numbers: Int32, begin: int, end: int, wanted: int) -> bool:
    """Tell whether a number is among those of a run."""
    for at in range(begin, end):  # noqa: SIM110  # as it is compiled
        if numbers[at] == wanted:
            return True
    return False
