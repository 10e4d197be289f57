#!/usr/bin/env python3
"""Golden values for the errors of timelines, computed by SpeechBrain.

    pip download --no-deps speechbrain && unzip speechbrain-*.whl speechbrain/utils/EDER.py
    python scripts/make_golden_timelines.py speechbrain/utils/EDER.py VERSION tests/golden/timelines.json

Needs nothing but Python: EDER.py is loaded by itself. All timelines are drawn here. SpeechBrain's own
references hold one emotion each ("one_emotion"); in the others ("several") only the function that
spells the reference out is replaced, and what compares it with the answer is SpeechBrain's.
"""

import importlib.util
import json
import random
import sys

LETTERS = "nhsa"


def windows(draw, duration):
    length = draw.choice([0.2, 0.5, 1.0, 3.0])
    stride = length * draw.choice([1.0, 0.5, 1 / 3, 0.25])
    count = max(1, int(duration / stride) + draw.choice([-2, -1, 0, 1]))
    letters = []
    while len(letters) < count:
        letters += [draw.choice(LETTERS)] * draw.choice([1, 1, 2, 5])
    return {"prediction": "".join(letters[:count]), "window": length, "stride": stride}


def one_emotion(draw, eder):
    duration = round(draw.uniform(1, 12), 3)
    start = draw.choice([0.0, round(draw.uniform(0, duration * 0.8), 3)])
    end = draw.choice([duration, round(draw.uniform(start + 0.1, duration + 0.1), 3)])
    end = min(end, duration)
    emotion = draw.choice(["happy", "sad", "angry"])
    case = windows(draw, duration)
    case |= {"seconds": duration, "reference": [[start, end, emotion[0]]]}
    case["rate"] = eder.EDER(
        list(case["prediction"]), "id", duration, [{"emo": emotion, "start": start, "end": end}],
        case["window"], case["stride"])
    return case


def several(draw, eder):
    duration = round(draw.uniform(3, 30), 3)
    cuts = sorted({round(draw.uniform(0, duration), 3) for _ in range(draw.randint(1, 9))})
    rows, last = [], None
    for start, end in zip([0.0] + cuts, cuts + [duration]):
        letter = draw.choice([x for x in LETTERS if x != last])
        rows.append([start, end, letter])
        last = letter
    case = windows(draw, duration)
    case |= {"seconds": duration, "reference": rows}
    eder.reference_to_lol = lambda id, _duration, _emotion: [[id, *row] for row in rows]
    case["rate"] = eder.EDER(
        list(case["prediction"]), "id", duration, [], case["window"], case["stride"])
    return case


def main(module, version, output):
    spec = importlib.util.spec_from_file_location("EDER", module)
    eder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(eder)
    draw = random.Random(20230621)
    golden = {
        "tool": "speechbrain.utils.EDER.EDER",
        "version": version,
        "script": "scripts/make_golden_timelines.py, random.Random(20230621)",
        "one_emotion": [one_emotion(draw, eder) for _ in range(60)],
        "several": [several(draw, eder) for _ in range(60)],
    }
    with open(output, "w", encoding="utf-8") as file:
        json.dump(golden, file)
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
