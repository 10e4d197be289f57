#!/usr/bin/env python3
"""Turns the results of bench/compare.sh into the measured part of docs/performance.md that is of one
kind of CPU, and draws the figure of growth. What stands outside its two markers in that file, with
the parts of other kinds, is kept."""

import argparse
import json
import math
import re
import shutil
import statistics
import subprocess
from pathlib import Path

from conditions import conditions

ANY_END = re.compile("<!-- measured on [^ ]+: end -->")
NEW_REPORT = """# Performance

What aver costs beside what a researcher would run instead, and how it grows. The parts between
markers are written by `bench/compare.sh`, one for each kind of CPU.
"""
VECTORS = {
    "avx512_bf16": "AVX-512 with bfloat16",
    "avx512": "AVX-512",
    "avx2": "AVX2",
    "sse": "neither AVX2 nor AVX-512",
}
QUICK = "> **A quick run over tiny inputs, to see that everything works: its figures mean nothing.**"
GROWTH_TOLERANCE = 1.2  # time may grow so much more than the clips, memory so much at all
GROWTH_STAGES = {  # name in the results -> in the figure
    "frames": "aver-extract-frames",
    "audio": "aver-extract-audio",
    "mfcc": "aver-compute-mfcc",
    "split": "aver-split",
    "fusion": "aver-evaluate-fusion",
}


def number(value):
    """Three digits that count, without an exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def spread(values, unit):
    """Median (least-most) unit."""
    middle = number(statistics.median(values))
    if len(values) == 1:
        return f"{middle} {unit}"
    return f"{middle} ({number(min(values))}–{number(max(values))}) {unit}"


def mebibytes(values):
    return f"{max(values) / 2**20:,.0f} MiB"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


class Results:
    def __init__(self, folder):
        self.all = {
            path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))
        }

    def side(self, name, side):
        return self.all.get(name, {}).get("sides", {}).get(side)

    def fact(self, name, fact):
        return self.all[name]["facts"][fact]


class Comparison:
    """One row: `side` of a result against its `peer`, with the ratio that is aimed at."""

    def __init__(self, label, result, peer, target, figure="wall_s", side="aver", strictly=False):
        self.label, self.result, self.peer, self.target = label, result, peer, target
        self.figure, self.side, self.strictly = figure, side, strictly

    def row(self, results):
        ours, theirs = results.side(self.result, self.side), results.side(self.result, self.peer)
        if not ours or not theirs:
            return None
        ours_at, theirs_at = (statistics.median(side[self.figure]) for side in (ours, theirs))
        rates = self.figure == "items_per_s"
        ratio = ours_at / theirs_at if rates else theirs_at / ours_at
        unit = "items/s" if rates else "s"
        label = self.label.format(**results.all[self.result]["facts"])
        return [
            label,
            spread(ours[self.figure], unit),
            spread(theirs[self.figure], unit),
            f"**{ratio:.2f}×**",
            self.verdict(ratio) + overlap(ours[self.figure], theirs[self.figure]),
            f"{mebibytes(ours['peak_bytes'])}, {mebibytes(theirs['peak_bytes'])}",
        ]

    def verdict(self, ratio):
        aim = f"more than {self.target:g}×" if self.strictly else f"{self.target:g}×"
        met = ratio > self.target if self.strictly else ratio >= self.target
        return f"{aim}: met" if met else f"falls short: {ratio:.2f}× of {aim}"


def overlap(ours, theirs):
    """A word of caution where single runs of both sides cannot be told apart."""
    apart = max(ours) < min(theirs) or max(theirs) < min(ours)
    return "" if apart else " (single runs overlap)"


PEERS = {
    "pytorch-eager": "PyTorch eager",
    "pytorch-channels-last": "PyTorch eager in channels-last memory",
    "pytorch-compiled": "PyTorch compiled",
    "keras": "Keras over TensorFlow",
}


def against_pytorch(label, result, targets=None, peers=()):
    """Rows of one training against its peers, all in fp32; the last has aver in bf16 against eager.
    Below no peer is the aim where `targets` names no other."""
    targets = targets or {}
    rows = []
    for peer in ("pytorch-eager", "pytorch-channels-last", "pytorch-compiled", *peers):
        target = targets.get(peer.removeprefix("pytorch-"))
        rows.append(
            Comparison(
                f"{'the same' if rows else label + ', fp32'}, {PEERS[peer]}",
                result,
                peer,
                target or 1,
                figure="items_per_s",
            )
        )
    rows.append(
        Comparison(
            "the same, aver in bf16, PyTorch eager in fp32",
            result,
            "pytorch-eager",
            targets.get("eager", 1),
            figure="items_per_s",
            side="aver-bf16",
        )
    )
    return rows


COMPARISONS = [
    Comparison("frames of {clips} clips with B-frames, OpenCV loop", "frames-b", "opencv", 2.0),
    Comparison(
        "the same, ffmpeg that only decodes, once per core",
        "frames-b",
        "ffmpeg",
        1.0,
        strictly=True,
    ),
    Comparison(
        "frames of {clips} clips without B-frames, OpenCV loop", "frames-no-b", "opencv", 2.0
    ),
    Comparison("the same, ffmpeg that only decodes, once per core", "frames-no-b", "ffmpeg", 0.85),
    Comparison(
        "sound of {clips} clips, thread pool of ffmpeg processes", "audio-clips", "ffmpeg", 15
    ),
    Comparison("sound of {clips} clips, the same", "audio-clips-16", "ffmpeg", 8),
    Comparison("MFCCs of {clips} clips, one core, librosa", "mfcc", "librosa", 5),
    Comparison("mel levels of {clips} clips, 25 ms frames, one core, librosa", "mel", "librosa", 5),
    Comparison(
        "MFCCs and pictures of {clips} clips, one core, librosa and matplotlib",
        "mfcc-pictures",
        "librosa",
        40,
    ),
    *against_pytorch(
        "training on {items} pictures, batch 8", "train-visual", {"eager": 1.5}, peers=("keras",)
    ),
    *against_pytorch(
        "training on {items} sounds, batch 32", "train-audio", {"eager": 3}, peers=("keras",)
    ),
    *against_pytorch("training resnet-small on {items} pictures, batch 64", "train-resnet"),
    *against_pytorch("training resgru on {items} series of mel levels", "train-resgru"),
    *against_pytorch("training gru on {items} series of MFCCs", "train-gru"),
    *against_pytorch("training tcn on {items} series of MFCCs", "train-tcn"),
]


def against_peers(results):
    rows = [row for row in (comparison.row(results) for comparison in COMPARISONS) if row]
    if not rows:
        return []
    lines = [
        "### Against the peers",
        "",
        "Median (least–most) of whole processes, except for training: there the items per second "
        "of the epochs after the first of all runs, validation not counted. The ratio is that of the medians. "
        "Memory is the largest process's peak, aver's and the peer's.",
        "",
    ]
    lines += table(["stage, peer", "aver", "peer", "ratio", "target", "memory"], rows)
    return lines + without_start(results) + whole_epochs(results) + left_out(results)


def without_start(results):
    """librosa's rows when the start of Python is not held against it."""
    parts = []
    for name, label in (
        ("mfcc", "arrays"),
        ("mel", "mel levels"),
        ("mfcc-pictures", "arrays and pictures"),
    ):
        ours, theirs = results.side(name, "aver"), results.side(name, "librosa")
        if ours and theirs:
            work = statistics.median(theirs["metrics"]["work_s"])
            parts.append(f"{work / statistics.median(ours['wall_s']):.2f}× for {label}")
    if not parts:
        return []
    return [
        "Importing librosa is part of its time; without it (and with all of aver's time) the ratio "
        f"is {' and '.join(parts)}.",
        "",
    ]


def left_out(results):
    """Peers that the machine could not run."""
    reasons = {}
    for name, result in results.all.items():
        for reason in result.get("facts", {}).get("left-out", "").split("; "):
            if reason:
                reasons.setdefault(reason, []).append(name)
    return [
        line
        for reason, names in reasons.items()
        for line in (f"Left out of {', '.join(names)}: {reason}.", "")
    ]


def whole_epochs(results):
    named = [
        f"{name}, {side}"
        for name, result in results.all.items()
        for side, measured in result.get("sides", {}).items()
        if measured.get("rate_of_whole_epochs")
    ]
    if not named:
        return []
    return [
        f"The rate of {'; '.join(named)} includes validation and checkpoint, so it is a lower "
        "bound.",
        "",
    ]


def agreement(results):
    found = [
        (name, result["agreement"])
        for name, result in results.all.items()
        if result.get("agreement")
    ]
    if not found:
        return []
    lines = ["### What was compared before timing", ""]
    return lines + [f"- `{name}`: {text}" for name, text in found] + [""]


def prediction(results):
    rows = []
    for kind, what in (
        ("audio", "MFCCs, paper-cnn-lstm"),
        ("visual", "pictures, paper-cnn"),
        ("resnet", "pictures, resnet-small"),
        ("resgru", "series of mel levels, resgru"),
        ("gru", "series of MFCCs, gru"),
        ("tcn", "series of MFCCs, tcn"),
    ):
        ours, theirs = (results.side(f"predict-{kind}", side) for side in ("aver", "pytorch"))
        if not ours or not theirs:
            continue
        forward = theirs["metrics"]["forward_s"]
        whole = statistics.median(ours["wall_s"])
        rows.append(
            [
                f"{results.fact(f'predict-{kind}', 'items')} {what}",
                spread(ours["wall_s"], "s"),
                spread(forward, "s"),
                f"{100 * statistics.median(forward) / whole:.0f} %",
                spread(theirs["wall_s"], "s"),
                mebibytes(ours["peak_bytes"]),
            ]
        )
    if not rows:
        return []
    return [
        "### Prediction",
        "",
        "The whole of `aver-predict` over a stage folder (start, reading, the table) beside the "
        "forward passes alone of the same network in PyTorch, eager, in batches of 32 over tensors "
        "that are loaded already.",
        "",
    ] + table(
        [
            "input",
            "aver-predict",
            "PyTorch, forward alone",
            "share",
            "PyTorch, whole script",
            "memory",
        ],
        rows,
    )


def duration_row(measured, target):
    """Time, whether it is under so many seconds (None: nobody asks), and memory, as cells."""
    took = statistics.median(measured["wall_s"])
    verdict = ""
    if target is not None:
        short = f"falls short: {number(took)} s of {target} s"
        verdict = f"under {target} s: met" if took < target else short
    return [spread(measured["wall_s"], "s"), verdict, mebibytes(measured["peak_bytes"])]


def fusion(results):
    rows = []
    for side, target in (("with-figures", 0.1), ("without-figures", 0.1)):
        measured = results.side("fusion", side)
        if measured:
            rows.append([side.replace("-", " "), *duration_row(measured, target)])
    if not rows:
        return []
    return ["### Fusion of two tables of 1440 clips", ""] + table(
        ["aver-evaluate-fusion", "time", "target", "memory"], rows
    )


def analyses(results):
    """What is asked of trained models; a target where the project has set itself one."""
    tasks = (
        ("robustness", "aver-evaluate-robustness", "60 clips under 24 conditions", 300),
        ("explain-grad-cam", "aver-explain --method grad-cam", "12 clips", None),
        ("explain-hires-cam", "aver-explain --method hires-cam", "12 clips", None),
        ("explain-occlusion", "aver-explain --method occlusion", "12 clips", None),
        ("timeline", "aver-evaluate-timeline --fit", "200 recordings", None),
    )
    rows = []
    for name, command, what, target in tasks:
        measured = results.side(name, "aver")
        if measured:
            rows.append([f"`{command}`", what, *duration_row(measured, target)])
    if not rows:
        return []
    return ["### What is asked of trained models", ""] + table(
        ["command", "of", "time", "target", "memory"], rows
    )


def workers(results):
    rows = []
    for name, label in (
        ("frames", "frames"),
        ("audio", "sound"),
        ("mfcc", "MFCCs, no pictures"),
        ("pictures", "MFCCs and pictures"),
    ):
        one, two = (results.side(f"workers-{name}", side) for side in ("one", "two"))
        if not one or not two:
            continue
        ratio = statistics.median(one["wall_s"]) / statistics.median(two["wall_s"])
        verdict = "1.8×: met" if ratio >= 1.8 else f"falls short: {ratio:.2f}× of 1.8×"
        rows.append(
            [
                label,
                spread(one["wall_s"], "s"),
                spread(two["wall_s"], "s"),
                f"**{ratio:.2f}×**",
                verdict,
                f"{mebibytes(one['peak_bytes'])}, {mebibytes(two['peak_bytes'])}",
            ]
        )
    if not rows:
        return []
    return ["### Two workers against one", ""] + table(
        ["stage", "one worker", "two workers", "ratio", "target", "memory"], rows
    )


def processes(results):
    rows = []
    for name, label in (
        ("visual", "pictures, batches of 8"),
        ("audio", "sounds, batches of 32, fp32"),
        ("audio-bf16", "sounds, batches of 32, bf16"),
    ):
        threads, group = (
            results.side(f"processes-{name}", side) for side in ("threads", "processes")
        )
        if not threads or not group:
            continue
        rates = threads["items_per_s"], group["items_per_s"]
        ratio = statistics.median(rates[1]) / statistics.median(rates[0])
        rows.append(
            [
                label,
                *(spread(rate, "items/s") for rate in rates),
                f"**{ratio:.2f}×**" + overlap(*rates),
                f"{mebibytes(threads['peak_bytes'])}, {mebibytes(group['peak_bytes'])}",
            ]
        )
    if not rows:
        return []
    return [
        "### One training process against several",
        "",
        "On the same cores: one process with a thread for each core, against a `--distributed` group of "
        "one-threaded processes, one for each core, with the same batches. Items per second of the "
        "epochs after the first; memory is that of the largest process.",
        "",
    ] + table(["training on", "one process", "group", "ratio", "memory"], rows)


def growth_points(results):
    """{stage: [(clips, seconds, bytes)]}"""
    points = {stage: [] for stage in GROWTH_STAGES}
    for result in results.all.values():
        if result.get("name", "").startswith("growth-"):
            measured = result["sides"]["aver"]
            points[result["facts"]["stage"]].append(
                (
                    result["facts"]["clips"],
                    statistics.median(measured["wall_s"]),
                    max(measured["peak_bytes"]),
                )
            )
    return {stage: sorted(found) for stage, found in points.items() if found}


def growth(results, image):
    points = growth_points(results)
    if not points:
        return []
    sizes = sorted({clips for found in points.values() for clips, _, _ in found})
    # Over a factor of ten where there is one: at the small end starting a program shows.
    before, after = (sizes[-1] // 10 if sizes[-1] // 10 in sizes else sizes[0]), sizes[-1]
    rows = []
    for stage, found in points.items():
        by_size = {clips: (seconds, memory) for clips, seconds, memory in found}
        cells = [
            (
                f"{number(by_size[size][0])} s, {by_size[size][1] / 2**20:.0f} MiB"
                if size in by_size
                else ""
            )
            for size in sizes
        ]
        rows.append([f"`{GROWTH_STAGES[stage]}`", *cells, factors(by_size, before, after)])
    return (
        [
            "### Growth",
            "",
            "Many RAVDESS names (actors 01 to 99, speech and song) over a few half-second clips of "
            "320x180; MFCCs without pictures, fusion without figures. Time and peak memory; the last "
            f"column is by how much they grow from {before:,} to {after:,} clips; linear and flat are "
            f"meant within a factor of {GROWTH_TOLERANCE}.",
            "",
        ]
        + table(["", *(f"{size:,}" for size in sizes), f"{after / before:.0f}× the clips"], rows)
        + [f"![Time and peak memory of every data stage over the number of clips]({image})", ""]
    )


def factors(by_size, before, after):
    if before not in by_size or after not in by_size:
        return ""
    time, memory = (by_size[after][k] / by_size[before][k] for k in (0, 1))
    linear = "linear" if time <= GROWTH_TOLERANCE * after / before else "**more than linear**"
    flat = "flat" if memory <= GROWTH_TOLERANCE else "**not flat**"
    return f"time {time:.1f}×: {linear}; memory {memory:.2f}×: {flat}"


def draw_growth(results, images, name):
    """The table for gnuplot, one block per stage, and the figure from it."""
    points = growth_points(results)
    if not points:
        return
    images.mkdir(parents=True, exist_ok=True)
    blocks = []
    for stage, found in points.items():
        lines = [f'"{GROWTH_STAGES[stage]}"']
        lines += [f"{clips} {seconds:.6f} {memory / 2**20:.3f}" for clips, seconds, memory in found]
        blocks.append("\n".join(lines))
    data = images / f"{name}.dat"
    data.write_text("\n\n\n".join(blocks) + "\n")
    if shutil.which("gnuplot"):
        script = Path(__file__).with_name("growth.gp")
        subprocess.run(
            ["gnuplot", "-e", f"file='{images / name}'; stages={len(blocks)}", script], check=True
        )
    else:
        print("report.py: gnuplot is missing, the figure of growth was not drawn")
    data.unlink()


def micro(results):
    rows = []
    for name, result in results.all.items():
        for found in result.get("benchmarks", []) if name.startswith("micro-") else []:
            if found.get("run_type", "iteration") != "iteration" or found.get("error_occurred"):
                continue
            scale = {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6}[found["time_unit"]]
            called, all_cores, _ = found["name"].partition("/real_time")
            took = found["real_time" if all_cores else "cpu_time"] * scale
            rows.append([f"`{called}`", f"{number(took)} µs"])
    if not rows:
        return []
    return [
        "### Hot functions",
        "",
        "CPU time of one call on one thread; of the networks the wall time on all cores (`bench/micro`, "
        "Google Benchmark).",
        "",
    ] + table(["function", "time"], rows)


def title(environment):
    if environment["forced"]:
        return f"{environment['cpu']}, as on a CPU with AVX2 alone"
    return f"{environment['cpu']} ({VECTORS[environment['isa']]})"


def measured(results, environment, inputs, image, quick):
    lines = ["", f"## Measured on {title(environment)}", ""] + ([QUICK, ""] if quick else [])
    lines += conditions(results.all, environment, inputs)
    for section in (against_peers, prediction, fusion, analyses, workers, processes):
        lines += section(results)
    lines += growth(results, image) + micro(results) + agreement(results)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--kind", required=True, help="of CPU, whose part of the report is renewed")
    parser.add_argument("--environment", type=Path, required=True)
    parser.add_argument("--inputs", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="say that the figures mean nothing")
    arguments = parser.parse_args()

    results = Results(arguments.results)
    figure = f"performance-growth-{arguments.kind}"
    draw_growth(results, arguments.report.parent / "images", figure)
    block = measured(
        results,
        json.loads(arguments.environment.read_text()),
        json.loads(arguments.inputs.read_text()),
        f"images/{figure}.png",
        arguments.quick,
    )
    text = arguments.report.read_text() if arguments.report.exists() else NEW_REPORT
    arguments.report.write_text(with_part(text, arguments.kind, block))


def with_part(text, kind, block):
    """The report with this kind's part in it: where it was, after the last one, or at the end."""
    begin, end = (f"<!-- measured on {kind}: {which} -->" for which in ("begin", "end"))
    part = f"{begin}\n{block}\n{end}"
    if begin in text and end in text:
        old = re.escape(begin) + ".*" + re.escape(end)
        return re.sub(old, lambda _: part, text, flags=re.DOTALL)
    last = max((found.end() for found in ANY_END.finditer(text)), default=len(text))
    rest = text[last:].lstrip("\n")
    return text[:last].rstrip() + f"\n\n{part}\n" + (f"\n{rest}" if rest else "")


if __name__ == "__main__":
    main()
