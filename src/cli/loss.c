// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "loss.h"

#include "cli.h"

#include <base/file.h>
#include <math.h>

static const char *const names[CLI_N_SCHEMES] = {"remi", "performance", "grid"};

bool
cli_losses_init(CliLosses *losses, GError **error)
{
  *losses = (CliLosses){0};
  for (size_t i = 0; i < CLI_N_SCHEMES; ++i) {
    losses->losses[i].scheme = names[i];
    losses->schemes[i] = partita_scheme_new(names[i], NULL, error);
    if (losses->schemes[i] == NULL)
      return false;
  }
  return true;
}

void
cli_losses_clear(CliLosses *losses)
{
  for (size_t i = 0; i < CLI_N_SCHEMES; ++i) {
    g_clear_pointer(&losses->schemes[i], partita_scheme_free);
    g_clear_pointer(&losses->losses[i].worst, g_free);
  }
}

/// Milliseconds of a quarter where it is longest.
static double
find_slowest(const PartitaScore *score)
{
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);
  uint32_t slowest = n > 0 && tempos[0].tick == 0 ? 0 : 500000;

  for (size_t i = 0; i < n; ++i)
    slowest = MAX(slowest, tempos[i].us_per_quarter);
  return slowest / 1000.0;
}

static double
find_length(const PartitaScore *score)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);

  return partita_tempo_map_seconds(map, partita_score_get_end(score));
}

/// What decoding gives must be what quantising promised.
static bool
add_one(CliLoss *loss,
        const PartitaScheme *scheme,
        const PartitaScore *score,
        const char *path,
        GError **error)
{
  // Performance counts in seconds, the others in quarters.
  const double unit_ms =
    g_str_equal(loss->scheme, "performance") ? 1000.0 : find_slowest(score);
  PartitaQuantiseLoss lost = {0};
  g_autoptr(PartitaScore) promised =
    partita_scheme_quantise(scheme, score, &lost);
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
  g_autoptr(PartitaScore) decoded = partita_scheme_decode(
    scheme, (const uint16_t *)(void *)ids->data, ids->len, NULL, error);
  const double onset_ms = lost.worst_onset_error * unit_ms;
  const double change = fabs(find_length(promised) - find_length(score));

  if (decoded == NULL)
    return false;
  if (!partita_score_equal(decoded, promised)) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
                "%s: %s does not decode to what it encoded", path,
                loss->scheme);
    return false;
  }
  if (loss->worst == NULL || onset_ms > loss->onset_ms) {
    g_free(loss->worst);
    loss->worst = partita_file_display(path);
  }
  loss->tokens += ids->len;
  loss->notes += lost.notes;
  loss->lost += lost.notes_dropped;
  loss->onset_ms = MAX(loss->onset_ms, onset_ms);
  loss->duration_ms =
    MAX(loss->duration_ms, lost.worst_duration_error * unit_ms);
  loss->length_s = MAX(loss->length_s, change);
  return true;
}

bool
cli_losses_add(CliLosses *losses, const char *path, GError **error)
{
  PartitaMidiControls controls = {0};
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(PartitaScore) score =
    partita_midi_read_file_bytes(path, &bytes, NULL, error);

  if (score == NULL)
    return false;
  (void)partita_score_decide_bars(score, NULL);

  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);

  if (!partita_midi_count_controls(data, size, &controls, error))
    return false;
  for (size_t i = 0; i < CLI_N_SCHEMES; ++i) {
    if (!add_one(&losses->losses[i], losses->schemes[i], score, path, error))
      return false;
  }
  ++losses->files;
  losses->controls.pedals += controls.pedals;
  losses->controls.others += controls.others;
  losses->controls.pressures += controls.pressures;
  losses->controls.bends += controls.bends;
  return true;
}
