// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <string.h>
#include <train/events-private.h>

#define POLYNOMIAL UINT32_C(0x82f63b78) // 0x1EDC6F41, reflected

/// Kinds of a field, in the low bits of its key.
typedef enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 } Wire;

uint32_t
partita_crc32c(const uint8_t *bytes, size_t size)
{
  uint32_t crc = UINT32_MAX;

  for (size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
  }
  return ~crc;
}

// So that the CRC of data which hold CRCs is none of the same data.
static uint32_t
mask(uint32_t crc)
{
  return (crc >> 15 | crc << 17) + UINT32_C(0xa282ead8);
}

static void
append_little_endian(GByteArray *to, uint64_t value, size_t size)
{
  for (size_t i = 0; i < size; ++i) {
    const uint8_t byte = (uint8_t)(value >> (8 * i));

    g_byte_array_append(to, &byte, 1);
  }
}

static void
append_varint(GByteArray *to, uint64_t value)
{
  do {
    const uint8_t more = value > 0x7f ? 0x80 : 0;
    const uint8_t byte = (uint8_t)((value & 0x7f) | more);

    g_byte_array_append(to, &byte, 1);
    value >>= 7;
  } while (value > 0);
}

static void
append_key(GByteArray *to, unsigned field, Wire wire)
{
  append_varint(to, field << 3 | (unsigned)wire);
}

static void
append_bytes(GByteArray *to, unsigned field, const void *bytes, size_t size)
{
  append_key(to, field, WIRE_BYTES);
  append_varint(to, size);
  g_byte_array_append(to, bytes, (guint)size);
}

static void
append_scalar(GByteArray *summary, const PartitaEventScalar *scalar)
{
  g_autoptr(GByteArray) value = g_byte_array_new();
  const float number = (float)scalar->value;
  uint32_t bits;

  memcpy(&bits, &number, sizeof bits);
  append_bytes(value, 1, scalar->tag, strlen(scalar->tag));
  append_key(value, 2, WIRE_32);
  append_little_endian(value, bits, sizeof bits);
  append_bytes(summary, 1, value->data, value->len);
}

// (transfer full): the beginning of an event
static GByteArray *
begin_event(double wall_s, uint64_t step)
{
  GByteArray *event = g_byte_array_new();
  uint64_t bits;

  memcpy(&bits, &wall_s, sizeof bits);
  append_key(event, 1, WIRE_64);
  append_little_endian(event, bits, sizeof bits);
  append_key(event, 2, WIRE_VARINT);
  append_varint(event, step);
  return event;
}

static void
append_record(GByteArray *file, const GByteArray *event)
{
  const guint at = file->len;

  append_little_endian(file, event->len, 8);
  append_little_endian(file, mask(partita_crc32c(file->data + at, 8)), 4);
  g_byte_array_append(file, event->data, event->len);
  append_little_endian(file, mask(partita_crc32c(event->data, event->len)), 4);
}

void
partita_events_append_version(GByteArray *file, double wall_s)
{
  static const char version[] = "brain.Event:2";
  g_autoptr(GByteArray) event = begin_event(wall_s, 0);

  append_bytes(event, 3, version, strlen(version));
  append_record(file, event);
}

void
partita_events_append_restart(GByteArray *file, double wall_s, uint64_t step)
{
  static const uint8_t start[] = {1 << 3 | WIRE_VARINT, 1};
  g_autoptr(GByteArray) event = begin_event(wall_s, step);

  append_bytes(event, 7, start, sizeof start);
  append_record(file, event);
}

void
partita_events_append_scalars(GByteArray *file,
                              double wall_s,
                              uint64_t step,
                              const PartitaEventScalar *scalars,
                              size_t n)
{
  g_autoptr(GByteArray) event = begin_event(wall_s, step);
  g_autoptr(GByteArray) summary = g_byte_array_new();

  for (size_t i = 0; i < n; ++i)
    append_scalar(summary, &scalars[i]);
  append_bytes(event, 5, summary->data, summary->len);
  append_record(file, event);
}
