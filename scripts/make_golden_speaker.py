#!/usr/bin/env python3
"""Makes the golden values of the speaker-states tests with PyTorch and librosa.

Only needed to make them anew: building, testing and running aver needs no Python.

    pip install librosa==0.11.0 torch
    scripts/make_golden_speaker.py        # -> tests/golden/speaker-states

The encoder has the layers of those for GE2E, small and with random weights: nobody's. It is saved as
PyTorch saves a checkpoint and goes through scripts/export-encoder.py, as a user's does.
"""

import json
import platform
import subprocess
import sys
from pathlib import Path

import librosa
import numpy as np
import torch

HERE = Path(__file__).resolve().parent
OUTPUT = HERE.parent / "tests/golden/speaker-states"
BANDS, UNITS, LAYERS, RATE = 12, 8, 3, 16000


def signal():
    """Two tones that rise, between silences, quieter than -30 dB below full scale."""
    t = np.arange(int(0.5 * RATE)) / RATE
    tone = 0.6 * np.sin(2 * np.pi * (300 + 900 * t) * t) + 0.3 * np.sin(2 * np.pi * 2500 * t * t)
    heard = (t > 0.1) & (t < 0.42)
    noise = np.random.RandomState(7).normal(size=t.size)
    return (0.01 * tone * heard + 1e-5 * noise).astype(np.float32)


def states_of(encoder, samples, loudness_db, trim_db):
    level = np.sqrt(np.mean(samples.astype(np.float64) ** 2))
    louder = (samples * max(1.0, 10 ** (loudness_db / 20) / level)).astype(np.float32)
    power = librosa.feature.melspectrogram(y=louder, sr=RATE, n_fft=400, hop_length=160,
                                           n_mels=BANDS)
    steps = torch.from_numpy(power.T.astype(np.float32))[None]
    total = power.sum(axis=0)
    heard = np.flatnonzero(total >= total.max() * 10 ** (-trim_db / 10))
    states = []
    with torch.no_grad():
        for layer in range(LAYERS):
            one = torch.nn.LSTM(BANDS if layer == 0 else UNITS, UNITS, batch_first=True)
            one.load_state_dict({name: encoder[f"lstm.{name[:-1]}{layer}"]
                                 for name in one.state_dict()})
            steps, _ = one(steps)
            states.append(steps[0].numpy()[heard[0]:heard[-1] + 1].T.copy())
    return states


def main():
    torch.manual_seed(3)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    lstm = torch.nn.LSTM(BANDS, UNITS, LAYERS)
    encoder = {f"lstm.{name}": 3 * value for name, value in lstm.state_dict().items()}
    encoder["lstm.weight_ih_l0"] *= 30  # power is small where it is heard
    for name, new in (("checkpoint.pt", True), ("checkpoint-old.pt", False)):
        torch.save({"step": 1, "loss": 0.5, "model_state": encoder}, OUTPUT / name,
                   _use_new_zipfile_serialization=new)
    subprocess.run([sys.executable, HERE / "export-encoder.py", OUTPUT / "checkpoint.pt",
                    OUTPUT / "encoder.safetensors"], check=True)
    samples = signal()
    np.save(OUTPUT / "samples.npy", samples)
    for layer, states in enumerate(states_of(encoder, samples, -30, 35), start=1):
        np.save(OUTPUT / f"layer-{layer}.npy", states)
    provenance = {"made_by": "scripts/make_golden_speaker.py",
                  "versions": {"librosa": librosa.__version__, "torch": torch.__version__,
                               "numpy": np.__version__, "python": platform.python_version()},
                  "loudness-db": -30, "trim-db": 35, "layers": LAYERS}
    (OUTPUT / "golden.json").write_text(json.dumps(provenance, indent=1) + "\n")


if __name__ == "__main__":
    main()
