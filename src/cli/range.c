// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "range.h"

#include "cli.h"

#include <math.h>
#include <string.h>

/// Where no other number bounds it.
#define ANY 1e9

typedef struct {
  const char *name;
  bool whole;
  bool above; ///< whether @low itself is too small
  double low;
  double high;
  const char *letter; ///< (nullable): "-n"
} Range;

static const Range ranges[] = {
  {"balance", false, false, 0.0, 1.0, NULL},
  {"bars", true, false, 1.0, 4096.0, NULL},
  {"batch", true, false, 1.0, ANY, NULL},
  {"best", true, false, 1.0, 100000.0, NULL},
  {"checkpoint", false, true, 0.0, ANY, NULL},
  {"context", true, false, 1.0, ANY, NULL},
  {"dropout", false, false, 0.0, 0.99, NULL},
  {"epochs", false, true, 0.0, ANY, NULL},
  {"gain", false, false, 0.01, 10.0, NULL},
  {"layers", true, false, 1.0, 16.0, NULL},
  {"learning-rate", false, true, 0.0, ANY, NULL},
  {"minutes", false, true, 0.0, 1e6, NULL},
  {"patience", true, false, 0.0, ANY, NULL},
  {"pieces", true, false, 1.0, 100000.0, "-n"},
  {"rate", true, false, 8000.0, 96000.0, NULL},
  {"seed", true, false, 0.0, 9223372036854775807.0, NULL},
  {"shards", true, false, 1.0, ANY, NULL},
  {"steps", true, false, 1.0, 9223372036854775807.0, NULL},
  {"threads", true, false, 0.0, 1024.0, NULL},
  {"top-k", true, false, 0.0, ANY, NULL},
  {"weight-decay", false, false, 0.0, ANY, NULL},
};

static char *
describe(const Range *range)
{
  const char *kind = range->whole ? "a whole number" : "a number";

  // What nothing else bounds is not told by its bound.
  if (range->high >= ANY)
    return range->above ? g_strdup_printf("%s above %g", kind, range->low)
                        : g_strdup_printf("%s from %g on", kind, range->low);
  return range->above ? g_strdup_printf("%s above %g, at most %.9g", kind,
                                        range->low, range->high)
                      : g_strdup_printf("%s from %.9g to %.9g", kind,
                                        range->low, range->high);
}

bool
cli_range_check(const char *option, double value, GError **error)
{
  const Range *range = ranges;

  while (strcmp(range->name, option) != 0)
    ++range;
  // Written so that NaN is refused too.
  if ((range->above ? value > range->low : value >= range->low) &&
      value <= range->high)
    return true;

  g_autofree char *takes = describe(range);

  g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "--%s %.12g: it takes %s",
              option, value, takes);
  return false;
}

/// Whether @option stands in @message as a word of its own.
static bool
names(const char *message, const char *option)
{
  const size_t length = strlen(option);

  for (const char *at = strstr(message, option); at != NULL;
       at = strstr(at + 1, option))
    if (at > message && at[-1] == ' ' &&
        (at[length] == '\0' || at[length] == ' '))
      return true;
  return false;
}

char *
cli_range_find(const char *message)
{
  for (size_t i = 0; i < G_N_ELEMENTS(ranges); ++i) {
    g_autofree char *option = g_strconcat("--", ranges[i].name, NULL);

    if (names(message, option) ||
        (ranges[i].letter != NULL && names(message, ranges[i].letter)))
      return describe(&ranges[i]);
  }
  return NULL;
}
