#!/usr/bin/env python3
"""Trains the audio network in PyTorch, eager, on a folder of MFCCs."""

import argparse

import numpy
import torch

import data
import networks


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", help="stage folder of aver-compute-mfcc")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--max-frames", type=int, default=228)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    files = networks.without_test_part(data.mfcc_files(arguments.input), 0.15)
    inputs, lengths = data.load_mfccs(files, arguments.max_frames)
    steps = numpy.concatenate([row[:length] for row, length in zip(inputs, lengths)])
    data.normalise(inputs, lengths, steps.mean(0), steps.std(0))
    labels = torch.tensor([data.label_of(file) for file in files])
    networks.train(
        networks.AudioNet(),
        torch.from_numpy(inputs),
        labels,
        arguments.epochs,
        batch_size=32,
        learning_rate=1e-3,
    )


if __name__ == "__main__":
    main()
