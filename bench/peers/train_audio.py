#!/usr/bin/env python3
"""Trains a network on a stage folder of features in PyTorch, eager unless told otherwise."""

import argparse

import torch

import data
import networks


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", help="stage folder of features")
    parser.add_argument("--max-frames", type=int, default=228)
    networks.add_training_options(parser, "audio")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    inputs, lengths, labels = data.training_sounds(arguments.input, arguments.max_frames)
    network = networks.NETWORKS["audio"][arguments.architecture]
    networks.train(
        network(coefficients=inputs.shape[2]),
        torch.from_numpy(inputs),
        torch.tensor(lengths),
        torch.tensor(labels),
        arguments,
        batch_size=32,
        learning_rate=1e-3,
    )


if __name__ == "__main__":
    main()
