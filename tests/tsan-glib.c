// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Loaded before GLib under ThreadSanitizer, which does not see into GLib's
 * locks and pools, and so would call every use of them a race: tells it what
 * each of them orders. Not a word more, so that real races are still seen. */

#include <dlfcn.h>
#include <glib.h>

// Weak: shells of the tests are not built for ThreadSanitizer.
__attribute__((weak)) void
__tsan_acquire(void *address);
__attribute__((weak)) void
__tsan_release(void *address);

static void
acquire(void *address)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire(address);
}

static void
release(void *address)
{
  if (__tsan_release != NULL)
    __tsan_release(address);
}

#define EXPORT __attribute__((visibility("default")))

/// Declares @real, the function of GLib by the name of the one it stands in.
#define REAL(type, ...)                                                        \
  static type (*real)(__VA_ARGS__);                                            \
  if (real == NULL)                                                            \
  *(void **)&real = dlsym(RTLD_NEXT, __func__)

EXPORT void
g_mutex_lock(GMutex *mutex)
{
  REAL(void, GMutex *);
  real(mutex);
  acquire(mutex);
}

EXPORT gboolean
g_mutex_trylock(GMutex *mutex)
{
  REAL(gboolean, GMutex *);
  const gboolean locked = real(mutex);

  if (locked)
    acquire(mutex);
  return locked;
}

EXPORT void
g_mutex_unlock(GMutex *mutex)
{
  REAL(void, GMutex *);
  release(mutex);
  real(mutex);
}

EXPORT void
g_cond_wait(GCond *cond, GMutex *mutex)
{
  REAL(void, GCond *, GMutex *);
  release(mutex);
  real(cond, mutex);
  acquire(mutex);
}

EXPORT gboolean
g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end)
{
  REAL(gboolean, GCond *, GMutex *, gint64);
  release(mutex);
  const gboolean met = real(cond, mutex, end);

  acquire(mutex);
  return met;
}

/* Pools: what came before a push is known to the task; what tasks did is known
 * to who has freed the pool. */

typedef struct {
  GFunc run;
  void *data;
} Pool;

static void
run_task(void *task, void *data)
{
  const Pool *pool = data;

  acquire(task);
  pool->run(task, pool->data);
  release(data);
}

EXPORT GThreadPool *
g_thread_pool_new(
  GFunc run, void *data, gint max_threads, gboolean exclusive, GError **error)
{
  REAL(GThreadPool *, GFunc, void *, gint, gboolean, GError **);
  Pool *pool = g_new(Pool, 1);

  *pool = (Pool){run, data};
  release(pool);
  return real(run_task, pool, max_threads, exclusive, error);
}

EXPORT gboolean
g_thread_pool_push(GThreadPool *pool, void *task, GError **error)
{
  REAL(gboolean, GThreadPool *, void *, GError **);
  release(task);
  return real(pool, task, error);
}

EXPORT void
g_thread_pool_free(GThreadPool *pool, gboolean immediate, gboolean wait)
{
  REAL(void, GThreadPool *, gboolean, gboolean);
  Pool *own = pool->user_data;

  real(pool, immediate, wait);
  if (!wait)
    return;
  acquire(own);
  g_free(own);
}
