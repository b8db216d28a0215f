// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <base/file.h>
#include <string.h>

static bool
names_valid(const char *folder)
{
  return strcmp(folder, "valid") == 0 || strcmp(folder, "val") == 0 ||
         strcmp(folder, "validation") == 0;
}

void
partita_place_find(PartitaPlace *place, const char *path, bool split_folders)
{
  const char *slash = strchr(path, '/');

  *place = (PartitaPlace){NULL, false, false};
  if (slash == NULL)
    return;
  g_autofree char *first = g_strndup(path, (size_t)(slash - path));

  if (split_folders && (names_valid(first) || strcmp(first, "train") == 0)) {
    partita_place_find(place, slash + 1, false);
    place->in_valid = names_valid(first);
    place->in_train = !place->in_valid;
  } else {
    place->style = partita_file_display(first);
  }
}

void
partita_place_clear(PartitaPlace *place)
{
  g_clear_pointer(&place->style, g_free);
}

bool
partita_place_has_split(const GPtrArray *items)
{
  bool train = false;
  bool valid = false;

  for (guint i = 0; i < items->len && !(train && valid); ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);
    g_auto(PartitaPlace) place = {NULL, false, false};

    if (!item->midi || item->problem != NULL)
      continue;
    partita_place_find(&place, item->path, true);
    train = train || place.in_train;
    valid = valid || place.in_valid;
  }
  return train && valid;
}

double
partita_split_draw(const char *path, uint64_t seed)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  uint8_t digest[32];
  gsize size = sizeof digest;
  uint64_t bits = 0;

  for (unsigned i = 0; i < 8; ++i) {
    const guchar byte = (guchar)(seed >> (8 * i));

    g_checksum_update(sum, &byte, 1);
  }
  g_checksum_update(sum, (const guchar *)path, (gssize)strlen(path));
  g_checksum_get_digest(sum, digest, &size);
  for (unsigned i = 0; i < 8; ++i)
    bits = bits << 8 | digest[i];
  return (double)(bits >> 11) * 0x1p-53;
}

static bool
split_by_folder(PartitaSide *sides, size_t n)
{
  size_t n_train = 0;
  size_t n_valid = 0;

  for (size_t i = 0; i < n; ++i) {
    n_train += sides[i].in_train;
    n_valid += sides[i].in_valid;
    sides[i].valid = sides[i].in_valid;
  }
  return n_train > 0 && n_valid > 0;
}

static void
move_family(PartitaSide *sides, size_t n, size_t family, bool valid)
{
  for (size_t i = family; i < n; ++i)
    if (sides[i].family == family)
      sides[i].valid = valid;
}

/// The family to hold out if none is drawn: the lowest of the small ones, or
/// of all that leave something to train on; @n if there is none.
/// @sizes: pieces of each family; 0 of a piece that is not the first of its own
static size_t
find_lowest(const PartitaSide *sides,
            const uint32_t *sizes,
            size_t n,
            double n_max)
{
  size_t lowest = n;

  for (size_t i = 0; i < n; ++i) {
    const bool small = (double)sizes[i] <= n_max;
    const bool before = lowest < n && (double)sizes[lowest] <= n_max; // small

    if (sizes[i] == 0 || sizes[i] == n || (before && !small))
      continue;
    if (lowest == n || (small && !before) || sides[i].draw < sides[lowest].draw)
      lowest = i;
  }
  return lowest;
}

static size_t
find_highest(const PartitaSide *sides, const uint32_t *sizes, size_t n)
{
  size_t highest = 0; // the first piece is the first of its family

  for (size_t i = 1; i < n; ++i)
    if (sizes[i] > 0 && sides[i].draw > sides[highest].draw)
      highest = i;
  return highest;
}

void
partita_split(PartitaSide *sides, size_t n, double valid_share)
{
  const double n_max = MAX(1.0, valid_share * (double)n / 2.0);
  size_t n_valid = 0;

  if (n == 0 || split_by_folder(sides, n))
    return;
  g_autofree uint32_t *sizes = g_new0(uint32_t, n);

  for (size_t i = 0; i < n; ++i)
    ++sizes[sides[i].family];
  for (size_t i = 0; i < n; ++i) {
    sides[i].valid =
      (double)sizes[sides[i].family] <= n_max && sides[i].draw < valid_share;
    n_valid += sides[i].valid;
  }
  const size_t lowest = find_lowest(sides, sizes, n, n_max);

  if (valid_share > 0.0 && n_valid == 0 && lowest < n)
    move_family(sides, n, lowest, true);
  else if (n_valid == n)
    move_family(sides, n, find_highest(sides, sizes, n), false);
}
