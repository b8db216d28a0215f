// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/similar.h>
#include <compose/controls-private.h>
#include <math.h>
#include <string.h>

GQuark
partita_controls_error_quark(void)
{
  return g_quark_from_static_string("partita-controls-error-quark");
}

static bool
refuse(GError **error, const char *name, const char *text, const char *wants)
{
  g_set_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_VALUE,
              "%s \"%s\": %s", name, text, wants);
  return false;
}

static bool
refuse_instrument(GError **error,
                  const char *control,
                  const char *text,
                  const char *name)
{
  g_autofree char *asked =
    partita_similar_ask(partita_controls_suggest_group(name));
  g_autofree char *what =
    g_strconcat("no instrument is called that", asked, NULL);

  return refuse(error, control, text, what);
}

static bool
refuse_scale(GError **error, const char *text)
{
  PartitaSimilar similar;

  partita_similar_init(&similar, text);
  for (int i = 0; partita_scale_get_name(i) != NULL; ++i)
    partita_similar_try(&similar, partita_scale_get_name(i));

  g_autofree char *asked = partita_similar_ask(similar.best);
  g_autofree char *what = g_strconcat(
    "neither a scale's name nor a list of pitch classes", asked, NULL);

  return refuse(error, "scale", text, what);
}

void
partita_controls_init(PartitaControls *controls)
{
  memset(controls, 0, sizeof *controls);
  controls->tonic = controls->mode = controls->scale = controls->ending = -1;
}

static bool
parse_real(const char *text, double low, double high, double *value)
{
  char *end = NULL;
  const double number = g_ascii_strtod(text, &end);

  if (end == text || *end != '\0' || !(number >= low && number <= high))
    return false;
  *value = number;
  return true;
}

static bool
parse_whole(const char *text, guint64 low, guint64 high, guint64 *value)
{
  return g_ascii_string_to_unsigned(text, 10, low, high, value, NULL);
}

static bool
set_bars(PartitaControls *controls, const char *text, GError **error)
{
  guint64 bars = 0;

  if (!parse_whole(text, 1, 4096, &bars))
    return refuse(error, "bars", text, "a whole number, 1 to 4096");
  controls->bars = (size_t)bars;
  return true;
}

static bool
is_minor(uint16_t steps)
{
  return (steps & 1u << 4) == 0 && (steps & 1u << 3) != 0;
}

static bool
set_key(PartitaControls *controls, const char *text, GError **error)
{
  int mode = -1, scale = -1;
  const int tonic = partita_parse_key(text, &mode, &scale);

  if (tonic < 0)
    return refuse(error, "key", text,
                  "no key is called that; it is a letter from A to G, with # "
                  "or b, and a mode or scale, such as Bb minor");
  controls->tonic = tonic;
  controls->mode = mode;
  // Major and minor by themselves are the key's own.
  if (scale == partita_find_scale("major") ||
      scale == partita_find_scale("minor"))
    return true;
  // A scale asked for by itself holds, whatever the key's is.
  if (scale >= 0 && (controls->scale < 0 || mode < 0))
    controls->scale = scale;
  // And the key's third stays that of its own scale, whatever holds.
  if (scale >= 0 && mode < 0)
    controls->mode = is_minor(partita_scale_get_steps(scale)) ? 1 : 0;
  return true;
}

static bool
set_scale(PartitaControls *controls, const char *text, GError **error)
{
  g_autofree char *clean = g_strdelimit(g_strdup(text), ",", ' ');
  g_auto(GStrv) words = g_strsplit(clean, " ", 0);
  uint16_t list = 0;

  controls->scale_list = 0;
  controls->scale = partita_find_scale(text);
  if (controls->scale >= 0)
    return true;
  for (char **word = words; *word != NULL; ++word) {
    const char *at = *word;
    guint64 number = 0;

    if (*at == '\0')
      continue;
    if (!parse_whole(at, 0, 11, &number)) {
      const int pitch_class = partita_controls_take_pitch_class(&at);

      if (pitch_class < 0 || *at != '\0')
        return refuse_scale(error, text);
      number = (guint64)pitch_class;
    }
    list |= (uint16_t)(1u << number);
  }
  controls->scale_list = list;
  return list != 0 || refuse(error, "scale", text, "it is empty");
}

/// "C4-C6": the bar between the two follows a digit, so it is not the first
/// character.
static bool
parse_span(const char *text, PartitaRange *range)
{
  g_autofree char *copy = g_strdup(text);
  char *bar = *copy != '\0' ? strchr(copy + 1, '-') : NULL;

  while (bar != NULL && !g_ascii_isdigit(bar[-1]))
    bar = strchr(bar + 1, '-');
  if (bar == NULL)
    return false;
  *bar = '\0';

  const int low = partita_parse_note(copy);
  const int high = partita_parse_note(bar + 1);

  range->low = (uint8_t)MAX(low, 0);
  range->high = (uint8_t)MAX(high, 0);
  return low >= 0 && high >= low;
}

static bool
add_range(PartitaControls *controls, const char *text, GError **error)
{
  PartitaRange range = {0};
  const char *colon = strrchr(text, ':');

  if (controls->n_ranges >= PARTITA_RANGES_MAX)
    return refuse(error, "range", text, "too many ranges");
  if (colon != NULL) {
    g_autofree char *name = g_strndup(text, (size_t)(colon - text));

    if (partita_controls_same_name(name, PARTITA_MELODY))
      g_strlcpy(range.group.name, PARTITA_MELODY, sizeof range.group.name);
    else if (!partita_parse_group(name, &range.group))
      return refuse_instrument(error, "range", text, name);
  } else {
    for (unsigned p = 0; p < PARTITA_PROGRAM_DRUMS; ++p)
      range.group.programs[p] = true;
  }
  if (!parse_span(colon != NULL ? colon + 1 : text, &range))
    return refuse(error, "range", text,
                  "two notes, the lower first, such as C4-C6");
  controls->ranges[controls->n_ranges++] = range;
  return true;
}

static bool
set_range(PartitaControls *controls, const char *text, GError **error)
{
  g_auto(GStrv) parts = g_strsplit(text, ",", 0);

  for (char **part = parts; *part != NULL; ++part)
    if (!add_range(controls, g_strstrip(*part), error))
      return false;
  return true;
}

static bool
set_meter(PartitaControls *controls, const char *text, GError **error)
{
  g_auto(GStrv) parts = g_strsplit(text, "/", 0);
  guint64 numerator = 0, denominator = 0;

  // What is longer than two whole notes, or finer than sixteenths, the token
  // scheme cannot say.
  if (g_strv_length(parts) != 2 || !parse_whole(parts[0], 1, 32, &numerator) ||
      !parse_whole(parts[1], 2, 16, &denominator) ||
      (denominator & (denominator - 1)) != 0 || numerator > 2 * denominator)
    return refuse(error, "meter", text,
                  "over 2, 4, 8 or 16, and at most two whole notes");
  controls->numerator = (uint8_t)numerator;
  controls->denominator = (uint8_t)denominator;
  return true;
}

static bool
set_tempo(PartitaControls *controls, const char *text, GError **error)
{
  return parse_real(text, 20.0, 320.0, &controls->tempo) ||
         refuse(error, "tempo", text, "20 to 320 quarters a minute");
}

static bool
set_density(PartitaControls *controls, const char *text, GError **error)
{
  return parse_real(text, 0.25, 8.0, &controls->density) ||
         refuse(error, "density", text, "0.25 to 8 notes a quarter");
}

static bool
set_polyphony(PartitaControls *controls, const char *text, GError **error)
{
  guint64 polyphony = 0;

  if (!parse_whole(text, 1, PARTITA_POLYPHONY_MAX, &polyphony))
    return refuse(error, "polyphony", text, "a whole number, 1 to 128");
  controls->polyphony = (unsigned)polyphony;
  return true;
}

/// Reads a list of instruments, each once, into @groups, of which there are
/// %PARTITA_GROUPS_MAX.
static bool
set_groups(const char *name,
           const char *text,
           PartitaGroup *groups,
           size_t *n,
           GError **error)
{
  g_auto(GStrv) words = g_strsplit(text, ",", 0);

  *n = 0;
  for (char **word = words; *word != NULL; ++word) {
    PartitaGroup group;

    if (*n >= PARTITA_GROUPS_MAX)
      return refuse(error, name, text, "too many instruments");
    if (!partita_parse_group(g_strstrip(*word), &group))
      return refuse_instrument(error, name, *word, *word);

    bool known = false;

    for (size_t i = 0; i < *n; ++i)
      known = known || memcmp(groups[i].programs, group.programs,
                              sizeof group.programs) == 0;
    if (!known)
      groups[(*n)++] = group;
  }
  return *n > 0 || refuse(error, name, text, "no instrument is named");
}

static bool
set_programs(PartitaControls *controls, const char *text, GError **error)
{
  return set_groups("programs", text, controls->groups, &controls->n_groups,
                    error);
}

static bool
set_without(PartitaControls *controls, const char *text, GError **error)
{
  return set_groups("without", text, controls->without, &controls->n_without,
                    error);
}

static bool
set_seconds(PartitaControls *controls, const char *text, GError **error)
{
  return parse_real(text, 1.0, 3600.0, &controls->seconds) ||
         refuse(error, "seconds", text, "1 to 3600 of them");
}

static bool
set_loop(PartitaControls *controls, const char *text, GError **error)
{
  controls->loop = strcmp(text, "yes") == 0;
  return controls->loop || refuse(error, "loop", text, "only yes");
}

static bool
set_chords(PartitaControls *controls, const char *text, GError **error)
{
  return partita_controls_parse_chords(controls, text, error);
}

bool
partita_controls_set(PartitaControls *controls,
                     const char *name,
                     const char *text,
                     GError **error)
{
  static const struct {
    const char *name;
    bool (*set)(PartitaControls *controls, const char *text, GError **error);
  } setters[] = {
    {"bars", set_bars},
    {"seconds", set_seconds},
    {"key", set_key},
    {"scale", set_scale},
    {"range", set_range},
    {"meter", set_meter},
    {"tempo", set_tempo},
    {"programs", set_programs},
    {"without", set_without},
    {"density", set_density},
    {"polyphony", set_polyphony},
    {"chords", set_chords},
    {"loop", set_loop},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(setters); ++i)
    if (strcmp(setters[i].name, name) == 0)
      return setters[i].set(controls, text, error);
  g_set_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_UNKNOWN,
              "no control is called \"%s\"", name);
  return false;
}

bool
partita_controls_has_any(const PartitaControls *controls)
{
  return controls->tonic >= 0 || controls->scale >= 0 ||
         controls->scale_list != 0 || controls->numerator > 0 ||
         controls->tempo > 0.0 || controls->density > 0.0 ||
         controls->polyphony > 0 || controls->n_groups > 0 ||
         controls->n_without > 0 || controls->n_ranges > 0 ||
         controls->n_chords > 0;
}

uint32_t
partita_controls_get_us(const PartitaControls *controls)
{
  return (uint32_t)lround(6e7 / controls->tempo);
}

/// That of the scale asked for, or of the key; without its tonic.
static uint16_t
get_steps(const PartitaControls *controls)
{
  static const char *const of_mode[] = {"major", "minor"};
  const int pentatonic = partita_find_scale("pentatonic");

  // In a minor key the five notes are those of minor.
  if (controls->scale == pentatonic && controls->mode == 1)
    return partita_scale_get_steps(partita_find_scale("minor pentatonic"));
  if (controls->scale >= 0)
    return partita_scale_get_steps(controls->scale);
  return partita_scale_get_steps(
    partita_find_scale(of_mode[MAX(controls->mode, 0)]));
}

int
partita_controls_get_key(const PartitaControls *controls)
{
  if (controls->tonic < 0)
    return -1;
  if (controls->mode >= 0)
    return 12 * controls->mode + controls->tonic;

  return (is_minor(get_steps(controls)) ? 12 : 0) + controls->tonic;
}

uint16_t
partita_controls_get_scale(const PartitaControls *controls)
{
  if (controls->scale_list != 0)
    return controls->scale_list;
  if (controls->tonic < 0)
    return 0xFFF;
  return partita_controls_turn(get_steps(controls), controls->tonic);
}

/// The chord of @key, 0 to 23.
static uint16_t
get_tonic_chord(int key)
{
  const unsigned third = key < 12 ? 4 : 3;

  return partita_controls_turn((uint16_t)(1u << 0 | 1u << third | 1u << 7),
                               key % 12);
}

uint16_t
partita_controls_get_closing(const PartitaControls *controls,
                             size_t bars,
                             uint8_t *bass)
{
  if (controls->loop)
    return 0;
  if (controls->n_chords > 0) {
    uint32_t start = 0, end = 0;
    const PartitaChord *last =
      partita_controls_find_chord(controls, bars - 1, 47, 48, 12, &start, &end);

    *bass = last->bass;
    return last->pitch_classes;
  }

  const int asked = partita_controls_get_key(controls);
  const int key = asked >= 0 ? asked : controls->ending;

  if (key < 0)
    return 0;
  *bass = (uint8_t)(key % 12);
  // As far as the scale has it.
  return get_tonic_chord(key) & partita_controls_get_scale(controls);
}

bool
partita_controls_ask_for_pitches(const PartitaControls *controls)
{
  return controls->tonic >= 0 || controls->scale >= 0 ||
         controls->scale_list != 0 || controls->n_chords > 0 ||
         controls->n_ranges > 0;
}

uint16_t
partita_controls_get_passing(const PartitaControls *controls)
{
  uint16_t passing = 0;

  if (controls->scale_list != 0 || controls->tonic >= 0)
    return partita_controls_get_scale(controls);
  for (size_t i = 0; i < controls->n_chords; ++i)
    passing |= controls->chords[i].pitch_classes;
  return passing;
}

bool
partita_controls_is_in_group(const PartitaControls *controls,
                             const PartitaGroup *group,
                             unsigned program)
{
  if (strcmp(group->name, PARTITA_MELODY) == 0)
    return controls->n_groups > 0 && controls->groups[0].programs[program];
  return group->programs[program];
}

bool
partita_controls_may_sound(const PartitaControls *controls,
                           unsigned program,
                           unsigned pitch)
{
  if (program == PARTITA_PROGRAM_DRUMS)
    return true;
  if ((partita_controls_get_scale(controls) >> pitch % 12 & 1) == 0)
    return false;
  for (size_t i = 0; i < controls->n_ranges; ++i) {
    const PartitaRange *range = &controls->ranges[i];

    if (partita_controls_is_in_group(controls, &range->group, program) &&
        (pitch < range->low || pitch > range->high))
      return false;
  }
  return true;
}
