// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

/// What the thread of signals needs; lives as long as the program.
typedef struct {
  GCancellable *cancellable;
  CliFarewell *farewell;
  void *data;
} Watch;

static void
say_farewell(const Watch *watch)
{
  g_autofree char *shown =
    watch->farewell != NULL ? watch->farewell(watch->data) : NULL;

  if (shown != NULL)
    g_printerr("\n%s\n", shown);
}

/// The next signal meets the default action: the end.
static gboolean
cancel(void *data)
{
  const Watch *watch = data;

  g_cancellable_cancel(watch->cancellable);
  for (size_t i = 0; i < G_N_ELEMENTS(numbers); ++i)
    (void)signal(numbers[i], SIG_DFL);
  say_farewell(watch);
  return G_SOURCE_REMOVE;
}

/// nohup has a program ignore that its terminal goes.
static bool
is_ignored(int number)
{
  struct sigaction action;

  return number == SIGHUP && sigaction(number, NULL, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

static void
attach(int number, GMainContext *context, Watch *watch)
{
  g_autoptr(GSource) source = g_unix_signal_source_new(number);

  g_source_set_callback(source, cancel, watch, NULL);
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
cli_watch_interrupts(CliFarewell *farewell, void *data)
{
  const Watch wanted = {g_cancellable_new(), farewell, data};
  Watch *watch = g_memdup2(&wanted, sizeof wanted);
  GMainContext *context = g_main_context_new();

  for (size_t i = 0; i < G_N_ELEMENTS(numbers); ++i)
    if (!is_ignored(numbers[i]))
      attach(numbers[i], context, watch);
  g_thread_unref(g_thread_new("signals", wait_for_signals, context));
  return g_object_ref(watch->cancellable);
}

double
cli_clock(void *data)
{
  (void)data;
  return (double)g_get_monotonic_time() * 1e-6;
}
