// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/scratch.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 20)
#define ALIGNMENT 16u

typedef struct {
  uint8_t *bytes;
  size_t size;
  size_t used;
  bool in_file;
} Chunk;

struct PartitaScratch {
  GMutex lock;
  int fd; // -1: memory only
  off_t end;
  GArray *chunks; // Chunk; the last one is being filled
};

int
partita_scratch_make_file(void)
{
  const char *given = g_getenv("TMPDIR");
  g_autofree char *path =
    g_build_filename(given != NULL && *given != '\0' ? given : "/var/tmp",
                     "partita-XXXXXX", NULL);
  const int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0)
    (void)g_unlink(path);
  return fd;
}

PartitaScratch *
partita_scratch_new(void)
{
  PartitaScratch *scratch = g_new0(PartitaScratch, 1);

  g_mutex_init(&scratch->lock);
  scratch->fd = partita_scratch_make_file();
  scratch->chunks = g_array_new(FALSE, FALSE, sizeof(Chunk));
  return scratch;
}

void
partita_scratch_free(PartitaScratch *scratch)
{
  if (scratch == NULL)
    return;
  for (guint i = 0; i < scratch->chunks->len; ++i) {
    const Chunk *chunk = &g_array_index(scratch->chunks, Chunk, i);

    (void)munmap(chunk->bytes, chunk->size);
  }
  if (scratch->fd >= 0)
    (void)close(scratch->fd);
  g_array_unref(scratch->chunks);
  g_mutex_clear(&scratch->lock);
  g_free(scratch);
}

/// Blocks are had before they are mapped: written to without, a full disk would
/// end the program (SIGBUS).
static void *
map_file(PartitaScratch *scratch, size_t size)
{
  if (scratch->fd < 0 ||
      posix_fallocate(scratch->fd, scratch->end, (off_t)size) != 0)
    return MAP_FAILED;
  void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
                     scratch->fd, scratch->end);

  if (bytes != MAP_FAILED)
    scratch->end += (off_t)size;
  return bytes;
}

static void
add_chunk(PartitaScratch *scratch, size_t size)
{
  Chunk chunk = {.size = (size + CHUNK - 1) / CHUNK * CHUNK};
  void *bytes = map_file(scratch, chunk.size);

  chunk.in_file = bytes != MAP_FAILED;
  if (!chunk.in_file)
    bytes = mmap(NULL, chunk.size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (bytes == MAP_FAILED)
    g_error("no room for %zu bytes: %s", chunk.size, g_strerror(errno));
  chunk.bytes = bytes;
  g_array_append_val(scratch->chunks, chunk);
}

static Chunk *
get_last(const PartitaScratch *scratch)
{
  return scratch->chunks->len == 0
           ? NULL
           : &g_array_index(scratch->chunks, Chunk, scratch->chunks->len - 1);
}

void *
partita_scratch_take(PartitaScratch *scratch, size_t size)
{
  const size_t whole = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

  g_mutex_lock(&scratch->lock);
  Chunk *chunk = get_last(scratch);

  if (chunk == NULL || chunk->size - chunk->used < whole) {
    add_chunk(scratch, whole);
    chunk = get_last(scratch);
  }
  void *bytes = chunk->bytes + chunk->used;

  chunk->used += whole;
  g_mutex_unlock(&scratch->lock);
  return bytes;
}

char *
partita_scratch_take_text(PartitaScratch *scratch, const char *text)
{
  const size_t size = strlen(text) + 1;

  return memcpy(partita_scratch_take(scratch, size), text, size);
}

GVariant *
partita_scratch_take_variant(PartitaScratch *scratch, GVariant *variant)
{
  const gsize size = g_variant_get_size(variant);
  void *bytes = partita_scratch_take(scratch, size);

  g_variant_store(variant, bytes);
  return g_variant_ref_sink(g_variant_new_from_data(
    g_variant_get_type(variant), bytes, size, TRUE, NULL, NULL));
}

void
partita_scratch_give_back(PartitaScratch *scratch)
{
  g_mutex_lock(&scratch->lock);
  for (guint i = 0; i < scratch->chunks->len; ++i) {
    const Chunk *chunk = &g_array_index(scratch->chunks, Chunk, i);

    if (chunk->in_file)
      (void)madvise(chunk->bytes, chunk->size, MADV_DONTNEED);
  }
  g_mutex_unlock(&scratch->lock);
}
