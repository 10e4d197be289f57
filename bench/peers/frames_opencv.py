#!/usr/bin/env python3
"""Every 5th frame of each clip as JPEG, as the paper does it: a loop over cv2.VideoCapture.

The paper's second pass, which copies the frames into folders by emotion, is left out.
"""

import argparse
from pathlib import Path

import cv2

EMOTIONS = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]


def extract(clip, folder, every):
    folder.mkdir(parents=True, exist_ok=True)
    capture = cv2.VideoCapture(str(clip))
    index = 0
    while True:
        found, frame = capture.read()
        if not found:
            break
        if index % every == 0:
            cv2.imwrite(str(folder / f"{clip.stem}_frame_{index:04d}.jpg"), frame)
        index += 1
    capture.release()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--every", type=int, default=5)
    arguments = parser.parse_args()
    for clip in sorted(arguments.input.rglob("*.mp4")):
        fields = clip.stem.split("-")
        emotion = EMOTIONS[int(fields[2]) - 1]
        extract(clip, arguments.output / f"Actor_{fields[6]}" / emotion, arguments.every)


if __name__ == "__main__":
    main()
