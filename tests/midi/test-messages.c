// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "midi-bytes.h"
#include "random-score.h"

static GArray *
read_messages(const GByteArray *bytes)
{
  g_autoptr(GError) error = NULL;
  GArray *messages =
    partita_midi_read_messages(bytes->data, bytes->len, &error);

  g_assert_no_error(error);
  return messages;
}

/// What is compared: "tick:strip:kind:first,second" of each, kinds by a letter.
static char *
describe(const GArray *messages)
{
  static const char letters[] = "-+kcppbdr";
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < messages->len; ++i) {
    const PartitaMessage m = g_array_index(messages, PartitaMessage, i);

    g_string_append_printf(text, "%s%u:%u%c%u,%u", i > 0 ? " " : "", m.tick,
                           m.strip, letters[m.kind], m.values[0], m.values[1]);
  }
  return g_string_free(text, FALSE);
}

static void
assert_messages(const GByteArray *bytes, const char *expected)
{
  g_autoptr(GArray) messages = read_messages(bytes);
  g_autofree char *text = describe(messages);

  g_assert_cmpstr(text, ==, expected);
}

typedef struct {
  const char *name;
  const char *track;
  const char *expected;
} Case;

static const Case cases[] = {
  {"kinds", "00 B00764 00 C005 00 D006 00 E00102 00 903C40 00 A03C01 60 803C00",
   "0:0c7,100 0:0p5,0 0:0p6,0 0:0b1,2 0:0+60,64 0:0k60,1 96:0-60,0"},
  {"silent-onset", "00 903C40 60 903C00", "0:0+60,64 96:0-60,0"},
  {"port", "00 FF210103 00 C205", "0:50p5,0"},
  {"order-in-track", "00 903C40 00 C005 00 903D40", // the order of the file
   "0:0+60,64 0:0p5,0 0:0+61,64"},
  {"bank-of-kits", "00 BF007F 00 CF19 00 BF0000", // and no more
   "0:15d1,0 0:15c0,127 0:15p25,0 0:15d0,0 0:15c0,0"},
  {"bank-of-gm2", "00 BF0078", "0:15d1,0 0:15c0,120"},
  {"bank-on-ten", "00 B90000", "0:9c0,0"},
  {"bank-under-gs", "00 F00A41104212 40007F00 41F7 00 BF007F",
   "0:0r0,0 0:15c0,127"},
  {"bank-under-xg", "00 F00843104C00007E00F7 00 B90000 00 B9007F 00 995440",
   "0:0r0,0 0:9d0,0 0:9c0,0 0:9d1,0 0:9c0,127 0:9+84,64"}, // no kit's key
  {"reset-ends-it", "00 BF007F 00 F0057E7F0901F7 00 BF007F",
   "0:15d1,0 0:15c0,127 0:0r0,0 0:15d1,0 0:15c0,127"},
  {"gs-rhythm", "00 C119 00 F00A41104212401215011 7F7",
   "0:1p25,0 0:1d1,0 0:1p25,0"},
  {"gs-melodic", "00 F00A41104212401015001BF7", "0:9d0,0 0:9p0,0"},
  {"gs-sixteenth", "00 F00A41104212401F15010AF7", "0:15d1,0 0:15p0,0"},
  {"xg-part", "00 F00843104C08020702F7", "0:2d1,0 0:2p0,0"},
  {"xg-no-part", "00 F00843104C08400702F7", ""},
  {"sysex-of-others", "00 F0054110421240 00 F0017E 00 F0007E", ""},
};

static void
test_case(gconstpointer data)
{
  const Case *c = data;
  g_autofree char *hex = g_strconcat(c->track, " ", END, NULL);
  g_autoptr(GByteArray) bytes = make_simple(hex);

  assert_messages(bytes, c->expected);
}

/* What only says how notes sound comes before the notes of the same tick that
 * other tracks begin; what ends notes does not. */
static void
test_tracks(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 3, 96);

  put_chunk(bytes, "MTrk", "00 903C40 60 803C00 00 903D40" END);
  put_chunk(bytes, "MTrk", "00 B07B00 60 E00040" END);
  put_chunk(bytes, "MTrk", "00 C005 00 FF210101 60 903C40 00 C006" END);
  assert_messages(bytes, "0:0p5,0 0:0+60,64 0:0c123,0 96:0b0,64 96:0-60,0 "
                         "96:0+61,64 96:16+60,64 96:16p6,0");
}

/// A note begins, or all notes of a key are over.
typedef struct {
  uint32_t tick;
  size_t order; // of what is at one tick
  uint8_t key;
  uint8_t velocity;
} Stroke;

static gint
compare_strokes(gconstpointer a, gconstpointer b)
{
  const Stroke *x = a;
  const Stroke *y = b;

  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  if (x->order != y->order)
    return x->order < y->order ? -1 : 1;
  return (int)x->key - (int)y->key;
}

static char *
tell(GArray *strokes)
{
  GString *text = g_string_new(NULL);

  g_array_sort(strokes, compare_strokes); // which is stable
  for (guint i = 0; i < strokes->len; ++i) {
    const Stroke s = g_array_index(strokes, Stroke, i);

    g_string_append_printf(text, "%u: key %u at %u\n", s.tick, s.key,
                           s.velocity);
  }
  return g_string_free(text, FALSE);
}

/// Whether no note of the key of @notes[@i] sounds on where that one ends.
static bool
is_last(const PartitaNote *notes, size_t n, size_t i)
{
  const uint32_t end = notes[i].onset_ticks + notes[i].duration_ticks;

  for (size_t k = 0; k < n; ++k) {
    const uint32_t other = notes[k].onset_ticks + notes[k].duration_ticks;

    if (notes[k].pitch == notes[i].pitch &&
        ((notes[k].onset_ticks < end && other > end) ||
         (other == end && k > i)))
      return false;
  }
  return true;
}

/// Tells what begins, track by track, and apart from it what is over.
static void
tell_score(const PartitaScore *score, char **begins, char **ends)
{
  g_autoptr(GArray) on = g_array_new(FALSE, FALSE, sizeof(Stroke));
  g_autoptr(GArray) off = g_array_new(FALSE, FALSE, sizeof(Stroke));

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(
      partita_score_get_track((PartitaScore *)score, t), &n);

    for (size_t i = 0; i < n; ++i) {
      const Stroke begin = {notes[i].onset_ticks, t, notes[i].pitch,
                            notes[i].velocity};
      const Stroke end = {notes[i].onset_ticks + notes[i].duration_ticks, 0,
                          notes[i].pitch, 0};

      g_array_append_val(on, begin);
      if (is_last(notes, n, i))
        g_array_append_val(off, end);
    }
  }
  *begins = tell(on);
  *ends = tell(off);
}

/// The same of messages, whose order must be that of the tracks.
static void
tell_messages(const GArray *messages, char **begins, char **ends)
{
  g_autoptr(GArray) on = g_array_new(FALSE, FALSE, sizeof(Stroke));
  g_autoptr(GArray) off = g_array_new(FALSE, FALSE, sizeof(Stroke));

  for (guint i = 0; i < messages->len; ++i) {
    const PartitaMessage m = g_array_index(messages, PartitaMessage, i);
    const bool begin = m.kind == PARTITA_MESSAGE_NOTE_ON;
    const Stroke stroke = {m.tick, begin ? i : 0, m.values[0],
                           begin ? m.values[1] : 0};

    if (begin || m.kind == PARTITA_MESSAGE_NOTE_OFF)
      g_array_append_val(begin ? on : off, stroke);
  }
  *begins = tell(on);
  *ends = tell(off);
}

/* Law: a file of ours begins each note of the score, in the order of the score,
 * and ends no key that another note still holds, and each once. */
static void
test_own(void)
{
  for (int i = 0; i < 50; ++i) {
    g_autoptr(PartitaScore) score = random_score();
    g_autoptr(GBytes) file = partita_midi_write(score, NULL);
    gsize size = 0;
    const uint8_t *data = g_bytes_get_data(file, &size);
    g_autoptr(GArray) messages = partita_midi_read_messages(data, size, NULL);
    g_autofree unsigned *strips = g_new0(unsigned, PARTITA_STRIPS);
    unsigned n_strips = 0;
    g_autofree char *begins = NULL;
    g_autofree char *ends = NULL;
    g_autofree char *want_begins = NULL;
    g_autofree char *want_ends = NULL;

    tell_score(score, &want_begins, &want_ends);
    tell_messages(messages, &begins, &ends);
    g_assert_cmpstr(begins, ==, want_begins);
    g_assert_cmpstr(ends, ==, want_ends);
    for (guint m = 0; m < messages->len; ++m)
      ++strips[g_array_index(messages, PartitaMessage, m).strip];
    for (unsigned s = 0; s < PARTITA_STRIPS; ++s)
      n_strips += strips[s] > 0;
    g_assert_cmpuint(n_strips, ==, partita_score_get_n_tracks(score));
  }
}

/* Law: any bytes give messages in order, or the error of the other reader. */
static void
test_any_bytes(void)
{
  g_autoptr(GByteArray) bytes = make_simple(
    "00 F00A41104212401115021 8F7 00 C019 00 903C40 60 803C00 00 BF007F" END);

  for (int i = 0; i < 5000; ++i) {
    g_autoptr(GByteArray) changed = g_byte_array_new();
    g_autoptr(GError) error = NULL;

    g_byte_array_append(changed, bytes->data, bytes->len);
    for (int n = g_test_rand_int_range(0, 4); n > 0; --n)
      changed->data[g_test_rand_int_range(14, (gint32)bytes->len)] =
        (uint8_t)g_test_rand_int_range(0, 256);
    g_byte_array_set_size(changed,
                          (guint)g_test_rand_int_range(14, (gint32)bytes->len));

    g_autoptr(GArray) messages =
      partita_midi_read_messages(changed->data, changed->len, &error);
    g_autoptr(PartitaScore) score =
      partita_midi_read(changed->data, changed->len, NULL, NULL);

    g_assert_true((messages == NULL) == (score == NULL));
    g_assert_true((messages == NULL) == (error != NULL));
    for (guint m = 1; messages != NULL && m < messages->len; ++m)
      g_assert_cmpuint(g_array_index(messages, PartitaMessage, m - 1).tick, <=,
                       g_array_index(messages, PartitaMessage, m).tick);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    g_autofree char *path = g_strconcat("/midi/messages/", cases[i].name, NULL);

    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/midi/messages/tracks", test_tracks);
  g_test_add_func("/midi/messages/own", test_own);
  g_test_add_func("/midi/messages/any-bytes", test_any_bytes);
  return g_test_run();
}
