// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <corpus/kit.h>
#include <corpus/rebar.h>
#include <partita/midi.h>

/// Fewer notes are a signal or a test, not music to learn from.
#define NOTES_MIN 8

void
partita_intake_skip(PartitaIntake *intake, PartitaSkip why, char *reason)
{
  g_clear_pointer(&intake->score, partita_score_free);
  g_free(intake->reason);
  intake->skip = why;
  intake->mended = false;
  intake->reason = reason;
}

/// Half a bar at least is music: a fill of drums is no more.
static bool
is_short(const PartitaScore *score, const GArray *bars)
{
  const PartitaBar *first = &g_array_index(bars, PartitaBar, 0);

  return partita_score_get_n_notes(score) < NOTES_MIN ||
         (bars->len == 1 &&
          partita_score_get_end(score) < first->length_ticks / 2);
}

static void
add_words(GString *words, const char *more)
{
  if (more != NULL && *more != '\0')
    g_string_append_printf(words, "%s%s", words->len > 0 ? "; " : "", more);
}

/// Ticks first: metres and bar lines are looked for in what they give.
static void
repair(PartitaIntake *intake, unsigned mends)
{
  g_autofree char *mended = partita_mend_describe(mends);
  g_autofree char *moved = NULL;
  GString *words = g_string_new(mended);
  double before = 0.0;
  double after = 0.0;
  const PartitaRebar rebar = partita_rebar(&intake->score, &before, &after);

  if (rebar == PARTITA_REBAR_DONE) {
    g_autofree char *counted =
      g_strdup_printf("played freely: counted in the beats heard (notes on the "
                      "grid: %.2f, before %.2f)",
                      after, before);

    add_words(words, counted);
  }
  (void)partita_score_repair_bars(intake->score, &moved);
  add_words(words, moved);
  intake->mended = words->len > 0;
  if (rebar == PARTITA_REBAR_IN_VAIN)
    add_words(words, "played freely, and no beats heard in it: its bars mean "
                     "nothing, the performance scheme does without");
  intake->reason = g_string_free(words, FALSE);
}

static void
judge(PartitaIntake *intake)
{
  g_autoptr(GArray) bars = partita_score_get_bars(intake->score);

  intake->notes = (uint32_t)partita_score_get_n_notes(intake->score);
  intake->bars = bars->len;
  if (intake->notes == 0)
    partita_intake_skip(intake, PARTITA_SKIP_NO_NOTES, g_strdup("no notes"));
  else if (is_short(intake->score, bars))
    partita_intake_skip(intake, PARTITA_SKIP_SHORT, g_strdup("too short"));
}

void
partita_intake_read(PartitaIntake *intake, GBytes *bytes)
{
  g_autoptr(GError) error = NULL;
  unsigned mends = 0;
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);

  *intake = (PartitaIntake){0};
  intake->score = partita_midi_read(data, size, &mends, &error);
  if (intake->score == NULL) {
    partita_intake_skip(intake, PARTITA_SKIP_BROKEN, g_strdup(error->message));
    return;
  }
  partita_kit_settle(intake->score);
  repair(intake, mends);
  judge(intake);
}

void
partita_intake_clear(PartitaIntake *intake)
{
  g_clear_pointer(&intake->score, partita_score_free);
  g_clear_pointer(&intake->reason, g_free);
}
