// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/styles.h>

#include <base/file.h>
#include <corpus/corpus-private.h>
#include <string.h>

#define LIST_NAME "styles.tsv"
#define LIST_MAX ((size_t)64 << 20)
/// The manual page of partita-prepare names these limits.
#define STYLES_OF_PATH_MAX 256u
#define NAME_SIZE_MAX ((size_t)256)

/// What the list says of one path.
typedef struct {
  GPtrArray *names;
  bool met; // whether something stands there
} Label;

struct PartitaLabels {
  bool split_folders;
  GHashTable *list; // path -> Label; NULL without a list
};

static void
free_label(gpointer data)
{
  Label *label = data;

  g_ptr_array_unref(label->names);
  g_free(label);
}

bool
partita_labels_is_list(const PartitaScanItem *item)
{
  return item->problem == NULL && strcmp(item->path, LIST_NAME) == 0;
}

static bool
refuse(GError **error, const char *root, unsigned line, const char *what)
{
  g_autofree char *shown = partita_file_display(root);

  g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_STYLES,
              "%s/" LIST_NAME ": line %u: %s", shown, line, what);
  return false;
}

/// (transfer full): without what may stand around a path
static char *
trim_path(const char *path)
{
  const char *start = g_str_has_prefix(path, "./") ? path + 2 : path;
  size_t length = strlen(start);

  while (length > 0 && start[length - 1] == '/')
    --length;
  return g_strndup(start, length);
}

static Label *
find_label(PartitaLabels *labels, const char *path)
{
  g_autofree char *trimmed = trim_path(path);
  Label *label = g_hash_table_lookup(labels->list, trimmed);

  if (label == NULL) {
    label = g_new0(Label, 1);
    label->names = g_ptr_array_new_with_free_func(g_free);
    (void)g_hash_table_insert(labels->list, g_steal_pointer(&trimmed), label);
  }
  return label;
}

static bool
take_line(PartitaLabels *labels,
          const char *root,
          unsigned number,
          char *line,
          GError **error)
{
  const size_t length = strlen(line);

  if (length > 0 && line[length - 1] == '\r')
    line[length - 1] = '\0';
  if (*line == '\0' || *line == '#')
    return true;
  g_auto(GStrv) fields = g_strsplit(line, "\t", 0);
  Label *label = NULL;

  if (*fields[0] == '\0' || fields[1] == NULL)
    return refuse(error, root, number, "not a path, a tab and a style");
  label = find_label(labels, fields[0]);
  for (char **name = fields + 1; *name != NULL; ++name) {
    if (!g_utf8_validate(*name, -1, NULL))
      return refuse(error, root, number, "a style that is not UTF-8");
    if (strlen(*name) > NAME_SIZE_MAX)
      return refuse(error, root, number, "a style of more than 256 bytes");
    if (label->names->len >= STYLES_OF_PATH_MAX)
      return refuse(error, root, number, "more than 256 styles of one path");
    if (**name != '\0')
      g_ptr_array_add(label->names, partita_file_display(*name));
  }
  return true;
}

PartitaLabels *
partita_labels_parse(const char *root,
                     const char *text,
                     size_t size,
                     GError **error)
{
  g_autoptr(PartitaLabels) labels = g_new0(PartitaLabels, 1);
  const char *const end = text + size;
  unsigned number = 0;

  labels->list =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_label);
  for (const char *at = text; at < end;) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));

    stop = stop != NULL ? stop : end;
    g_autofree char *line = g_strndup(at, (size_t)(stop - at));

    if (!take_line(labels, root, ++number, line, error))
      return NULL;
    at = stop + 1;
  }
  return g_steal_pointer(&labels);
}

static PartitaLabels *
read_list(const char *root, GError **error)
{
  g_autofree char *path = g_build_filename(root, LIST_NAME, NULL);
  g_autoptr(GBytes) bytes = partita_file_read(path, LIST_MAX, error);
  gsize size = 0;

  if (bytes == NULL)
    return NULL;

  const char *const text = g_bytes_get_data(bytes, &size);

  return partita_labels_parse(root, text, size, error);
}

PartitaLabels *
partita_labels_new(const char *root,
                   const GPtrArray *items,
                   bool split_folders,
                   GError **error)
{
  PartitaLabels *labels = NULL;

  // What bears its name and is no file is refused when it is opened.
  for (guint i = 0; i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);

    if (strcmp(item->path, LIST_NAME) == 0)
      return read_list(root, error);
  }
  labels = g_new0(PartitaLabels, 1);
  labels->split_folders = split_folders;
  return labels;
}

void
partita_labels_free(PartitaLabels *labels)
{
  if (labels == NULL)
    return;
  g_clear_pointer(&labels->list, g_hash_table_unref);
  g_free(labels);
}

/// What is said of the path itself, then of the folders around it.
static void
look_up(PartitaLabels *labels, const char *path, GPtrArray *names)
{
  g_autofree char *above = g_strdup(path);
  g_autoptr(GHashTable) met = g_hash_table_new(g_str_hash, g_str_equal);

  for (char *slash = above; slash != NULL; slash = strrchr(above, '/')) {
    if (slash != above)
      *slash = '\0';
    Label *label = g_hash_table_lookup(labels->list, above);

    if (label == NULL)
      continue;
    label->met = true;
    for (guint i = 0; i < label->names->len; ++i) {
      char *name = g_ptr_array_index(label->names, i);

      if (g_hash_table_add(met, name))
        g_ptr_array_add(names, g_strdup(name));
    }
  }
}

void
partita_labels_get(PartitaLabels *labels, const char *path, GPtrArray *names)
{
  g_auto(PartitaPlace) place = {0};

  if (labels->list != NULL) {
    look_up(labels, path, names);
    return;
  }
  partita_place_find(&place, path, labels->split_folders);
  if (place.style != NULL)
    g_ptr_array_add(names, g_strdup(place.style));
}

unsigned
partita_labels_count_unmet(const PartitaLabels *labels)
{
  GHashTableIter iter;
  gpointer value = NULL;
  unsigned n = 0;

  g_hash_table_iter_init(&iter, labels->list);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    n += !((const Label *)value)->met;
  return n;
}

typedef struct {
  const char *name;
  gsize n;
} Count;

static gint
compare_counts(gconstpointer a, gconstpointer b)
{
  const Count *x = a;
  const Count *y = b;

  if (x->n != y->n)
    return x->n > y->n ? -1 : 1;
  return strcmp(x->name, y->name);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GStrv
partita_labels_choose(GHashTable *counts, guint max)
{
  g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(Count));
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer n = NULL;

  g_hash_table_iter_init(&iter, counts);
  while (g_hash_table_iter_next(&iter, &name, &n)) {
    const Count count = {name, GPOINTER_TO_SIZE(n)};

    g_array_append_val(order, count);
  }
  g_array_sort(order, compare_counts);
  for (guint i = 0; i < MIN(order->len, max); ++i)
    g_ptr_array_add(names, g_strdup(g_array_index(order, Count, i).name));
  g_ptr_array_sort(names, compare_names);
  g_ptr_array_add(names, NULL);
  return (GStrv)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}
