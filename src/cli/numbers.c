// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "numbers.h"

#include "range.h"

/// What numbers are before an option sets them.
#define NO_COUNT G_MININT
#define NO_WHOLE G_MININT64
#define NO_NUMBER (-G_MAXDOUBLE)

void
cli_numbers_init(const CliNumber *numbers, size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    if (numbers[i].count != NULL)
      *numbers[i].count = NO_COUNT;
    else if (numbers[i].whole != NULL)
      *numbers[i].whole = NO_WHOLE;
    else
      *numbers[i].number = NO_NUMBER;
  }
}

static bool
is_given(const CliNumber *number)
{
  return number->count != NULL   ? *number->count != NO_COUNT
         : number->whole != NULL ? *number->whole != NO_WHOLE
                                 : *number->number != NO_NUMBER;
}

static void
set_zero(const CliNumber *number)
{
  if (number->count != NULL)
    *number->count = 0;
  else if (number->whole != NULL)
    *number->whole = 0;
  else
    *number->number = 0.0;
}

static double
get_value(const CliNumber *number)
{
  return number->count != NULL   ? (double)*number->count
         : number->whole != NULL ? (double)*number->whole
                                 : *number->number;
}

bool
cli_numbers_settle(const CliNumber *numbers, size_t n, GError **error)
{
  for (size_t i = 0; i < n; ++i) {
    if (!is_given(&numbers[i]))
      set_zero(&numbers[i]);
    else if (!cli_range_check(numbers[i].option, get_value(&numbers[i]), error))
      return false;
  }
  return true;
}
