#!/usr/bin/env python3
"""Trains a network on a folder of frames in PyTorch, eager unless told otherwise."""

import argparse

import torch

import data
import networks


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", help="stage folder of aver-extract-frames")
    parser.add_argument("--batch-size", type=int, default=8)
    networks.add_training_options(parser, "visual")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    pictures, labels = data.training_pictures(arguments.input)
    inputs = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous()
    networks.train(
        networks.NETWORKS["visual"][arguments.architecture](),
        inputs,
        torch.ones(len(inputs), dtype=torch.int64),
        torch.tensor(labels),
        arguments,
        batch_size=arguments.batch_size,
        learning_rate=1e-4,
    )


if __name__ == "__main__":
    main()
