"""The 10-minute circle a second time, in plain Python straight from the extract; nothing of ours is imported.

Rules of what is walked and what is a venue are written down again. Every OSM node is a node of the graph and every two
neighbours on a way an edge, with its exact length. Points are put on the nearest of all segments by trying them all,
and cut into the graph as nodes of their own. Then networkx searches from all entrances at once.
"""

import csv
import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import pyproj
import shapely

METRES_PER_SECOND = 4_800 / 3_600
SNAP_LIMIT_M = 500.0
GEOD = pyproj.Geod(ellps="WGS84")

# fmt: off
WALKED = {
    "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link",
    "unclassified", "residential", "road", "busway", "living_street", "service", "services", "rest_area", "track",
    "pedestrian", "footway", "corridor", "platform", "access_ramp", "elevator", "cycleway", "path", "bridleway",
    "steps",
}
CLOSED = {"no", "private", "military", "forestry", "agricultural", "delivery", "restricted", "psv", "use_sidepath"}
OPEN = {"yes", "designated", "permissive", "official", "public", "destination", "customers", "permit"}
WITH_SIDEWALK = {"both", "left", "right", "yes", "separate"}
LOOSE = {"sand", "mud", "rock", "snow", "ice"}
LEISURE = {
    "fitness_centre", "fitness_station", "swimming_pool", "swimming_area", "bathing_place", "water_park", "ice_rink",
    "golf_course", "miniature_golf", "disc_golf_course", "bowling_alley", "horse_riding", "sports_hall",
    "sports_centre", "stadium", "track", "pitch", "recreation_ground",
}
NOT_A_PLACE = {
    "shop", "office", "club", "craft", "route", "highway", "railway", "waterway", "tourism", "type_of_route", "leisure",
    "amenity",
}
RACING = {
    "motor", "motorsport", "motocross", "karting", "rc_car", "model_aerodrome", "horse_racing", "dog_racing",
    "speedway",
}
GATES = {
    "gate", "entrance", "swing_gate", "lift_gate", "kissing_gate", "turnstile", "full-height_turnstile", "wicket_gate",
    "sliding_gate", "stile",
}
# fmt: on

Place = tuple[float, float]
Way = tuple[float, list[tuple[int, float, float]]]


def pace(tags: dict) -> float:
    """Return the share of the walking speed on a way, 0 where nobody may walk."""
    highway = tags.get("highway")
    is_street = highway in WALKED and tags.get("motorroad") != "yes" and tags.get("area") != "yes"
    is_built = "yes" not in (tags.get("construction"), tags.get("abandoned"), tags.get("disused"))
    if not (is_street and is_built and may_walk(tags)):
        return 0.0
    if highway == "steps":
        return 0.5
    alpine = tags.get("sac_scale", "").endswith(("mountain_hiking", "alpine_hiking"))
    return 0.7 if alpine or tags.get("surface") in LOOSE else 1.0


def may_walk(tags: dict) -> bool:
    if tags.get("foot") in CLOSED:
        return False
    if tags.get("foot") in OPEN:
        return True
    is_trunk = tags["highway"] in ("trunk", "trunk_link")
    return tags.get("access") not in CLOSED and (not is_trunk or tags.get("sidewalk") in WITH_SIDEWALK)


def is_place_for_sport(tags: dict) -> bool:
    if tags.get("leisure") in LEISURE or tags.get("amenity") in ("gym", "dojo", "public_bath", "sports_hall"):
        return True
    if tags.get("building") in ("sports_hall", "sports_centre", "stadium", "riding_hall"):
        return True
    return "sport" in tags and not any(key in tags for key in NOT_A_PLACE)


def is_for_residents(tags: dict, area_m2: float) -> bool:
    if tags.get("access") in ("private", "no") or tags.get("foot") in ("private", "no"):
        return False
    if any(tags.get(s) == "yes" for s in ("disused", "abandoned", "construction", "proposed", "demolished")):
        return False
    if RACING & set(tags.get("sport", "").lower().replace(";", " ").replace(",", " ").split()):
        return False
    nameless = not any(key in tags for key in ("name", "sport", "access", "fee"))
    return not (tags.get("leisure") == "swimming_pool" and nameless and area_m2 < 150)


def lets_people_in(tags: dict) -> bool:
    if tags.get("access") in ("private", "no") or tags.get("foot") in ("private", "no"):
        return False
    if tags.get("entrance", "no") not in ("no", "exit", "emergency", "garage", "service", "private"):
        return True
    return tags.get("barrier") in GATES and tags.get("locked") != "yes"


def read_ways(path: Path) -> list[Way]:
    """Return (pace, nodes) of every walked way, cut where the extract lacks a node; nodes are (id, lon, lat)."""
    ways = []
    tagged = osmium.filter.KeyFilter("highway")
    for way in osmium.FileProcessor(str(path)).with_locations().with_filter(tagged):
        if not way.is_way():
            continue
        share = pace(dict(way.tags))
        if share == 0:
            continue
        runs: list[list[tuple[int, float, float]]] = [[]]
        for node in way.nodes:
            if not node.location.valid():
                runs.append([])
            elif not runs[-1] or runs[-1][-1][0] != node.ref:
                runs[-1].append((node.ref, node.lon, node.lat))
        ways += [(share, run) for run in runs if len(run) > 1]
    return ways


def read_entrances(path: Path, street_nodes: set[int]) -> list[Place]:
    """Return the entrances of all venues: gates on the outline, else street nodes on it, else the middle."""
    factory = osmium.geom.WKBFactory()
    gates, outlines = set(), []
    for item in osmium.FileProcessor(str(path)).with_areas().with_filter(osmium.filter.EmptyTagFilter()):
        tags = dict(item.tags)
        if item.is_node():
            if lets_people_in(tags):
                gates.add(item.id)
            if is_place_for_sport(tags) and is_for_residents(tags, 0):
                outlines.append((shapely.Point(item.lon, item.lat), []))
        elif is_place_for_sport(tags):
            if item.is_area():
                shape = shapely.from_wkb(factory.create_multipolygon(item))
                ring = [(n.ref, n.lon, n.lat) for outer in item.outer_rings() for n in outer]
                if is_for_residents(tags, abs(GEOD.geometry_area_perimeter(shape)[0])):
                    outlines.append((shape, ring))
            elif item.is_way() and (not item.is_closed() or len(item.nodes) < 4 or tags.get("area") == "no"):
                line = [(n.ref, n.lon, n.lat) for n in item.nodes if n.location.valid()]
                # A line has no area, so a pool drawn as one counts as a garden's.
                if len(line) > 1 and is_for_residents(tags, 0):
                    outlines.append((shapely.LineString([place for _, *place in line]), line))
    entrances = []
    for shape, outline in outlines:
        doors = {(lon, lat) for node, lon, lat in outline if node in gates}
        doors = doors or {(lon, lat) for node, lon, lat in outline if node in street_nodes}
        entrances += sorted(doors) or [middle(shape)]
    return entrances


def middle(shape: shapely.Geometry) -> Place:
    if shape.geom_type == "LineString":
        point = shape.interpolate(0.5, normalized=True)
    else:
        point = shape.centroid if shape.intersects(shape.centroid) else shape.point_on_surface()
    return round(point.x, 7), round(point.y, 7)


class Streets:
    """Segments of all ways, and the graph that points are cut into."""

    def __init__(self, ways: list[Way]) -> None:
        self.segments = [(share, a, b) for share, nodes in ways for a, b in itertools.pairwise(nodes)]
        self.a = np.array([a[1:] for _, a, _ in self.segments])
        self.b = np.array([b[1:] for _, _, b in self.segments])
        self.west, self.south = np.minimum(self.a, self.b).T.copy()
        self.east, self.north = np.maximum(self.a, self.b).T.copy()
        length_m = GEOD.inv(*self.a.T, *self.b.T)[2]
        self.seconds = length_m / (METRES_PER_SECOND * np.array([share for share, _, _ in self.segments]))
        self.stops: dict[int, list[tuple[float, object]]] = {}
        self.legs: list[tuple[object, object, float]] = []

    def put(self, name: object, lon: float, lat: float) -> None:
        """Put a point on the nearest of all segments, unless that is more than 500 m away.

        Of all segments those are tried whose box comes within 0.012 degrees, 800 m or more in either direction.
        """
        beside = (self.west < lon + 0.012) & (self.east > lon - 0.012)
        near = np.flatnonzero(beside & (self.south < lat + 0.012) & (self.north > lat - 0.012))
        if not len(near):
            return
        scale = np.array([GEOD.inv(lon, lat, lon + 1e-3, lat)[2], GEOD.inv(lon, lat, lon, lat + 1e-3)[2]]) * 1e3
        a, b = (self.a[near] - (lon, lat)) * scale, (self.b[near] - (lon, lat)) * scale
        along = b - a
        square = np.maximum((along**2).sum(axis=1), 1e-12)
        share = np.clip(-(a * along).sum(axis=1) / square, 0, 1)
        distance = np.hypot(*(a + share[:, None] * along).T)
        best = int(distance.argmin())
        if distance[best] <= SNAP_LIMIT_M:
            self.stops.setdefault(int(near[best]), []).append((float(share[best]), ("street at", name)))
            self.legs.append((("street at", name), name, distance[best] / METRES_PER_SECOND))

    def graph(self) -> nx.Graph:
        """Return the graph of nodes, points and the ways between them, in seconds."""
        graph = nx.Graph()
        for i, (_, start, end) in enumerate(self.segments):
            stops = [(0.0, start[0]), *sorted(self.stops.get(i, []), key=lambda stop: stop[0]), (1.0, end[0])]
            for (from_share, u), (to_share, v) in itertools.pairwise(stops):
                seconds = (to_share - from_share) * self.seconds[i]
                if u != v and seconds < graph.get_edge_data(u, v, {"weight": np.inf})["weight"]:
                    graph.add_edge(u, v, weight=seconds)
        graph.add_weighted_edges_from(self.legs)
        return graph


def read_places(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of places."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def walking_seconds(ways: list[Way], entrances: list[Place], places: list[Place], *, limit_s: float) -> np.ndarray:
    """Return the seconds from every place to its nearest entrance, infinite past the limit."""
    streets = Streets(ways)
    for name, points in (("entrance", entrances), ("place", places)):
        for number, (lon, lat) in enumerate(points):
            streets.put((name, number), lon, lat)
    graph = streets.graph()
    sources = [place for place in (("entrance", number) for number in range(len(entrances))) if place in graph]
    found = nx.multi_source_dijkstra_path_length(graph, sources, cutoff=limit_s)
    return np.array([found.get(("place", number), np.inf) for number in range(len(places))])
