# SPDX-License-Identifier: MIT
"""Compares an export read back by Python's csv with the JSON and the JSON Lines of the same rows."""
import csv
import json
import sys

with open(sys.argv[1], newline="", encoding="utf-8") as f:
    table = list(csv.reader(f, strict=True))
with open(sys.argv[2], encoding="utf-8") as f:
    rows = json.load(f)["rows"]
with open(sys.argv[3], encoding="utf-8", newline="\n") as f:
    lines = [json.loads(line) for line in f.read().split("\n") if line]
assert rows == lines, "JSON and JSON Lines differ"
assert len(table) == len(rows) + 1, (len(table), len(rows))
for record, row in zip(table[1:], rows):
    assert len(record) == len(table[0]), record
    assert list(row) == table[0], (list(row), table[0])
    for name, text in zip(table[0], record):
        value = row[name]
        if value is None:
            same = text == ""
        elif isinstance(value, bool):
            same = text == ("true" if value else "false")
        elif isinstance(value, (int, float)):
            same = float(text) == value
        else:
            same = text == value
        assert same, (name, text, value)
