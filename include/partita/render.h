// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_RENDER_H
#define PARTITA_RENDER_H

#include <gio/gio.h>
#include <partita/message.h>
#include <partita/score.h>

G_BEGIN_DECLS

#define PARTITA_RENDER_ERROR (partita_render_error_quark())

typedef enum {
  PARTITA_RENDER_ERROR_SOUNDFONT, ///< none found, or it cannot be read
  PARTITA_RENDER_ERROR_OPTIONS,   ///< a rate or gain out of range
  PARTITA_RENDER_ERROR_SILENT,    ///< no sound, or none for most of the notes
  PARTITA_RENDER_ERROR_EMPTY,     ///< there is no note to play
  PARTITA_RENDER_ERROR_WRITE,     ///< the file cannot be written
  PARTITA_RENDER_ERROR_LONG       ///< over four hours, or what a WAV can hold
} PartitaRenderError;

PARTITA_API GQuark
partita_render_error_quark(void);

typedef enum {
  PARTITA_SAMPLE_S16,  ///< 16-bit WAV
  PARTITA_SAMPLE_S24,  ///< 24-bit WAV
  PARTITA_SAMPLE_FLOAT ///< 32-bit float WAV
} PartitaSampleFormat;

typedef struct {
  const char *soundfont; ///< (nullable): a file; else it is searched for
  unsigned rate;         ///< frames a second, 8000 to 96000
  PartitaSampleFormat format;
  double gain; ///< of the synthesiser, over 0 to 10; 0: peak brought to -1 dBFS
  /// As long as the score, to 64 frames, and to be played on end: what still
  /// sounds when it is over is heard at its beginning
  bool loop;
  GCancellable *cancellable; ///< (nullable)
  /// (nullable)
  void (*progress)(double share, void *data);
  void *progress_data;
} PartitaRenderOptions;

/// 44100 Hz, 16 bits, gain 0.
PARTITA_API void
partita_render_options_init(PartitaRenderOptions *options);

typedef struct {
  uint64_t frames;
  double seconds;
  double peak_dbfs;
  double rms_dbfs;
  uint64_t clipped; ///< samples that had to be cut to fit
  size_t notes;     ///< played
  size_t silent;    ///< of these, those that the SoundFont has no sound for
  char *missing;    ///< (nullable): what it lacks, in words
  char *soundfont;  ///< the file used
} PartitaRenderReport;

/// Frees what @report points to.
PARTITA_API void
partita_render_report_clear(PartitaRenderReport *report);

/**
 * partita_soundfont_find:
 * @wish: (nullable): a file, for instance from the command line
 *
 * Looks for a SoundFont: @wish; the environment variable PARTITA_SOUNDFONT;
 * the folder `soundfonts` of the installation; the system's folders.
 *
 * Returns: (transfer full) (nullable): a path; NULL with @error set, which
 * names the Debian package to install
 */
PARTITA_API char *
partita_soundfont_find(const char *wish, GError **error);

/**
 * partita_render_file:
 * @path: of the WAV file, which appears whole or not at all
 * @report: (out) (optional)
 *
 * Plays @score through FluidSynth and writes stereo sound to the end of the
 * score and on until it has died away: until it has stayed under -66 dBFS for
 * 0.25 s, at most 12 s. Events lie within 32 frames of their exact times.
 * The same score, SoundFont and options give the same bytes. A program that the
 * SoundFont lacks is played by one near it, drums by no instrument; if more
 * than half of the notes have no sound in it, that is an error.
 *
 * Cost: memory for the events and a SoundFont; the sound passes through an
 * unnamed file in the folder of @path. Thread-safe, but a process that forks
 * after it must exec: FluidSynth may leave threads of OpenMP behind.
 *
 * Returns: false with @error set: %PARTITA_RENDER_ERROR, or
 * %G_IO_ERROR_CANCELLED; @path is then as it was
 */
PARTITA_API bool
partita_render_file(const PartitaScore *score,
                    const char *path,
                    const PartitaRenderOptions *options,
                    PartitaRenderReport *report,
                    GError **error);

/**
 * partita_render_messages:
 * @score: tells the tempo and the end of the piece
 * @messages: #PartitaMessage, in order of time, as partita_midi_read_messages()
 * gives them
 *
 * The same, but plays @messages, with every controller, bend and program there
 * is, and not the notes of @score.
 */
PARTITA_API bool
partita_render_messages(const PartitaScore *score,
                        const GArray *messages,
                        const char *path,
                        const PartitaRenderOptions *options,
                        PartitaRenderReport *report,
                        GError **error);

G_END_DECLS

#endif
