// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <token/remi-private.h>

/// Puts it if @wanted; there must be room. Nothing to foretell wrongly.
static inline void
put_if(RemiWriter *w, bool wanted, RemiClass class_, unsigned value)
{
  *w->at = partita_scheme_id(w->scheme, class_, value);
  w->at += wanted;
}

static void
put_controls(RemiWriter *w, const PartitaPrompt *prompt, const RemiPiece *piece)
{
  bool programs[PARTITA_N_PROGRAMS] = {false};

  partita_remi_put(w, REMI_BOS, 0);
  if (prompt->style >= 0)
    partita_remi_put(w, REMI_STYLE, (unsigned)prompt->style);
  if (prompt->key >= 0 && prompt->key < 24)
    partita_remi_put(w, REMI_KEY, (unsigned)prompt->key);
  if (prompt->tempo_bin >= 0 && prompt->tempo_bin < (int)REMI_N_TEMPOS)
    partita_remi_put(w, REMI_TEMPO, (unsigned)prompt->tempo_bin);
  if (prompt->bars > 0)
    partita_remi_put(w, REMI_BARS,
                     partita_remi_count_of_bars(piece->bars->len));
  if (prompt->density >= 0 && prompt->density < (int)REMI_N_DENSITIES)
    partita_remi_put(w, REMI_DENSITY, (unsigned)prompt->density);
  if (!prompt->has_programs)
    return;
  partita_remi_find_programs(piece, programs);
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    if (programs[p] || prompt->programs[p])
      partita_remi_put(w, REMI_PROGRAM, p);
  }
}

void
partita_remi_put_head(RemiWriter *w, const RemiPiece *piece, guint bar)
{
  const RemiBar *at = &g_array_index(piece->bars, RemiBar, bar);

  partita_remi_put(w, REMI_BAR,
                   partita_remi_count_of_bars(piece->bars->len - bar));
  if (bar == 0 || at->meter != at[-1].meter)
    partita_remi_put(w, REMI_METER, at->meter);
  if (bar == 0 || at->tempo != at[-1].tempo)
    partita_remi_put(w, REMI_TEMPO, at->tempo);
}

static inline void
put_note(RemiWriter *w, uint64_t note)
{
  const uint32_t duration = remi_note_duration(note) - 1;
  const bool drum = remi_note_program(note) == PARTITA_PROGRAM_DRUMS;

  partita_remi_put(w, drum ? REMI_DRUM : REMI_PITCH, remi_note_pitch(note));
  partita_remi_put(w, REMI_VELOCITY, remi_note_velocity(note));
  for (uint32_t h = 0; h < duration / REMI_HOLD; ++h)
    partita_remi_put(w, REMI_HOLD_ON, 0);
  partita_remi_put(w, REMI_DURATION, duration % REMI_HOLD);
}

void
partita_remi_put_notes(RemiWriter *w,
                       const uint64_t *notes,
                       size_t n,
                       uint32_t start)
{
  uint32_t onset = UINT32_MAX;

  for (size_t i = 0; i < n; ++i) {
    put_if(w, remi_note_onset(notes[i]) != onset, REMI_POSITION,
           remi_note_onset(notes[i]) - start);
    put_if(w, remi_note_program(notes[i]) != w->program, REMI_PROGRAM,
           remi_note_program(notes[i]));
    onset = remi_note_onset(notes[i]);
    w->program = remi_note_program(notes[i]);
    put_note(w, notes[i]);
  }
}

size_t
partita_remi_reckon_room(const RemiPiece *piece)
{
  const size_t controls = 8 + PARTITA_N_PROGRAMS;
  size_t room =
    controls + 3 * (size_t)piece->bars->len + 5 * (size_t)piece->notes->len;

  for (guint i = 0; i < piece->notes->len; ++i)
    room +=
      remi_note_duration(g_array_index(piece->notes, uint64_t, i)) / REMI_HOLD;
  return room;
}

static void
put_bars(RemiWriter *w, const RemiPiece *piece)
{
  const RemiBar *bars = (const RemiBar *)(const void *)piece->bars->data;
  const uint64_t *note = (const uint64_t *)(const void *)piece->notes->data;
  const uint64_t *const notes_end = note + piece->notes->len;
  const guint n_bars = piece->bars->len;

  for (guint i = 0; i < n_bars; ++i) {
    const uint32_t end = i + 1 < n_bars ? bars[i + 1].start : piece->end;
    const uint64_t *const first = note;

    while (note < notes_end && remi_note_onset(*note) < end)
      ++note;
    partita_remi_put_head(w, piece, i);
    partita_remi_put_notes(w, first, (size_t)(note - first), bars[i].start);
  }
  partita_remi_put(w, REMI_EOS, 0);
}

GArray *
partita_remi_write(const PartitaScheme *scheme,
                   const PartitaPrompt *prompt,
                   const RemiPiece *piece)
{
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  g_array_set_size(ids, (guint)partita_remi_reckon_room(piece));

  uint16_t *first = (uint16_t *)(void *)ids->data;
  RemiWriter w = {scheme, first, PARTITA_N_PROGRAMS};

  put_controls(&w, prompt, piece);
  put_bars(&w, piece);
  g_array_set_size(ids, (guint)(w.at - first));
  return ids;
}
