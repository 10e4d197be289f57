#!/usr/bin/env python3
"""Golden values for fitted fusion and its statistics, computed by scikit-learn, scipy and numpy.

    python scripts/make_golden_fusion.py tests/golden/fusion.json

Needs numpy, scipy and scikit-learn. All inputs are drawn here and written rounded to six decimals, as
tables of predictions have them.
"""

import json
import sys

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

CLASSES = 4
FLOOR = 5e-7  # kProbabilityFloor


def distributions(random, truths, sharpness):
    logits = random.normal(size=(len(truths), CLASSES))
    logits[np.arange(len(truths)), truths] += 1.0
    p = np.exp(sharpness * logits)
    return np.round(p / p.sum(axis=1, keepdims=True), 6)


def of_truth(p, truths):
    return np.maximum(p[np.arange(len(truths)), truths], FLOOR)


def temperature(p, truths):
    logs = np.log(np.maximum(p, FLOOR))

    def loss(inverse):
        scaled = inverse * logs
        top = scaled.max(axis=1, keepdims=True)
        norm = top[:, 0] + np.log(np.exp(scaled - top).sum(axis=1))
        return (norm - scaled[np.arange(len(truths)), truths]).sum()

    return 1 / minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-10}).x


def logs_of(p):
    return np.log(np.maximum(p, FLOOR))


def softmax(scores):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def exponents(modalities, truths):
    """Of the log-linear pool: the negative log likelihood is convex in them."""

    def loss(powers):
        scores = sum(power * logs_of(p) for power, p in zip(powers, modalities))
        return -np.log(softmax(scores)[np.arange(len(truths)), truths]).sum()

    bounds = [(0, 20)] * len(modalities)
    options = {"ftol": 1e-15, "gtol": 1e-10}
    return minimize(loss, [0.5] * len(modalities), bounds=bounds, options=options).x.tolist()


def shrunk_regression(features, truths, toward, strength):
    """sum(-ln p(truth)) + strength/2 * sum((coefficient - toward)^2), the intercept last."""
    rows = np.hstack([features, np.ones((len(truths), 1))])
    one_hot = np.eye(CLASSES)[truths]

    def loss(flat):
        distance = flat - toward.ravel()
        p = softmax(rows @ flat.reshape(toward.shape).T)
        value = -np.log(p[np.arange(len(truths)), truths]).sum() + strength / 2 * distance @ distance
        return value, ((p - one_hot).T @ rows).ravel() + strength * distance

    found = minimize(loss, toward.ravel(), jac=True, method="BFGS", options={"gtol": 1e-9}).x
    return softmax(rows @ found.reshape(toward.shape).T)


def main(path):
    random = np.random.default_rng(11)
    truths = np.repeat(np.arange(CLASSES), 40)
    audio, visual = distributions(random, truths, 2.5), distributions(random, truths, 1.0)
    features = np.hstack([audio, visual])
    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(features, truths)
    weights = np.arange(101) / 100
    mixtures = [w * audio + (1 - w) * visual for w in weights]
    scores = [
        ((p.argmax(axis=1) == truths).sum(), np.log(of_truth(p, truths)).sum()) for p in mixtures
    ]
    weight = weights[max(range(101), key=lambda i: scores[i])]
    product = audio * visual
    product /= product.sum(axis=1, keepdims=True)
    # The plain product as coefficients: one for each class's own logarithms, no intercepts.
    plain = np.hstack([np.eye(CLASSES), np.eye(CLASSES), np.zeros((CLASSES, 1))])
    logs = np.hstack([logs_of(audio), logs_of(visual)])
    values = np.round(random.normal(size=1003), 6)
    with open(path, "w") as file:
        json.dump(
            {
                "made_by": "scripts/make_golden_fusion.py",
                "versions": {
                    "scikit-learn": sklearn.__version__,
                    "scipy": scipy.__version__,
                    "numpy": np.__version__,
                },
                "truths": truths.tolist(),
                "audio": audio.tolist(),
                "visual": visual.tolist(),
                "stacked": {
                    "function": "LogisticRegression(C=1).predict_proba on both, side by side",
                    "probabilities": model.predict_proba(features).tolist(),
                },
                "temperature": {
                    "function": "scipy.optimize.minimize_scalar of the negative log likelihood",
                    "audio": temperature(audio, truths),
                    "visual": temperature(visual, truths),
                },
                "product_temperature": {
                    "function": "the same, of audio times visual, normalised",
                    "expected": temperature(product, truths),
                },
                "exponents": {
                    "function": "scipy.optimize.minimize (L-BFGS-B) of the negative log likelihood",
                    "expected": exponents([audio, visual], truths),
                },
                "shrunk": {
                    "function": "scipy.optimize.minimize (BFGS), shrunk to the product by strength",
                    "strength": 30.0,
                    "probabilities": shrunk_regression(logs, truths, plain, 30.0).tolist(),
                },
                "audio_weight": {
                    "function": "numpy: most right answers, then least negative log likelihood",
                    "expected": weight,
                },
                "log_loss": {
                    "function": "sklearn.metrics.log_loss",
                    "audio": log_loss(truths, audio / audio.sum(axis=1, keepdims=True)),
                },
                "percentiles": {
                    "function": "numpy.percentile(values, [2.5, 97.5])",
                    "values": values.tolist(),
                    "expected": np.percentile(values, [2.5, 97.5]).tolist(),
                },
                "mcnemar": {
                    "function": "scipy.stats.binomtest(one, one + other).pvalue",
                    "cases": [
                        [one, other, binomtest(one, one + other).pvalue]
                        for one, other in [(1, 0), (3, 9), (10, 10), (25, 60), (300, 241)]
                    ],
                },
            },
            file,
        )
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
