// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_RENDER_PRIVATE_H
#define PARTITA_RENDER_PRIVATE_H

#include <partita/message.h>
#include <partita/render.h>

/// FluidSynth looks at events only between blocks of this many frames.
#define PARTITA_BLOCK_FRAMES 64u

/// FluidSynth's own limit is 256 channels, in groups of 16.
#define PARTITA_CHANNELS_MAX 256u

/// The longest piece that is played, in seconds.
#define PARTITA_RENDER_SECONDS_MAX (4.0 * 60.0 * 60.0)

/// What is sent to the synthesiser at the beginning of a block.
typedef struct {
  uint32_t block;
  uint32_t tick;
  uint8_t channel; // of the synthesiser; no matter for a reset
  uint8_t kind;    // PartitaMessageKind
  uint8_t values[2];
} PartitaEvent;

typedef struct {
  GArray *events;     // PartitaEvent, in order
  GByteArray *drums;  // of each channel: whether it begins with drums
  uint32_t end_block; // of the piece; no event lies after it
  uint32_t lap_block; // events before it are of the first time it is played
} PartitaSchedule;

/**
 * partita_render_list_messages:
 *
 * Returns: (transfer full) (element-type PartitaMessage): what plays the notes
 * and pedals of @score, in order of time: a strip for each track that has
 * notes; if there are more than %PARTITA_CHANNELS_MAX, one for each program.
 * Where notes of one key overlap on a strip, only the last ends it.
 */
GArray *
partita_render_list_messages(const PartitaScore *score);

/**
 * partita_schedule_new:
 * @score: tells the time and the end, after which nothing is played; lasting at
 *   most %PARTITA_RENDER_SECONDS_MAX
 * @messages: (element-type PartitaMessage): in order of time
 * @laps: they are played so many times on end
 * @rate: frames a second
 *
 * Every message at the block nearest to its exact time, so at most 32 frames
 * away, in the order of @messages. A channel for each strip that has notes; if
 * there are more than %PARTITA_CHANNELS_MAX, one for each program that a strip
 * begins with. A note that ends in the block it begins in is heard all the
 * same: FluidSynth ends none within 10 ms. At the end nothing is held any more,
 * and before it is played again every channel is brought to where it began, but
 * what rings on does.
 */
PartitaSchedule *
partita_schedule_new(const PartitaScore *score,
                     const GArray *messages,
                     unsigned laps,
                     unsigned rate);

void
partita_schedule_free(PartitaSchedule *schedule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaSchedule, partita_schedule_free)

/// Notes for which the SoundFont has no sound.
typedef struct {
  size_t n_notes; // of all notes that were sent
  size_t n_silent;
  GHashTable *counts; // of silent notes, by preset and key
} PartitaMissing;

PartitaMissing *
partita_missing_new(void);

void
partita_missing_free(PartitaMissing *missing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaMissing, partita_missing_free)

/// The bank of drum kits in a SoundFont.
#define PARTITA_BANK_DRUMS 128

/**
 * partita_missing_add:
 * @bank: below 256
 * @whole: whether there is nothing at all for the program
 *
 * Counts a note that is not heard.
 */
void
partita_missing_add(PartitaMissing *missing,
                    unsigned bank,
                    unsigned program,
                    unsigned key,
                    bool whole);

/**
 * partita_missing_describe:
 *
 * Returns: (transfer full) (nullable): what is not heard and how often, most
 * first, at most five of them; NULL if all is heard
 */
char *
partita_missing_describe(const PartitaMissing *missing);

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
 * @missing: counts the notes of the first time @schedule is played
 *
 * Plays @schedule into @take and on until the sound has died away: until it
 * has stayed under -66 dBFS for 0.25 s, but at most 12 s.
 */
bool
partita_synth_play(const PartitaSchedule *schedule,
                   const char *soundfont,
                   const PartitaRenderOptions *options,
                   PartitaTake *take,
                   PartitaMissing *missing,
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
