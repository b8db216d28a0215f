// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/controls-private.h>
#include <string.h>

static const char *const pitch_classes[12] = {
  "C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"};

char *
partita_controls_name_note(unsigned pitch)
{
  return g_strdup_printf("%s%d", pitch_classes[pitch % 12],
                         (int)(pitch / 12) - 1);
}

char *
partita_controls_name_pitch_classes(uint16_t set)
{
  GString *text = g_string_new(NULL);

  for (unsigned i = 0; i < 12; ++i)
    if ((set >> i & 1) != 0)
      g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                             pitch_classes[i]);
  return g_string_free(text, FALSE);
}

char *
partita_controls_name_key(const PartitaControls *controls)
{
  const char *name = partita_key_name(partita_controls_get_key(controls));

  return g_strdup(name != NULL ? name : "");
}

char *
partita_controls_name_scale(const PartitaControls *controls)
{
  if (controls->scale_list != 0)
    return partita_controls_name_pitch_classes(controls->scale_list);
  if (controls->tonic < 0)
    return g_strdup("chromatic");
  if (controls->scale < 0)
    return partita_controls_name_key(controls);

  g_autofree char *key = partita_controls_name_key(controls);
  char *space = strrchr(key, ' ');

  *space = '\0';
  return g_strdup_printf("%s %s", key, partita_scale_get_name(controls->scale));
}

char *
partita_controls_name_range(const PartitaRange *range)
{
  g_autofree char *low = partita_controls_name_note(range->low);
  g_autofree char *high = partita_controls_name_note(range->high);

  return g_strdup_printf("%s%s%s-%s", range->group.name,
                         range->group.name[0] != '\0' ? ":" : "", low, high);
}

static char *
name_list(const PartitaGroup *groups, size_t n)
{
  GString *text = g_string_new(NULL);

  for (size_t i = 0; i < n; ++i)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", groups[i].name);
  return g_string_free(text, FALSE);
}

char *
partita_controls_name_groups(const PartitaControls *controls)
{
  return name_list(controls->groups, controls->n_groups);
}

char *
partita_controls_name_without(const PartitaControls *controls)
{
  return name_list(controls->without, controls->n_without);
}

char *
partita_controls_name_chords(const PartitaControls *controls)
{
  GString *text = g_string_new("|");

  for (size_t i = 0; i < controls->n_chords; ++i) {
    const PartitaChord *chord = &controls->chords[i];

    g_string_append_printf(text, " %s%s", chord->name,
                           chord->index + 1 == chord->of ? " |" : "");
  }
  return g_string_free(text, FALSE);
}

static void
add(GPtrArray *lines, const char *name, char *value)
{
  g_ptr_array_add(lines, g_strdup_printf("%s %s", name, value));
  g_free(value);
}

static void
describe_pitches(const PartitaControls *controls, GPtrArray *lines)
{
  if (controls->tonic >= 0)
    add(lines, "key", partita_controls_name_key(controls));
  if (controls->scale >= 0 || controls->scale_list != 0)
    add(lines, "scale",
        controls->scale_list == 0 && controls->tonic < 0
          ? g_strdup(partita_scale_get_name(controls->scale))
          : partita_controls_name_scale(controls));
  if (controls->n_chords > 0)
    add(lines, "chords", partita_controls_name_chords(controls));
  for (size_t i = 0; i < controls->n_ranges; ++i)
    add(lines, "range", partita_controls_name_range(&controls->ranges[i]));
}

GPtrArray *
partita_controls_describe(const PartitaControls *controls)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

  if (controls->bars > 0)
    add(lines, "bars", g_strdup_printf("%zu", controls->bars));
  if (controls->seconds > 0.0)
    add(lines, "seconds", g_strdup_printf("%g", controls->seconds));
  describe_pitches(controls, lines);
  if (controls->numerator > 0)
    add(lines, "meter",
        g_strdup_printf("%d/%d", controls->numerator, controls->denominator));
  if (controls->tempo > 0.0)
    add(lines, "tempo", g_strdup_printf("%g", controls->tempo));
  if (controls->n_groups > 0)
    add(lines, "programs", partita_controls_name_groups(controls));
  if (controls->n_without > 0)
    add(lines, "without", partita_controls_name_without(controls));
  if (controls->density > 0.0)
    add(lines, "density", g_strdup_printf("%g", controls->density));
  if (controls->polyphony > 0)
    add(lines, "polyphony", g_strdup_printf("%u", controls->polyphony));
  return lines;
}
