// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/trace.h>
#include <math.h>
#include <string.h>

PartitaTrace *
partita_trace_new(const PartitaConstraint *constraint,
                  size_t vocab,
                  GArray *reasons)
{
  PartitaTrace *trace = g_new0(PartitaTrace, 1);

  trace->constraint = constraint;
  trace->vocab = vocab;
  trace->legal = g_new(uint8_t, vocab);
  trace->logits = g_new(float, vocab);
  trace->reasons = reasons;
  return trace;
}

void
partita_trace_free(PartitaTrace *trace)
{
  if (trace == NULL)
    return;
  g_free(trace->legal);
  g_free(trace->logits);
  g_free(trace);
}

void
partita_trace_see(PartitaTrace *trace,
                  const PartitaGrammar *grammar,
                  const float *logits)
{
  (void)partita_grammar_allowed(grammar, trace->legal);
  memcpy(trace->logits, logits, trace->vocab * sizeof *logits);
}

static double
log_sum(const float *logits, size_t n)
{
  double largest = -HUGE_VAL, sum = 0.0;

  for (size_t i = 0; i < n; ++i)
    largest = fmax(largest, (double)logits[i]);
  for (size_t i = 0; i < n; ++i)
    sum += exp((double)logits[i] - largest);
  return largest + log(sum);
}

double
partita_compose_log_softmax(const float *logits, size_t n, uint16_t id)
{
  return (double)logits[id] - log_sum(logits, n);
}

static double
get_entropy(const PartitaTrace *trace, double total)
{
  double entropy = 0.0;

  for (size_t i = 0; i < trace->vocab; ++i) {
    const double log_p = (double)trace->logits[i] - total;

    entropy -= exp(log_p) * log_p;
  }
  return entropy;
}

static unsigned
get_pitch(const PartitaTrace *trace, size_t id)
{
  const PartitaConstraint *c = trace->constraint;
  const int shift = c->steps[id] == PARTITA_STEP_PITCH ? c->shift : 0;

  return (unsigned)((int)c->values[id] - shift);
}

/// The likeliest pitches but @id, likeliest first.
static void
find_alternatives(PartitaTrace *trace, uint16_t id, double total)
{
  PartitaNoteReason *note = &trace->note;
  const uint8_t step = trace->constraint->steps[id];

  memset(note->alternatives, 0, sizeof note->alternatives);
  for (size_t i = 0; i < trace->vocab; ++i) {
    double p = exp((double)trace->logits[i] - total);
    PartitaAlternative next = {get_pitch(trace, i), p};

    // What the model hears may lie out of MIDI's range in the piece's key.
    if (i == id || trace->constraint->steps[i] != step || next.pitch > 127)
      continue;
    for (size_t k = 0; k < PARTITA_ALTERNATIVES; ++k) {
      if (next.probability <= note->alternatives[k].probability)
        continue;

      const PartitaAlternative passed = note->alternatives[k];

      note->alternatives[k] = next;
      next = passed;
    }
  }
}

/// The constraint that took away the likeliest id the grammar allows.
static unsigned
find_acting(const PartitaTrace *trace, const uint8_t *mask)
{
  size_t likeliest = trace->vocab;

  for (size_t i = 0; i < trace->vocab; ++i)
    if (trace->legal[i] != 0 && (likeliest == trace->vocab ||
                                 trace->logits[i] > trace->logits[likeliest]))
      likeliest = i;
  if (likeliest == trace->vocab || mask[likeliest] != 0)
    return 0;
  return trace->given
           ? PARTITA_CONSTRAINT_GIVEN
           : partita_constraint_blame(trace->constraint, (uint16_t)likeliest);
}

static void
take_token(PartitaTrace *trace, uint16_t id, double log_p, double total)
{
  const PartitaConstraint *c = trace->constraint;
  PartitaNoteReason *note = &trace->note;

  switch ((PartitaStep)c->steps[id]) {
  case PARTITA_STEP_PITCH:
  case PARTITA_STEP_DRUM:
    note->bar = c->n_bars - 1;
    note->quarters = (double)c->position / PARTITA_STEP_BEAT;
    note->program = c->program;
    note->pitch = get_pitch(trace, id);
    note->entropy = get_entropy(trace, total);
    find_alternatives(trace, id, total);
    break;
  case PARTITA_STEP_BAR:
  case PARTITA_STEP_EOS:
    *note = (PartitaNoteReason){0};
    return;
  default:
    break;
  }
  note->log_probability += log_p;
  if (c->steps[id] == PARTITA_STEP_DURATION) {
    g_array_append_val(trace->reasons, *note);
    *note = (PartitaNoteReason){0};
  }
}

void
partita_trace_take(PartitaTrace *trace, const uint8_t *mask, uint16_t id)
{
  const double total = log_sum(trace->logits, trace->vocab);
  const double log_p = (double)trace->logits[id] - total;

  trace->sum += log_p;
  ++trace->n;
  if (trace->reasons == NULL || trace->constraint == NULL)
    return;
  trace->note.acted |= find_acting(trace, mask);
  take_token(trace, id, log_p, total);
}
