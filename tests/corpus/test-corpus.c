// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_entry(const PartitaCorpus *corpus,
             const char *path,
             PartitaVerdict verdict,
             const char *reason)
{
  const PartitaLedgerEntry entry = fixture_find(corpus, path);

  g_assert_cmpint(entry.verdict, ==, verdict);
  if (reason != NULL)
    g_assert_cmpstr(entry.reason, ==, reason);
  else
    g_assert_cmpstr(entry.reason, !=, "");
  if (verdict == PARTITA_VERDICT_SKIPPED) {
    g_assert_cmpuint(entry.tokens, ==, 0);
    g_assert_false(entry.valid);
  }
}

static void
write_single(const char *folder, const char *path, uint8_t program, unsigned n)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, program, NULL);

  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
  for (unsigned i = 0; i < n; ++i)
    partita_track_add_note(track, (PartitaNote){i * 480, 240, 36, 90});
  partita_score_set_end(score, 4 * 1920);
  partita_score_sort(score);
  fixture_write_score(folder, path, score);
}

static void
write_fill(const char *folder, const char *path, uint32_t length)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);

  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
  for (uint32_t i = 0; i < 8; ++i)
    partita_track_add_note(track, (PartitaNote){i * length / 8, 20, 38, 90});
  partita_score_set_end(score, length);
  partita_score_sort(score);
  fixture_write_score(folder, path, score);
}

/* A fill of drums that lasts half a bar is a piece, less is none. */
static void
test_fills(void)
{
  char *folder = fixture_folder();

  write_fill(folder, "half.mid", 960);
  write_fill(folder, "less.mid", 959);

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);

  assert_entry(corpus, "half.mid", PARTITA_VERDICT_USED, "");
  assert_entry(corpus, "less.mid", PARTITA_VERDICT_SKIPPED, "too short");
  fixture_remove(folder);
}

/* Each kind of junk has its line, and a piece among it is found. */
static void
test_junk(void)
{
  char *folder = fixture_folder();
  g_autofree char *fifo = g_build_filename(folder, "fifo.mid", NULL);
  g_autofree char *loop = g_build_filename(folder, "loop", NULL);
  g_autofree char *closed = g_build_filename(folder, "closed.mid", NULL);

  fixture_write(folder, "empty.mid", "");
  fixture_write(folder, "page.mid", "<!DOCTYPE html><html></html>");
  fixture_write(folder, "notes.txt", "hello");
  fixture_write(folder, "odd\nname\xff.mid", "x");
  fixture_write(folder, "folder.mid/readme", "x");
  fixture_write(folder, "closed.mid", "MThd");
  g_assert_cmpint(g_chmod(closed, 0), ==, 0);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_cmpint(symlink(".", loop), ==, 0);
  write_single(folder, "silent.mid", 0, 0);
  write_single(folder, "few.mid", 0, 7);
  fixture_write_piece(folder, "good.mid", 1);

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);

  g_assert_cmpuint(partita_corpus_get_n_files(corpus), ==, 12);
  for (size_t i = 0; i < 12; ++i) {
    const PartitaLedgerEntry entry = partita_corpus_get_entry(corpus, i);

    g_assert_true(g_utf8_validate(entry.path, -1, NULL));
  }
  assert_entry(corpus, "empty.mid", PARTITA_VERDICT_SKIPPED, NULL);
  assert_entry(corpus, "page.mid", PARTITA_VERDICT_SKIPPED, NULL);
  assert_entry(corpus, "notes.txt", PARTITA_VERDICT_SKIPPED,
               "not a MIDI file name");
  assert_entry(corpus, "odd\\x0aname\\xff.mid", PARTITA_VERDICT_SKIPPED, NULL);
  assert_entry(corpus, "folder.mid", PARTITA_VERDICT_SKIPPED,
               "not a regular file");
  assert_entry(corpus, "folder.mid/readme", PARTITA_VERDICT_SKIPPED,
               "not a MIDI file name");
  assert_entry(corpus, "closed.mid", PARTITA_VERDICT_SKIPPED, NULL);
  assert_entry(corpus, "fifo.mid", PARTITA_VERDICT_SKIPPED,
               "not a regular file");
  assert_entry(corpus, "loop", PARTITA_VERDICT_SKIPPED,
               "symbolic link to a folder");
  assert_entry(corpus, "silent.mid", PARTITA_VERDICT_SKIPPED, "no notes");
  assert_entry(corpus, "few.mid", PARTITA_VERDICT_SKIPPED, "too short");
  assert_entry(corpus, "good.mid", PARTITA_VERDICT_USED, "");
  g_assert_cmpuint(partita_corpus_get_n_pieces(corpus), ==, 1);
  fixture_remove(folder);
}

/* Law: a piece's ids are those of its own file, whatever stands beside it,
 * and decode under the corpus's scheme. */
static void
test_pieces(void)
{
  char *folder = fixture_folder();

  for (unsigned i = 0; i < 12; ++i) {
    g_autofree char *path = g_strdup_printf("s%u/%u.mid", i % 3, i);

    fixture_write_piece(folder, path, i);
  }
  fixture_write(folder, "unused/x.mid", "nothing");

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);

  g_assert_cmpuint(partita_corpus_get_n_pieces(corpus), ==, 12);
  for (size_t i = 0; i < 12; ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);
    const PartitaLedgerEntry entry =
      partita_corpus_get_entry(corpus, piece.ledger_index);
    const unsigned number =
      (unsigned)g_ascii_strtoull(strchr(entry.path, '/') + 1, NULL, 10);
    g_autoptr(PartitaScore) score = fixture_piece(number);
    g_autoptr(PartitaScore) whole =
      partita_scheme_quantise(scheme, score, NULL);
    g_autoptr(GArray) ids = fixture_get_ids(corpus, i);
    const char *style = fixture_get_style(corpus, entry);
    g_autoptr(GError) error = NULL;
    PartitaPrompt prompt;
    g_autoptr(PartitaScore) decoded =
      partita_scheme_decode(scheme, (const uint16_t *)(const void *)ids->data,
                            ids->len, &prompt, &error);

    g_assert_no_error(error);
    g_assert_true(partita_score_equal(decoded, whole));
    g_assert_cmpint(prompt.style, >=, 0);
    g_assert_cmpstr(partita_scheme_get_styles(scheme)[prompt.style], ==, style);
    g_assert_true(g_str_has_prefix(entry.path, style));
    g_assert_cmpuint(entry.tokens, ==, piece.n);
    g_assert_cmpuint(entry.notes, ==, 20);
    g_assert_cmpuint(piece.notes, ==, 20);
    g_assert_cmpuint(entry.bars, ==, 4);
    g_assert_cmpint(entry.valid, ==, piece.valid);
  }
  fixture_remove(folder);
}

static void
test_duplicates(void)
{
  char *folder = fixture_folder();

  fixture_write_piece(folder, "b/first.mid", 1);
  fixture_write_piece(folder, "c/second.mid", 1);
  fixture_write_piece(folder, "c/other.mid", 2);

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);

  g_assert_cmpuint(partita_corpus_get_n_pieces(corpus), ==, 2);
  assert_entry(corpus, "b/first.mid", PARTITA_VERDICT_USED, "");
  assert_entry(corpus, "c/second.mid", PARTITA_VERDICT_SKIPPED,
               "duplicate of b/first.mid");
  assert_entry(corpus, "c/other.mid", PARTITA_VERDICT_USED, "");
  fixture_remove(folder);
}

static void
test_only_drums(void)
{
  const PartitaCorpusOptions options = {.scheme = "performance"};
  char *folder = fixture_folder();
  g_autoptr(GError) error = NULL;

  write_single(folder, "beat.mid", PARTITA_PROGRAM_DRUMS, 32);
  fixture_write_piece(folder, "good.mid", 1);

  g_autoptr(PartitaCorpus) remi = fixture_read(folder);
  g_autoptr(PartitaCorpus) performance =
    partita_corpus_read(folder, &options, &error);

  g_assert_no_error(error);
  assert_entry(remi, "beat.mid", PARTITA_VERDICT_USED, "");
  assert_entry(performance, "beat.mid", PARTITA_VERDICT_SKIPPED, "only drums");
  fixture_remove(folder);
}

static void
test_mended(void)
{
  char *folder = fixture_folder();
  g_autoptr(PartitaScore) waltz = fixture_dance(3, 24, 0);
  g_autofree char *path = g_build_filename(folder, "waltz.mid", NULL);
  g_autofree char *bytes = NULL;
  gsize size = 0;

  partita_score_add_meter(waltz, (PartitaMeter){0, 1, 4});
  fixture_write_score(folder, "waltz.mid", waltz);
  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  bytes = g_realloc(bytes, size + 3);
  memcpy(bytes + size, "xyz", 3);
  g_assert_true(g_file_set_contents(path, bytes, (gssize)size + 3, NULL));

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);

  assert_entry(corpus, "waltz.mid", PARTITA_VERDICT_MENDED,
               "trailing; metre 1/4 read as 3/4");
  fixture_remove(folder);
}

static JsonNode *
parse_line(const char *line)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = json_from_string(line, &error);

  g_assert_no_error(error);
  g_assert_true(JSON_NODE_HOLDS_OBJECT(node));
  return node;
}

static void
assert_line(const char *line, PartitaLedgerEntry entry)
{
  static const char *const verdicts[] = {"used", "mended", "skipped"};
  g_autoptr(JsonNode) node = parse_line(line);
  JsonObject *object = json_node_get_object(node);
  const char *split = entry.verdict == PARTITA_VERDICT_SKIPPED ? NULL
                      : entry.valid                            ? "valid"
                                                               : "train";

  g_assert_cmpuint(json_object_get_size(object), ==, 9);
  g_assert_cmpstr(json_object_get_string_member(object, "path"), ==,
                  entry.path);
  g_assert_cmpstr(json_object_get_string_member(object, "verdict"), ==,
                  verdicts[entry.verdict]);
  g_assert_cmpstr(json_object_get_string_member(object, "reason"), ==,
                  entry.reason);
  g_assert_cmpuint(
    json_array_get_length(json_object_get_array_member(object, "styles")), ==,
    entry.n_styles);
  g_assert_cmpstr(
    json_object_get_string_member_with_default(object, "family", NULL), ==,
    entry.family);
  g_assert_cmpstr(
    json_object_get_string_member_with_default(object, "split", NULL), ==,
    split);
  g_assert_cmpint(json_object_get_int_member(object, "notes"), ==, entry.notes);
  g_assert_cmpint(json_object_get_int_member(object, "bars"), ==, entry.bars);
  g_assert_cmpint(json_object_get_int_member(object, "tokens"), ==,
                  entry.tokens);
}

/* Law: the file holds a line for each entry, in their order. */
static void
test_ledger_file(void)
{
  char *folder = fixture_folder();
  g_autofree char *path = g_build_filename(folder, "ledger.jsonl", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  for (unsigned i = 0; i < 4; ++i) {
    g_autofree char *name = g_strdup_printf("s%u/\"%u\n.mid", i % 2, i);

    fixture_write_piece(folder, name, i);
  }
  fixture_write(folder, "junk.mid", "junk");

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);
  const size_t n = partita_corpus_get_n_files(corpus);

  g_assert_true(partita_corpus_write_ledger(corpus, path, &error));
  g_assert_no_error(error);
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));

  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

  g_assert_cmpuint(g_strv_length(lines), ==, n + 1);
  g_assert_cmpstr(lines[n], ==, "");
  for (size_t i = 0; i < n; ++i)
    assert_line(lines[i], partita_corpus_get_entry(corpus, i));
  g_assert_false(partita_corpus_write_ledger(corpus, folder, &error));
  g_assert_nonnull(error);
  fixture_remove(folder);
}

/* Law: the same folder and options give the same corpus. */
static void
test_deterministic(void)
{
  char *folder = fixture_folder();

  for (unsigned i = 0; i < 20; ++i) {
    g_autofree char *path = g_strdup_printf("s%u/%u.mid", i % 3, i);

    fixture_write_piece(folder, path, (unsigned)g_test_rand_int_range(0, 8000));
  }
  g_autoptr(PartitaCorpus) a = fixture_read(folder);
  g_autoptr(PartitaCorpus) b = fixture_read(folder);

  g_assert_cmpuint(partita_corpus_get_n_pieces(a), ==,
                   partita_corpus_get_n_pieces(b));
  for (size_t i = 0; i < partita_corpus_get_n_pieces(a); ++i) {
    const PartitaPiece x = partita_corpus_get_piece(a, i);
    const PartitaPiece y = partita_corpus_get_piece(b, i);
    g_autoptr(GArray) ids = fixture_get_ids(a, i);
    g_autoptr(GArray) same = fixture_get_ids(b, i);

    g_assert_cmpuint(x.n, ==, y.n);
    g_assert_cmpuint(ids->len, ==, same->len);
    g_assert_true(memcmp(ids->data, same->data, ids->len * 2u) == 0);
    g_assert_cmpint(x.valid, ==, y.valid);
  }
  fixture_remove(folder);
}

static void
test_empty(void)
{
  const PartitaCorpusOptions options = {.scheme = "remi"};
  char *folder = fixture_folder();
  g_autoptr(GError) error = NULL;
  g_autofree char *missing = g_build_filename(folder, "missing", NULL);

  g_assert_null(partita_corpus_read(folder, &options, &error));
  g_assert_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_EMPTY);
  g_assert_true(g_str_has_suffix(error->message, "file among 0"));
  g_clear_error(&error);
  fixture_write(folder, "a.txt", "");
  fixture_write(folder, "b.txt", "");
  fixture_write(folder, "c.mid", "junk");
  write_single(folder, "d.mid", 0, 0);
  g_assert_null(partita_corpus_read(folder, &options, &error));
  g_assert_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_EMPTY);
  g_assert_true(g_str_has_suffix(error->message,
                                 "no usable MIDI file among 4 (2 not MIDI by "
                                 "name, 1 not MIDI, 1 without notes)"));
  g_clear_error(&error);
  g_assert_null(partita_corpus_read(missing, &options, &error));
  g_assert_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_FOLDER);
  fixture_remove(folder);
}

typedef struct {
  size_t done;
  size_t total;
  bool compared;
  GCancellable *cancellable; // to be used after the first report
} Watch;

static void
watch(PartitaCorpusStage stage, size_t done, size_t total, void *data)
{
  Watch *seen = data;

  if (stage == PARTITA_CORPUS_COMPARING) {
    g_assert_cmpuint(seen->done, ==, seen->total);
    seen->compared = true;
    return;
  }
  g_assert_cmpuint(done, >, seen->done);
  g_assert_cmpuint(done, <=, total);
  seen->done = done;
  seen->total = total;
  if (seen->cancellable != NULL)
    g_cancellable_cancel(seen->cancellable);
}

static void
test_progress_and_cancel(void)
{
  char *folder = fixture_folder();
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  Watch seen = {0};
  PartitaCorpusOptions options = {
    .scheme = "remi", .workers = 1, .progress = watch, .progress_data = &seen};

  for (unsigned i = 0; i < 40; ++i) {
    g_autofree char *path = g_strdup_printf("%u.mid", i);

    fixture_write_piece(folder, path, i);
  }
  g_autoptr(PartitaCorpus) corpus =
    partita_corpus_read(folder, &options, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(seen.done, ==, 40);
  g_assert_cmpuint(seen.total, ==, 40);
  g_assert_true(seen.compared);
  seen = (Watch){.cancellable = cancellable};
  options.cancellable = cancellable;
  g_assert_null(partita_corpus_read(folder, &options, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint(seen.done, <, 40);
  fixture_remove(folder);
}

/* Ten thousand entries of junk: none may block. */
static void
test_much_junk(void)
{
  const PartitaCorpusOptions options = {.scheme = "remi"};
  char *folder = fixture_folder();
  g_autoptr(GError) error = NULL;

  for (unsigned i = 0; i < 10000; ++i) {
    g_autofree char *path = g_strdup_printf("%s/%u.mid", folder, i);

    if (i % 3 == 0)
      g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    else if (i % 3 == 1)
      g_assert_cmpint(symlink("/", path), ==, 0);
    else
      g_assert_true(g_file_set_contents_full(
        path, "<html>", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  }
  const gint64 start = g_get_monotonic_time();

  g_assert_null(partita_corpus_read(folder, &options, &error));
  g_assert_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_EMPTY);
  g_test_message("%.3f s",
                 (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/read/junk", test_junk);
  g_test_add_func("/corpus/read/fills", test_fills);
  g_test_add_func("/corpus/read/pieces", test_pieces);
  g_test_add_func("/corpus/read/duplicates", test_duplicates);
  g_test_add_func("/corpus/read/only-drums", test_only_drums);
  g_test_add_func("/corpus/read/mended", test_mended);
  g_test_add_func("/corpus/read/ledger-file", test_ledger_file);
  g_test_add_func("/corpus/read/deterministic", test_deterministic);
  g_test_add_func("/corpus/read/empty", test_empty);
  g_test_add_func("/corpus/read/progress-and-cancel", test_progress_and_cancel);
  g_test_add_func("/corpus/read/much-junk", test_much_junk);
  return g_test_run();
}
