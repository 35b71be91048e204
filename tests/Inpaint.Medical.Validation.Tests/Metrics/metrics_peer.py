"""Scores of pairs of images by numpy, scipy and scikit-image. Usage: metrics_peer.py FOLDER (images.json and *.f32) -> JSON list"""
import json
import os
import sys

import numpy as np
from scipy import ndimage
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

folder = sys.argv[1]
results = []
for entry in json.load(open(os.path.join(folder, "images.json"))):
    shape = entry["rows"], entry["columns"]
    truth, image = (np.fromfile(os.path.join(folder, entry["name"] + s), "<f4").reshape(shape).astype(np.float64) for s in (".truth", ".image"))
    low, high = np.percentile(truth.astype(np.float32), [0.5, 99.8])
    span = float(high) - float(low)
    error = np.abs(truth - image)
    worst = int(max(1, np.ceil(error.size * 0.01)))
    log = lambda x: ndimage.gaussian_laplace(x, 1.5)
    k = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    response = ndimage.correlate(image, k)[1:-1, 1:-1]
    results.append(dict(
        low=float(low), high=float(high),
        mse=mean_squared_error(truth, image),
        psnr=peak_signal_noise_ratio(truth, image, data_range=span),
        ssim=structural_similarity(truth, image, data_range=span, gaussian_weights=True, sigma=1.5, use_sample_covariance=False) if min(shape) >= 11 else None,
        ssim_uniform=structural_similarity(truth, image, data_range=span) if min(shape) >= 7 else None,
        mae=float(error.mean()),
        hfen=float(np.linalg.norm(log(image - truth)) / np.linalg.norm(log(truth))),
        noise=float(np.sqrt(np.pi / 2) * np.abs(response).sum() / (6 * (shape[0] - 2) * (shape[1] - 2))),
        worst=float(np.sort(error.astype(np.float32), axis=None)[-worst:].astype(np.float64).mean())))
print(json.dumps(results))
