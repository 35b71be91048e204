"""Prints the tables of docs/validation.md from a summary.json of 'inpaint validate'."""
import json
import sys

summary = json.load(open(sys.argv[1], encoding="utf-8"))
METRICS = [("psnr", "{:.2f}"), ("psnr_foreground", "{:.2f}"), ("ssim", "{:.3f}"), ("mae", "{:.1f}"), ("hfen", "{:.3f}"), ("noise_ratio", "{:.2f}")]
TITLES = ["PSNR, dB", "foreground, dB", "SSIM 11×11", "MAE", "HFEN", "noise ratio"]
methods = [method["name"] for method in summary["provenance"]["methods"]]
aggregates = {(a["stratum"]["kind"], a["stratum"]["name"], a["method"], a["metric"]): a for a in summary["aggregates"]}
gains = {
    (c["stratum"]["kind"], c["stratum"]["name"], c["method"]): c
    for c in summary["comparisons"] if c["metric"] == "psnr" and c["baseline"] == "best"
}


def interval(values, form):
    return f"{form.format(values[0])} [{form.format(values[1])}, {form.format(values[2])}]"


def rows(kind, names):
    print("| hidden | method | " + " | ".join(TITLES) + " | gain over the best other classical, dB | wins | p |")
    print("|---" * (len(TITLES) + 5) + "|")
    for name in names:
        for method in methods:
            cells = []
            for metric, form in METRICS:
                found = aggregates.get((kind, name, method, metric))
                value = "–" if found is None else form.format(found["mean"])
                cells.append(interval([found["mean"], found["low95"], found["high95"]], form) if found and metric == "psnr" else value)
            gain = gains.get((kind, name, method))
            if gain is not None:
                p = gain.get("wilcoxonP")
                cells += [interval([gain["meanGain"], gain["low95"], gain["high95"]], "{:+.2f}"), f"{gain['winRate']:.0%}", "–" if p is None else f"{p:.3f}"]
            else:
                cells += ["–"] * 3
            print(f"| {name} | {method} | " + " | ".join(cells) + " |")
    print()


for method in summary["provenance"]["methods"]:
    if "weightsSha256" in method:
        print(f"{method['name']}: weights sha256 {method['weightsSha256']}\n")
rows("Drop", summary["provenance"]["drops"])
rows("Modality", sorted({volume["modality"] for volume in summary["volumes"]}))
