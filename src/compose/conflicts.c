// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/controls-private.h>
#include <math.h>
#include <string.h>

static bool
refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
refuse(GError **error, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, PARTITA_CONTROLS_ERROR,
                      PARTITA_CONTROLS_ERROR_CONFLICT, message);
  return false;
}

bool
partita_controls_may_begin(const PartitaControls *controls,
                           const PartitaChord *chord,
                           unsigned pitch,
                           uint32_t position,
                           uint32_t start,
                           uint32_t beat,
                           bool *is_member)
{
  *is_member = (chord->pitch_classes >> pitch % 12 & 1) != 0;
  if (position == start && pitch < PARTITA_BASS_BELOW)
    return pitch % 12 == chord->bass;
  return *is_member ||
         (position % beat != 0 && position != start &&
          (partita_controls_get_passing(controls) >> pitch % 12 & 1) != 0);
}

/// Whether @program can play a note of @chord where it begins.
static bool
can_play_chord(const PartitaControls *controls,
               const PartitaChord *chord,
               unsigned program)
{
  for (unsigned pitch = 0; pitch < 128; ++pitch) {
    bool is_member = false;

    if (partita_controls_may_sound(controls, program, pitch) &&
        (chord == NULL || partita_controls_may_begin(controls, chord, pitch, 0,
                                                     0, 1, &is_member)))
      return true;
  }
  return false;
}

bool
partita_controls_can_play(const PartitaControls *controls, unsigned program)
{
  if (partita_controls_is_without(controls, program))
    return false;
  if (program == PARTITA_PROGRAM_DRUMS)
    return true;
  for (size_t i = 0; i < controls->n_chords; ++i)
    if (!can_play_chord(controls, &controls->chords[i], program))
      return false;
  return can_play_chord(controls, NULL, program);
}

uint32_t
partita_controls_last_onset(const PartitaControls *controls,
                            size_t bars,
                            uint32_t length)
{
  const uint32_t beat = length >= 36 ? length - 12 : length / 2;
  uint32_t start = 0, end = 0;

  (void)partita_controls_find_chord(controls, bars - 1, length - 1, length, 12,
                                    &start, &end);
  return MAX(beat, start);
}

const char *
partita_controls_fits(const PartitaControls *controls,
                      size_t bars,
                      uint32_t length)
{
  const double a_bar = controls->density * length / 12.0;
  const bool closes =
    controls->n_chords > 0 || controls->tonic >= 0 || controls->ending >= 0;
  const size_t places =
    closes ? partita_controls_last_onset(controls, bars, length) + 1 : length;
  const size_t parts = controls->n_groups + (closes ? 1 : 0);

  if (parts + 1 > places)
    return "programs";
  if (controls->density <= 0.0)
    return NULL;
  if (a_bar < 1.0 || ceil(0.94 * a_bar) + 2.0 > (double)places ||
      ceil((1.0 + PARTITA_DENSITY_TOLERANCE) * a_bar * (double)bars) <
        (double)(bars + parts))
    return "density";
  return NULL;
}

static bool
check_scale(const PartitaControls *controls, GError **error)
{
  const int chromatic = partita_find_scale("chromatic");

  if (controls->scale >= 0 && controls->scale != chromatic &&
      controls->tonic < 0)
    return refuse(error, "scale %s needs a key to stand on",
                  partita_scale_get_name(controls->scale));
  if (controls->tonic >= 0 &&
      (partita_controls_get_scale(controls) >> controls->tonic & 1) == 0) {
    g_autofree char *scale = partita_controls_name_scale(controls);
    g_autofree char *key = partita_controls_name_key(controls);

    return refuse(error, "the scale %s has not the tonic of %s", scale, key);
  }
  return true;
}

static bool
check_grid(const PartitaControls *controls, GError **error)
{
  const uint16_t scale = partita_controls_get_scale(controls);

  for (size_t i = 0; i < controls->n_chords; ++i) {
    const PartitaChord *chord = &controls->chords[i];
    const uint16_t alien = chord->pitch_classes & (uint16_t)~scale;

    if (alien != 0) {
      g_autofree char *name = partita_controls_name_scale(controls);
      g_autofree char *notes = partita_controls_name_pitch_classes(alien);

      return refuse(error, "chord %s has %s, which %s has not", chord->name,
                    notes, name);
    }
  }
  return true;
}

/// Whether a program that @group may be can play.
static bool
has_player(const PartitaControls *controls, const PartitaGroup *group)
{
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    if (partita_controls_is_in_group(controls, group, p) &&
        partita_controls_can_play(controls, p))
      return true;
  return false;
}

static bool
is_asked_for(const PartitaControls *controls, const PartitaGroup *group)
{
  bool found = controls->n_groups == 0;

  for (size_t i = 0; i < controls->n_groups; ++i)
    for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
      found = found || (controls->groups[i].programs[p] &&
                        partita_controls_is_in_group(controls, group, p));
  return found;
}

static bool
check_ranges(const PartitaControls *controls, GError **error)
{
  for (size_t i = 0; i < controls->n_ranges; ++i) {
    const PartitaRange *range = &controls->ranges[i];
    g_autofree char *name = partita_controls_name_range(range);
    g_autofree char *scale = partita_controls_name_scale(controls);

    if (strcmp(range->group.name, PARTITA_MELODY) == 0 &&
        controls->n_groups == 0)
      return refuse(error,
                    "range %s: the melody is the first of programs, "
                    "which are not given",
                    name);
    if (range->group.programs[PARTITA_PROGRAM_DRUMS])
      return refuse(error, "range %s: drums have none", name);
    if (!is_asked_for(controls, &range->group))
      return refuse(error, "range %s: it is not among the programs", name);
    if (!has_player(controls, &range->group))
      return refuse(error, "range %s holds no note of %s%s", name,
                    controls->n_chords > 0 ? "one of the chords, or of " : "",
                    scale);
  }
  return true;
}

static bool
can_close(const PartitaControls *controls, unsigned bass)
{
  for (unsigned p = 0; p < PARTITA_PROGRAM_DRUMS; ++p) {
    bool asked = controls->n_groups == 0;

    for (size_t i = 0; i < controls->n_groups; ++i)
      asked = asked || controls->groups[i].programs[p];
    for (unsigned pitch = bass; asked && pitch < 128; pitch += 12)
      if (partita_controls_may_sound(controls, p, pitch) &&
          partita_controls_can_play(controls, p))
        return true;
  }
  return false;
}

/// Whether what is asked for is not also asked not to play.
static bool
check_without(const PartitaControls *controls, GError **error)
{
  g_autofree char *names = partita_controls_name_without(controls);

  for (size_t i = 0; i < controls->n_groups; ++i)
    if (partita_controls_is_dropped(controls, &controls->groups[i]))
      return refuse(error, "programs %s and without %s: only one can be",
                    controls->groups[i].name, names);
  return true;
}

static bool
check_instruments(const PartitaControls *controls, size_t bars, GError **error)
{
  uint8_t bass = 0;
  const bool closes = partita_controls_get_closing(controls, bars, &bass) != 0;
  bool pitched = controls->n_groups == 0;

  if (!check_without(controls, error))
    return false;
  for (size_t i = 0; i < controls->n_groups; ++i) {
    pitched = pitched || !controls->groups[i].programs[PARTITA_PROGRAM_DRUMS];
    if (!has_player(controls, &controls->groups[i])) {
      return refuse(error, "programs: %s has no note to play in its range",
                    controls->groups[i].name);
    }
  }
  if (!pitched && (closes || controls->scale_list != 0))
    return refuse(error, "drums alone have no key, scale or chords");
  if (closes && !can_close(controls, bass)) {
    g_autofree char *name =
      partita_controls_name_pitch_classes((uint16_t)(1u << bass));
    g_autofree char *key = controls->n_chords > 0
                             ? g_strdup("the chords")
                             : partita_controls_name_key(controls);

    return refuse(error, "no range holds the %s that %s would end on", name,
                  key);
  }
  return true;
}

static bool
check_bar(const PartitaControls *controls, size_t bars, GError **error)
{
  const uint32_t asked = controls->numerator == 0
                           ? 0
                           : 48u * controls->numerator / controls->denominator;
  const char *what = "";

  // Without a metre asked for, any bar from a sixteenth to two whole notes.
  for (uint32_t length = asked > 0 ? asked : 3; what != NULL && length <= 96;
       length += asked > 0 ? 96 : 3)
    what = partita_controls_fits(controls, bars, length);
  if (what == NULL)
    return true;
  if (asked == 0)
    return refuse(error, "density %g: %zu bars with %zu instruments have more",
                  controls->density, bars, controls->n_groups);
  if (strcmp(what, "programs") == 0)
    return refuse(error, "programs: a bar of %d/%d cannot hold %zu of them",
                  controls->numerator, controls->denominator,
                  controls->n_groups);
  return refuse(error,
                "density %g: %zu bars of %d/%d that each have a note, with "
                "%zu instruments, cannot have it",
                controls->density, bars, controls->numerator,
                controls->denominator, controls->n_groups);
}

bool
partita_controls_check(const PartitaControls *controls,
                       size_t bars,
                       GError **error)
{
  if (controls->bars > 0 && controls->bars != bars)
    return refuse(error, "bars %zu: the piece has %zu", controls->bars, bars);
  return check_scale(controls, error) && check_grid(controls, error) &&
         check_ranges(controls, error) &&
         check_instruments(controls, bars, error) &&
         check_bar(controls, bars, error);
}
