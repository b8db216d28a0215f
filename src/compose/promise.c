// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/controls-private.h>

static void
clear_promise(void *data)
{
  PartitaPromise *promise = data;

  g_free(promise->name);
  g_free(promise->wish);
  g_free(promise->detail);
}

GArray *
partita_promises_new(void)
{
  GArray *promises = g_array_new(FALSE, FALSE, sizeof(PartitaPromise));

  g_array_set_clear_func(promises, clear_promise);
  return promises;
}

void
partita_promises_add(GArray *promises,
                     const char *name,
                     char *wish,
                     const char *detail,
                     size_t held,
                     size_t of)
{
  const PartitaPromise promise = {g_strdup(name), wish, g_strdup(detail),
                                  held,           of,   held == of};

  g_array_append_val(promises, promise);
}

char *
partita_promise_describe(const PartitaPromise *promise)
{
  return g_strdup_printf("%s%s%s%s %zu/%zu%s%s", promise->name,
                         promise->wish != NULL ? " " : "",
                         promise->wish != NULL ? promise->wish : "",
                         promise->detail != NULL ? ":" : "", promise->held,
                         promise->of, promise->detail != NULL ? " " : "",
                         promise->detail != NULL ? promise->detail : "");
}

bool
partita_promises_are_kept(const GArray *promises)
{
  bool kept = true;

  for (guint i = 0; i < promises->len; ++i)
    kept = kept && g_array_index(promises, PartitaPromise, i).kept;
  return kept;
}
