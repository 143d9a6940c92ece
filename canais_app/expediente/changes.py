"""The difference between two versions of a thing, field by field, as the record keeps it."""

from collections.abc import Mapping


def diff_fields(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """Return `{"nome": ["antes", "depois"]}` for each field that is not the same in both."""
    fields = dict.fromkeys((*before, *after))
    pairs = {name: [before.get(name, ""), after.get(name, "")] for name in fields}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
