#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads TensorBoard event files by nothing but their published format.

Usage: read-events.py FILE...
Checks every length and both checksums of every record, and prints a line
each: "version TEXT", "restart STEP", or "STEP TAG VALUE" for a number.
"""
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        head = data[at:at + 12]
        length, check = struct.unpack("<QI", head)
        assert check == masked(head[:8]), f"byte {at}: checksum of the length"
        event = data[at + 12:at + 12 + length]
        assert len(event) == length, f"byte {at}: cut short"
        (check,) = struct.unpack_from("<I", data, at + 12 + length)
        assert check == masked(event), f"byte {at}: checksum of the event"
        yield event
        at += 12 + length + 4


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 1:
            (value,), at = struct.unpack_from("<d", data, at), at + 8
        elif wire == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        elif wire == 5:
            (value,), at = struct.unpack_from("<f", data, at), at + 4
        else:
            raise AssertionError(f"wire type {wire}")
        yield key >> 3, value
    assert at == len(data)


assert crc32c(b"123456789") == 0xE3069283
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        events = [dict(fields(event)) for event in records(file.read())]
    if not events:
        continue  # of a run that was killed when it had just made the file
    assert events[0][3] == b"brain.Event:2", events[0]
    print("version", events[0][3].decode())
    for event in events[1:]:
        assert event[1] > 1.6e9, "no time of this century"
        if 7 in event:
            assert dict(fields(event[7])) == {1: 1}
            print("restart", event[2])
            continue
        for number, value in fields(event[5]):
            scalar = dict(fields(value))
            assert number == 1 and sorted(scalar) == [1, 2]
            print(event[2], scalar[1].decode(), scalar[2])
