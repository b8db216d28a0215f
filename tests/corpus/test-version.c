// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <corpus/record.h>
#include <corpus/shards.h>
#include <math.h>

/* What becomes of some files, by version. Where one of these digests changes, a
 * corpus prepared before holds something else than one prepared now, and
 * incremental `prepare` would mix the two.
 *
 * So if this test fails, and the change is meant: count PARTITA_CORPUS_VERSION
 * up, and pin it here with the digests the test prints. Only if nothing but the
 * vocabulary of a scheme has changed, by which shards are told apart anyway,
 * the version may stay. */
#define PINNED_VERSION 4u

static const struct {
  const char *scheme;
  const char *digest;
} pins[] = {
  {"remi", "5edb6a9cd954bcc8ee850452c4925de4c9e901fcdda6679727c879a2afdfcea2"},
  {"performance",
   "fb85bf9d1d624951c10f87e6c09ac686e9807734b0ec2fa24efc5ba659d04213"},
  {"grid", "0d54794603a60ca7bf1c49a498871de58a40346e69eeb17ad956b07bc4c43454"},
};

/// Off the grid, its tempo drifting: it is counted in beats.
static PartitaScore *
play_freely(void)
{
  PartitaScore *score = partita_score_new(500);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  uint32_t at = 700;

  for (uint32_t eighth = 0; eighth < 120; ++eighth) {
    const uint32_t length = 240 + eighth % 50;
    const uint8_t root = (uint8_t)(48 + 5 * (eighth / 6 % 3));

    partita_track_add_note(
      track, (PartitaNote){at, length, (uint8_t)(root + 16 + eighth % 3), 70});
    if (eighth % 6 == 0)
      partita_track_add_note(track, (PartitaNote){at, 5 * length, root, 100});
    at += length;
  }
  partita_score_sort(score);
  return score;
}

/* What others wrote, of which much must be understood: a release is lost, notes
 * end by "all notes off", drums are those of an XG bank and of an electronic
 * kit, and the track ends far behind the music. */
static void
write_foreign(const char *folder)
{
  static const uint8_t bytes[] = {
    'M',  'T',  'h',  'd',  0,    0,  0,  6,  0,    0,    0,  1,   0,    96, //
    'M',  'T',  'r',  'k',  0,    0,  0,  80,                                //
    0,    0xFF, 0x58, 4,    4,    2,  24, 8,  0,    0xB1, 0,  127, 0,    0xC1,
    0, //
    0,    0x90, 60,   80,   96,   60, 80, 90, 60,   0,    6,  60,  80,   90,
    60,   0, //
    0,    0x91, 22,   70,   0,    36, 70, 24, 26,   70,   24, 38,  70,   24,
    22,   0,                                                                 //
    0,    0x90, 64,   80,   0,    67, 80, 96, 0xB0, 123,  0,  0,   0xC0, 40, //
    0,    0x90, 72,   80,   48,   72, 0,  0,  71,   80,   48, 71,  0,        //
    0xFF, 0xFF, 0x7F, 0xFF, 0x2F, 0,
  };
  g_autofree char *path = g_build_filename(folder, "foreign.mid", NULL);
  g_autoptr(GError) error = NULL;

  (void)g_file_set_contents(path, (const char *)bytes, sizeof bytes, &error);
  g_assert_no_error(error);
}

static void
fill(const char *folder)
{
  g_autoptr(PartitaScore) dance = fixture_dance(3, 24, 240);
  g_autoptr(PartitaScore) live = play_freely();

  for (unsigned i = 0; i < 6; ++i) {
    g_autofree char *path = g_strdup_printf("%s/%u.mid", i < 3 ? "a" : "b", i);

    fixture_write_piece(folder, path, i);
  }
  fixture_write_piece(folder, "again.mid", 1);
  fixture_write_score(folder, "dance.mid", dance);
  fixture_write_score(folder, "live.mid", live);
  write_foreign(folder);
  fixture_write(folder, "broken.mid", "no music");
  fixture_write(folder, "notes.txt", "words");
}

static void
add(GChecksum *sum, const void *data, size_t size)
{
  g_checksum_update(sum, data, (gssize)size);
}

/// Whatever a record holds but the time of the file.
static void
add_record(GChecksum *sum, GVariant *variant)
{
  PartitaRecord record;

  partita_record_view(variant, &record);
  add(sum, record.path, strlen(record.path));
  add(sum, &record.contents, sizeof record.contents);
  add(sum, &record.shift, sizeof record.shift);
  add(sum, &record.content, sizeof record.content);
  add(sum, record.ids, record.n_ids * sizeof *record.ids);
  add(sum, record.line, record.n_line * sizeof *record.line);
}

static void
add_shards(GChecksum *sum, const char *corpus, const char *scheme)
{
  g_autoptr(PartitaScheme) bare = partita_scheme_new(scheme, NULL, NULL);
  g_autoptr(GPtrArray) names = partita_shard_list(corpus);

  for (guint s = 0; s < names->len; ++s) {
    g_autoptr(GVariant) shard =
      partita_shard_open(corpus, g_ptr_array_index(names, s),
                         partita_shard_hash_scheme(bare), NULL);

    g_assert_nonnull(shard);
    g_autoptr(GVariant) records = g_variant_get_child_value(shard, 2);

    for (gsize i = 0; i < g_variant_n_children(records); ++i) {
      g_autoptr(GVariant) record = g_variant_get_child_value(records, i);

      add_record(sum, record);
    }
  }
}

/// (transfer full): of the ledger and all records
static char *
digest(const char *folder, const char *scheme)
{
  const PartitaCorpusOptions options = {.scheme = scheme};
  g_autofree char *corpus = g_strconcat(folder, "-", scheme, NULL);
  g_autofree char *ledger = g_build_filename(corpus, "ledger.jsonl", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_autoptr(GError) error = NULL;

  (void)partita_corpus_prepare(folder, corpus, 0, 1, &options, &error);
  g_assert_no_error(error);
  g_assert_true(g_file_get_contents(ledger, &text, NULL, &error));
  // Each way a file can go is among them.
  g_assert_nonnull(strstr(text, "beats heard"));
  g_assert_nonnull(strstr(text, "no metre read as"));
  g_assert_nonnull(strstr(text, "duplicate of"));
  g_assert_nonnull(strstr(text, "hanging-note"));
  add(sum, text, strlen(text));
  add_shards(sum, corpus, scheme);
  fixture_remove(g_steal_pointer(&corpus));
  return g_strdup(g_checksum_get_string(sum));
}

static void
test_pins(void)
{
  char *folder = fixture_folder();

  fill(folder);
  g_assert_cmpuint(PARTITA_CORPUS_VERSION, ==, PINNED_VERSION);
  for (size_t i = 0; i < G_N_ELEMENTS(pins); ++i) {
    g_autofree char *is = digest(folder, pins[i].scheme);

    g_test_message("%s: %s", pins[i].scheme, is);
    if (strcmp(is, pins[i].digest) != 0)
      g_test_fail_printf("%s: what becomes of a file has changed: see the top "
                         "of this file. Now %s",
                         pins[i].scheme, is);
  }
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/version/pins", test_pins);
  return g_test_run();
}
