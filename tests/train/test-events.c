// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <string.h>
#include <train/events-private.h>

/* Source of the examples: RFC 3720, appendix B.4, and the check value of
 * CRC-32C, that of the digits. */
static void
test_crc(void)
{
  uint8_t bytes[32];

  g_assert_cmphex(partita_crc32c((const uint8_t *)"123456789", 9), ==,
                  0xe3069283);
  memset(bytes, 0, sizeof bytes);
  g_assert_cmphex(partita_crc32c(bytes, sizeof bytes), ==, 0x8a9136aa);
  memset(bytes, 0xff, sizeof bytes);
  g_assert_cmphex(partita_crc32c(bytes, sizeof bytes), ==, 0x62a8ab43);
  for (uint8_t i = 0; i < sizeof bytes; ++i)
    bytes[i] = i;
  g_assert_cmphex(partita_crc32c(bytes, sizeof bytes), ==, 0x46dd794e);
}

/* The bytes of an event, as the encoding has them. */
static void
test_bytes(void)
{
  static const uint8_t expected[] = {
    0x09, 0,    0,    0,    0,    0, 0, 0xf8, 0x3f, // 1: 1.5
    0x10, 0xac, 0x02,                               // 2: 300
    0x2a, 0x0a,                                     // 5: 10 bytes
    0x0a, 0x08,                                     // 1: 8 bytes
    0x0a, 0x01, 'x',                                // 1: "x"
    0x15, 0x00, 0x00, 0x00, 0xc0,                   // 2: -2
  };
  const PartitaEventScalar scalar = {"x", -2.0};
  g_autoptr(GByteArray) file = g_byte_array_new();

  partita_events_append_scalars(file, 1.5, 300, &scalar, 1);
  g_assert_cmpuint(file->len, ==, 12 + sizeof expected + 4);
  g_assert_cmpuint(file->data[0], ==, sizeof expected);
  g_assert_true(memcmp(file->data + 12, expected, sizeof expected) == 0);
}

/* Law: records follow one another without a gap. */
static void
test_records(void)
{
  const PartitaEventScalar scalars[] = {{"a", 1.0}, {"longer tag", 2.0}};
  g_autoptr(GByteArray) file = g_byte_array_new();
  size_t at = 0;
  unsigned records = 0;

  partita_events_append_version(file, 0.0);
  g_assert_nonnull(memmem(file->data, file->len, "brain.Event:2", 13));
  partita_events_append_restart(file, 1.0, 7);
  for (uint64_t step = 1; step > 0 && step < UINT64_MAX / 2; step *= 2)
    partita_events_append_scalars(file, 2.0, step, scalars, 2);
  for (; at < file->len; ++records) {
    uint64_t length = 0;

    for (size_t i = 0; i < 8; ++i)
      length |= (uint64_t)file->data[at + i] << (8 * i);
    g_assert_cmpuint(length, <, 100);
    at += 12 + length + 4;
  }
  g_assert_cmpuint(at, ==, file->len);
  g_assert_cmpuint(records, ==, 2 + 63);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/events/crc", test_crc);
  g_test_add_func("/train/events/bytes", test_bytes);
  g_test_add_func("/train/events/records", test_records);
  return g_test_run();
}
