// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <token/remi-private.h>

// 3,000,000 us (20 quarters a minute) times 2^(-i/12), rounded.
const uint32_t partita_remi_tempos[REMI_N_TEMPOS] = {
  3000000, 2831623, 2672696, 2522689, 2381102, 2247461, 2121320,
  2002260, 1889882, 1783811, 1683693, 1589195, 1500000, 1415811,
  1336348, 1261345, 1190551, 1123730, 1060660, 1001130, 944941,
  891905,  841847,  794597,  750000,  707906,  668174,  630672,
  595275,  561865,  530330,  500565,  472470,  445953,  420923,
  397299,  375000,  353953,  334087,  315336,  297638,  280933,
  265165,  250282,  236235,  222976,  210462,  198649,  187500};

int
partita_remi_tempo_bin(uint32_t us_per_quarter)
{
  const double bin = 12.0 * log2(3e6 / MAX(1.0, (double)us_per_quarter));

  return (int)CLAMP(lround(bin), 0, (long)REMI_N_TEMPOS - 1);
}

/* Every n/d whose bar is at most two whole notes: so many numerators for each
 * denominator 2, 4, 8, 16. */
static const uint8_t denominators[] = {2, 4, 8, 16};

RemiMeter
partita_remi_meter(unsigned index)
{
  unsigned d = 0;

  while (index >= 2u * denominators[d])
    index -= 2u * denominators[d++];
  return (RemiMeter){(uint8_t)(index + 1), denominators[d],
                     (uint8_t)(REMI_HOLD * (index + 1) / denominators[d])};
}

/// -1 if no metre with that denominator has that length
static int
try_meter(unsigned length, unsigned denominator)
{
  unsigned first = 0;

  if (length * denominator % REMI_HOLD != 0)
    return -1;
  for (size_t d = 0; d < G_N_ELEMENTS(denominators); ++d) {
    if (denominators[d] == denominator)
      return (int)(first + length * denominator / REMI_HOLD - 1);
    first += 2u * denominators[d];
  }
  return -1;
}

unsigned
partita_remi_find_meter(unsigned length, unsigned denominator)
{
  const unsigned tries[] = {denominator, 4, 8, 16};

  for (size_t i = 0; i < G_N_ELEMENTS(tries); ++i) {
    const int meter = try_meter(length, tries[i]);

    if (meter >= 0)
      return (unsigned)meter;
  }
  g_return_val_if_reached(0); // 16 divides every multiple of 3
}

// The ranges above 64 bars: the most bars of each.
static const size_t range_max[] = {80, 96, 128, 192, 256, PARTITA_BARS_MAX};

unsigned
partita_remi_count_of_bars(size_t bars)
{
  unsigned range = 0;

  if (bars <= REMI_EXACT_BARS)
    return (unsigned)bars - 1;
  while (range + 1 < G_N_ELEMENTS(range_max) && bars > range_max[range])
    ++range;
  return REMI_EXACT_BARS + range;
}

size_t
partita_remi_count_max(unsigned count)
{
  return count < REMI_EXACT_BARS ? count + 1u
                                 : range_max[count - REMI_EXACT_BARS];
}

size_t
partita_remi_count_min(unsigned count)
{
  return count == 0 ? 1 : partita_remi_count_max(count - 1) + 1;
}

unsigned
partita_remi_density(size_t notes, uint32_t positions)
{
  // Half an octave a level: level 2 is one note a quarter.
  const double a_quarter = (double)notes * REMI_POSITIONS_A_QUARTER / positions;
  const double level = 2.0 + 2.0 * log2(MAX(a_quarter, 1e-9));

  return (unsigned)CLAMP(lround(level), 0, (long)REMI_N_DENSITIES - 1);
}

static char *
name_count(unsigned count)
{
  const size_t low = partita_remi_count_min(count);

  if (count < REMI_EXACT_BARS)
    return g_strdup_printf("%zu", low);
  if (count == REMI_N_COUNTS - 1)
    return g_strdup_printf("%zu+", low);
  return g_strdup_printf("%zu-%zu", low, partita_remi_count_max(count));
}

static const char *const parts[] = {"Ahead", "Given", "Written"};
G_STATIC_ASSERT(G_N_ELEMENTS(parts) == REMI_PARTS_END - 1);

char *
partita_remi_name_value(unsigned class_, unsigned value)
{
  switch ((RemiClass)class_) {
  case REMI_BOS:
  case REMI_EOS:
  case REMI_HOLD_ON:
    return NULL;
  case REMI_KEY:
    return g_strdelimit(g_strdup(partita_key_name((int)value)), " ", '_');
  case REMI_BARS:
  case REMI_BAR:
    return name_count(value);
  case REMI_PROGRAM:
    if (value == PARTITA_PROGRAM_DRUMS)
      return g_strdup("Drums");
    break;
  case REMI_METER: {
    const RemiMeter meter = partita_remi_meter(value);

    return g_strdup_printf("%u/%u", (unsigned)meter.numerator,
                           (unsigned)meter.denominator);
  }
  case REMI_DURATION:
    return g_strdup_printf("%u", value + 1);
  case REMI_PART:
    return g_strdup(parts[value]);
  default:
    break;
  }
  return g_strdup_printf("%u", value);
}
