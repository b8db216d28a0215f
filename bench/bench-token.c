// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* How fast the scores of a folder of MIDI files become remi ids, on one thread,
 * in the time that thread had a processor. With no folder given, a piece made
 * up here is encoded. */

#include <partita/midi.h>
#include <partita/token.h>
#include <stdio.h>
#include <time.h>

#define ROUNDS 5

/// Seconds of processor this thread has had.
static double
cpu_seconds(void)
{
  struct timespec now;

  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void
add_files(GPtrArray *paths, const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (g_file_test(path, G_FILE_TEST_IS_DIR))
      add_files(paths, path);
    else if (g_str_has_suffix(name, ".mid"))
      g_ptr_array_add(paths, g_steal_pointer(&path));
  }
}

/// (transfer full): 20,000 notes of eight instruments
static PartitaScore *
make_score(void)
{
  PartitaScore *score = partita_score_new(480);

  for (uint8_t program = 0; program < 8; ++program) {
    PartitaTrack *track = partita_score_add_track(score, program, NULL);

    for (uint32_t i = 0; i < 2500; ++i)
      partita_track_add_note(track,
                             (PartitaNote){i * 240, 200 + i % 7 * 40,
                                           (uint8_t)(36 + i * 5 % 48), 80});
  }
  partita_score_sort(score);
  return score;
}

static void
read_scores(const GPtrArray *paths, GPtrArray *scores)
{
  for (guint i = 0; i < paths->len; ++i) {
    PartitaScore *score =
      partita_midi_read_file(g_ptr_array_index(paths, i), NULL, NULL);

    if (score != NULL)
      g_ptr_array_add(scores, score);
  }
}

static void
time_encode(const PartitaScheme *scheme, const GPtrArray *scores)
{
  const double start = cpu_seconds();
  size_t notes = 0;

  for (int round = 0; round < ROUNDS; ++round) {
    for (guint i = 0; i < scores->len; ++i) {
      const PartitaScore *score = g_ptr_array_index(scores, i);
      g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);

      notes += partita_score_get_n_notes(score);
    }
  }

  const double ns = 1e9 * (cpu_seconds() - start);

  printf(
    "encode scheme=remi threads=1 clock=cpu\tnotes=%zu\tns_per_note=%.1f\n",
    notes / ROUNDS, ns / (double)notes);
}

/// The mask and the push of every id of a piece, as composing does it.
static void
time_grammar(const PartitaScheme *scheme, const PartitaScore *score)
{
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
  g_autofree uint8_t *mask = g_malloc(partita_scheme_get_vocab_size(scheme));
  const double start = cpu_seconds();

  for (guint i = 0; i < ids->len; ++i) {
    partita_grammar_allowed(grammar, mask);
    partita_grammar_push(grammar, g_array_index(ids, uint16_t, i));
  }

  const double ns = 1e9 * (cpu_seconds() - start);

  printf("grammar scheme=remi threads=1 clock=cpu\tids=%u\tns_per_id=%.0f\n",
         ids->len, ns / ids->len);
}

int
main(int argc, char **argv)
{
  g_autoptr(PartitaScheme) scheme = partita_scheme_new("remi", NULL, NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) scores =
    g_ptr_array_new_with_free_func((GDestroyNotify)partita_score_free);

  if (argc > 1) {
    add_files(paths, argv[1]);
    read_scores(paths, scores);
  } else {
    g_ptr_array_add(scores, make_score());
  }
  if (scores->len == 0) {
    fprintf(stderr, "bench-token: no MIDI file in %s\n", argv[1]);
    return 1;
  }
  time_encode(scheme, scores);
  time_grammar(scheme, g_ptr_array_index(scores, 0));
  return 0;
}
