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
    """Inputs and time steps."""
    if kind == "visual":
        pictures = torch.from_numpy(data.load_pictures(files)).permute(0, 3, 1, 2).contiguous()
        return pictures, torch.ones(len(files), dtype=torch.int64)
    inputs, lengths = data.load_mfccs(files, max_frames)
    data.normalise(inputs, lengths, mean.numpy(), deviation.numpy())
    return torch.from_numpy(inputs), torch.tensor(lengths)


def mean_by_clip(files, probabilities):
    """{clip key: distribution}: the mean over a clip's frames, or its only one."""
    rows = {}
    for file, row in zip(files, probabilities):
        rows.setdefault(file.stem.split("_frame_")[0][3:], []).append(row)
    return {clip: torch.stack(found).mean(0).tolist() for clip, found in rows.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["audio", "visual"], help="audio: any series")
    parser.add_argument("input", help="stage folder")
    parser.add_argument("model", help="model.safetensors")
    parser.add_argument("output", type=Path, help="folder for predictions.csv")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--max-frames", type=int, default=228)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    audio = arguments.kind == "audio"
    files = (data.mfcc_files if audio else data.frame_files)(arguments.input)
    network, classes, mean, deviation = networks.load_model(arguments.kind, arguments.model)
    inputs, lengths = inputs_of(arguments.kind, files, mean, deviation, arguments.max_frames)
    network.eval()
    with torch.inference_mode():
        items = torch.arange(len(inputs)).split(32)
        network(*networks.batch_of(network, inputs, lengths, items[0]))
        started = time.monotonic()
        logits = torch.cat(
            [network(*networks.batch_of(network, inputs, lengths, batch)) for batch in items]
        )
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
