"""Splits Wuchang's real outline into streets, communities and grids: made lines, always the same.

No boundary below the district is public, so every inner line is illustrative and says so. The
outline is that of `data/wuchang.geojson`, taken as WGS-84 (docs/demo.md says why). Cells are
Voronoi cells of spread seeds; all their lines are then noded once on a lattice of 1e-6 degrees and
cut into faces, so that neighbours share every vertex: children fill their parent exactly.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import MultiPoint, Point, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

OUTLINE = Path(__file__).parent / "data" / "wuchang.geojson"
AREAS = Path(__file__).parent / "data" / "areas.geojson.gz"
LATTICE = 1e-6
SEED = 420106
Shape = TypeVar("Shape", bound=BaseGeometry)
SQUEEZE = math.cos(math.radians(30.55))  # a degree of longitude, measured in degrees of latitude

# Where each street-level unit roughly lies (our own estimate, WGS-84): seeds of the first split.
STREET_SEEDS: dict[str, tuple[float, float]] = {
    "420106001": (114.3020, 30.5670),  # 积玉桥
    "420106002": (114.3400, 30.6010),  # 杨园
    "420106003": (114.3240, 30.5880),  # 徐家棚
    "420106005": (114.3090, 30.5510),  # 粮道
    "420106006": (114.2980, 30.5535),  # 中华路
    "420106007": (114.2960, 30.5420),  # 黄鹤楼
    "420106008": (114.3000, 30.5310),  # 紫阳
    "420106009": (114.2700, 30.5000),  # 白沙洲
    "420106010": (114.3110, 30.5390),  # 首义路
    "420106011": (114.3290, 30.5440),  # 中南路
    "420106012": (114.3450, 30.5620),  # 水果湖
    "420106013": (114.3580, 30.5390),  # 珞珈山
    "420106014": (114.3370, 30.5290),  # 石洞
    "420106015": (114.3190, 30.5150),  # 南湖
    "420106490": (114.3880, 30.5600),  # 东湖风景区 (武昌)
}


@dataclass
class Cell:
    """One area of the split: its code, its outline and the areas inside it."""

    code: str
    shape: BaseGeometry
    children: list[Cell] = field(default_factory=list)

    def walk(self) -> Iterator[Cell]:
        """This area, then everything inside it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


def outline() -> BaseGeometry:
    """The real outline of Wuchang district, as published."""
    return shape(json.loads(OUTLINE.read_text(encoding="utf-8"))["geometry"])


def stored_areas() -> dict[str, dict[str, Any]]:
    """Geometry by code of the district, its streets, communities and grids, as stored in `data`."""
    with gzip.open(AREAS, "rt", encoding="utf-8") as file:
        found: dict[str, dict[str, Any]] = json.load(file)
    return found


def store_areas(communities: Mapping[str, Sequence[str]], path: Path = AREAS) -> None:
    """Split the district anew and store it: only needed when the split itself is changed."""
    streets = split_district(outline(), communities)
    cells = [Cell("420106", join(streets), streets)]
    found = {cell.code: mapping(cell.shape) for cell in cells[0].walk()}
    text = json.dumps(found, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def split_district(
    whole: BaseGeometry, communities: Mapping[str, Sequence[str]], grids: tuple[int, int] = (8, 12)
) -> list[Cell]:
    """The streets of the district, each with its communities, each with its grids.

    `communities` maps the code of a street to the codes of its communities.
    """
    whole = shapely.union_all(_polygons(shapely.make_valid(whole)))
    main, *rest = sorted(_polygons(whole), key=lambda part: -part.area)
    generator = random.Random(SEED)  # noqa: S311 - shapes, no secrets
    seeds = [Point(STREET_SEEDS[code]) for code in communities]
    owners: list[tuple[str, str, str]] = []
    pieces: list[BaseGeometry] = []
    streets = [[part] for part in _divide(main, seeds)]
    for part in rest:  # the district has a second piece, which touches the first in one point
        min(streets, key=lambda own: (own[0].distance(part), own[0].area)).append(part)
    for (street, inside), parts in zip(communities.items(), streets, strict=True):
        blocks = [
            block
            for part, count in zip(parts, _allot(parts, len(inside)), strict=True)
            for block in _divide(part, _spread(part, count, generator))
        ]
        for community, block in zip(inside, blocks, strict=True):
            count = generator.randint(*grids)
            for index, grid in enumerate(_divide(block, _spread(block, count, generator)), 1):
                owners.append((street, community, f"{community}G{index:02d}"))
                pieces.append(grid)
    return _gather(owners, _cover(whole, pieces))


def _allot(parts: Sequence[Polygon], count: int) -> list[int]:
    """How many of `count` areas each part gets: by its size, at least one."""
    total = sum(part.area for part in parts)
    others = [max(1, round(count * part.area / total)) for part in parts[1:]]
    return [count - sum(others), *others]


def _divide(area: Polygon, seeds: Sequence[Point]) -> list[Polygon]:
    """The Voronoi cells of `seeds` inside `area`, in the order of the seeds, each in one piece."""
    if len(seeds) == 1:
        return [area]
    flat = [_squeezed(seed) for seed in seeds]
    ground = _squeezed(area)
    diagram = shapely.voronoi_polygons(MultiPoint(flat), extend_to=ground, ordered=True)
    mine: list[Polygon] = []
    strays: list[Polygon] = []
    for seed, cell in zip(flat, diagram.geoms, strict=True):
        parts = _polygons(shapely.intersection(cell, ground))
        parts.sort(key=lambda part: (part.distance(seed), -part.area))
        mine.append(parts[0])
        strays.extend(parts[1:])
    # A piece cut off from its seed joins the neighbour with whom it shares the longest line.
    waiting = sorted(strays, key=lambda part: -part.area)
    while waiting:
        for stray in waiting:
            shared = [shapely.intersection(stray, other).length for other in mine]
            best = max(range(len(mine)), key=shared.__getitem__)
            if shared[best] > 0:
                mine[best] = _largest(shapely.union(mine[best], stray))
                waiting.remove(stray)
                break
        else:
            break
    return [_squeezed(part, 1 / SQUEEZE) for part in mine]


def _spread(area: Polygon, count: int, generator: random.Random) -> list[Point]:
    """`count` seeds spread evenly over `area` (Lloyd's relaxation over sample points inside it)."""
    if count == 1:
        return [area.representative_point()]
    west, south, east, north = area.bounds
    points = np.empty((0, 2))
    shapely.prepare(area)
    while len(points) < 40 * count:
        fresh = np.array(
            [
                (generator.uniform(west, east), generator.uniform(south, north))
                for _ in range(40 * count)
            ]
        )
        points = np.vstack([points, fresh[shapely.contains_xy(area, fresh)]])
    points[:, 0] *= SQUEEZE
    centres = points[:count].copy()
    for _ in range(5):
        nearest = np.argmin(((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2), axis=1)
        for index in range(count):
            if (own := points[nearest == index]).size:
                centres[index] = own.mean(axis=0)
    inside = []
    for index, (x, y) in enumerate(centres):
        centre = Point(x / SQUEEZE, y)
        if not area.contains(centre):  # in a bend of a crooked area the mean may fall outside
            own = points[nearest == index]
            x, y = own[np.argmin(((own - (x, y)) ** 2).sum(axis=1))]
            centre = Point(x / SQUEEZE, y)
        inside.append(centre)
    return inside


def _cover(whole: BaseGeometry, pieces: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """`pieces` redrawn from one set of lines on the lattice: neighbours share every vertex."""
    lines = shapely.union_all(
        np.array([piece.boundary for piece in [*pieces, whole]]), grid_size=LATTICE
    )
    faces = [face for face in shapely.polygonize([lines]).geoms]
    index = STRtree(pieces)
    taken: dict[int, list[BaseGeometry]] = {}
    for face in faces:
        inside = face.representative_point()
        if not whole.contains(inside):
            continue
        taken.setdefault(int(index.nearest(inside)), []).append(face)
    return [_round(shapely.coverage_union_all(taken[number])) for number in range(len(pieces))]


def _gather(owners: Sequence[tuple[str, str, str]], outlines: Sequence[BaseGeometry]) -> list[Cell]:
    streets: dict[str, Cell] = {}
    communities: dict[str, Cell] = {}
    for (street, community, grid), own in zip(owners, outlines, strict=True):
        if street not in streets:
            streets[street] = Cell(street, Polygon())
        if community not in communities:
            communities[community] = Cell(community, Polygon())
            streets[street].children.append(communities[community])
        communities[community].children.append(Cell(grid, own))
    for community_cell in communities.values():
        community_cell.shape = join(community_cell.children)
    for street_cell in streets.values():
        street_cell.shape = join(street_cell.children)
    return list(streets.values())


def join(cells: Sequence[Cell]) -> BaseGeometry:
    """The outline around `cells`, keeping every shared vertex."""
    return _round(shapely.coverage_union_all([cell.shape for cell in cells]))


def _round(drawn: BaseGeometry) -> BaseGeometry:
    """Coordinates as the shortest decimals on the lattice, on which they lie already."""
    return shapely.transform(shapely.normalize(drawn), lambda xy: np.round(xy, 6))


def _squeezed(drawn: Shape, by: float = SQUEEZE) -> Shape:
    """East and west drawn closer by the latitude: distances are alike in both directions."""
    return shapely.transform(drawn, lambda xy: xy * (by, 1.0))


def _polygons(drawn: BaseGeometry) -> list[Polygon]:
    if isinstance(drawn, Polygon):
        return [drawn] if not drawn.is_empty else []
    return [part for inner in getattr(drawn, "geoms", ()) for part in _polygons(inner)]


def _largest(drawn: BaseGeometry) -> Polygon:
    return max(_polygons(drawn), key=lambda part: part.area)
