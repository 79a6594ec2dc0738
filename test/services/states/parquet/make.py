"""Writes the Parquet files beside it with pyarrow (25.0.1), and what their rows are as JSON: python3 make.py"""
import datetime
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
UTC = datetime.timezone.utc

FLAT = [
    {"id": i * 10**9, "name": name, "paid": i % 2 == 0, "share": i / 4, "price": Decimal(i * 125 - 300).scaleb(-2),
     "due": datetime.date(1969, 12, 30) + datetime.timedelta(i), "at": datetime.datetime(2026, 3, 1, 8, 0, i, 5000, UTC),
     "daily": datetime.time(8, 30, i), "raw": bytes([i, 255])}
    for i, name in enumerate(["Ann", None, "Bö", "Ann", "Ann", ""])
]
FLAT_SCHEMA = pa.schema([
    pa.field("id", pa.int64(), nullable=False), ("name", pa.string()), ("paid", pa.bool_()), ("share", pa.float64()),
    ("price", pa.decimal128(8, 2)), ("due", pa.date32()), ("at", pa.timestamp("us", "UTC")), ("daily", pa.time32("ms")),
    ("raw", pa.binary()),
])

NESTED = [
    {"tags": ["a", None, "b"], "lines": [{"sku": "x1", "counts": [1, 2]}, {"sku": "x2", "counts": []}], "by": {"n": 1}},
    {"tags": [], "lines": None, "by": {}},
    {"tags": None, "lines": [None, {"sku": None, "counts": None}], "by": None},
]
NESTED_SCHEMA = pa.schema([
    ("tags", pa.list_(pa.string())),
    ("lines", pa.list_(pa.struct([("sku", pa.string()), ("counts", pa.list_(pa.int32()))]))),
    ("by", pa.map_(pa.string(), pa.int32())),
])


def as_json(value):
    if isinstance(value, dict):
        return {name: as_json(member) for name, member in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03}Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.isoformat("milliseconds")
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        import base64
        return base64.b64encode(value).decode()
    return value


DELTA = {"id": "DELTA_BINARY_PACKED", "name": "DELTA_BYTE_ARRAY", "raw": "DELTA_LENGTH_BYTE_ARRAY", "paid": "RLE"}
FILES = {
    "flat-snappy": (FLAT, FLAT_SCHEMA, {"compression": "snappy", "row_group_size": 4}),
    "flat-plain": (FLAT, FLAT_SCHEMA, {"compression": "none", "use_dictionary": False,
                                       "use_deprecated_int96_timestamps": True}),
    "flat-delta": (FLAT, FLAT_SCHEMA, {"compression": "gzip", "use_dictionary": False, "data_page_version": "2.0",
                                       "column_encoding": DELTA}),
    "nested-gzip": (NESTED, NESTED_SCHEMA, {"compression": "gzip"}),
    "nested-snappy": (NESTED, NESTED_SCHEMA, {"compression": "snappy", "data_page_version": "2.0"}),
    "zstd": (NESTED, NESTED_SCHEMA, {"compression": "zstd"}),
}
for name, (rows, schema, options) in FILES.items():
    pq.write_table(pa.Table.from_pylist(rows, schema), HERE / f"{name}.parquet", store_schema=False,
                   write_statistics=False, **options)
for name, rows in {"flat": FLAT, "nested": NESTED}.items():
    text = json.dumps([as_json(row) for row in rows], ensure_ascii=False, indent=2)
    (HERE / f"{name}.json").write_text(text + "\n")
