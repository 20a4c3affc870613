"""Small numbers hidden so that no subtraction finds them again.

A table with its totals is a network: a row's total flows into its cells, and they flow into the
totals of columns. A hidden cell can be found again exactly when nothing hidden could take one
more or one less beside it, that is when it lies on no cycle of hidden cells that have room to
move. So each small cell is put on the cheapest such cycle: in a single row, that is the row's next
smallest cell. What a reader knows is taken into account: « moins de 5 » says 1 to 4, a zero
is shown, and what is hidden with a small number is 5 or more. Where that cannot be, zeros are
hidden too, and the cells of that cycle say « non affiché » alike.
"""

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from math import inf

#: From how many people on a number may be shown to those who see totals only.
LEAST = 5

#: So many tables, once masked, are remembered: the numbers of past years seldom change, and what hides
#: them hangs on nothing but the numbers.
REMEMBERED = 1000

#: Hiding a zero costs as much as hiding this many people: only where nothing else will do.
ZERO_PRICE = 1000

Node = Hashable

#: Whether a number could be one more, one less, and what it costs to hide it.
_Move = tuple[bool, bool, int]


class Cover(Enum):
    """What hides a number: nothing, its smallness, another's smallness, or both without saying."""

    SHOWN = (-inf, inf)
    SMALL = (1, LEAST - 1)
    WITHHELD = (LEAST, inf)
    DARK = (0, inf)

    low: float
    high: float

    def __init__(self, low: float, high: float) -> None:
        """What a reader who sees the cover knows: the number lies between `low` and `high`."""
        self.low, self.high = low, high

    @property
    def words(self) -> str:
        """What stands in the number's place; "" when it is shown."""
        match self:
            case Cover.SHOWN:
                return ""
            case Cover.SMALL:
                return f"moins de {LEAST}"
            case _:
                return "non affiché"


@dataclass(frozen=True)
class Count:
    """A number as its reader may know it: `value` is None when it is hidden."""

    value: int | None
    cover: Cover = Cover.SHOWN

    @staticmethod
    def under(cover: Cover, value: int) -> "Count":
        """`value` under `cover`."""
        return Count(value if cover is Cover.SHOWN else None, cover)


@dataclass(frozen=True)
class Edge:
    """A number of a table, on its way from one sum to another.

    `free` may be hidden for another number's sake. `known` is a number that the reader learns
    elsewhere: it hides nothing. `preset` is a cover decided before, which nothing here may lift.
    """

    tail: Node
    head: Node
    value: int
    free: bool = True
    known: bool = False
    preset: Cover | None = None


def mask_row(values: Sequence[int]) -> list[Count]:
    """A row of numbers whose total is shown. A single number is the total itself: shown."""
    if len(values) < 2:
        return [Count(value) for value in values]
    covers = hide([Edge("total", "end", value) for value in values])
    return [Count.under(cover, value) for cover, value in zip(covers, values, strict=True)]


@dataclass(frozen=True)
class MaskedTable:
    """A table whose grand total is shown: its cells, its totals of rows and of columns."""

    cells: list[list[Count]]
    row_totals: list[Count]
    column_totals: list[Count]


def mask_table(cells: Sequence[Sequence[int]], known_column: int | None = None) -> MaskedTable:
    """Rows by columns, with totals of both. The reader knows the numbers of `known_column`."""
    height, breadth = len(cells), len(cells[0]) if cells else 0
    edges = [Edge("all", ("row", r), sum(row)) for r, row in enumerate(cells)]
    edges += [
        Edge(("row", r), ("column", c), value, known=c == known_column)
        for r, row in enumerate(cells)
        for c, value in enumerate(row)
    ]
    edges += [
        Edge(("column", c), "end", sum(row[c] for row in cells), known=c == known_column)
        for c in range(breadth)
    ]
    covers = hide(edges)
    counts = [Count.under(cover, edge.value) for cover, edge in zip(covers, edges, strict=True)]
    inner = counts[height : height + height * breadth]
    return MaskedTable(
        [inner[r * breadth : (r + 1) * breadth] for r in range(height)],
        counts[:height],
        counts[height + height * breadth :],
    )


def hide(edges: Sequence[Edge]) -> tuple[Cover, ...]:
    """The cover of each number, such that no hidden one can be found by subtraction.

    What shown totals alone give away, such as the only part of a total, stays hidden in vain.
    """
    return _hide(tuple(edges))


@lru_cache(maxsize=REMEMBERED)
def _hide(edges: tuple[Edge, ...]) -> tuple[Cover, ...]:
    network = _Network(edges, [_first_cover(edge) for edge in edges])
    safe: set[int] = set()
    for place, edge in enumerate(edges):
        if network.covers[place] is Cover.SHOWN or edge.known or place in safe:
            continue
        safe |= network.protect(place)
    return tuple(network.covers)


def _first_cover(edge: Edge) -> Cover:
    if edge.preset is not None:
        return edge.preset
    hideable = edge.free or edge.known
    return Cover.SMALL if hideable and 0 < edge.value < LEAST else Cover.SHOWN


class _Network:
    """The numbers that are hidden or might be, and how each could move."""

    def __init__(self, edges: Sequence[Edge], covers: list[Cover]) -> None:
        self.edges, self.covers, self.dark = edges, covers, False
        self.at: dict[Node, list[tuple[int, bool, Node]]] = defaultdict(list)
        for place, edge in enumerate(edges):
            self.at[edge.tail].append((place, True, edge.head))
            self.at[edge.head].append((place, False, edge.tail))
        # By darkness, what each number can do, found out when first asked: most are asked often.
        self.moves: tuple[dict[int, _Move], dict[int, _Move]] = ({}, {})

    def protect(self, place: int) -> set[int]:
        """Hide what leaves `place` undecided, as little as can be; all that is safe by it."""
        for self.dark in (False, True):
            cycle = self._cheapest_cycle(place)
            if cycle is not None:
                for other in (place, *cycle):
                    self._cover(other)
                return {place, *cycle}
        return set()

    def _cover(self, place: int) -> None:
        for moves in self.moves:
            moves.pop(place, None)
        if self.dark and self._may_darken(place):
            self.covers[place] = Cover.DARK
        elif self.covers[place] is Cover.SHOWN:
            self.covers[place] = Cover.WITHHELD

    def _may_darken(self, place: int) -> bool:
        return self.edges[place].free and not self.edges[place].known

    def _cheapest_cycle(self, place: int) -> list[int] | None:
        edge = self.edges[place]
        ways = []
        if self._room(place, 1):
            ways.append(self._path(edge.head, edge.tail, place))
        if self._room(place, -1):
            ways.append(self._path(edge.tail, edge.head, place))
        found = [way for way in ways if way is not None]
        return min(found)[1] if found else None

    def _path(self, start: Node, goal: Node, without: int) -> tuple[int, list[int]] | None:
        best: dict[Node, int] = {start: 0}
        came: dict[Node, tuple[Node, int]] = {}
        queue: list[tuple[int, int, Node]] = [(0, 0, start)]
        turn = 0
        while queue:
            cost, _, node = heapq.heappop(queue)
            if node == goal:
                return cost, _trace(came, start, goal)
            if cost > best[node]:
                continue
            for place, price, after in self._steps(node, cost, without):
                if price < best.get(after, price + 1):
                    best[after], came[after] = price, (node, place)
                    turn += 1
                    heapq.heappush(queue, (price, turn, after))
        return None

    def _steps(self, node: Node, cost: int, without: int) -> Iterator[tuple[int, int, Node]]:
        moves = self.moves[self.dark]
        for place, forwards, after in self.at[node]:
            if place == without:
                continue
            move = moves.get(place)
            if move is None:
                move = moves[place] = self._move(place)
            more, less, price = move
            if more if forwards else less:
                yield place, cost + price, after

    def _move(self, place: int) -> _Move:
        if not self._may_move(place):
            return False, False, 0
        return self._room(place, 1), self._room(place, -1), self._price(place)

    def _may_move(self, place: int) -> bool:
        """Whether it is hidden from this reader, or may yet be."""
        edge = self.edges[place]
        if edge.known:
            return False
        if self.covers[place] is not Cover.SHOWN:
            return True
        return edge.free and (self.dark or edge.value >= LEAST)

    def _room(self, place: int, change: int) -> bool:
        cover = self.covers[place]
        if self.dark and self._may_darken(place):
            cover = Cover.DARK
        elif cover is Cover.SHOWN:
            cover = Cover.WITHHELD
        return cover.low <= self.edges[place].value + change <= cover.high

    def _price(self, place: int) -> int:
        if self.covers[place] is not Cover.SHOWN:
            return 0
        return self.edges[place].value or ZERO_PRICE


def _trace(came: dict[Node, tuple[Node, int]], start: Node, goal: Node) -> list[int]:
    places, node = [], goal
    while node != start:
        node, place = came[node]
        places.append(place)
    return places
