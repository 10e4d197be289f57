#!/usr/bin/env python3
"""Predicts every clip of a stage folder with a model that aver trained, in PyTorch, eager. Says how
long the forward passes alone took, over tensors that are loaded already."""

import argparse
import csv
import time
from pathlib import Path

import torch

import data
import networks


def inputs_of(kind, files, mean, deviation, max_frames):
    if kind == "visual":
        return data.load_pictures(files)
    inputs, lengths = data.load_mfccs(files, max_frames)
    data.normalise(inputs, lengths, mean.numpy(), deviation.numpy())
    return torch.from_numpy(inputs)


def mean_by_clip(files, probabilities):
    """{clip key: distribution}: the mean over a clip's frames, or its only one."""
    rows = {}
    for file, row in zip(files, probabilities):
        rows.setdefault(file.stem.split("_frame_")[0][3:], []).append(row)
    return {clip: torch.stack(found).mean(0).tolist() for clip, found in rows.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["audio", "visual"])
    parser.add_argument("input", help="stage folder")
    parser.add_argument("model", help="model.safetensors")
    parser.add_argument("output", type=Path, help="folder for predictions.csv")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--max-frames", type=int, default=228)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    audio = arguments.kind == "audio"
    network = networks.AudioNet() if audio else networks.VisualNet()
    classes, mean, deviation = networks.load_model(network, arguments.model)
    files = (data.mfcc_files if audio else data.frame_files)(arguments.input)
    inputs = inputs_of(arguments.kind, files, mean, deviation, arguments.max_frames)
    network.eval()
    with torch.inference_mode():
        network(inputs[:32])
        started = time.monotonic()
        logits = torch.cat([network(batch) for batch in inputs.split(32)])
        print(f"metric forward_s {time.monotonic() - started:.4f}")
        probabilities = torch.softmax(logits, 1)

    arguments.output.mkdir(parents=True, exist_ok=True)
    with open(arguments.output / "predictions.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["clip", *classes])
        for clip, row in mean_by_clip(files, probabilities).items():
            writer.writerow([clip, *(f"{value:.6f}" for value in row)])


if __name__ == "__main__":
    main()
