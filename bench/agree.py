#!/usr/bin/env python3
"""Do two sides of the comparison put out the same? One line about how far they differ; exit status 1
when that is more than the conventions of the project allow. Nothing that differs is timed."""

import argparse
import csv
import math
import re
import subprocess
import sys
import tomllib
import wave
from pathlib import Path


def fail(reason):
    print(reason)
    sys.exit(1)


def files_by_name(folder, extension):
    found = {path.name: path for path in Path(folder).rglob("*" + extension)}
    if not found:
        fail(f"{folder} holds no {extension}")
    return found


def pairs(ours, theirs, extension):
    """Files of the same name; fails unless both sides have the same ones."""
    ours, theirs = files_by_name(ours, extension), files_by_name(theirs, extension)
    if ours.keys() != theirs.keys():
        odd = sorted(ours.keys() ^ theirs.keys())
        fail(f"{len(ours)} and {len(theirs)} files; only one side has {odd[0]}")
    return [(ours[name], theirs[name]) for name in sorted(ours)]


def frames(arguments):
    """Names carry the frame index. Pixels: mean at most 1, largest at most 8 of 255."""
    import cv2
    import numpy

    found = pairs(Path(arguments.ours) / "by-actor", arguments.theirs, ".jpg")
    mean = largest = 0.0
    looked_at = found[:: max(1, len(found) // arguments.sample)]
    for our, their in looked_at:
        difference = numpy.abs(cv2.imread(str(our)).astype(int) - cv2.imread(str(their)))
        mean, largest = max(mean, difference.mean()), max(largest, difference.max())
    text = (
        f"{len(found)} frames with the same indices; in {len(looked_at)} of them pixels differ by "
        f"{mean:.2f} in the mean and {largest:.0f} at most, of 255"
    )
    if not (mean <= 1 and largest <= 8):
        fail(text)
    print(text)


def read_wav(path):
    import numpy

    with wave.open(str(path)) as file:
        form = file.getnchannels(), file.getsampwidth(), file.getframerate()
        return form, numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype(int)


def audio(arguments):
    """Same form and number of samples, each within one 16-bit step."""
    found = pairs(arguments.ours, arguments.theirs, ".wav")
    largest = samples = 0
    for our, their in found:
        (form, ours), (other, theirs) = read_wav(our), read_wav(their)
        if form != other or len(ours) != len(theirs):
            fail(f"{our.name}: {form}, {len(ours)} samples and {other}, {len(theirs)} samples")
        largest = max(largest, abs(ours - theirs).max())
        samples += len(ours)
    text = f"{len(found)} sounds, {samples} samples: at most {largest} of 65536 steps apart"
    if largest > 1:
        fail(text)
    print(text)


def mfcc(arguments):
    """Same shape, each coefficient finite and within the tolerance."""
    import numpy

    found = pairs(arguments.ours, arguments.theirs, ".npy")
    largest = 0.0
    for our, their in found:
        ours, theirs = numpy.load(our), numpy.load(their)
        if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
            fail(f"{our.name}: {ours.shape} {ours.dtype} and {theirs.shape} {theirs.dtype}")
        for path, values in ((our, ours), (their, theirs)):
            if not numpy.isfinite(values).all():
                fail(f"{path}: not all coefficients are finite")
        largest = max(largest, numpy.abs(ours - theirs).max())
    text = f"{len(found)} arrays of the same shape: coefficients at most {largest:.1e} apart"
    if arguments.pictures:
        text += f"; {len(pairs(arguments.ours, arguments.theirs, '.png'))} pictures on each side"
    if not largest <= arguments.tolerance:
        fail(text)
    print(text)


def training(arguments):
    """Parameters and values of an input as the program describes the network of the run and as the
    peers count them; training items as split.csv lists them, the batch as config.toml has it, and
    both as the peers say."""
    config = Path(arguments.run) / "config.toml"
    told = subprocess.run(
        [arguments.program, "--config", config, "--describe"],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout
    total = re.search(r"^total\s+([\d,]+)", told, re.MULTILINE)[1]
    shape = re.search(r"^input .*?(\d+(?: x \d+)+)", told, re.MULTILINE)[1]
    with open(Path(arguments.run) / "split.csv", newline="") as file:
        items = sum(row["role"] == "train" for row in csv.DictReader(file))
    ours = (
        int(total.replace(",", "")),
        math.prod(map(int, shape.split(" x "))),
        items,
        tomllib.loads(config.read_text())["batch-size"],
    )
    names = ("parameters", "values of an input", "training items", "items of a batch")
    printed = r"parameters (\d+), (\d+) values each, (\d+) items, batch (\d+)"
    for log in map(Path, arguments.logs):
        theirs = tuple(map(int, re.search(printed, log.read_text()).groups()))
        if ours != theirs:
            compared = zip(ours, theirs, names)
            fail(
                f"{log.stem}: "
                + ", ".join(f"{our:,} and {their:,} {name}" for our, their, name in compared)
            )
    told = ", ".join(f"{our:,} {name}" for our, name in zip(ours, names))
    print(f"{told}, the same for {', '.join(Path(log).stem for log in arguments.logs)}")


def predictions(arguments):
    """Same clips, each probability finite and within 1e-3: also the proof that the networks are the
    same."""

    def read(path):
        with open(path, newline="") as file:
            return {row.pop("clip"): row for row in csv.DictReader(file)}

    ours, theirs = read(arguments.ours), read(arguments.theirs)
    if ours.keys() != theirs.keys():
        fail(f"{len(ours)} and {len(theirs)} clips")
    differences = [
        abs(float(row[name]) - float(ours[clip][name]))
        for clip, row in theirs.items()
        for name in row
    ]
    if not all(map(math.isfinite, differences)):
        fail("not all probabilities are finite")
    largest = max(differences)
    text = f"{len(ours)} clips, same weights: probabilities at most {largest:.1e} apart"
    if not largest <= 1e-3:
        fail(text)
    print(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    for compare in (frames, audio, mfcc, predictions):
        command = commands.add_parser(compare.__name__, help=compare.__doc__)
        command.add_argument("ours")
        command.add_argument("theirs")
        command.set_defaults(compare=compare)
    commands.choices["frames"].add_argument(
        "--sample", type=int, default=100, help="frames whose pixels are compared"
    )
    commands.choices["mfcc"].add_argument("--pictures", action="store_true")
    commands.choices["mfcc"].add_argument("--tolerance", type=float, default=1e-3)
    command = commands.add_parser("training", help=training.__doc__)
    command.add_argument("program", help="of aver")
    command.add_argument("run", help="its run folder")
    command.add_argument("logs", nargs="+", help="what each peer printed")
    command.set_defaults(compare=training)
    arguments = parser.parse_args()
    arguments.compare(arguments)


if __name__ == "__main__":
    main()
