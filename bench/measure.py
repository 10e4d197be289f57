#!/usr/bin/env python3
"""Runs commands as whole processes, one after the other in turn, and writes down what each took.

    measure.py --name audio-16 --results R --outputs O \\
        "aver=aver-extract-audio --input clips --output {output}" \\
        "ffmpeg=python3 peers/audio_ffmpeg.py clips {output}"

One round of warming up comes first (files in the page cache, compiled Python), and on its output
--check is run: when that fails, nothing is timed. Then A B A B ..., each time into a new folder.
Everything a command prints goes to <outputs>/<side>.log. When a command fails, or a signal ends this
program, all processes of the command that runs are ended too.
"""

import argparse
import contextlib
import ctypes
import datetime
import glob
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

EPOCH = re.compile(r"epoch (\d+)/\d+: .*?([\d.]+) s(?:, ([\d.]+) items/s.*)?$")
METRIC = re.compile(r"^metric (\S+) (\S+)$")


def adopt_grandchildren():
    """Makes this process the one that reaps them (prctl's PR_SET_CHILD_SUBREAPER)."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def end_by_signals():
    """As an exception, so that the command that runs is ended first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))


# Waits for a line, then becomes the command; without the line it never does.
LAUNCHER = 'exec 3<&0; { read -r go <&3 && exec "$@" 3<&-; } >"$0" 2>&1 </dev/null & echo $$ $!'


def prepare(words, log):
    """A command that starts at a line: (its process group, its process id, where to write the line).

    A small shell does it: Linux counts the memory of the process that starts a program into the peak
    of that program, and Python's would hide that of a small one. The shell is gone when time begins.
    """
    waiting, gate = os.pipe()
    shell = subprocess.run(
        ["sh", "-c", LAUNCHER, log, *words],
        check=True,
        stdin=waiting,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(waiting)
    group, process = map(int, shell.stdout.split())
    return group, process, gate


class Side:
    """One of the commands that are compared."""

    def __init__(self, text, outputs):
        self.name, _, self.command = text.partition("=")
        self.output = os.path.join(outputs, self.name)
        self.log = os.path.join(outputs, self.name + ".log")
        self.words = [word.replace("{output}", self.output) for word in shlex.split(self.command)]
        self.old = []  # outputs of earlier runs
        self.measured = {"command": self.command, "wall_s": [], "cpu_s": [], "peak_bytes": []}

    def run(self):
        """Wall seconds, CPU seconds of all its processes, memory of its largest process."""
        if os.path.exists(self.output):
            # Not removed before the last run: ext4 steps over inodes that were freed in the last
            # seconds one by one, which the next side to make many files would pay for.
            self.old.append(f"{self.output}.{len(self.old)}")
            os.rename(self.output, self.old[-1])
        os.sync()  # what the side before wrote is not to be paid for by this one
        group, process, gate = prepare(self.words, self.log)
        try:
            started = time.monotonic()
            os.write(gate, b"go\n")
            os.close(gate)
            _, status, usage = os.wait4(process, 0)
            wall = time.monotonic() - started
            self.demand_success(status)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):  # all have ended
                os.killpg(group, signal.SIGKILL)
            raise
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024

    def demand_success(self, status):
        if code := os.waitstatus_to_exitcode(status):
            with open(self.log, errors="replace") as log:
                tail = log.read()[-2000:]
            sys.exit(f"measure.py: {self.name} ended with {code}: {self.command}\n{tail}")

    def lines(self):
        """What it printed; a training run of aver keeps that in its own log."""
        own = os.path.join(self.output, "run.log")
        with open(own if os.path.exists(own) else self.log, errors="replace") as log:
            return log.read().splitlines()

    def keep(self, figures, training_items):
        for key, value in zip(("wall_s", "cpu_s", "peak_bytes"), figures):
            self.measured[key].append(value)
        for line in self.lines():
            if metric := METRIC.match(line):
                metrics = self.measured.setdefault("metrics", {})
                metrics.setdefault(metric[1], []).append(float(metric[2]))
            if training_items and (epoch := EPOCH.search(line)) and int(epoch[1]) > 1:
                self.keep_epoch(epoch, training_items)
        if training_items and "items_per_s" not in self.measured:
            sys.exit(f"measure.py: {self.name} printed no line of a second epoch: {self.command}")

    def keep_epoch(self, epoch, training_items):
        """Items per second of an epoch after the first one."""
        seconds, rate = epoch[2], epoch[3]
        if rate is None:  # only the time of the epoch is known, with its validation and checkpoint
            self.measured["rate_of_whole_epochs"] = True
            rate = training_items / float(seconds)
        self.measured.setdefault("items_per_s", []).append(float(rate))


def check(command, sides):
    """The line a check prints; ends the program when the outputs do not agree."""
    for side in sides:
        command = command.replace("{" + side.name + "}", shlex.quote(side.output))
        command = command.replace("{" + side.name + ".log}", shlex.quote(side.log))
    done = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(
            f"measure.py: the outputs do not agree, so nothing was timed: {done.stdout.strip()}"
        )
    return done.stdout.strip()


def busy_seconds():
    """CPU seconds in which this machine did something, or was kept from it (steal)."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def remove(folders):
    """And waits until their inodes may be used again; how many CPUs others kept busy meanwhile."""
    for folder in folders:
        shutil.rmtree(folder)
    before, started = busy_seconds(), time.monotonic()
    time.sleep(6)
    return (busy_seconds() - before) / (time.monotonic() - started)


def facts_of(pairs):
    facts = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        facts[name] = int(value) if value.isdigit() and name != "commit" else value
    return facts


def main():
    parser = argparse.ArgumentParser(description="Runs commands in turn and measures each.")
    parser.add_argument("--name", required=True, help="of the result: <results>/<name>.json")
    parser.add_argument("--results", required=True, help="folder for results")
    parser.add_argument("--outputs", required=True, help="folder for what the commands write")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--count-warm-up",
        action="store_true",
        help="the first round is one of the repeats, where each run warms up itself",
    )
    parser.add_argument("--check", help="command that compares {side} folders, run before timing")
    parser.add_argument(
        "--training-items",
        type=int,
        default=0,
        help="read items/s of the epochs from the logs; size of the training part",
    )
    parser.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("sides", nargs="+", metavar="SIDE=COMMAND")
    arguments = parser.parse_args()

    adopt_grandchildren()
    end_by_signals()
    os.makedirs(arguments.results, exist_ok=True)
    os.makedirs(arguments.outputs, exist_ok=True)
    path = os.path.join(arguments.results, arguments.name + ".json")
    if os.path.exists(path):
        os.remove(path)  # a run that fails leaves no figure of an earlier one
    sides = [Side(text, arguments.outputs) for text in arguments.sides]
    others = remove({folder for side in sides for folder in glob.glob(side.output + "*/")})
    load = os.getloadavg()[0]
    for side in sides:
        figures = side.run()
        if arguments.count_warm_up:
            side.keep(figures, arguments.training_items)
    agreement = check(arguments.check, sides) if arguments.check else None
    for _ in range(arguments.repeats - arguments.count_warm_up):
        for side in sides:
            side.keep(side.run(), arguments.training_items)

    result = {
        "name": arguments.name,
        "date": datetime.date.today().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "load": load,
        "busy_with_others": others,
        "facts": facts_of(arguments.fact),
        "agreement": agreement,
        "sides": {side.name: side.measured for side in sides},
    }
    with open(path, "w") as file:
        json.dump(result, file, indent=1)
    remove([folder for side in sides for folder in side.old])
    for side in sides:
        walls = sorted(side.measured["wall_s"])
        print(f"{arguments.name:>24}  {side.name:<12} {walls[len(walls) // 2]:9.3f} s")


if __name__ == "__main__":
    main()
