// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_RENDER_PRIVATE_H
#define PARTITA_RENDER_PRIVATE_H

#include <partita/render.h>

/// FluidSynth looks at events only between blocks of this many frames.
#define PARTITA_BLOCK_FRAMES 64u

/// FluidSynth's own limit is 256 channels, in groups of 16.
#define PARTITA_CHANNELS_MAX 256u

/// The longest piece that is played, in seconds.
#define PARTITA_RENDER_SECONDS_MAX (4.0 * 60.0 * 60.0)

/// What to send to the synthesiser, in the order in which events of one tick
/// are sent: a note that ends as the pedal goes down is held by it, as in
/// partita_score_fold_pedal().
typedef enum {
  PARTITA_EVENT_PEDAL,
  PARTITA_EVENT_OFF,
  PARTITA_EVENT_ON
} PartitaEventKind;

typedef struct {
  uint32_t block;
  uint32_t tick;
  uint32_t serial; // makes the order total, so that sorting is stable
  uint8_t channel;
  uint8_t kind;     // PartitaEventKind
  uint8_t key;      // of a pedal: 127 down, 0 up
  uint8_t velocity; // of a note on
} PartitaEvent;

typedef struct {
  GArray *events;       // PartitaEvent, in order
  GByteArray *programs; // of each channel, as PartitaTrack has them
  uint32_t end_block;   // of the piece; no event lies after it
} PartitaSchedule;

/**
 * partita_schedule_new:
 * @score: lasting at most %PARTITA_RENDER_SECONDS_MAX
 * @rate: frames a second
 *
 * Every event at the block nearest to its exact time, so at most 32 frames
 * away, but each note sounds for at least one block. A channel for each track
 * that has notes; if there are more than %PARTITA_CHANNELS_MAX, one for each
 * program.
 */
PartitaSchedule *
partita_schedule_new(const PartitaScore *score, unsigned rate);

void
partita_schedule_free(PartitaSchedule *schedule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaSchedule, partita_schedule_free)

/**
 * PartitaTake: stereo float sound in a file without a name, which is gone
 * with the process however it ends; so memory stays small and nothing is
 * left behind.
 */
typedef struct PartitaTake PartitaTake;

/// @beside: a path; the take lies in its folder.
PartitaTake *
partita_take_new(const char *beside, GError **error);

void
partita_take_free(PartitaTake *take);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaTake, partita_take_free)

/// @samples: shape [frames, 2]
bool
partita_take_append(PartitaTake *take,
                    const float *samples,
                    size_t frames,
                    GError **error);

float
partita_take_get_peak(const PartitaTake *take);

uint64_t
partita_take_get_frames(const PartitaTake *take);

/// Leaves @n frames from @first on, or as many as there are.
void
partita_take_cut(PartitaTake *take, uint64_t first, uint64_t n);

/**
 * partita_take_save:
 * @scale: the samples are multiplied by it
 * @fade: so many last frames are faded out
 * @report: (out): all but the name of the SoundFont
 *
 * Writes the take to a WAV file. Rounding is to the nearest, without dither
 * and without a time stamp: the bytes depend on the samples alone.
 */
bool
partita_take_save(PartitaTake *take,
                  const char *path,
                  const PartitaRenderOptions *options,
                  double scale,
                  uint64_t fade,
                  PartitaRenderReport *report,
                  GError **error);

/**
 * partita_synth_play:
 * @soundfont: a file that partita_soundfont_find() has passed
 *
 * Plays @schedule into @take and on until the sound has died away: until it
 * has stayed under -66 dBFS for 0.25 s, but at most 12 s.
 */
bool
partita_synth_play(const PartitaSchedule *schedule,
                   const char *soundfont,
                   const PartitaRenderOptions *options,
                   PartitaTake *take,
                   GError **error);

/// The loudest sample of a file whose gain is chosen for it: -1 dBFS.
#define PARTITA_PEAK_TARGET 0.8912509381337456

/// The share of the progress that playing has; writing has the rest.
#define PARTITA_PLAY_SHARE 0.95

/// Frames handled at a time.
#define PARTITA_CHUNK_FRAMES ((size_t)4096)

/// Tells @share to the caller; returns false if the work is cancelled.
bool
partita_render_step(const PartitaRenderOptions *options,
                    double share,
                    GError **error);

/**
 * partita_soundfont_search:
 * @folders: (array zero-terminated=1): in order of preference
 *
 * Returns: (transfer full) (nullable): the SoundFont found, or NULL with
 * @error set
 */
char *
partita_soundfont_search(const char *const *folders, GError **error);

#endif
