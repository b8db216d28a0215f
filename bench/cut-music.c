// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Writes many small MIDI files, always the same: some bars of a real piece,
 * transposed, each note left out with a chance of one in eight, so that few are
 * nearly the same as another. Arguments: DATA, whose sub-folders are sets; OUT;
 * how many. The files stand in OUT/SET/NUMBER/. */

#include <base/philox.h>
#include <corpus/scan.h>
#include <glib/gstdio.h>
#include <partita/midi.h>
#include <stdlib.h>
#include <string.h>

#define BARS_MIN 6u
#define BARS_MAX 12u
#define NOTES_MIN 16u
/// One in so many notes is left out.
#define LEFT_OUT 8u
/// Files of a folder.
#define FOLDER_FILES 1000u
/// Cuts of a piece while it is in memory.
#define CUTS 8u

typedef struct {
  const char *data;
  const char *out;
  guint n;         // files written
  guint n_max;     // files to write
  uint64_t serial; // of the next random number
} Cutter;

static uint32_t
draw(Cutter *cutter, uint32_t n)
{
  return partita_random_below(1, PARTITA_RANDOM_CORPUS, cutter->serial++, 1, n);
}

static void
add_some(Cutter *cutter, PartitaScore *to, const PartitaTrack *track)
{
  PartitaTrack *copy =
    partita_score_add_track(to, partita_track_get_program(track), NULL);
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = 0; i < n; ++i)
    if (draw(cutter, LEFT_OUT) > 0)
      partita_track_add_note(copy, notes[i]);
}

static PartitaScore *
cut(Cutter *cutter, const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  const uint32_t n_bars = BARS_MIN + draw(cutter, BARS_MAX - BARS_MIN + 1);
  const size_t n = MIN(bars->len, n_bars);
  const size_t first = draw(cutter, (uint32_t)(bars->len - n + 1));
  g_autoptr(PartitaScore) part = partita_score_cut_bars(score, first, n);
  PartitaScore *thin = partita_score_new(partita_score_get_ppq(part));
  size_t n_meters = 0;
  const PartitaMeter *meters = partita_score_get_meters(part, &n_meters);

  for (size_t i = 0; i < n_meters; ++i)
    partita_score_add_meter(thin, meters[i]);
  for (size_t t = 0; t < partita_score_get_n_tracks(part); ++t)
    add_some(cutter, thin, partita_score_get_track(part, t));
  partita_score_sort(thin);
  (void)partita_score_transpose(thin, (int)draw(cutter, 12) - 6);
  return thin;
}

static bool
write_file(Cutter *cutter, const char *set, const PartitaScore *score)
{
  g_autoptr(GBytes) bytes = partita_midi_write(score, NULL);
  g_autofree char *folder =
    g_strdup_printf("%s/%s/%03u", cutter->out, set, cutter->n / FOLDER_FILES);
  g_autofree char *path = g_strdup_printf("%s/%06u.mid", folder, cutter->n);

  // Neither synced nor renamed: these are many, and easily made again.
  if (bytes == NULL || g_mkdir_with_parents(folder, 0777) != 0 ||
      !g_file_set_contents_full(path, g_bytes_get_data(bytes, NULL),
                                (gssize)g_bytes_get_size(bytes),
                                G_FILE_SET_CONTENTS_NONE, 0666, NULL)) {
    g_printerr("%s: cannot write\n", path);
    return false;
  }
  ++cutter->n;
  return true;
}

static bool
cut_file(Cutter *cutter, const char *set, const char *name)
{
  g_autofree char *path = g_build_filename(cutter->data, set, name, NULL);
  g_autoptr(PartitaScore) score = partita_midi_read_file(path, NULL, NULL);

  for (guint i = 0; score != NULL && i < CUTS && cutter->n < cutter->n_max;
       ++i) {
    g_autoptr(PartitaScore) part = cut(cutter, score);

    if (partita_score_get_n_notes(part) >= NOTES_MIN &&
        !write_file(cutter, set, part))
      return false;
  }
  return true;
}

/// One round over all files; of every set in turn, so that few are like many.
static bool
cut_all(Cutter *cutter, const GPtrArray *items)
{
  for (guint i = 0; i < items->len && cutter->n < cutter->n_max; ++i) {
    // Spreads over the folder whatever stands side by side in it.
    const PartitaScanItem *item =
      g_ptr_array_index(items, (i * 7919u) % items->len);
    const char *slash = strchr(item->path, '/');

    if (!item->midi || item->problem != NULL || slash == NULL)
      continue;
    g_autofree char *set = g_strndup(item->path, (size_t)(slash - item->path));

    if (!cut_file(cutter, set, slash + 1))
      return false;
  }
  return true;
}

int
main(int argc, char **argv)
{
  if (argc != 4) {
    g_printerr("usage: cut-music DATA OUT N\n");
    return 2;
  }
  Cutter cutter = {
    .data = argv[1], .out = argv[2], .n_max = (guint)atoi(argv[3])};
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();
  g_autoptr(GPtrArray) items =
    partita_scan_folder(argv[1], scratch, NULL, NULL);
  guint before = 0;

  if (items == NULL)
    return 1;
  do {
    before = cutter.n;
    if (!cut_all(&cutter, items))
      return 1;
  } while (cutter.n > before && cutter.n < cutter.n_max);
  return cutter.n == cutter.n_max ? 0 : 1;
}
