// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"

#include <glib-unix.h>
#include <signal.h>

/// The next signal meets the default action: the end.
static gboolean
cancel(void *data)
{
  g_cancellable_cancel(data);
  (void)signal(SIGINT, SIG_DFL);
  (void)signal(SIGTERM, SIG_DFL);
  return G_SOURCE_REMOVE;
}

static void
watch(int signal_number, GMainContext *context, GCancellable *cancellable)
{
  g_autoptr(GSource) source = g_unix_signal_source_new(signal_number);

  g_source_set_callback(source, cancel, g_object_ref(cancellable),
                        g_object_unref);
  g_source_attach(source, context);
}

/* The program's own work has no main loop, so the signals get one of their
 * own; GLib's handler works whichever thread a signal finds. */
static void *
wait_for_signals(void *data)
{
  GMainContext *context = data;

  for (;;)
    (void)g_main_context_iteration(context, TRUE);
  return NULL;
}

GCancellable *
cli_watch_interrupts(void)
{
  GCancellable *cancellable = g_cancellable_new();
  GMainContext *context = g_main_context_new();

  watch(SIGINT, context, cancellable);
  watch(SIGTERM, context, cancellable);
  g_thread_unref(g_thread_new("signals", wait_for_signals, context));
  return cancellable;
}

double
cli_clock(void *data)
{
  (void)data;
  return (double)g_get_monotonic_time() * 1e-6;
}
