"""The masked volume transformer in Python's PyTorch: checked against ours, then timed.

    network.py MODEL FOLDER

MODEL is a folder of models/. FOLDER holds inference.safetensors and training.safetensors: the tensors of a batch and what our network
made of it in float32 ("mean"; for training also "loss" and "gradient", the length of the gradient). Prints the version of PyTorch and the
largest difference of a prediction in inference and in training, normalised units, and of loss and gradient, relative. Then every line on
standard input, "inference PRECISION" or "training PRECISION", is answered by the seconds that the processor worked on it. One thread.

src/Inpaint.Medical.Torch/MaskedVolumeTransformer.cs says what the parts are for; names and order are the same here.
"""
import json
import math
import pathlib
import struct
import sys
import time

import numpy
import torch
import torch.nn.functional as F

CANDIDATES, SLOTS, SIDE, EXTRAS, PATCH = 3, 4, 6, 10, 8
TAPS = SIDE * SIDE
TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def read(path):
    """Tensors of a safetensors file by name."""
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack_from("<q", data)[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    body = memoryview(data)[8 + length:]
    return {name: torch.from_numpy(numpy.frombuffer(body[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"]).copy())
            for name, entry in header.items()}


class Network:
    def __init__(self, settings, weights, precision):
        self.settings, self.weights, self.precision = settings, weights, precision

    def convolve(self, name, x, stride=1, padding=0):
        return F.conv2d(x, self.weights[name + ".weight"].to(self.precision), self.weights[name + ".bias"].to(self.precision), stride, padding)

    def linear(self, name, x, precision=torch.float32):
        return F.linear(x, self.weights[name + ".weight"].to(precision), self.weights[name + ".bias"].to(precision))

    def normalise(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.weights[name + ".weight"].to(x.dtype), self.weights[name + ".bias"].to(x.dtype))

    def residual(self, name, x):
        for i in range(self.settings["depth"]):
            inner = act(self.convolve(f"{name}.{i}.first", x, padding=1))
            x = x + self.convolve(f"{name}.{i}.second", inner, padding=1)
        return x

    def channels_last(self, x):
        return x.permute(0, 2, 3, 1).to(self.precision).contiguous().permute(0, 3, 1, 2)

    def displacement(self, name, features, scale):
        return F.interpolate(self.convolve(name, features).float().contiguous(), scale_factor=(scale, scale), mode="bilinear", align_corners=False) * scale

    def predict(self, b):
        """Mean, logarithm of the standard error, and classical candidates."""
        n, slices, rows, columns = b["visible"].shape
        flat = b["visible"].view(n, slices, rows * columns)
        candidates = b["weights"].bmm(flat).view(n, CANDIDATES, rows, columns)
        near = b["visible"].view(n * slices, rows, columns).index_select(0, b["slots"]).view(n, SLOTS, rows, columns)
        evidence = b["evidence"] if "evidence" in b else evidence_of(b, flat)
        log_error = (evidence + 1e-7).log()
        trust = (log_error * -4).softmax(1)[:, :, None, None]
        sigma = (evidence.amin(1) + 1e-6).sqrt().view(n, 1, 1, 1)
        unit = (sigma * 3).reciprocal()

        def scaled(x, start):
            return ((x - start) * unit).clamp(-8, 8)

        still = (candidates * trust).sum(1, keepdim=True)
        known = scaled(b["own"], still) * (1 - b["missing"])
        code = torch.cat([b["code"], log_error - log_error.mean(1, keepdim=True), sigma.view(n, 1).log() * 0.25], 1)
        bias = self.linear("condition2", F.silu(self.linear("condition1", code))).to(self.precision).view(n, -1, 1, 1)
        bias = bias.split([self.settings["fineChannels"], self.settings["middleChannels"], self.settings["coarseChannels"]], 1)

        seen = self.channels_last(torch.cat([still - .5, scaled(near, still), scaled(candidates[:, :2], still), known, b["missing"]], 1))
        f4 = self.residual("coarse4In", act(self.convolve("coarseStem", seen, 4, 2) + bias[1]))
        f8 = self.residual("coarse8In", act(self.convolve("coarseDown", f4, 2, 1) + bias[2]))
        f8 = f8 + self.ask(b, still, unit, f8)
        f4 = self.residual("coarse4Out", f4 + enlarge(self.convolve("coarseUp", self.residual("coarse8Out", f8))))
        flow = self.displacement("flow4", f4, 4)

        moved = warp(near, flow, b["reach"])
        start, _ = along_displaced(b, moved, candidates, trust, still)
        seen = self.channels_last(torch.cat(
            [start - .5, scaled(moved, start), scaled(near[:, :2], start), scaled(candidates, start), known, b["missing"]], 1))
        f2 = self.residual("fine2In", act(self.convolve("fineStem", seen, 2, 2) + enlarge(self.convolve("fineJoin", f4)) + bias[0]))
        g4 = self.residual("fine4", act(self.convolve("fineDown", f2, 2, 1) + f4))
        f2 = self.residual("fine2Out", f2 + enlarge(self.convolve("fineUp", g4)))
        flow = flow + self.displacement("flow2", f2, 2)

        moved = warp(near, flow, b["reach"])
        start, along = along_displaced(b, moved, candidates, trust, still)
        h = act(self.convolve("hidden", f2))
        weights = self.convolve("mix", h).permute(0, 2, 3, 1).view(n, rows // 2, columns // 2, 4, 2 * TAPS + EXTRAS)
        guesses = torch.cat([torch.cat([candidates, moved[:, 2:], near[:, :2], along], 1) - start, sigma.expand_as(start)], 1)
        mean = start.squeeze(1) + self.mix(weights, moved[:, :2], start, guesses)
        spread = from_blocks(self.convolve("spread", h.detach()).permute(0, 2, 3, 1).float())
        return mean, spread + sigma.detach().log().view(n, 1, 1), candidates

    def mix(self, weights, pair, start, guesses):
        n, _, rows, columns = pair.shape
        blocks = to_blocks(start).squeeze(4)
        centre = blocks.mean(3, keepdim=True)
        patches = F.unfold(F.pad(pair, (2, 2, 2, 2), mode="replicate"), SIDE, stride=2).transpose(1, 2).view(n, rows // 2, columns // 2, 2 * TAPS)
        kernel, rest = weights.split([2 * TAPS, EXTRAS], 4)
        mixed = ((kernel * (patches - centre).to(self.precision).unsqueeze(3)).sum(4).float() - kernel.sum(4).float() * (blocks - centre)
                 + (rest * to_blocks(guesses).to(self.precision)).sum(4).float())
        return from_blocks(mixed)

    def ask(self, b, still, unit, coarse):
        """What the masked tokens find by attention over the tokens of all visible slices."""
        n, slices = b["visible"].shape[:2]
        rows, columns = coarse.shape[2:]
        width, window = self.settings["tokenWidth"], self.settings["window"]
        seen = torch.cat([(b["visible"] - .5).to(self.precision), ((b["visible"] - still) * unit).clamp(-8, 8).to(self.precision)], 1)
        seen = seen.view(n, 2, slices, rows, PATCH, columns, PATCH).permute(0, 2, 3, 5, 1, 4, 6).reshape(n * slices, rows, columns, 2 * PATCH * PATCH)
        visible = self.linear("tokens.embed", seen, self.precision)
        masked = self.convolve("tokens.ask", coarse).permute(0, 2, 3, 1)
        slice_codes = self.slices(b).to(self.precision)
        visible = visible + slice_codes[:, :slices].reshape(n * slices, 1, 1, width)
        masked = masked + slice_codes[:, slices:].view(n, 1, 1, width)

        place = self.weights["tokens.places"].to(self.precision)
        visible = self.attend("tokens.encoder", visible, None, Windows(window, 0, rows, columns), place)
        for block in range(self.settings["blocks"]):
            masked = self.attend(f"tokens.blocks.{block}", masked, visible, Windows(window, block % 2 * (window // 2), rows, columns), place)
        masked = self.normalise("tokens.last", masked.float()).to(self.precision).permute(0, 3, 1, 2)
        return self.convolve("tokens.answer", masked)

    def slices(self, b):
        z = torch.cat([b["positions"], torch.zeros_like(b["positions"][:, :1])], 1).unsqueeze(2)
        millimetres = z * b["code"][:, 4].exp().view(-1, 1, 1)
        spacing = b["code"][:, 4:7].unsqueeze(1).expand(-1, z.shape[1], -1)
        code = torch.cat([z * .25, z.sign(), z.abs().log1p(), (z * 1.5).sin(), (z * 1.5).cos(), (z * .5).sin(), (z * .5).cos(), millimetres / 16, spacing], 2)
        return self.linear("tokens.place2", F.silu(self.linear("tokens.place1", code)))

    def attend(self, name, x, others, windows, place):
        n, _, _, width = x.shape
        heads = self.settings["heads"]
        size = width // heads
        own = windows.cut(self.normalise(name + ".before", x)) + place
        keys = own
        if others is not None:
            seen = windows.cut(self.normalise(name + ".before", others)) + place
            keys = torch.cat([seen.view(n, -1, *seen.shape[1:3], width).transpose(1, 2).flatten(2, 3), own], 2)

        def split(t):
            return t.view(n * windows.count, -1, heads, size).transpose(1, 2)

        key, value = self.linear(name + ".keyValue", keys, self.precision).split(width, 3)
        scores = (split(self.linear(name + ".query", own, self.precision)) * (1 / math.sqrt(size))).matmul(split(key).transpose(2, 3))
        found = scores.softmax(3).matmul(split(value)).transpose(1, 2).reshape(n, windows.count, -1, width)
        x = x + windows.join(self.linear(name + ".output", found, self.precision))
        up = F.silu(self.linear(name + ".up", self.normalise(name + ".between", x), self.precision))
        return x + self.linear(name + ".down", up, self.precision)


class Windows:
    def __init__(self, size, shift, rows, columns):
        self.size, self.shift, self.rows, self.columns = size, shift, rows, columns
        self.high, self.wide = -(-(rows + shift) // size), -(-(columns + shift) // size)
        self.count = self.high * self.wide

    def cut(self, x):
        down, right = self.high * self.size - self.shift - self.rows, self.wide * self.size - self.shift - self.columns
        if self.shift + down + right > 0:
            x = F.pad(x, (0, 0, self.shift, right, self.shift, down))
        x = x.view(x.shape[0], self.high, self.size, self.wide, self.size, x.shape[3]).transpose(2, 3)
        return x.reshape(x.shape[0], self.count, self.size * self.size, x.shape[5])

    def join(self, x):
        x = x.view(x.shape[0], self.high, self.wide, self.size, self.size, x.shape[3]).transpose(2, 3)
        x = x.reshape(x.shape[0], self.high * self.size, self.wide * self.size, x.shape[5])
        return x.narrow(1, self.shift, self.rows).narrow(2, self.shift, self.columns)


def act(x):
    return F.leaky_relu(x, 0.1)


def enlarge(x):
    return F.interpolate(x, scale_factor=(2, 2), mode="nearest")


def evidence_of(b, flat):
    n, hidden = flat.shape[0], b["errors"].shape[1] // CANDIDATES
    return b["errors"].bmm(flat).square().mean(2).view(n, hidden, CANDIDATES).mean(1)


def along_displaced(b, moved, candidates, trust, still):
    along = b["slotWeights"].bmm(moved.flatten(2)).view(-1, 2, *moved.shape[2:])
    share = torch.cat([trust[:, :1], trust[:, 1:].sum(1, keepdim=True)], 1)
    return still + ((along - candidates[:, :2]) * share).sum(1, keepdim=True), along


def warp(near, flow, reach):
    n, _, rows, columns = near.shape
    pair = flow.view(n, 1, 2, 2, rows, columns).expand(n, 2, 2, 2, rows, columns).reshape(n, SLOTS, 2, rows, columns) * reach.view(n, SLOTS, 1, 1, 1)
    x = (pair[:, :, 0] + torch.arange(columns)) * (2 / max(columns - 1, 1)) - 1
    y = (pair[:, :, 1] + torch.arange(rows).view(-1, 1)) * (2 / max(rows - 1, 1)) - 1
    grid = torch.stack([x, y], -1).nan_to_num().view(n * SLOTS, rows, columns, 2)
    return F.grid_sample(near.view(n * SLOTS, 1, rows, columns), grid, padding_mode="border", align_corners=True).view(n, SLOTS, rows, columns)


def to_blocks(x):
    n, channels, rows, columns = x.shape
    return x.view(n, channels, rows // 2, 2, columns // 2, 2).permute(0, 2, 4, 3, 5, 1).reshape(n, rows // 2, columns // 2, 4, channels)


def from_blocks(x):
    n, rows, columns = x.shape[:3]
    return x.view(n, rows, columns, 2, 2).permute(0, 1, 3, 2, 4).reshape(n, rows * 2, columns * 2)


class Training:
    """The trainer's step: loss, gradient, AdamW with the gradient cut to a length, running mean of the weights."""

    def __init__(self, settings, weights, batch, precision):
        self.weights = {name: value.clone().requires_grad_() for name, value in weights.items()}
        self.network, self.batch = Network(settings, self.weights, precision), batch
        everything = list(self.weights.values())
        self.means = [value.detach().clone() for value in everything]
        self.optimiser = torch.optim.AdamW(
            [{"params": [p for p in everything if p.dim() > 1], "weight_decay": 0.01}, {"params": [p for p in everything if p.dim() <= 1], "weight_decay": 0}],
            lr=1e-5, betas=(0.9, 0.98), eps=1e-8)

    def step(self):
        self.optimiser.zero_grad()
        mean, log_sigma, candidates = self.network.predict(self.batch)
        target, missing = self.batch["target"], self.batch["missing"].squeeze(1)
        count = missing.sum((1, 2))
        error = (mean - target.squeeze(1)) * missing
        mse = error.square().sum((1, 2)) / count
        classical = ((candidates - target) * self.batch["missing"]).square().sum((2, 3)) / count.unsqueeze(1)
        loss = ((mse + 3e-5) / (classical.amin(1) + 3e-5)).log().mean() * (10 / math.log(10))
        spread = (missing * (log_sigma + error.detach().abs() / log_sigma.exp())).sum() / count.sum()
        (loss + spread * 0.1).backward()
        gradient = torch.nn.utils.clip_grad_norm_(self.weights.values(), 1).item()
        self.optimiser.step()
        with torch.no_grad():
            torch._foreach_mul_(self.means, 0.999)
            torch._foreach_add_(self.means, list(self.weights.values()), alpha=0.001)
        return mean, loss.item(), gradient


def differences(settings, weights, inference, training):
    with torch.no_grad():
        predicted = (Network(settings, weights, torch.float32).predict(inference)[0] - inference["mean"]).abs().max().item()
    mean, loss, gradient = Training(settings, weights, training, torch.float32).step()
    relative = max(abs(found / training[name].item() - 1) for name, found in (("loss", loss), ("gradient", gradient)))
    return predicted, (mean - training["mean"]).abs().max().item(), relative


def main(model, folder):
    torch.set_num_threads(1)
    settings = json.loads(pathlib.Path(model, "model.json").read_text())["settings"]
    weights = read(pathlib.Path(model, "weights.safetensors"))
    inference, training = (read(pathlib.Path(folder, name + ".safetensors")) for name in ("inference", "training"))
    print(torch.__version__, *differences(settings, weights, inference, training), flush=True)

    precisions = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    networks = {name: Network(settings, weights, precision) for name, precision in precisions.items()}
    trainings = {name: Training(settings, weights, training, precision) for name, precision in precisions.items()}
    for line in sys.stdin:
        what, precision = line.split()
        started = time.thread_time()
        if what == "inference":
            with torch.no_grad():
                networks[precision].predict(inference)
        else:
            trainings[precision].step()
        print(time.thread_time() - started, flush=True)


main(*sys.argv[1:])
