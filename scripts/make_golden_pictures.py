#!/usr/bin/env python3
"""Makes the golden JPEG of the picture tests with OpenCV's Python module.

Only needed to make it anew: building, testing and running aver needs no Python.

    pip install opencv-python-headless==4.6.0.66 "numpy<2"
    scripts/make_golden_pictures.py                 # -> tests/golden/pictures

The picture is drawn from whole numbers, so that the C++ test draws the same one.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

ROWS, COLUMNS, QUALITY = 120, 161, 95


def pattern():
    """Gradients, a disc and diagonal stripes; blue, green, red."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    blue = 255 * x // COLUMNS
    green = 255 * y // ROWS
    red = np.where((x - 80) ** 2 + (y - 60) ** 2 < 1600, 220, 40)
    red = np.where((x + y) // 12 % 2 == 0, red, 255 - red)
    return np.stack([blue, green, red], axis=2).astype(np.uint8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--output", type=Path, default=root / "tests/golden/pictures")
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(output / "pattern.jpg"), pattern(), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    provenance = {
        "tool": "cv2.imwrite",
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "rows": ROWS,
        "columns": COLUMNS,
        "quality": QUALITY,
        "file": "pattern.jpg",
    }
    (output / "golden.json").write_text(json.dumps(provenance, indent=2) + "\n")


if __name__ == "__main__":
    main()
