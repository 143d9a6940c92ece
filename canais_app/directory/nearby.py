"""Find the nearest comarcas by great-circle distance. Values in, values out."""

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

from canais_app.directory.models import Comarca
from canais_app.directory.views import NearbyComarca

EARTH_KM = 6371.0088  # mean radius (IUGG)


def compute_distance_km(one: Comarca, other: Comarca) -> float:
    """Return the great-circle distance between two seats (WGS 84), in km (haversine)."""
    lat, other_lat = radians(one.latitude), radians(other.latitude)
    half_lat, half_long = (other_lat - lat) / 2, radians(other.longitude - one.longitude) / 2
    chord = sin(half_lat) ** 2 + cos(lat) * cos(other_lat) * sin(half_long) ** 2
    return 2 * EARTH_KM * asin(sqrt(chord))


def find_nearest(here: Comarca, every: Iterable[Comarca], count: int = 4) -> list[NearbyComarca]:
    """Return the nearest other comarcas, nearest first; by name at equal distance (to 1 m)."""
    found = sorted(
        (round(compute_distance_km(here, seat), 3), seat.name, seat.slug)
        for seat in every
        if seat.slug != here.slug
    )
    return [NearbyComarca(slug, name, round(km)) for km, name, slug in found[:count]]
