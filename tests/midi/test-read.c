// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "midi-bytes.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_orphan(void)
{
  g_autoptr(GByteArray) bytes = make_simple("00 803C40" ONE_NOTE END);
  unsigned mends = 0;
  g_autoptr(PartitaScore) score = read_bytes(bytes, &mends);

  g_assert_cmphex(mends, ==, PARTITA_MEND_ORPHAN_OFF);
  (void)notes_of(score, 0, 1);
}

static void
test_no_length(void)
{
  g_autoptr(GByteArray) bytes = make_simple("00 903C40 00 803C40" END);
  unsigned mends = 0;
  g_autoptr(PartitaScore) score = read_bytes(bytes, &mends);

  g_assert_cmphex(mends, ==, 0);
  assert_note(notes_of(score, 0, 1)[0], (PartitaNote){0, 1, 60, 64});
}

static void
test_sorted(void)
{
  g_autoptr(GByteArray) bytes = make_simple(
    "00 904C40 00 903C40 00 904040 60 804C40 00 803C40 00 804040" END);
  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);
  const PartitaNote *notes = notes_of(score, 0, 3);

  g_assert_cmpuint(notes[0].pitch, ==, 0x3C);
  g_assert_cmpuint(notes[1].pitch, ==, 0x40);
  g_assert_cmpuint(notes[2].pitch, ==, 0x4C);
}

/* One track for each channel and program, in order of appearance; a program
 * change does not move the note that sounds. */
static void
test_split(void)
{
  g_autoptr(GByteArray) bytes = make_simple(
    "00 993C40 00 C005 00 C106 00 913C40 00 903C40 60 C007 00 904040"
    "60 803C40 00 804040 00 813C40 00 893C40" END);
  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  assert_programs(score, (const int[]){128, 6, 5, 7, -1});
  assert_note(notes_of(score, 2, 1)[0], (PartitaNote){0, 192, 60, 64});
  assert_note(notes_of(score, 3, 1)[0], (PartitaNote){96, 96, 64, 64});
}

/* A program acts on its channel in every track, from its time on. */
static void
test_program_of_channel(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 3, 96);

  put_chunk(bytes, "MTrk", "00 C00A 60 C00B" END);
  put_chunk(bytes, "MTrk", "00 903C40 30 803C40 60 903C40 30 803C40" END);
  put_chunk(bytes, "MTrk", "00 913C40 30 813C40" END);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  assert_programs(score, (const int[]){10, 11, 0, -1});
}

/* A program in a later track comes before the notes of its tick, one later in
 * the notes' own track does not. */
static void
test_program_of_later_track(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 2, 96);
  g_autoptr(GByteArray) own = make_simple(ONE_NOTE "00 C00A" ONE_NOTE END);

  put_chunk(bytes, "MTrk", "00 903C40 30 803C40 30 903C40 30 803C40" END);
  put_chunk(bytes, "MTrk", "00 C00A 60 C00B" END);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);
  g_autoptr(PartitaScore) own_score = read_bytes(own, NULL);

  assert_programs(score, (const int[]){10, 11, -1});
  assert_programs(own_score, (const int[]){0, 10, -1});
}

/* Tracks that share a channel, each with a program of its own, keep to it;
 * one without notes leads those that have none, or had theirs before. */
static void
test_programs_of_tracks(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 4, 96);

  put_chunk(bytes, "MTrk",
            "00 C00A 10 903C40 10 803C40 60 903C40 10 803C40" END);
  put_chunk(bytes, "MTrk", "00 C00B" ONE_NOTE END);
  put_chunk(bytes, "MTrk", "60 C00C" END);
  put_chunk(bytes, "MTrk", ONE_NOTE ONE_NOTE END);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  assert_programs(score, (const int[]){10, 12, 11, 11, 12, -1});
}

static void
test_ports(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 2, 96);

  put_chunk(bytes, "MTrk", "00 FF210100 00 C00A" ONE_NOTE END);
  put_chunk(bytes, "MTrk", "00 FF210101 00 C014" ONE_NOTE END);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  assert_programs(score, (const int[]){10, 20, -1});
}

/* The first name counts, and a track may have none. */
static void
test_first_name(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 2, 96);

  put_chunk(bytes, "MTrk", "00 FF030141 00 FF030142" ONE_NOTE END);
  put_chunk(bytes, "MTrk", ONE_NOTE END);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  g_assert_cmpstr(partita_track_get_name(partita_score_get_track(score, 0)), ==,
                  "A");
  g_assert_null(partita_track_get_name(partita_score_get_track(score, 1)));
}

static void
test_changes(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 2, 96);
  size_t n = 0;

  put_chunk(bytes, "MTrk",
            "60 FF510307A120 00 FF510306A120 00 FF580403031808" END);
  put_chunk(bytes, "MTrk", "00 FF510305A120 00 FF5902FD01" ONE_NOTE END);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);

  g_assert_cmpuint(n, ==, 2);
  g_assert_cmpuint(tempos[0].us_per_quarter, ==, 0x05A120);
  g_assert_cmpuint(tempos[1].us_per_quarter, ==, 0x06A120);

  const PartitaMeter *meters = partita_score_get_meters(score, &n);

  g_assert_cmpuint(n, ==, 1);
  g_assert_cmpuint(meters[0].tick, ==, 96);
  g_assert_cmpuint(meters[0].numerator, ==, 3);
  g_assert_cmpuint(meters[0].denominator, ==, 8);

  const PartitaKey *keys = partita_score_get_keys(score, &n);

  g_assert_cmpuint(n, ==, 1);
  g_assert_cmpint(keys[0].sharps, ==, -3);
  g_assert_true(keys[0].minor);
}

static void
test_pedal(void)
{
  g_autoptr(GByteArray) bytes =
    make_simple("00 B04000 00 B0403F 00 B04040 00 B0407F" ONE_NOTE
                "00 B04000 00 B04000 00 B14040" END);
  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);
  size_t n = 0;
  const PartitaPedal *pedals =
    partita_track_get_pedals(partita_score_get_track(score, 0), &n);

  g_assert_cmpuint(n, ==, 2);
  g_assert_true(pedals[0].down);
  g_assert_cmpuint(pedals[0].tick, ==, 0);
  g_assert_false(pedals[1].down);
  g_assert_cmpuint(pedals[1].tick, ==, 96);
}

/* The pedal of one hand's track holds the other hand's notes too. */
static void
test_pedal_of_channel(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 2, 96);
  size_t n = 0;

  put_chunk(bytes, "MTrk", ONE_NOTE END);
  put_chunk(bytes, "MTrk", "00 B04040" ONE_NOTE END);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  for (size_t i = 0; i < 2; ++i) {
    (void)partita_track_get_pedals(partita_score_get_track(score, i), &n);
    g_assert_cmpuint(n, ==, 1);
  }
}

/* Silence at the end: of more than a bar after the bar of the last note, none
 * is meant. */
static void
test_end(void)
{
  g_autoptr(GByteArray) near = make_simple(ONE_NOTE "60 FF2F00");
  g_autoptr(GByteArray) far = make_simple(ONE_NOTE "FF00 FF2F00");
  g_autoptr(GByteArray) next = make_simple(ONE_NOTE "8520 FF2F00");
  g_autoptr(PartitaScore) near_score = read_bytes(near, NULL);
  g_autoptr(PartitaScore) far_score = read_bytes(far, NULL);
  g_autoptr(PartitaScore) next_score = read_bytes(next, NULL);

  g_assert_cmpuint(partita_score_get_end(next_score), ==, 8 * 96);
  g_assert_cmpuint(partita_score_get_end(near_score), ==, 192);
  g_assert_cmpuint(partita_score_get_end(far_score), ==, 4 * 96);
}

static void
test_format_2(void)
{
  g_autoptr(GByteArray) bytes = make_file(2, 2, 96);
  unsigned mends = 0;
  size_t n = 0;

  put_chunk(bytes, "MTrk", "00 FF510307A121" ONE_NOTE "60 FF2F00");
  put_chunk(bytes, "MTrk", ONE_NOTE END);

  g_autoptr(PartitaScore) score = read_bytes(bytes, &mends);
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);

  g_assert_cmphex(mends, ==, PARTITA_MEND_FORMAT);
  assert_note(notes_of(score, 1, 1)[0], (PartitaNote){192, 96, 60, 64});
  g_assert_cmpuint(n, ==, 2);
  g_assert_cmpuint(tempos[1].tick, ==, 192);
  g_assert_cmpuint(tempos[1].us_per_quarter, ==, 500000);
}

/* A million events, in one track and with many changes, take no longer than
 * their number: the quadratic paths of libsmf are not taken. */
static void
test_linear(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 2, 96);
  g_autoptr(GString) track = g_string_new(NULL);
  g_autoptr(GString) tempos = g_string_new(NULL);

  for (unsigned i = 0; i < 100000; ++i)
    g_string_append(track, "01903C4001803C40");
  for (unsigned i = 0; i < 4000; ++i)
    g_string_append(tempos, "01FF510307A12001FF580404021808");
  g_string_append(track, END);
  g_string_append(tempos, END);
  put_chunk(bytes, "MTrk", track->str);
  put_chunk(bytes, "MTrk", tempos->str);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  g_assert_cmpuint(partita_score_get_n_notes(score), ==, 100000);
}

/* Bytes of an older version of the file stand behind the declared tracks: where
 * those are whole nothing else is a track, else all are looked for. */
static void
test_stale(void)
{
  static const char *const tracks[] = {ONE_NOTE END, ONE_NOTE,
                                       ONE_NOTE END "00"};
  static const size_t n_notes[] = {2, 4, 4};

  for (size_t i = 0; i < G_N_ELEMENTS(tracks); ++i) {
    g_autoptr(GByteArray) bytes = make_file(1, 2, 96);
    g_autoptr(PartitaScore) score = NULL;
    unsigned mends = 0;

    put_chunk(bytes, "MTrk", tracks[i]);
    put_chunk(bytes, "MTrk", ONE_NOTE END);
    put(bytes, "40 00 90");
    put_chunk(bytes, "MTrk", ONE_NOTE END);
    put_chunk(bytes, "MTrk", ONE_NOTE END);
    score = read_bytes(bytes, &mends);
    g_assert_cmpuint(partita_score_get_n_notes(score), ==, n_notes[i]);
    g_assert_true((mends == PARTITA_MEND_TRAILING) == (i == 0));
  }
}

static void
assert_file_refused(const char *path, int code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_midi_read_file(path, NULL, &error));
  g_assert_error(error, PARTITA_MIDI_ERROR, code);
  g_assert_true(g_str_has_prefix(error->message, path));
}

static void
test_files(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("partita-midi-XXXXXX", &error);
  g_autofree char *missing = g_build_filename(folder, "missing.mid", NULL);
  g_autofree char *fifo = g_build_filename(folder, "fifo.mid", NULL);
  g_autofree char *page = g_build_filename(folder, "page.mid", NULL);
  g_autofree char *huge = g_build_filename(folder, "huge.mid", NULL);

  g_assert_no_error(error);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_true(g_file_set_contents(page, "<html>", -1, &error));
  // 64 GiB of nothing: more than can be read into memory.
  g_assert_true(g_file_set_contents(huge, "MThd", -1, &error));
  g_assert_cmpint(truncate(huge, (off_t)1 << 36), ==, 0);
  assert_file_refused(huge, PARTITA_MIDI_ERROR_TOO_BIG);
  assert_file_refused(missing, PARTITA_MIDI_ERROR_READ);
  assert_file_refused(fifo, PARTITA_MIDI_ERROR_READ);
  assert_file_refused(folder, PARTITA_MIDI_ERROR_READ);
  assert_file_refused(page, PARTITA_MIDI_ERROR_NOT_MIDI);
  g_assert_cmpint(g_unlink(fifo), ==, 0);
  g_assert_cmpint(g_unlink(page), ==, 0);
  g_assert_cmpint(g_unlink(huge), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/midi/read/orphan", test_orphan);
  g_test_add_func("/midi/read/no-length", test_no_length);
  g_test_add_func("/midi/read/sorted", test_sorted);
  g_test_add_func("/midi/read/split", test_split);
  g_test_add_func("/midi/read/program-of-channel", test_program_of_channel);
  g_test_add_func("/midi/read/program-of-later-track",
                  test_program_of_later_track);
  g_test_add_func("/midi/read/programs-of-tracks", test_programs_of_tracks);
  g_test_add_func("/midi/read/ports", test_ports);
  g_test_add_func("/midi/read/first-name", test_first_name);
  g_test_add_func("/midi/read/changes", test_changes);
  g_test_add_func("/midi/read/pedal", test_pedal);
  g_test_add_func("/midi/read/pedal-of-channel", test_pedal_of_channel);
  g_test_add_func("/midi/read/end", test_end);
  g_test_add_func("/midi/read/format-2", test_format_2);
  g_test_add_func("/midi/read/linear", test_linear);
  g_test_add_func("/midi/read/stale", test_stale);
  g_test_add_func("/midi/read/files", test_files);
  return g_test_run();
}
