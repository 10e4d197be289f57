#!/usr/bin/env python3
"""Trains the visual network in PyTorch, eager, contiguous layout, on a folder of frames."""

import argparse

import torch

import data
import networks


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", help="stage folder of aver-extract-frames")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    files = networks.without_test_part(data.frame_files(arguments.input), 0.2)
    labels = torch.tensor([data.label_of(file) for file in files])
    networks.train(
        networks.VisualNet(),
        data.load_pictures(files),
        labels,
        arguments.epochs,
        batch_size=8,
        learning_rate=1e-4,
    )


if __name__ == "__main__":
    main()
