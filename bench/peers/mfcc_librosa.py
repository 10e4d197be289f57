#!/usr/bin/env python3
"""MFCCs of every WAV below a folder with librosa as .npy, and with --pictures as a matplotlib
figure beside each."""

import argparse
import time
from pathlib import Path

import librosa
import librosa.display
import numpy


def draw(mfcc, rate, path):
    import matplotlib.pyplot as plot

    plot.figure(figsize=(10, 4))
    librosa.display.specshow(mfcc, sr=rate, x_axis="time")
    plot.colorbar()
    plot.title("MFCC")
    plot.tight_layout()
    plot.savefig(path)
    plot.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("--limit", type=int, help="only the first so many clips")
    arguments = parser.parse_args()
    if arguments.pictures:
        import matplotlib

        matplotlib.use("Agg")
    sounds = sorted(arguments.input.rglob("*.wav"))[: arguments.limit]
    started = time.monotonic()
    for sound in sounds:
        samples, rate = librosa.load(sound)
        mfcc = librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=40)
        target = arguments.output / sound.relative_to(arguments.input).with_suffix(".npy")
        target.parent.mkdir(parents=True, exist_ok=True)
        numpy.save(target, mfcc)
        if arguments.pictures:
            draw(mfcc, rate, target.with_suffix(".png"))
    print(f"metric work_s {time.monotonic() - started:.3f}")  # without the start of Python


if __name__ == "__main__":
    main()
