"""Loads what the stages of aver wrote, as a researcher's script would: everything into memory."""

from pathlib import Path

import cv2
import numpy

EMOTIONS = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]


def label_of(path):
    return EMOTIONS.index(path.parent.name)


def load_mfccs(paths, max_frames):
    """[N, max_frames, coefficients], zero-padded, and the lengths."""
    arrays = [numpy.load(path).T[:max_frames] for path in paths]
    inputs = numpy.zeros((len(arrays), max_frames, arrays[0].shape[1]), numpy.float32)
    for row, array in zip(inputs, arrays):
        row[: len(array)] = array
    return inputs, [len(array) for array in arrays]


def normalise(inputs, lengths, mean, deviation):
    """Standardises each coefficient; the padding stays zero."""
    for row, length in zip(inputs, lengths):
        row[:length] = (row[:length] - mean) / deviation


def load_pictures(paths, size=64):
    """[N, size, size, 3], BGR / 255"""
    pictures = [cv2.resize(cv2.imread(str(path)), (size, size)) for path in paths]
    return numpy.stack(pictures).astype(numpy.float32) / 255


def mfcc_files(stage):
    return sorted(Path(stage).rglob("*.npy"))


def frame_files(stage):
    return sorted((Path(stage) / "by-actor").rglob("*.jpg"))


def without_test_part(items, share, seed=42):
    """Shuffled, without ceil(share * n) items that are left for testing."""
    order = numpy.random.default_rng(seed).permutation(len(items))
    return [items[i] for i in order[int(numpy.ceil(share * len(items))) :]]


def training_sounds(stage, max_frames):
    """Inputs as load_mfccs gives them, standardised over the unpadded steps; lengths; labels."""
    files = without_test_part(mfcc_files(stage), 0.15)
    inputs, lengths = load_mfccs(files, max_frames)
    steps = numpy.concatenate([row[:length] for row, length in zip(inputs, lengths)])
    normalise(inputs, lengths, steps.mean(0), steps.std(0))
    return inputs, lengths, [label_of(file) for file in files]


def training_pictures(stage):
    """Pictures as load_pictures gives them; labels."""
    files = without_test_part(frame_files(stage), 0.2)
    return load_pictures(files), [label_of(file) for file in files]
