// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"

#include <pthread.h>
#include <signal.h>

static void *
wait_for_signals(void *data)
{
  g_autoptr(GCancellable) cancellable = data;
  sigset_t signals;
  int signal_number = 0;

  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  (void)sigwait(&signals, &signal_number);
  g_cancellable_cancel(cancellable);
  // The next one finds this thread, with the default action: the end.
  (void)pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
  for (;;)
    g_usleep(G_USEC_PER_SEC);
  return NULL;
}

GCancellable *
cli_watch_interrupts(void)
{
  GCancellable *cancellable = g_cancellable_new();
  sigset_t signals;

  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  // Every thread made from here on inherits the mask, so that only the
  // waiting thread sees these signals, and may cancel in an ordinary context.
  (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
  g_thread_unref(
    g_thread_new("signals", wait_for_signals, g_object_ref(cancellable)));
  return cancellable;
}

double
cli_clock(void *data)
{
  (void)data;
  return (double)g_get_monotonic_time() * 1e-6;
}
