"""The document of an evaluation -> one HTML page with plots. It holds its style and its pictures, and no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from mmchat.evaluation import plots
from mmchat.evaluation.goals import DATASET, GOALS, reached
from mmchat.evaluation.metrics import decimal
from mmchat.evaluation.report_markdown import markdown

_STYLE = Path(__file__).parent / "report.css"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

Row = Mapping[str, Any]


def page(document: Row) -> str:
    """The whole page."""
    parts = [part for dataset in document["datasets"] for part in _dataset(dataset)]
    chosen = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in document["settings"].items())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>mmchat, evaluation</title><style>{_STYLE.read_text('utf-8')}</style></head><body><main>"
        f"<h1>Evaluation</h1><p>mmchat {escape(document['version'])}: {escape(chosen)}.</p>{''.join(parts)}"
        f"<h2>All tables</h2>{tables(markdown(document))}</main></body></html>\n"
    )


def _dataset(dataset: Row) -> Iterator[str]:
    yield f"<h2>{escape(dataset['name'])}</h2>"
    yield (
        f"<p>{dataset['files']} files, {dataset['segments']} segments, {dataset['queries']} queries. Every query goes "
        "through the assistant's own search.</p>"
    )
    goals = reached(dataset)
    if goals:
        met = sum(goal["reached"] for goal in goals)
        yield f"<p>{met} of {len(goals)} goals are reached; the table is below.</p>"
    aims = {(goal.pair, goal.language, goal.measure): goal.aim for goal in GOALS if dataset["name"] == DATASET}
    rows = []
    for row in dataset["quality"]:
        measures = [m for pair, language, m in aims if (pair, language) == (row["pair"], row["language"])]
        measure = measures[0] if measures else row["primary"]
        label = f"{row['pair']}{', ' + row['language'] if row['language'] else ''}  ({measure})"
        rows.append((label, row[measure], aims.get((row["pair"], row["language"], measure))))
    yield "<h3>Quality</h3>"
    yield _figure(
        plots.intervals(rows, "Quality by pair and language, with intervals"),
        "The dot is the mean, the line its 95 % bootstrap interval over queries, the upright mark the goal.",
    )
    if dataset["ablation"]:
        yield "<h3>What each stage adds</h3>"
        yield _figure(
            _ablation(dataset["ablation"]),
            "Each stage alone, and all without it. Colour is the difference to all stages together over the same "
            "queries; a star says that its interval leaves out 0.",
        )
    yield "<h3>Milliseconds per stage</h3>"
    latency = [(f"{r['stage']} (n {r['n']})", (r["p50_ms"], r["p95_ms"], r["p99_ms"])) for r in dataset["latency"]]
    yield _figure(plots.bars(latency, "ms", "Latency per stage"), "p50 / p95 / p99.")
    yield "<h3>The vector spaces</h3>"
    yield f'<div class="maps">{"".join(map(_map, dataset["spaces"]))}</div>'


def _ablation(rows: list[Row]) -> str:
    names = list(rows[0]["runs"])
    cells = []
    for row in rows:
        runs = [row["runs"][name] for name in names]
        changes = [
            (r["mean"], r["difference"]["mean"], r["difference"]["low"] > 0 or r["difference"]["high"] < 0)
            for r in runs
        ]
        language = f", {row['language']}" if row["language"] else ""
        cells.append((f"{row['pair']}{language}", [(row["all"]["mean"], 0.0, False), *changes]))
    return plots.grid(["all", *names], cells, "Ablations")


def _map(space: Row) -> str:
    labels = list(dict.fromkeys(label for _, _, label in space["points"]))
    key = "".join(f'<span class="key {escape(label)}"></span>{escape(label)}' for label in labels)
    figures = (
        f"mean distance {_or_dash(space['mean_distance'])}, hubness {_or_dash(space['hubness'])}, "
        f"silhouette by modality {_or_dash(space['silhouette_modality'])}"
    )
    plot = plots.scatter([tuple(point) for point in space["points"]], f"Map of {space['space']}")
    told = f"{escape(space['space'])}: {figures}. The two axes hold {space['explained']:.0%} of the variance.<br>{key}"
    return f"<figure>{plot}<figcaption>{told}</figcaption></figure>"


def _or_dash(value: float | None) -> str:
    return "-" if value is None else decimal(value)


def _figure(plot: str, caption: str) -> str:
    return f"<figure>{plot}<figcaption>{escape(caption)}</figcaption></figure>"


def tables(text: str) -> str:
    """Our own Markdown as HTML: headings, paragraphs and tables, nothing else."""
    parts = []
    for block in text.split("\n\n"):
        lines = block.strip().splitlines()
        if not lines:
            continue
        if lines[0].startswith("#"):
            parts.append(f"<h3>{escape(lines[0].lstrip('# '))}</h3>")
        elif lines[0].startswith("|"):
            head, *rows = [
                [cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|---" not in line
            ]
            body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
            top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
            parts.append(f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>')
        else:
            parts.append(f"<p>{escape(' '.join(lines).replace('`', ''))}</p>")
    return "".join(parts)


def _cell(text: str) -> str:
    mark = f' class="{text}"' if text in ("yes", "no") else ""
    return f"<td{mark}>{escape(text)}</td>"
