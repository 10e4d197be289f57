#!/usr/bin/env python3
"""Golden values for the metrics tests, computed by scikit-learn.

    python scripts/make_golden_metrics.py tests/golden/metrics.json

Needs numpy and scikit-learn. The first case is the audio confusion matrix printed in the paper; the
others are drawn here and have classes that are never true, never predicted, or neither.
"""

import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn import metrics

ALPHABETICAL = ["angry", "calm", "disgust", "fearful", "happy", "neutral", "sad", "surprised"]
PAPER = [
    [324, 2, 2, 0, 3, 0, 0, 3],
    [0, 304, 0, 1, 0, 0, 1, 0],
    [1, 2, 277, 0, 0, 0, 0, 2],
    [2, 0, 0, 278, 3, 0, 7, 2],
    [2, 0, 0, 0, 294, 2, 3, 2],
    [0, 11, 0, 1, 4, 138, 2, 0],
    [0, 3, 0, 0, 2, 1, 304, 1],
    [0, 0, 1, 3, 3, 0, 0, 276],
]


def scored(name, classes, matrix):
    matrix = np.asarray(matrix)
    truth, answer = np.nonzero(matrix)
    counts = matrix[truth, answer]
    truth, answer = np.repeat(truth, counts), np.repeat(answer, counts)
    every = list(range(len(classes)))
    per_class = metrics.precision_recall_fscore_support(truth, answer, labels=every, zero_division=0)
    macro = metrics.precision_recall_fscore_support(truth, answer, average="macro", zero_division=0)
    return {
        "name": name,
        "classes": classes,
        "matrix": matrix.ravel().tolist(),
        "accuracy": metrics.accuracy_score(truth, answer),
        "uar": metrics.balanced_accuracy_score(truth, answer),
        "macro_precision": macro[0],
        "macro_recall": macro[1],
        "macro_f1": macro[2],
        "precision": per_class[0].tolist(),
        "recall": per_class[1].tolist(),
        "f1": per_class[2].tolist(),
        "support": per_class[3].tolist(),
    }


def main(path):
    random = np.random.default_rng(7)
    cases = [scored("paper, audio", ALPHABETICAL, PAPER)]
    cases.append(scored("five classes", list("abcde"), random.integers(0, 30, (5, 5))))
    holes = random.integers(0, 9, (5, 5))
    holes[1, :] = 0  # never true
    holes[:, 2] = 0  # never predicted
    holes[3, :] = holes[:, 3] = 0  # neither
    cases.append(scored("with holes", list("abcde"), holes))
    cases.append(scored("all wrong", ["yes", "no"], [[0, 3], [4, 0]]))
    with open(path, "w") as file:
        json.dump(
            {
                "made_by": "scripts/make_golden_metrics.py",
                "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
                "functions": "accuracy_score, balanced_accuracy_score, "
                "precision_recall_fscore_support(zero_division=0); macro over the classes that occur",
                "cases": cases,
            },
            file,
            indent=1,
        )
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class that is predicted but never true is meant here
        main(sys.argv[1])
