from __future__ import annotations

import pytest

from mmchat.tools.table_engine import BY_COLUMN, Condition, Engine, Operation, Outcome, Plan
from mmchat.tools.table_frame import TableFrame
from tests.tools.make_tables import make_table

SALES = TableFrame(
    make_table(
        "Sales",
        ["Region", "Day:date", "Pieces:number", "Price:money:EUR"],
        [
            ["North", "2024-12-30", "3", "0.10"],
            ["South", "2025-01-06", "5", "0.20"],
            ["North", "2025-01-07", "2", "0.30"],
            ["=All", "", "10", "0.60"],
        ],
    )
)


def run(plan: Plan, frame: TableFrame = SALES) -> Outcome | None:
    with Engine() as engine:
        return engine.run(frame, plan)


def test_rows_that_sum_up_others_are_left_out() -> None:
    out = run(Plan(Operation.SUM, (2,)))

    assert out is not None and (out.value, out.count, out.places) == (10, 3, ((0, 2), (1, 2), (2, 2)))


def test_the_best_group_is_named_with_its_cells() -> None:
    out = run(Plan(Operation.LEAST, (3,), group_by=0))

    assert out is not None and out.groups == ("South",) and out.places == ((1, 3),)


def test_columns_can_be_groups() -> None:
    out = run(Plan(Operation.DIFFERENCE, (2, 3), (Condition(0, "in", ("South",)),), group_by=BY_COLUMN))

    assert out is not None and out.value == pytest.approx(4.8)


def test_days_are_grouped_by_weekday_and_month() -> None:
    weekdays = run(Plan(Operation.SUM, (2,), group_by=1, unit="weekday"))
    months = run(Plan(Operation.MEAN, (2,), group_by=1, unit="month"))

    assert weekdays is not None and dict(zip(weekdays.groups, weekdays.values, strict=True)) == {"1": 8, "2": 2}
    assert months is not None and dict(zip(months.groups, months.values, strict=True)) == {"2024-12": 3, "2025-01": 3.5}


def test_a_number_that_is_no_day_stops_no_question_about_days() -> None:
    rows = [["2025-01-06", "5"], ["2025-02-01", "7"]]
    frame = TableFrame(make_table("", ["Day:date", "Pieces:number"], rows))
    frame.columns[0].values[1] = 4_111_111_111_111

    out = run(Plan(Operation.SUM, (1,), group_by=0, unit="month"), frame)

    assert out is not None and dict(zip(out.groups, out.values, strict=True)) == {"2025-01": 5}


def test_days_are_neither_added_up_nor_averaged() -> None:
    assert run(Plan(Operation.SUM, (1,))) is run(Plan(Operation.MEAN, (1,))) is run(Plan(Operation.SHARE, (1,))) is None


def test_each_group_has_its_share_of_the_whole() -> None:
    out = run(Plan(Operation.SHARE, (2,), group_by=0))

    assert out is not None and dict(zip(out.groups, out.values, strict=True)) == {"North": 50, "South": 50}


def test_euros_and_dollars_are_added_up_apart() -> None:
    rows = [["Paris", "100.00 EUR"], ["Boston", "30.00 USD"], ["Lyon", "20.00 EUR"]]
    frame = TableFrame(make_table("", ["City", "Price:money:*"], rows))

    out = run(Plan(Operation.SUM, (1,)), frame)

    assert out is not None and dict(zip(out.groups, out.values, strict=True)) == {"EUR": 120, "USD": 30}
    only = run(Plan(Operation.SUM, (1,), (Condition(0, "in", ("Paris", "Lyon")),)), frame)
    assert only is not None and (only.value, only.groups) == (120, ())


def test_all_that_tie_for_the_most_are_given() -> None:
    frame = TableFrame(make_table("", ["Name", "Points:number"], [["Ada", "7"], ["Ben", "7"], ["Cy", "5"]]))

    out = run(Plan(Operation.MOST, (1,)), frame)

    assert out is not None and out.rows == (0, 1)


def test_no_cell_is_no_outcome_but_a_count_of_none() -> None:
    nowhere = (Condition(2, ">", 100.0),)

    assert run(Plan(Operation.SUM, (2,), nowhere)) is None
    counted = run(Plan(Operation.COUNT, (), nowhere))
    assert counted is not None and counted.value == 0


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM read_csv('/etc/hosts')", "INSTALL httpfs", "SET enable_external_access = true"]
)
def test_the_engine_opens_no_file_and_loads_no_extension(sql: str) -> None:
    import duckdb

    with Engine() as engine, pytest.raises(duckdb.Error):
        engine._connection.execute(sql)


def test_a_column_that_sums_up_the_others_is_found_by_its_numbers() -> None:
    frame = TableFrame(
        make_table("", ["Who", "A:number", "B:number", "Both:number"], [["x", "1", "2", "3"], ["y", "4", "5", "9"]])
    )

    assert (frame.total_column, frame.block, frame.label) == (3, (1, 2), 0)
