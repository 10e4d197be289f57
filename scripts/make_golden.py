#!/usr/bin/env python3
"""Makes the golden values of the MFCC and log-mel tests with librosa.

Only needed to make them anew: building, testing and running aver needs no Python.

    pip install librosa==0.11.0 soxr soundfile
    scripts/make_golden.py                          # synthetic signals -> tests/golden
    scripts/make_golden.py --only log-mel           # tests/golden/log-mel alone
    scripts/make_golden.py --recordings DIR         # and ten RAVDESS clips below DIR

Every folder it writes holds golden.json: the tool and its versions, and for each case the files and
every parameter, which is also what the C++ test reads. Recordings themselves are never copied, only
the coefficients computed from them.
"""

import argparse
import json
import platform
from pathlib import Path

import librosa
import numpy as np
import soundfile
import soxr

RATE = 22050

# librosa's names; the C++ test maps them to MfccOptions.
DEFAULTS = {
    "sr": RATE,
    "n_mfcc": 40,
    "n_fft": 2048,
    "hop_length": 512,
    "n_mels": 128,
    "fmin": 0.0,
    "fmax": RATE / 2,
    "window": "hann",
    "top_db": 80.0,
}

# Librosa's defaults, written down because the values depend on them.
SAME_IN_ALL = {
    "center": True,
    "pad_mode": "constant",
    "power": 2.0,
    "htk": False,
    "norm": "slaney",
    "ref": 1.0,
    "amin": 1e-10,
    "dct_type": 2,
    "dct_norm": "ortho",
    "lifter": 0,
}

# All eight emotions; the second and the last are stereo.
RECORDINGS = [
    "03-01-01-01-01-01-01",
    "03-01-02-01-01-02-01",
    "03-01-03-02-01-02-03",
    "03-01-04-01-02-01-04",
    "03-01-05-02-01-01-06",
    "03-01-06-02-02-02-09",
    "03-01-07-01-01-01-12",
    "03-01-08-02-02-01-15",
    "03-01-02-02-01-02-18",
    "03-01-06-01-01-02-20",
]


def noise(count, seed=1):
    """Uniform in [-0.5, 0.5): the top 24 bits of Knuth's 64-bit linear congruential generator."""
    values = np.empty(count, dtype=np.float32)
    state = seed
    for i in range(count):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        values[i] = (state >> 40) / 2**24 - 0.5
    return values


def signals():
    time = np.arange(RATE * 6 // 10) / RATE
    yield "sine", 0.5 * np.sin(2 * np.pi * 440 * time)
    yield "full-scale-sine", np.sin(2 * np.pi * 107 * RATE / 2048 * time)
    yield "chirp", 0.9 * np.sin(2 * np.pi * (40 * time + (10000 - 40) / 1.2 * time**2))
    yield "noise", noise(len(time))
    # Two thirds of this lie at the floor of 80 dB.
    yield "burst", noise(len(time), seed=2) * np.where(time < 0.2, 1.0, 2e-5)
    yield "silence", np.zeros(RATE * 2 // 10)
    yield "one-sample", np.array([0.25])
    yield "2047-samples", noise(2047, seed=3)


def log_mel(samples, parameters):
    rest = {k: v for k, v in parameters.items() if k not in ("sr", "n_mfcc", "top_db", "deltas")}
    mel = librosa.feature.melspectrogram(
        y=samples, sr=parameters["sr"], power=2.0, center=True, pad_mode="constant", **rest
    )
    level = librosa.power_to_db(mel, top_db=parameters["top_db"])
    orders = range(1, 1 + parameters.get("deltas", 0))
    deltas = [librosa.feature.delta(level, width=9, order=k, mode="interp") for k in orders]
    return np.concatenate([level, *deltas])


def mfcc(samples, parameters):
    level = log_mel(samples, parameters)
    return librosa.feature.mfcc(S=level, n_mfcc=parameters["n_mfcc"]).astype(np.float32)


def save(path, array):
    np.save(path, np.ascontiguousarray(array, dtype=np.float32))
    return path.name


def write_json(folder, cases):
    content = {
        "made_by": "scripts/make_golden.py",
        "versions": {
            "librosa": librosa.__version__,
            "numpy": np.__version__,
            "soxr": soxr.__version__,
            "soundfile": soundfile.__version__,
            "python": platform.python_version(),
        },
        "same_in_all_cases": SAME_IN_ALL,
        "cases": cases,
    }
    (folder / "golden.json").write_text(json.dumps(content, indent=1) + "\n")


def make_synthetic(folder):
    folder.mkdir(parents=True, exist_ok=True)
    other = dict(
        DEFAULTS,
        n_mfcc=13,
        n_fft=1102,
        hop_length=220,
        n_mels=40,
        fmin=50.0,
        fmax=8000.0,
        window="hamming",
        top_db=60.0,
    )
    cases = []
    for name, samples in signals():
        samples = np.asarray(samples, dtype=np.float32)
        stored = save(folder / f"{name}.samples.npy", samples)
        variants = [("", DEFAULTS)]
        if name == "chirp":
            variants += [("-other", other), ("-no-floor", dict(DEFAULTS, top_db=None))]
        for suffix, parameters in variants:
            path = folder / f"{name}{suffix}.mfcc.npy"
            cases.append(
                {
                    "name": name + suffix,
                    "samples": stored,
                    "mfcc": save(path, mfcc(samples, parameters)),
                    "parameters": parameters,
                }
            )
        # The chain written out above is librosa's own one call.
        assert np.array_equal(mfcc(samples, DEFAULTS), librosa.feature.mfcc(y=samples, n_mfcc=40))
    write_json(folder, cases)


def make_log_mel(folder):
    """Of signals that lie in tests/golden/mfcc."""
    folder.mkdir(parents=True, exist_ok=True)
    bands = {k: v for k, v in DEFAULTS.items() if k != "n_mfcc"}
    bands = dict(bands, n_mels=32)
    other = dict(bands, n_fft=1102, hop_length=220, fmin=50.0, fmax=8000.0, window="hamming", top_db=60.0)
    cases = []
    for name, samples in signals():
        samples = np.asarray(samples, dtype=np.float32)
        variants = []
        if name in ("chirp", "burst", "silence", "one-sample"):
            variants += [("", dict(bands, deltas=0))]
        if name in ("chirp", "burst"):
            variants += [("-deltas", dict(bands, deltas=2)), ("-other", dict(other, deltas=1))]
        for suffix, parameters in variants:
            path = folder / f"{name}{suffix}.npy"
            cases.append(
                {
                    "name": name + suffix,
                    "samples": f"{name}.samples.npy",
                    "levels": save(path, log_mel(samples, parameters)),
                    "parameters": parameters,
                }
            )
    write_json(folder, cases)


def make_mel(folder):
    folder.mkdir(parents=True, exist_ok=True)
    cases = []
    for parameters in (
        {"sr": 22050, "n_fft": 1024, "n_mels": 64, "fmin": 20.0, "fmax": 8000.0},
        {"sr": 48000, "n_fft": 512, "n_mels": 40, "fmin": 0.0, "fmax": 24000.0},
    ):
        filters = librosa.filters.mel(**parameters, htk=False, norm="slaney")
        path = folder / f"mel-{parameters['sr']}.npy"
        cases.append({"name": path.stem, "filters": save(path, filters), "parameters": parameters})
    write_json(folder, cases)


def make_recordings(folder, recordings):
    folder.mkdir(parents=True, exist_ok=True)
    cases = []
    for name in RECORDINGS:
        found = sorted(recordings.rglob(f"{name}.flac")) + sorted(recordings.rglob(f"{name}.wav"))
        if not found:
            raise SystemExit(f"{recordings} holds no {name}.flac or .wav")
        samples, _ = librosa.load(found[0], sr=RATE, mono=True, res_type="soxr_hq")
        cases.append(
            {
                "name": name,
                "source": f"RAVDESS speech, audio-only, {name} (Livingstone & Russo 2018)",
                "loaded_by": "librosa.load(sr=22050, mono=True, res_type='soxr_hq')",
                "channels": soundfile.info(found[0]).channels,
                "samples": len(samples),
                "mfcc": save(folder / f"{name}.mfcc.npy", mfcc(samples, DEFAULTS)),
                "parameters": DEFAULTS,
            }
        )
    write_json(folder, cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    repository = Path(__file__).resolve().parent.parent
    parser.add_argument("--output", type=Path, default=repository / "tests" / "golden")
    parser.add_argument("--recordings", type=Path, help="a folder with RAVDESS audio-only clips")
    parser.add_argument("--only", choices=["mfcc", "mel", "log-mel"], help="make one folder")
    arguments = parser.parse_args()
    if librosa.__version__ != "0.11.0":
        raise SystemExit(f"the golden values are librosa 0.11.0's, this is {librosa.__version__}")
    for name, make in (("mfcc", make_synthetic), ("mel", make_mel), ("log-mel", make_log_mel)):
        if arguments.only in (None, name):
            make(arguments.output / name)
    if arguments.recordings:
        make_recordings(arguments.output / "mfcc-recordings", arguments.recordings)


if __name__ == "__main__":
    main()
