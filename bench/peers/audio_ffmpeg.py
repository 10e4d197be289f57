#!/usr/bin/env python3
"""The sound of each clip as mono 48 kHz WAV, as the paper does it: one ffmpeg process per clip,
started from a ThreadPoolExecutor with as many workers as Python chooses."""

import argparse
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def extract(clip, output):
    command = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-y",
        "-i",
        clip,
        "-vn",
        "-ac",
        "1",
        "-ar",
        "48000",
        "-c:a",
        "pcm_s16le",
        output / (clip.stem + ".wav"),
    ]
    subprocess.run(command, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    clips = sorted(arguments.input.rglob("*.mp4"))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda clip: extract(clip, arguments.output), clips))


if __name__ == "__main__":
    main()
