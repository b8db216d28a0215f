// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRAIN_EVENTS_PRIVATE_H
#define PARTITA_TRAIN_EVENTS_PRIVATE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* TensorBoard's event files, as bytes. A file is records, one an event:
 *
 *   byte 0       length n of the event, little-endian, 8 bytes
 *   byte 8       masked CRC-32C of these 8 bytes, little-endian
 *   byte 12      the event, n bytes, a protocol buffer:
 *                1: double wall_time, 2: int64 step, and one of
 *                3: string file_version,
 *                5: {repeated 1: {1: string tag, 2: float simple_value}},
 *                7: {1: enum status}, 1 of which means start
 *   byte 12 + n  masked CRC-32C of the event, little-endian
 *
 * Source: tensorflow/core/lib/io/record_writer.h and
 * tensorflow/core/util/event.proto of TensorFlow;
 * https://protobuf.dev/programming-guides/encoding/. */

/// CRC-32C (RFC 3720, appendix B.4): polynomial 0x1EDC6F41, reflected.
uint32_t
partita_crc32c(const uint8_t *bytes, size_t size);

/// The first record of a file.
void
partita_events_append_version(GByteArray *file, double wall_s);

/// What earlier files have at @step or after it no longer counts.
void
partita_events_append_restart(GByteArray *file, double wall_s, uint64_t step);

typedef struct {
  const char *tag;
  double value;
} PartitaEventScalar;

void
partita_events_append_scalars(GByteArray *file,
                              double wall_s,
                              uint64_t step,
                              const PartitaEventScalar *scalars,
                              size_t n);

#endif
