// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Notes for which a SoundFont has no sound. */

#include <render/render-private.h>

#define NAMED_MAX 5
#define ALL_KEYS 128

/// One thing that is missing, packed into a number: bank, program, key.
static guint
pack(unsigned bank, unsigned program, unsigned key)
{
  return bank << 16 | program << 8 | key;
}

PartitaMissing *
partita_missing_new(void)
{
  PartitaMissing *missing = g_new0(PartitaMissing, 1);

  missing->counts = g_hash_table_new(NULL, NULL);
  return missing;
}

void
partita_missing_free(PartitaMissing *missing)
{
  if (missing == NULL)
    return;
  g_hash_table_unref(missing->counts);
  g_free(missing);
}

void
partita_missing_add(PartitaMissing *missing,
                    unsigned bank,
                    unsigned program,
                    unsigned key,
                    bool whole)
{
  const gpointer what =
    GUINT_TO_POINTER(pack(bank, program, whole ? ALL_KEYS : key));
  const guint count =
    GPOINTER_TO_UINT(g_hash_table_lookup(missing->counts, what));

  ++missing->n_silent;
  g_hash_table_insert(missing->counts, what, GUINT_TO_POINTER(count + 1));
}

typedef struct {
  guint what;
  guint count;
} Entry;

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
  const Entry *x = a;
  const Entry *y = b;

  if (x->count != y->count)
    return x->count > y->count ? -1 : 1;
  return (x->what > y->what) - (x->what < y->what);
}

static GArray *
sort_entries(const PartitaMissing *missing)
{
  GArray *entries = g_array_new(FALSE, FALSE, sizeof(Entry));
  GHashTableIter iter;
  gpointer what;
  gpointer count;

  g_hash_table_iter_init(&iter, missing->counts);
  while (g_hash_table_iter_next(&iter, &what, &count)) {
    const Entry entry = {GPOINTER_TO_UINT(what), GPOINTER_TO_UINT(count)};

    g_array_append_val(entries, entry);
  }
  g_array_sort(entries, compare_entries);
  return entries;
}

static void
put_entry(GString *text, const Entry *entry)
{
  const bool drums = entry->what >> 16 == PARTITA_BANK_DRUMS;
  const guint program = entry->what >> 8 & 0xFF;
  const guint key = entry->what & 0xFF;

  if (drums && key == ALL_KEYS)
    g_string_append(text, "any drum kit");
  else if (key == ALL_KEYS)
    g_string_append_printf(text, "program %u", program);
  else if (drums)
    g_string_append_printf(text, "drum key %u", key);
  else
    g_string_append_printf(text, "program %u key %u", program, key);
  if (drums && key != ALL_KEYS && program > 0)
    g_string_append_printf(text, " of kit %u", program);
  g_string_append_printf(text, " (%u)", entry->count);
}

char *
partita_missing_describe(const PartitaMissing *missing)
{
  g_autoptr(GArray) entries = sort_entries(missing);
  GString *text = NULL;

  if (missing->n_silent == 0)
    return NULL;
  text = g_string_new(NULL);
  for (guint i = 0; i < MIN(entries->len, NAMED_MAX); ++i) {
    g_string_append(text, i > 0 ? ", " : "");
    put_entry(text, &g_array_index(entries, Entry, i));
  }
  if (entries->len > NAMED_MAX)
    g_string_append_printf(text, " and %u more", entries->len - NAMED_MAX);
  return g_string_free(text, FALSE);
}
