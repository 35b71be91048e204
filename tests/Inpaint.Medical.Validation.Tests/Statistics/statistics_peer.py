"""Bootstrap and Wilcoxon by SciPy. Usage: statistics_peer.py FILE (JSON: seed, draws, samples) -> JSON list"""
import json
import sys

import numpy as np
from scipy import stats

MASK = (1 << 64) - 1


class Draws(np.random.RandomState):
    """SplitMix64 in the place of numpy's generator, so that SciPy resamples as we do."""

    def start(self, seed):
        self.s = seed

    def randint(self, low, high=None, size=None, dtype=int):
        out = np.empty(int(np.prod(size)), dtype=np.int64)
        for i in range(out.size):
            self.s = (self.s + 0x9E3779B97F4A7C15) & MASK
            z = self.s
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            out[i] = low + (((z ^ (z >> 31)) * (high - low)) >> 64)
        return out.reshape(size)


given = json.load(open(sys.argv[1]))
results = []
for sample in given["samples"]:
    draws = Draws()
    draws.start(given["seed"])
    interval = stats.bootstrap((np.array(sample),), np.mean, n_resamples=given["draws"], method="percentile", random_state=draws, vectorized=True).confidence_interval
    nonzero = np.array([d for d in sample if d != 0])
    results.append(dict(
        low=interval.low, high=interval.high,
        approx=stats.wilcoxon(nonzero, method="approx").pvalue,
        exact=stats.wilcoxon(nonzero, method="exact").pvalue if len(nonzero) <= 50 else None))
print(json.dumps(results))
