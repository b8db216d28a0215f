// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <base/file.h>
#include <partita/midi.h>
#include <string.h>

/// Fewer notes are a signal or a test, not music to learn from.
#define NOTES_MIN 8

/// Takes @reason.
static void
skip(PartitaIntake *intake, PartitaSkip why, char *reason)
{
  g_clear_pointer(&intake->score, partita_score_free);
  g_free(intake->reason);
  intake->skip = why;
  intake->reason = reason;
}

static GBytes *
read_bytes(PartitaIntake *intake, const char *root, const PartitaScanItem *item)
{
  g_autofree char *path = g_build_filename(root, item->path, NULL);
  g_autofree char *shown = partita_file_display(path);
  g_autoptr(GError) error = NULL;
  GBytes *bytes = partita_file_read(path, PARTITA_MIDI_BYTES_MAX, &error);

  if (bytes == NULL) {
    const size_t length = strlen(shown);
    const char *message = error->message;

    // The ledger's line names the path already.
    if (strncmp(message, shown, length) == 0 &&
        g_str_has_prefix(message + length, ": "))
      message += length + 2;
    skip(intake, PARTITA_SKIP_UNREADABLE, g_strdup(message));
  }
  return bytes;
}

static bool
is_short(const PartitaScore *score, const GArray *bars)
{
  const PartitaBar *first = &g_array_index(bars, PartitaBar, 0);

  return partita_score_get_n_notes(score) < NOTES_MIN ||
         (bars->len == 1 && partita_score_get_end(score) < first->length_ticks);
}

static void
repair(PartitaIntake *intake, unsigned mends)
{
  g_autofree char *mended = partita_mend_describe(mends);
  g_autofree char *moved = NULL;

  (void)partita_score_repair_bars(intake->score, &moved);
  intake->reason = g_strconcat(
    mended, *mended != '\0' && moved != NULL ? "; " : "", moved, NULL);
}

static void
judge(PartitaIntake *intake)
{
  g_autoptr(GArray) bars = partita_score_get_bars(intake->score);

  intake->notes = (uint32_t)partita_score_get_n_notes(intake->score);
  intake->bars = bars->len;
  if (intake->notes == 0)
    skip(intake, PARTITA_SKIP_NO_NOTES, g_strdup("no notes"));
  else if (is_short(intake->score, bars))
    skip(intake, PARTITA_SKIP_SHORT, g_strdup("too short"));
}

void
partita_intake_read(PartitaIntake *intake,
                    const char *root,
                    const PartitaScanItem *item)
{
  g_autoptr(GError) error = NULL;
  unsigned mends = 0;

  *intake = (PartitaIntake){0};
  if (item->problem != NULL) {
    skip(intake, PARTITA_SKIP_IRREGULAR, g_strdup(item->problem));
    return;
  }
  if (!item->midi) {
    skip(intake, PARTITA_SKIP_NAME, g_strdup("not a MIDI file name"));
    return;
  }
  g_autoptr(GBytes) bytes = read_bytes(intake, root, item);

  if (bytes == NULL)
    return;
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);

  intake->score = partita_midi_read(data, size, &mends, &error);
  if (intake->score == NULL) {
    skip(intake, PARTITA_SKIP_BROKEN, g_strdup(error->message));
    return;
  }
  repair(intake, mends);
  judge(intake);
}

void
partita_intake_clear(PartitaIntake *intake)
{
  g_clear_pointer(&intake->score, partita_score_free);
  g_clear_pointer(&intake->reason, g_free);
}
