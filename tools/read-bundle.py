#!/usr/bin/env python3
"""Lists a bundle. Written from docs/bundle-format.md alone, to show that the page is enough.

Usage: read-bundle.py MODEL.edge [--json]     (needs msgpack: Debian package python3-msgpack)
"""
import json
import sys
import zlib

import msgpack

KINDS = ["convolution", "depthwise", "pool", "resample", "gather", "concat", "binary", "unary", "lookup", "convert", "softmax", "lrn",
         "matmul", "constant"]
FIELDS = [7, 6, 2, 1, 2, 1, 3, 4, 1, 0, 1, 4, 4, 1]
TYPES = ["s8", "f32", "s32"]


class BundleError(Exception):
    pass


def need(holds, what):
    if not holds:
        raise BundleError(what)


def read_header(data):
    unpacker = msgpack.Unpacker(raw=False)
    unpacker.feed(data[:4096])
    need(unpacker.read_array_header() == 5 and unpacker.unpack() == "edgert-bundle", "this is no bundle")
    major, minor = unpacker.unpack(), unpacker.unpack()
    need(major == 1, f"format {major}.{minor}, expected 1.x")
    entries = unpacker.unpack()
    covered = unpacker.tell()
    need(unpacker.unpack() == zlib.crc32(data[:covered]), "the header's checksum is wrong")
    start, sections = unpacker.tell(), {}
    for name, length, crc in entries:
        section = data[start:start + length]
        need(len(section) == length and zlib.crc32(section) == crc, f"section '{name}' is damaged")
        need(name not in sections, f"two sections '{name}'")
        sections[name] = section
        start += length
    need(start == len(data), "bytes behind the last section")
    return (major, minor), sections


def value(sections, name):
    need(name in sections, f"no section '{name}'")
    return msgpack.unpackb(sections[name], raw=False, strict_map_key=True, max_bin_len=1 << 32)


def varints(body):
    number = shift = 0
    for byte in body:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0
    need(shift == 0, "a table ends within a number")


def unzigzag(code):
    return code >> 1 if code % 2 == 0 else -(code >> 1) - 1


def decode_table(encoding, rows, taps, input_rows, body):
    need(encoding == 0, f"table encoding {encoding} is not known")
    codes, table, previous = varints(body), [], 0
    while len(table) < rows:
        count, step = next(codes) + 1, unzigzag(next(codes))
        first = []
        for _ in range(taps):
            code = next(codes)
            if code == 0:
                first.append(-1)
                continue
            previous += unzigzag(code - 1)
            first.append(previous)
        table += [[e if e < 0 else e + step * i for e in first] for i in range(count)]
    need(len(table) == rows and next(codes, None) is None, "a table has the wrong number of rows")
    need(all(-1 <= e < input_rows for row in table for e in row), "a table points outside its input")
    return table


def finite(field):
    """Clamps may be infinite, which JSON cannot say: None."""
    return None if isinstance(field, float) and abs(field) == float("inf") else field


def read(path):
    with open(path, "rb") as file:
        version, sections = read_header(file.read())
    name, producer, maps, steps, blobs, inputs, outputs, spec = value(sections, "model")
    tables = [decode_table(*t) for t in value(sections, "tables")]
    points = value(sections, "points")
    weights = value(sections, "weights")
    for step in steps:
        need(step[0] < len(KINDS) and len(step) == 4 + FIELDS[step[0]], f"step '{step[1]}' is of an unknown kind or size")
    for kind, offset, count in blobs:
        need(offset % 16 == 0 and offset + count * (1 if kind == 0 else 4) <= len(weights), "a blob lies outside the constants")
    ports = lambda list_: [{"name": n, "map": m, "shape": dims, "channel_axis": axis} for n, m, dims, axis in list_]
    return {
        "format": "%d.%d" % version,
        "name": name,
        "producer": producer,
        "sections": {k: len(v) for k, v in sections.items()},
        "maps": [{"name": n, "channels": c, "type": TYPES[t], "scale": s, "zero_point": z} for n, c, t, s, z in maps],
        "steps": [{"kind": KINDS[s[0]], "name": s[1], "inputs": s[2], "output": s[3], "fields": [finite(f) for f in s[4:]]} for s in steps],
        "blobs": [{"type": TYPES[t], "crc": zlib.crc32(weights[o:o + c * (1 if t == 0 else 4)])} for t, o, c in blobs],
        "inputs": ports(inputs),
        "outputs": ports(outputs),
        "tables": [{"rows": len(t), "taps": len(t[0]), "sum": sum(map(sum, t))} for t in tables],
        "points": [{"name": n, "rows": r, "tables": t, "golden_hash": h, "figures": f, "constants": c} for n, r, t, h, f, c in points],
        "input_spec": json.loads(spec) if spec else None,
    }


def main(arguments):
    paths = [a for a in arguments if a != "--json"]
    if len(paths) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        bundle = read(paths[0])
    except (BundleError, OSError, ValueError, msgpack.exceptions.UnpackException) as e:
        print(f"error: {paths[0]}: {e}", file=sys.stderr)
        return 3
    if "--json" in arguments:
        json.dump(bundle, sys.stdout)
        return 0
    print(f"{bundle['name']} (format {bundle['format']}, {bundle['producer']}): {bundle['sections']}")
    for point in bundle["points"]:
        print(f"point {point['name']}: hash {point['golden_hash']}, {point['figures']}")
    for step in bundle["steps"]:
        shape = f"{bundle['points'][0]['rows'][step['output']]} x {bundle['maps'][step['output']]['channels']}"
        print(f"{step['kind']:12} {step['name']:32} {shape:>16}  from {step['inputs']}  {step['fields']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
