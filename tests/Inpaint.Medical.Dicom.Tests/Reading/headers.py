"""Prints, for each classic single-frame file given, the attributes as pydicom reads them, one JSON object a line."""
import json
import sys

import pydicom
import warnings

warnings.simplefilter("ignore")


def numbers(value):
    return None if value in (None, "") else [float(v) for v in value]


def number(value):
    return None if value in (None, "") else float(value)


for path in sys.argv[1:]:
    ds = pydicom.dcmread(path, stop_before_pixels=True)
    print(json.dumps({
        "path": path,
        "sop": str(ds.SOPInstanceUID),
        "series": str(ds.SeriesInstanceUID),
        "rows": int(ds.Rows),
        "columns": int(ds.Columns),
        "stored": int(ds.BitsStored),
        "signed": int(ds.PixelRepresentation),
        "type": "\\".join(ds.ImageType) if "ImageType" in ds else "",
        "position": numbers(ds.get("ImagePositionPatient")),
        "orientation": numbers(ds.get("ImageOrientationPatient")),
        "spacing": numbers(ds.get("PixelSpacing")),
        "thickness": number(ds.get("SliceThickness")),
        "instance": number(ds.get("InstanceNumber")),
        "acquisition": number(ds.get("AcquisitionNumber")),
        "echo": number(ds.get("EchoTime")),
        "temporal": number(ds.get("TemporalPositionIdentifier")),
        "slope": number(ds.get("RescaleSlope", 1)),
        "intercept": number(ds.get("RescaleIntercept", 0)),
        "padding": ds.get("PixelPaddingValue"),
        "syntax": str(ds.file_meta.TransferSyntaxUID),
    }))
