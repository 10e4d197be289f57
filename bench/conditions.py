"""Under which conditions the figures of docs/performance.md were measured."""

import re
import statistics

BUSY = 0.25  # CPUs that other work may use before a measurement without a warning


def commit_of(result):
    """A micro benchmark's result is Google Benchmark's, with the commit in its context."""
    return (result["facts"] if "name" in result else result["context"]).get("commit", "unknown")


def date_of(result):
    return result["date"] if "name" in result else result["context"]["date"][:10]


def row_of(name):
    """The many results of growth, micro, processes and workers under one name."""
    return re.sub(r"^(growth|micro|processes|workers)-.*", r"\1", name)


def rows_by_commit(results):
    found = {}
    for name, result in results.items():
        found.setdefault(commit_of(result), set()).add(row_of(name))
    return {commit: sorted(found[commit]) for commit in sorted(found)}


def load_lines(results):
    """How quiet the machine was. The load average counts the measurement before, so what tells is
    the time that others took while nothing was measured."""
    timed = {name: result for name, result in results.items() if "busy_with_others" in result}
    if not timed:
        return []
    loads = [result["load"] for result in timed.values()]
    others = [result["busy_with_others"] for result in timed.values()]
    lines = [
        f"- Load average at the start of each measurement: {min(loads):.1f}–{max(loads):.1f} (it "
        "counts the measurement before); in the seconds before, other work kept "
        f"{min(others):.1f}–{max(others):.1f} CPUs busy."
    ]
    disturbed = dict.fromkeys(row_of(name) for name, busy in zip(timed, others) if busy > BUSY)
    if disturbed:
        lines.append(
            f"- **Warning: the machine was not quiet (more than {BUSY} CPUs busy with other work) "
            f"before {', '.join(disturbed)}: these figures are not to be trusted.**"
        )
    return lines


def runs_line(results):
    """How many timed runs of each side the medians are of."""
    found = {}
    for name, result in results.items():
        for side in result.get("sides", {}).values():
            found.setdefault(len(side["wall_s"]), {})[row_of(name)] = None
    rows = "; ".join(f"{runs}: {', '.join(found[runs])}" for runs in sorted(found))
    return [f"- Timed runs of each side, by rows: {rows}."] if rows else []


def counted(count, what):
    return f"{count} {what}" + ("" if count == 1 else "s")


def conditions(results, environment, inputs):
    """A list of bullets. `results`: what was measured, by name."""
    dates = sorted({date_of(result) for result in results.values()})
    commits = rows_by_commit(results)
    rows = "; ".join(f"`{commit}`: {', '.join(names)}" for commit, names in commits.items())
    peers = ", ".join(f"{name} {version}" for name, version in environment["peers"].items())
    encoded = []
    for name, label in (("frames-b", "with B-frames"), ("frames-no-b", "without")):
        clips = inputs[name]
        rate = statistics.mean(int(clip["bit_rate"]) for clip in clips) / 1e6
        share = sum(clip["b_frames"] for clip in clips) / sum(clip["frames"] for clip in clips)
        encoded.append(f"{rate:.1f} Mbit/s {label} ({100 * share:.0f} % B-frames)")
    pictures = (
        "real clips, scaled up, with camera noise"
        if inputs["real_videos"]
        else ("the synthetic corpus, with camera noise")
    )
    sounds = "RAVDESS's own recordings" if inputs["real_voices"] else "the synthetic corpus"
    lines = [
        f"- Measured on {' and '.join(dates)}, commit {' and '.join(commits)}.",
        *([f"- Rows by commit: {rows}."] if len(commits) > 1 else []),
        f"- Machine: {counted(environment['cores'], 'core')} of {environment['cpu']}, "
        f"{environment['memory_gib']} GiB, {environment['system']}.",
        f"- {'; '.join(environment['aver'])}.",
        f"- Peers: {peers}. All in fp32 on {counted(environment['cores'], 'thread')}; PyTorch in its default "
        "memory layout unless a row says otherwise, compiled in channels-last memory.",
        f"- Clips: 1280x720, 29.97 frames a second, H.264 (libx264), {' and '.join(encoded)}; 48 kHz "
        f"AAC. Pictures: {pictures}. Sound: {sounds}.",
        "- Both sides in turn on the same cores; every run writes into a new folder, on the same disk. "
        "One run of each comes first and is not counted, except in training and growth, where it is "
        "one of the repeats. Rows for one core are pinned with `taskset`.",
    ]
    if environment["forced"]:
        lines.append(
            f"- **Forced: this CPU has more than AVX2.** Both sides ran with "
            f"`{' '.join(environment['forced'])}`, and aver is a build without its own loops in "
            "AVX-512. A CPU that has AVX2 alone has other clocks, caches and memory, so the ratios "
            "are an estimate of what it would show, and the rates are not."
        )
    if environment["unset"]:
        lines.append(
            f"- The environment had set `{' '.join(environment['unset'])}`; unset for all "
            "sides, so each OpenBLAS chose its code for this CPU."
        )
    return lines + runs_line(results) + load_lines(results) + [""]
