// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/voices.h>

#include <compose/melody.h>
#include <math.h>
#include <partita/controls.h>

/// A track that notes are written into.
typedef struct {
  PartitaTrack *track;
  double mean_pitch; ///< of what it was
  uint32_t busy;     ///< until its last new note ends
  GArray *notes;     ///< PartitaNote: new ones
  guint last[128];   ///< of them, the last of each pitch plus 1; 0: none yet
} Voice;

static void
clear_voice(void *data)
{
  Voice *voice = data;

  partita_track_add_notes(voice->track,
                          (const PartitaNote *)(const void *)voice->notes->data,
                          voice->notes->len);
  g_array_unref(voice->notes);
}

void
partita_voices_init(PartitaVoices *voices, PartitaScore *score, bool any)
{
  *voices =
    (PartitaVoices){score, g_array_new(FALSE, FALSE, sizeof(Voice)), any};
  g_array_set_clear_func(voices->voices, clear_voice);
}

void
partita_voices_clear(PartitaVoices *voices)
{
  g_clear_pointer(&voices->voices, g_array_unref);
}

static Voice *
add_voice(PartitaVoices *voices, PartitaTrack *track, double mean_pitch)
{
  const Voice voice = {.track = track,
                       .mean_pitch = mean_pitch,
                       .notes = g_array_new(FALSE, FALSE, sizeof(PartitaNote))};

  g_array_append_val(voices->voices, voice);
  return &g_array_index(voices->voices, Voice, voices->voices->len - 1);
}

void
partita_voices_open(PartitaVoices *voices,
                    size_t track,
                    const PartitaTrack *like)
{
  (void)add_voice(voices, partita_score_get_track(voices->score, track),
                  partita_track_find_mean_pitch(like));
}

/// How ill @note lies in @voice: by semitones, and far more while it is busy.
static double
find_cost(const Voice *voice, const PartitaNote *note)
{
  return fabs(voice->mean_pitch - note->pitch) +
         (voice->busy > note->onset_ticks ? 128.0 : 0.0);
}

static bool
may_play(const PartitaVoices *voices, const Voice *voice, unsigned program)
{
  const unsigned own = partita_track_get_program(voice->track);

  return own == program || (voices->any && own != PARTITA_PROGRAM_DRUMS &&
                            program != PARTITA_PROGRAM_DRUMS);
}

/// (nullable)
static Voice *
find_voice(const PartitaVoices *voices,
           unsigned program,
           const PartitaNote *note)
{
  Voice *best = NULL;

  for (guint i = 0; i < voices->voices->len; ++i) {
    Voice *voice = &g_array_index(voices->voices, Voice, i);

    if (may_play(voices, voice, program) &&
        (best == NULL || find_cost(voice, note) < find_cost(best, note)))
      best = voice;
  }
  return best;
}

/// A key that is struck again ends the note that it sounds.
static void
end_before(const Voice *voice, const PartitaNote *note)
{
  const guint last = voice->last[note->pitch];
  PartitaNote *before =
    last > 0 ? &g_array_index(voice->notes, PartitaNote, last - 1) : NULL;

  if (before != NULL && before->onset_ticks < note->onset_ticks)
    before->duration_ticks =
      MIN(before->duration_ticks, note->onset_ticks - before->onset_ticks);
}

void
partita_voices_write(PartitaVoices *voices, unsigned program, PartitaNote note)
{
  Voice *voice = find_voice(voices, program, &note);

  if (voice == NULL)
    voice = add_voice(voices,
                      partita_score_add_track(voices->score, (uint8_t)program,
                                              partita_program_name(program)),
                      note.pitch);
  end_before(voice, &note);
  g_array_append_val(voice->notes, note);
  voice->last[note.pitch] = voice->notes->len;
  voice->busy = note.onset_ticks + note.duration_ticks;
}
