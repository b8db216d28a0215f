// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "numbers.h"

#include "cli.h"

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

static bool
check(const CliNumber *number, GError **error)
{
  const double value = number->count != NULL   ? (double)*number->count
                       : number->whole != NULL ? (double)*number->whole
                                               : *number->number;

  // Written so that NaN is refused too.
  if (value > 0.0 && (number->max <= 0.0 || value <= number->max))
    return true;
  if (number->max > 0.0)
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "%s %.15g: not a number above 0, and at most %.15g",
                number->option, value, number->max);
  else
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "%s %.15g: not a number above 0", number->option, value);
  return false;
}

bool
cli_numbers_settle(const CliNumber *numbers, size_t n, GError **error)
{
  for (size_t i = 0; i < n; ++i) {
    if (!is_given(&numbers[i]))
      set_zero(&numbers[i]);
    else if (!check(&numbers[i], error))
      return false;
  }
  return true;
}
