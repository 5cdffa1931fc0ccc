"""A grid -> where its tables lie, and which of their rows are titles, headers, body and notes.

Told from where cells stand alone, and from what heads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from mmchat.segmenters.grids import Grid, GridRow
from mmchat.segmenters.table_headers import MOST_HEADERS, SAMPLE, count_headers, kind
from mmchat.types import CellType

_NOTE_CHARACTERS = 30
"""A text of this length alone in its row, at a table's end, is a remark and no name."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One table on a grid; ``columns`` are indices of the grid's columns, blank ones left out."""

    columns: tuple[int, ...]
    titles: tuple[str, ...]
    headers: tuple[GridRow, ...]
    body: tuple[GridRow, ...]
    notes: tuple[str, ...] = ()


def lay_out(grid: Grid) -> list[Layout]:
    """The tables of a grid in reading order; none where nothing has two columns."""
    if not grid.rows:
        return []
    if not grid.free:
        columns = _used(grid.rows, range(grid.width))
        return [found for found in _layouts(grid.rows, columns, grid) if found.body]
    regions = [part for rows in _runs(grid.rows) for part in _side_by_side(rows, _used(rows, range(grid.width)))]
    regions = [cut for region in regions for cut in _stacked(region, grid)]
    found = [each for rows, columns in _joined(regions, grid) for each in _layouts(rows, columns, grid)]
    return _with_titles(found)


_Region = tuple[Sequence[GridRow], tuple[int, ...]]


def _used(rows: Sequence[GridRow], columns: Sequence[int]) -> tuple[int, ...]:
    left, used = set(columns), set[int]()
    for row in rows:
        for c in tuple(left):
            if c < len(row.cells) and row.cells[c] is not None:
                used.add(c)
        left -= used
        if not left:
            break
    return tuple(sorted(used))


def _runs(rows: Sequence[GridRow]) -> list[Sequence[GridRow]]:
    """Cut at blank rows."""
    cuts = [0, *(n for n in range(1, len(rows)) if rows[n].number > rows[n - 1].number + 1), len(rows)]
    return [rows[a:b] for a, b in zip(cuts, cuts[1:], strict=False)]


def _side_by_side(rows: Sequence[GridRow], columns: tuple[int, ...]) -> list[_Region]:
    """Cut at blank columns where both sides stand for themselves: two columns or more, the first of them names."""
    groups: list[list[int]] = []
    for c in columns:
        if groups and c == groups[-1][-1] + 1:
            groups[-1].append(c)
        else:
            groups.append([c])
    if len(groups) < 2 or any(len(group) < 2 or not _has_names(rows, group[0]) for group in groups):
        return [(rows, columns)]
    return [([row for row in rows if row.filled(group)], tuple(group)) for group in groups]


def _has_names(rows: Sequence[GridRow], column: int) -> bool:
    kinds = [kind(cell) for row in rows[1 : SAMPLE + 1] for cell in row.at((column,)) if cell is not None]
    return bool(kinds) and 2 * sum(each in (CellType.TEXT, CellType.DATE) for each in kinds) > len(kinds)


def _stacked(region: _Region, grid: Grid) -> list[_Region]:
    """Cut before a title in the midst that has a header of its own below it, though no blank row parts them."""
    rows, columns = region
    alone = [n for n in range(2, len(rows) - 2) if len(rows[n].filled(columns)) == 1][:SAMPLE]
    cuts = [0]
    for n in alone:
        below = rows[n + 1 : n + 1 + SAMPLE]
        if (
            n > cuts[-1] + 1
            and count_headers(below, columns, named=False) == (1, True)
            and not _same(below[0], rows[0])
        ):
            cuts.append(n)
    return [(rows[a:b], columns) for a, b in zip(cuts, [*cuts[1:], len(rows)], strict=True)]


def _joined(regions: Sequence[_Region], grid: Grid) -> list[_Region]:
    """Regions parted only by blank rows are one table where the later one has no header of its own."""
    found: list[_Region] = []
    for rows, columns in regions:
        if found and _goes_on(found[-1], (rows, columns)):
            before, wide = found[-1]
            found[-1] = ([*before, *rows], tuple(sorted({*wide, *columns})))
        else:
            found.append((rows, columns))
    return found


def _goes_on(before: _Region, after: _Region) -> bool:
    rows, columns = after
    upper, wide = before
    if _breadth(upper, wide) < 2 or not set(columns) <= set(wide):
        return False
    body = rows[_count_titles(rows, columns) :]
    if not body or _breadth(body, columns) < 2:
        return False
    count, sure = count_headers(body, columns, named=False)
    header_alone = len(upper) == _count_titles(upper, wide) + 1
    return not (sure and count) if set(columns) == set(wide) and not header_alone else count == 0


def _breadth(rows: Sequence[GridRow], columns: Sequence[int]) -> int:
    return max((len(row.filled(columns)) for row in rows[:SAMPLE]), default=0)


def _with_titles(found: list[Layout]) -> list[Layout]:
    """What stands alone above a table is its title; a sentence, or what is below the last one, a note.

    A title over pairs of labels and values at the top is that of all that follows.
    """
    made: list[Layout] = []
    waiting: tuple[str, ...] = ()
    for each in found:
        if each.body:
            made.append(replace(each, titles=(*waiting, *each.titles)))
            waiting = ()
        elif made and all(title.rstrip().endswith(".") or title.startswith("*") for title in each.titles):
            made[-1] = replace(made[-1], notes=(*made[-1].notes, *each.titles))
        else:
            waiting += each.titles
    if made and waiting:
        made[-1] = replace(made[-1], notes=(*made[-1].notes, *waiting))
    if made and not made[0].headers:
        made[1:] = [each if each.titles else replace(each, titles=made[0].titles) for each in made[1:]]
    return made


def _layouts(rows: Sequence[GridRow], columns: tuple[int, ...], grid: Grid) -> list[Layout]:
    """The table of a region, after what stands above it as pairs of a label and its value."""
    top = _count_titles(rows, columns)
    titles = tuple(row.filled(columns)[0].text for row in rows[:top])
    if len(columns) < 2 or _breadth(rows[top:], columns) < 2:
        texts = [row.filled(columns)[0].text for row in rows[top:] if row.filled(columns)]
        return [Layout(columns, (*titles, *texts)[:3], (), ())]
    above = _count_pairs(rows[top:], columns) if grid.free else 0
    found = []
    if above:
        pairs = rows[top : top + above]
        found.append(Layout(_used(pairs, columns), titles, (), tuple(pairs)))
        rows, titles = rows[top + above :], ()
        top = _count_titles(rows, columns)
        titles = tuple(row.filled(columns)[0].text for row in rows[:top])
    rest = rows[top:]
    count, _ = count_headers(rest, columns, named=grid.named)
    body = list(rest[count:])
    if count:
        body = [row for row in body if not _same(row, rest[count - 1])]  # printed again on every page
    notes = _notes(body, columns, grid) if grid.free or count else []
    return [*found, Layout(columns, titles, tuple(rest[:count]), tuple(body[: len(body) - len(notes)]), tuple(notes))]


def _count_titles(rows: Sequence[GridRow], columns: Sequence[int]) -> int:
    """Rows at the top with one text that begins at the left or covers most of the width."""
    count = 0
    for row in rows[:MOST_HEADERS]:
        filled = row.filled(columns)
        if len(filled) != 1 or kind(filled[0]) is not CellType.TEXT and count == 0:
            break
        covered = sum(cell is filled[0] for cell in row.at(columns))
        if filled[0].column != columns[0] and 2 * covered <= len(columns):
            break
        count += 1
    return count if count < len(rows) else 0


def _count_pairs(rows: Sequence[GridRow], columns: Sequence[int]) -> int:
    usual = median(len(row.filled(columns)) for row in rows[:SAMPLE])
    count = 0
    while usual >= 4 and count < len(rows):
        filled = rows[count].filled(columns)
        if len(filled) > 2 or filled[0].column != columns[0]:
            break
        count += 1
    return count if any(len(row.filled(columns)) == 2 for row in rows[:count]) else 0


def _notes(body: Sequence[GridRow], columns: Sequence[int], grid: Grid) -> list[str]:
    notes: list[str] = []
    for row in reversed(body[1:]):
        filled = row.filled(columns)
        alone = len(filled) == 1 and filled[0].column == columns[0]
        wide = alone and sum(cell is filled[0] for cell in row.at(columns)) == len(columns) > 1
        if not alone or not (wide or len(filled[0].text) > _NOTE_CHARACTERS):
            break
        notes.append(filled[0].text)
    return notes[::-1]


def _same(row: GridRow, other: GridRow) -> bool:
    return [c and c.text for c in row.cells] == [c and c.text for c in other.cells]
