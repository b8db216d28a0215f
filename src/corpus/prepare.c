// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/prepare.h>

#include <base/file.h>
#include <corpus/gather.h>
#include <corpus/merge.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define INDEX_NAME "corpus.index"
#define LEDGER_NAME "ledger.jsonl"

static bool
fail(GError **error, int code, const char *doing, const char *path)
{
  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
              "%s: cannot %s: %s", shown, doing, g_strerror(code));
  return false;
}

bool
partita_corpus_is_prepared(const char *path)
{
  g_autofree char *index = g_build_filename(path, INDEX_NAME, NULL);

  // A FIFO of that name is refused when it is opened; read as a folder of music
  // the corpus would seem to be empty.
  return g_file_test(index, G_FILE_TEST_EXISTS);
}

/// (transfer full) (nullable): where @corpus is or will be
static char *
find_target(const char *corpus)
{
  g_autofree char *above = g_path_get_dirname(corpus);
  g_autofree char *name = g_path_get_basename(corpus);
  char *there = realpath(corpus, NULL);
  g_autofree char *parent = there == NULL ? realpath(above, NULL) : NULL;

  return parent != NULL ? g_build_filename(parent, name, NULL) : there;
}

/// The corpus must not become part of the music it is made of.
static bool
check_apart(const char *folder, const char *corpus, GError **error)
{
  g_autofree char *music = realpath(folder, NULL);
  g_autofree char *target = music != NULL ? find_target(corpus) : NULL;
  const size_t length = music != NULL ? strlen(music) : 0;

  if (target == NULL)
    return fail(error, errno, "find", music == NULL ? folder : corpus);
  if (strncmp(target, music, length) != 0 ||
      (target[length] != '/' && target[length] != '\0' && length > 1))
    return true;
  g_autofree char *shown = partita_file_display(corpus);

  g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_FOLDER,
              "%s: the corpus would lie in the folder of its music", shown);
  return false;
}

/// Makes the folder and locks it: against all others, or only against those
/// that do not share the work. Returns -1 with @error set.
static int
open_target(const char *corpus, bool shared, GError **error)
{
  if (g_mkdir(corpus, 0777) != 0 && errno != EEXIST) {
    fail(error, errno, "make", corpus);
    return -1;
  }
  const int fd = g_open(corpus, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0) {
    fail(error, errno, "open", corpus);
    return -1;
  }
  // Where the file system knows no locks, none is taken.
  if (flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 ||
      errno != EWOULDBLOCK)
    return fd;
  g_autofree char *shown = partita_file_display(corpus);

  g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_BUSY,
              "%s: another program is preparing it", shown);
  (void)close(fd);
  return -1;
}

/// Takes away shards that are not in @names.
static void
sweep(const char *corpus, const GPtrArray *names)
{
  g_autoptr(GDir) dir = g_dir_open(corpus, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(corpus, name, NULL);
    const bool is_shard = g_str_has_suffix(name, ".shard");

    if (is_shard && !g_ptr_array_find_with_equal_func((GPtrArray *)names, name,
                                                      g_str_equal, NULL))
      (void)g_unlink(path);
  }
}

static bool
write_corpus(const char *corpus,
             const PartitaIndex *index,
             const PartitaGathered *gathered,
             GError **error)
{
  g_autofree char *index_path = g_build_filename(corpus, INDEX_NAME, NULL);
  g_autofree char *ledger_path = g_build_filename(corpus, LEDGER_NAME, NULL);

  partita_file_sweep(index_path);
  if (!partita_index_save(index, index_path, error) ||
      !partita_ledger_save(index, ledger_path, error))
    return false;
  // Only now does nothing point to the old shards any more.
  sweep(corpus, gathered->names);
  return true;
}

static bool
prepare(const PartitaGatherOptions *gather, GError **error)
{
  g_auto(PartitaGathered) gathered = {0};

  if (!partita_gather(gather, &gathered, error))
    return false;
  if (gather->parts > 1)
    return true;
  g_autoptr(PartitaIndex) index = partita_merge(gather, &gathered, error);

  return index != NULL && write_corpus(gather->folder, index, &gathered, error);
}

bool
partita_corpus_prepare(const char *folder,
                       const char *corpus,
                       unsigned part,
                       unsigned parts,
                       const PartitaCorpusOptions *options,
                       GError **error)
{
  g_return_val_if_fail(folder != NULL && corpus != NULL, false);
  g_return_val_if_fail(options != NULL && options->scheme != NULL, false);
  g_return_val_if_fail(part < parts, false);

  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new(options->scheme, NULL, error);
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();
  g_autoptr(GPtrArray) items =
    scheme != NULL
      ? partita_scan_folder(folder, scratch, options->cancellable, error)
      : NULL;
  g_auto(PartitaDeal) deal = {0};

  if (items == NULL || !check_apart(folder, corpus, error))
    return false;
  const int lock = open_target(corpus, parts > 1, error);

  if (lock < 0)
    return false;
  partita_deal_init(&deal, items);

  const PartitaGatherOptions gather = {
    .root = folder,
    .items = items,
    .deal = &deal,
    .scheme = scheme,
    .scratch = scratch,
    .folder = corpus,
    .part = part,
    .parts = parts,
    .options = options,
  };
  const bool ok = prepare(&gather, error);

  (void)close(lock);
  return ok;
}

static GPtrArray *
open_shards(const char *folder, const PartitaIndex *index, GError **error)
{
  g_autoptr(GPtrArray) shards =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
  g_autofree const char **names = NULL;
  const char *name = NULL;

  g_variant_get_child(index->head, 0, "&s", &name);
  g_variant_get_child(index->head, 2, "^a&s", &names);

  g_autoptr(PartitaScheme) scheme = partita_scheme_new(name, NULL, error);

  if (scheme == NULL)
    return NULL;
  const uint64_t hash = partita_shard_hash_scheme(scheme);

  for (size_t i = 0; names[i] != NULL; ++i) {
    GVariant *shard = partita_shard_open(folder, names[i], hash, error);

    if (shard == NULL)
      return NULL;
    g_ptr_array_add(shards, shard);
  }
  return g_steal_pointer(&shards);
}

PartitaCorpus *
partita_corpus_open(const char *folder,
                    const PartitaCorpusOptions *options,
                    GError **error)
{
  g_autofree char *path = g_build_filename(folder, INDEX_NAME, NULL);
  g_autoptr(PartitaIndex) index = partita_index_open(path, error);
  g_autoptr(GPtrArray) shards =
    index != NULL ? open_shards(folder, index, error) : NULL;
  PartitaCorpus *corpus =
    shards != NULL ? partita_corpus_assemble(g_steal_pointer(&index), shards,
                                             NULL, options, error)
                   : NULL;

  if (corpus == NULL && error != NULL && *error != NULL &&
      !g_error_matches(*error, G_FILE_ERROR, (*error)->code)) {
    g_autofree char *shown = partita_file_display(folder);

    g_prefix_error(error, "%s: ", shown);
  }
  return corpus;
}
