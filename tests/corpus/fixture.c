// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <partita/midi.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PPQ 480

char *
fixture_folder(void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp("partita-corpus-XXXXXX", &error);

  g_assert_no_error(error);
  return folder;
}

static void
remove_below(int parent, const char *name)
{
  const int fd =
    openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

  if (stream != NULL) {
    for (const struct dirent *entry = readdir(stream); entry != NULL;
         entry = readdir(stream)) {
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
        continue;
      if (unlinkat(fd, entry->d_name, 0) != 0)
        remove_below(fd, entry->d_name);
    }
    (void)closedir(stream);
  }
  (void)unlinkat(parent, name, AT_REMOVEDIR);
}

void
fixture_remove(char *folder)
{
  remove_below(AT_FDCWD, folder);
  g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
  g_free(folder);
}

static char *
make_way(const char *folder, const char *path)
{
  char *whole = g_build_filename(folder, path, NULL);
  g_autofree char *above = g_path_get_dirname(whole);

  g_assert_cmpint(g_mkdir_with_parents(above, 0700), ==, 0);
  return whole;
}

void
fixture_write(const char *folder, const char *path, const char *text)
{
  g_autofree char *whole = make_way(folder, path);

  g_assert_true(g_file_set_contents(whole, text, -1, NULL));
}

void
fixture_write_score(const char *folder,
                    const char *path,
                    const PartitaScore *score)
{
  g_autofree char *whole = make_way(folder, path);
  g_autoptr(GError) error = NULL;

  g_assert_true(partita_midi_write_file(score, whole, &error));
  g_assert_no_error(error);
}

static void
add(PartitaTrack *track, uint32_t onset, uint32_t duration, int pitch)
{
  partita_track_add_note(track,
                         (PartitaNote){onset, duration, (uint8_t)pitch, 80});
}

PartitaScore *
fixture_piece(unsigned number)
{
  PartitaScore *score = partita_score_new(PPQ);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
  for (unsigned i = 0; i < 16; ++i)
    add(track, i * PPQ, PPQ, 48 + (int)((number >> i & 1) * 5 + i % 7));
  for (unsigned i = 0; i < 4; ++i)
    add(track, i * 4 * PPQ, 4 * PPQ, 36 + (int)(number >> 16) % 12);
  partita_score_sort(score);
  return score;
}

void
fixture_write_piece(const char *folder, const char *path, unsigned number)
{
  g_autoptr(PartitaScore) score = fixture_piece(number);

  fixture_write_score(folder, path, score);
}

PartitaCorpus *
fixture_read(const char *folder)
{
  const PartitaCorpusOptions options = {.scheme = "remi"};
  g_autoptr(GError) error = NULL;
  PartitaCorpus *corpus = partita_corpus_read(folder, &options, &error);

  g_assert_no_error(error);
  g_assert_nonnull(corpus);
  return corpus;
}

GArray *
fixture_get_ids(const PartitaCorpus *corpus, size_t index)
{
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  partita_corpus_get_ids(corpus, index, 0, ids);
  g_assert_cmpuint(ids->len, ==, partita_corpus_get_piece(corpus, index).n);
  return ids;
}

const char *
fixture_get_style(const PartitaCorpus *corpus, PartitaLedgerEntry entry)
{
  g_assert_cmpuint(entry.n_styles, <=, 1);
  return entry.n_styles == 0
           ? NULL
           : partita_scheme_get_styles(
               partita_corpus_get_scheme(corpus))[entry.styles[0]];
}

PartitaLedgerEntry
fixture_find(const PartitaCorpus *corpus, const char *path)
{
  for (size_t i = 0; i < partita_corpus_get_n_files(corpus); ++i) {
    const PartitaLedgerEntry entry = partita_corpus_get_entry(corpus, i);

    if (strcmp(entry.path, path) == 0)
      return entry;
  }
  g_error("%s: no such line in the ledger", path);
}

PartitaScore *
fixture_dance(unsigned beats, unsigned bars, uint32_t first)
{
  static const int roots[] = {0, 5, 7, 0, 9, 2, 7, 0};
  static const int steps[] = {0, 4, 7, 12, 7, 4, 7, 4};
  PartitaScore *score = partita_score_new(PPQ);
  PartitaTrack *left = partita_score_add_track(score, 0, "left");
  PartitaTrack *right = partita_score_add_track(score, 0, "right");

  for (unsigned bar = 0; bar < bars; ++bar) {
    const uint32_t start = first + bar * beats * PPQ;
    const int root = 48 + roots[bar % G_N_ELEMENTS(roots)];

    add(left, start, PPQ, root - 12);
    for (unsigned beat = 1; beat < beats; ++beat) {
      add(left, start + beat * PPQ, PPQ / 2, root);
      add(left, start + beat * PPQ, PPQ / 2, root + 4);
      add(left, start + beat * PPQ, PPQ / 2, root + 7);
    }
    add(right, start, PPQ, root + 24);
    for (unsigned i = 2; i < 2 * beats; ++i)
      add(right, start + i * PPQ / 2, PPQ / 2,
          root + 12 + steps[(i + bar) % G_N_ELEMENTS(steps)]);
  }
  partita_score_sort(score);
  return score;
}
