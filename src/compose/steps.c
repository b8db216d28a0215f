// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/steps.h>
#include <string.h>

static PartitaStep
find_step(const char *type)
{
  static const struct {
    const char *type;
    PartitaStep step;
  } steps[] = {
    {"Eos", PARTITA_STEP_EOS},           {"Tempo", PARTITA_STEP_TEMPO},
    {"Program", PARTITA_STEP_PROGRAM},   {"Bar", PARTITA_STEP_BAR},
    {"Meter", PARTITA_STEP_METER},       {"Position", PARTITA_STEP_POSITION},
    {"Pitch", PARTITA_STEP_PITCH},       {"Drum", PARTITA_STEP_DRUM},
    {"Duration", PARTITA_STEP_DURATION}, {"Hold", PARTITA_STEP_HOLD},
    {"Part", PARTITA_STEP_PART},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(steps); ++i)
    if (strcmp(type, steps[i].type) == 0)
      return steps[i].step;
  return PARTITA_STEP_OTHER;
}

void
partita_steps_read(const PartitaScheme *scheme, uint8_t *steps, uint8_t *values)
{
  const size_t vocab = partita_scheme_get_vocab_size(scheme);
  const char *last = "";
  uint8_t value = 0;

  for (size_t id = 0; id < vocab; ++id) {
    const char *type = partita_scheme_token_type(scheme, (uint16_t)id);

    // The ids of a type follow each other, in order of what they say.
    value = strcmp(type, last) == 0 ? (uint8_t)(value + 1) : 0;
    last = type;
    steps[id] = (uint8_t)find_step(type);
    values[id] = value;
  }
}
