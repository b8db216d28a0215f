// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/gather.h>

#include <corpus/hash.h>
#include <corpus/record.h>
#include <string.h>

/// Files between two reports of progress.
#define PROGRESS_STEP 16

#define WORKERS_MAX 1024u

/// Where an earlier corpus has the record of a path with this hash.
typedef struct {
  uint64_t hash;
  guint32 shard;
  guint32 record;
} Known;

typedef struct {
  const PartitaGatherOptions *options;
  PartitaGathered *gathered;
  uint64_t scheme_hash;
  GPtrArray *before;   // GVariant: records of each shard of an earlier corpus
  GArray *known;       // Known, by hash: where they are
  PartitaPages *pages; // of those shards
  GVariant **records;  // by place in the deal
  gint *left;          // files of a shard that are not yet read
  gint next;           // place in the deal of the next file to read
  gint done;
  gint failed;
  GMutex lock; // of error
  GError *error;
} Gather;

void
partita_gathered_clear(PartitaGathered *gathered)
{
  g_clear_pointer(&gathered->shards, g_ptr_array_unref);
  g_clear_pointer(&gathered->names, g_ptr_array_unref);
  g_clear_pointer(&gathered->pages, partita_pages_free);
}

static void
unref_shard(gpointer shard)
{
  if (shard != NULL)
    g_variant_unref(shard);
}

static gint
compare_known(gconstpointer a, gconstpointer b)
{
  const Known *x = a;
  const Known *y = b;

  return (x->hash > y->hash) - (x->hash < y->hash);
}

/// Remembers where the records of all shards are that can be read.
static void
remember(Gather *gather)
{
  const char *folder = gather->options->folder;
  g_autoptr(GPtrArray) names = partita_shard_list(folder);
  g_autoptr(GPtrArray) shards =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);

  gather->pages = partita_pages_new(shards, NULL);
  for (guint i = 0; i < names->len; ++i) {
    GVariant *shard = partita_shard_open(folder, g_ptr_array_index(names, i),
                                         gather->scheme_hash, NULL);

    if (shard == NULL)
      continue;
    GVariant *records = g_variant_get_child_value(shard, 2);

    g_ptr_array_add(shards, shard);
    partita_pages_touch(gather->pages, g_variant_get_size(shard));
    for (guint32 r = 0; r < g_variant_n_children(records); ++r) {
      g_autoptr(GVariant) record = g_variant_get_child_value(records, r);
      PartitaRecord view;

      partita_record_view(record, &view);
      const Known known = {partita_hash_bytes(view.path, strlen(view.path)),
                           gather->before->len, r};

      g_array_append_val(gather->known, known);
    }
    g_ptr_array_add(gather->before, records);
  }
  g_array_sort(gather->known, compare_known);
}

/// The first of those with no smaller hash.
static guint
find_known(const GArray *known, uint64_t hash)
{
  guint low = 0;
  guint n = known->len;

  while (n > 0) {
    const guint half = n / 2;

    if (g_array_index(known, Known, low + half).hash < hash) {
      low += half + 1;
      n -= half + 1;
    } else {
      n = half;
    }
  }
  return low;
}

/// (transfer full) (nullable): the newest record of the path: a killed run may
/// have left one beside an older one
static GVariant *
recall(Gather *gather, const char *path)
{
  const uint64_t hash = partita_hash_bytes(path, strlen(path));
  g_autoptr(GVariant) newest = NULL;
  int64_t mtime_ns = 0;

  for (guint i = find_known(gather->known, hash); i < gather->known->len; ++i) {
    const Known *known = &g_array_index(gather->known, Known, i);

    if (known->hash != hash)
      break;
    g_autoptr(GVariant) record = g_variant_get_child_value(
      g_ptr_array_index(gather->before, known->shard), known->record);
    PartitaRecord view;

    partita_record_view(record, &view);
    partita_pages_touch(gather->pages, g_variant_get_size(record));
    if (strcmp(view.path, path) != 0 ||
        (newest != NULL && view.mtime_ns <= mtime_ns))
      continue;
    g_clear_pointer(&newest, g_variant_unref);
    newest = g_variant_ref(record);
    mtime_ns = view.mtime_ns;
  }
  return g_steal_pointer(&newest);
}

static void
fail(Gather *gather, GError *error)
{
  g_mutex_lock(&gather->lock);
  if (gather->error == NULL)
    gather->error = error;
  else
    g_error_free(error);
  g_mutex_unlock(&gather->lock);
  g_atomic_int_set(&gather->failed, 1);
}

/// Shards of other parts are nobody's business here.
static bool
is_ours(const Gather *gather, guint shard)
{
  return shard % gather->options->parts == gather->options->part;
}

static void
end_shard(Gather *gather, guint s)
{
  const PartitaGatherOptions *o = gather->options;
  const guint first = o->deal->first[s];
  g_autoptr(GVariant) shard =
    partita_shard_pack(gather->scheme_hash, gather->records + first,
                       o->deal->first[s + 1] - first);
  char *name = NULL;
  GError *error = NULL;

  if (o->folder == NULL) {
    gather->gathered->shards->pdata[s] =
      partita_scratch_take_variant(o->scratch, shard);
    partita_pages_touch(gather->gathered->pages, g_variant_get_size(shard));
    name = g_strdup("");
    (void)partita_shard_check_space(&error);
  } else {
    gather->gathered->shards->pdata[s] =
      partita_shard_save(shard, o->folder, s, o->deal->n_shards, &name, &error);
  }
  gather->gathered->names->pdata[s] = name;
  if (error != NULL)
    fail(gather, error);
}

static bool
is_stopped(Gather *gather)
{
  return g_atomic_int_get(&gather->failed) != 0 ||
         g_cancellable_is_cancelled(gather->options->options->cancellable);
}

/// The shard that holds a place of the deal.
static guint
find_shard(const PartitaDeal *deal, guint place)
{
  guint low = 0;
  guint high = deal->n_shards;

  while (high - low > 1) {
    const guint middle = low + (high - low) / 2;

    if (deal->first[middle] <= place)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static void
work(Gather *gather, bool reports)
{
  const PartitaGatherOptions *o = gather->options;
  const guint n = o->deal->first[o->deal->n_shards];
  guint place = 0;
  guint reported = 0;

  while (!is_stopped(gather) &&
         (place = (guint)g_atomic_int_add(&gather->next, 1)) < n) {
    const PartitaScanItem *item =
      g_ptr_array_index(o->items, o->deal->order[place]);
    const guint shard = find_shard(o->deal, place);

    if (is_ours(gather, shard)) {
      g_autoptr(GVariant) before = recall(gather, item->path);

      gather->records[place] =
        partita_record_read(o->root, item, o->scheme, before);
      if (g_atomic_int_dec_and_test(&gather->left[shard]))
        end_shard(gather, shard);
    }
    const guint done = (guint)g_atomic_int_add(&gather->done, 1) + 1;

    if (reports && o->options->progress != NULL && done < n &&
        done - reported >= PROGRESS_STEP) {
      o->options->progress(PARTITA_CORPUS_READING, done, n,
                           o->options->progress_data);
      reported = done;
    }
  }
}

static void *
run_worker(void *data)
{
  work(data, false);
  return NULL;
}

/// The caller is one of the workers, and alone reports.
static void
work_together(Gather *gather)
{
  const PartitaCorpusOptions *options = gather->options->options;
  const PartitaDeal *deal = gather->options->deal;
  const guint n_files = deal->first[deal->n_shards];
  const unsigned asked = options->workers;
  const unsigned n =
    MIN(asked > 0 ? asked : g_get_num_processors(), WORKERS_MAX);
  g_autofree GThread **threads = g_new0(GThread *, n);

  for (unsigned i = 1; i < n; ++i)
    threads[i] = g_thread_try_new("reader", run_worker, gather, NULL);
  work(gather, true);
  for (unsigned i = 1; i < n; ++i)
    if (threads[i] != NULL)
      (void)g_thread_join(threads[i]);
  if (options->progress != NULL && !is_stopped(gather))
    options->progress(PARTITA_CORPUS_READING, n_files, n_files,
                      options->progress_data);
}

static void
begin(Gather *gather)
{
  const PartitaDeal *deal = gather->options->deal;
  PartitaGathered *gathered = gather->gathered;

  gather->scheme_hash = partita_shard_hash_scheme(gather->options->scheme);
  gather->known = g_array_new(FALSE, FALSE, sizeof(Known));
  gather->before =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
  if (gather->options->folder != NULL)
    remember(gather);
  else
    gathered->pages = partita_pages_new(NULL, gather->options->scratch);
  gather->records = g_new0(GVariant *, deal->first[deal->n_shards]);
  gather->left = g_new(gint, deal->n_shards);
  gathered->shards = g_ptr_array_new_full(deal->n_shards, unref_shard);
  gathered->names = g_ptr_array_new_full(deal->n_shards, g_free);
  g_ptr_array_set_size(gathered->shards, (gint)deal->n_shards);
  g_ptr_array_set_size(gathered->names, (gint)deal->n_shards);
  for (guint s = 0; s < deal->n_shards; ++s) {
    gather->left[s] = (gint)(deal->first[s + 1] - deal->first[s]);
    if (gather->left[s] == 0 && is_ours(gather, s))
      end_shard(gather, s);
  }
}

bool
partita_gather(const PartitaGatherOptions *options,
               PartitaGathered *gathered,
               GError **error)
{
  const guint n = options->deal->first[options->deal->n_shards];
  Gather gather = {.options = options, .gathered = gathered};

  g_mutex_init(&gather.lock);
  begin(&gather);
  work_together(&gather);
  for (guint i = 0; i < n; ++i)
    if (gather.records[i] != NULL)
      g_variant_unref(gather.records[i]);
  g_mutex_clear(&gather.lock);
  g_array_unref(gather.known);
  g_ptr_array_unref(gather.before);
  partita_pages_free(gather.pages);
  g_free(gather.records);
  g_free(gather.left);
  if (gather.error != NULL) {
    g_propagate_error(error, gather.error);
    return false;
  }
  if (g_cancellable_set_error_if_cancelled(options->options->cancellable,
                                           error))
    return false;
  // Of a part, shards are missing, and nobody looks at the others.
  if (options->parts == 1 && gathered->pages == NULL)
    gathered->pages = partita_pages_new(gathered->shards, options->scratch);
  return true;
}
