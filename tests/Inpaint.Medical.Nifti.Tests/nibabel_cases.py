"""Writes NIfTI files with nibabel, and beside each what nibabel reads from it. Usage: nibabel_cases.py FOLDER"""
import gzip
import json
import os
import sys

import nibabel as nib
import numpy as np

folder = sys.argv[1]
rng = np.random.default_rng(20)
types = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]
cases = []


def voxels(kind, shape):
    kind = np.dtype(kind)
    if kind.kind == "f":
        return rng.normal(0, 1000, shape).astype(kind)
    info = np.iinfo(kind)
    data = rng.integers(info.min, info.max, size=shape, dtype=kind, endpoint=True)
    data.flat[0], data.flat[1] = info.min, info.max
    return data


def content_of(extension):
    c = extension.get_content()
    return c if isinstance(c, bytes) else c.encode("utf-8")


def affine(kind):
    if kind == "oblique":
        t = 0.3
        r = np.array([[np.cos(t), -np.sin(t), 0], [np.sin(t), np.cos(t), 0], [0, 0, 1]]) @ np.diag([0.9, 1.1, 3.0])
    elif kind == "mirrored":
        r = np.array([[0, 0, 2.5], [-0.8, 0, 0], [0, 0.7, 0]])
    else:
        r = np.diag([1.0, 1.0, 1.0])
    a = np.eye(4)
    a[:3, :3] = r
    a[:3, 3] = [-12.5, 20.25, 7]
    return a


def case(name, version, endian, kind, shape=(5, 4, 6), scaling=(None, None), form="oblique", codes=(1, 1), extensions=(), units=("mm", "sec")):
    cls = nib.Nifti1Image if version == 1 else nib.Nifti2Image
    header = cls.header_class(endianness=endian)
    header.set_data_dtype(np.dtype(kind).newbyteorder(endian))
    header.set_data_shape(shape)
    header.set_xyzt_units(*units)
    header.set_dim_info(freq=0, phase=1, slice=2)
    a = affine(form)
    header.set_zooms(tuple(np.sqrt((a[:3, :3] ** 2).sum(0))) + (1.5,) * (len(shape) - 3))
    if codes[0]:
        header.set_qform(a, codes[0], strip_shears=True)
    if codes[1]:
        header.set_sform(a, codes[1])
    for code, content in extensions:
        header.extensions.append(nib.nifti1.Nifti1Extension(code, content))
    stored = voxels(kind, shape)
    slope, inter = scaling
    if slope is not None:
        header["scl_slope"], header["scl_inter"] = slope, inter
    path = os.path.join(folder, name)
    offset = header.single_vox_offset + sum(e.get_sizeondisk() for e in header.extensions)
    offset += -offset % 16
    header["vox_offset"] = offset
    opener = (lambda p: gzip.open(p, "wb", 1)) if name.endswith(".gz") else (lambda p: open(p, "wb"))
    with opener(path) as f:
        header.write_to(f)
        if f.tell() < offset:
            f.write(b"\0" * (offset - f.tell()))
        f.write(stored.astype(np.dtype(kind).newbyteorder(endian)).tobytes(order="F"))
    read = nib.load(path)
    real = read.get_fdata(dtype=np.float64)
    assert real.shape == shape
    with open(path + ".f64", "wb") as f:
        f.write(real.astype("<f8").tobytes(order="F"))
    cases.append(dict(
        file=name, version=version, littleEndian=endian == "<", shape=list(shape), affine=read.affine.ravel().tolist(),
        zooms=[float(z) for z in read.header.get_zooms()[:3]],
        extensions=[[int(e.get_code()), content_of(e).hex()] for e in read.header.extensions]))


n = 0
for version in (1, 2):
    for endian in "<>":
        for kind in types:
            suffix = ".nii.gz" if n % 2 else ".nii"
            case(f"v{version}-{'le' if endian == '<' else 'be'}-{kind}{suffix}", version, endian, kind)
            n += 1
            case(f"v{version}-{'le' if endian == '<' else 'be'}-{kind}-scaled{suffix}", version, endian, kind, scaling=(2.5, -7.25), form="mirrored")
for version in (1, 2):
    case(f"v{version}-slope-zero.nii", version, "<", "i2", scaling=(0, 3))
    case(f"v{version}-slope-nan.nii", version, "<", "i2", scaling=(np.nan, np.nan))
    case(f"v{version}-slope-one-inter.nii", version, ">", "i2", scaling=(1, -1024))
    case(f"v{version}-4d.nii.gz", version, "<", "i2", shape=(5, 4, 6, 3))
    case(f"v{version}-5d.nii", version, ">", "f4", shape=(5, 4, 6, 2, 2))
    case(f"v{version}-qform-only.nii", version, "<", "u1", codes=(1, 0), form="mirrored")
    case(f"v{version}-sform-only.nii", version, "<", "u1", codes=(0, 2))
    case(f"v{version}-no-form.nii", version, "<", "u1", codes=(0, 0))
    case(f"v{version}-extensions.nii.gz", version, "<", "i2", extensions=((6, b"a comment"), (4, b"<xml/>" * 11)))
    case(f"v{version}-extensions-be.nii", version, ">", "i2", extensions=((6, b"a comment"),))
with open(os.path.join(folder, "cases.json"), "w") as f:
    json.dump(cases, f)
