// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/controls-private.h>
#include <compose/words.h>
#include <string.h>

#define PHRASE_MAX 4

typedef struct {
  const PartitaLanguage *language;
  const char *const *styles; // nullable
  GStrv words;               // small letters
  size_t n;
  GHashTable *firm;   // control to value, both owned
  GHashTable *soft;   // likewise: what holds if nothing firm is said
  GPtrArray *order;   // of the controls, in which they were named
  GPtrArray *unknown; // words
} Reader;

/// "A slow, sad waltz" in small words.
static GStrv
split(const char *text)
{
  g_autofree char *small = g_utf8_strdown(text, -1);
  g_autoptr(GPtrArray) words = g_ptr_array_new();

  g_strdelimit(small, " \t\n,;:!?\"()-", ' ');

  g_auto(GStrv) parts = g_strsplit(small, " ", 0);

  for (char **part = parts; *part != NULL; ++part) {
    const size_t length = strlen(*part);

    // A full stop, but not that of a number.
    if (length > 1 && (*part)[length - 1] == '.')
      (*part)[length - 1] = '\0';
    if (**part != '\0' && strcmp(*part, ".") != 0)
      g_ptr_array_add(words, g_strdup(*part));
  }
  g_ptr_array_add(words, NULL);
  return (GStrv)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

/// The @n words from @at on.
static char *
join(const Reader *r, size_t at, size_t n)
{
  GString *phrase = g_string_new(NULL);

  for (size_t i = 0; i < n; ++i)
    g_string_append_printf(phrase, "%s%s", i > 0 ? " " : "", r->words[at + i]);
  return g_string_free(phrase, FALSE);
}

static bool
joins(const char *name)
{
  return strcmp(name, "programs") == 0 || strcmp(name, "range") == 0;
}

/// Takes in one control; returns false if something else was said of it.
static bool
take(Reader *r, const char *name, const char *value, bool firm, GError **error)
{
  GHashTable *table = firm ? r->firm : r->soft;
  const char *old = g_hash_table_lookup(table, name);

  if (!g_ptr_array_find_with_equal_func(r->order, name, g_str_equal, NULL))
    g_ptr_array_add(r->order, g_strdup(name));
  if (old != NULL && joins(name)) {
    g_hash_table_insert(table, g_strdup(name),
                        g_strconcat(old, ",", value, NULL));
    return true;
  }
  if (firm && old != NULL && strcmp(old, value) != 0) {
    g_set_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_CONFLICT,
                "%s %s and %s: only one can be", name, old, value);
    return false;
  }
  if (old == NULL)
    g_hash_table_insert(table, g_strdup(name), g_strdup(value));
  return true;
}

static bool
knows_style(const Reader *r, const char *style)
{
  return r->styles != NULL && g_strv_contains(r->styles, style);
}

static bool
take_controls(Reader *r, const char *controls, GError **error)
{
  g_auto(GStrv) parts = g_strsplit(controls, ";", 0);
  bool known = true; // the style named last

  for (char **part = parts; *part != NULL; ++part) {
    char *equals = strchr(*part, '=');
    const char mark = equals[-1];

    equals[mark == '?' || mark == '!' ? -1 : 0] = '\0';

    const char *name = strcmp(*part, "program") == 0 ? "programs" : *part;

    if (strcmp(name, "style") == 0)
      known = knows_style(r, equals + 1);
    if (mark == '!' ? known : strcmp(name, "style") == 0 && !known)
      continue;
    if (!take(r, name, equals + 1, mark != '?', error))
      return false;
  }
  return true;
}

/// "32" or "thirty two"; @used: how many words.
static unsigned
read_number(const Reader *r, size_t at, size_t *used)
{
  guint64 number = 0;

  *used = 1;
  if (g_ascii_string_to_unsigned(r->words[at], 10, 1, 9999, &number, NULL))
    return (unsigned)number;
  for (size_t n = MIN(2, r->n - at); n > 0; --n) {
    g_autofree char *phrase = join(r, at, n);

    for (unsigned i = 0; r->language->numbers[i] != NULL; ++i) {
      if (strcmp(phrase, r->language->numbers[i]) == 0) {
        *used = n;
        return i + 1;
      }
    }
  }
  return 0;
}

/* Each of these reads something at @at and returns how many words it took, 0
 * if there is nothing of the kind. */

static size_t
read_quantity(Reader *r, size_t at, GError **error)
{
  size_t used = 0;
  const unsigned number = read_number(r, at, &used);

  for (size_t n = MIN(3, r->n - MIN(r->n, at + used)); number > 0 && n > 0;
       --n) {
    g_autofree char *phrase = join(r, at + used, n);

    for (const PartitaWord *unit = r->language->units; unit->words != NULL;
         ++unit) {
      if (strcmp(phrase, unit->words) != 0)
        continue;

      g_autofree char *text = g_strdup_printf("%u", number);

      return take(r, unit->controls, text, true, error) ? used + n : 0;
    }
  }
  return 0;
}

static size_t
read_meter(Reader *r, size_t at, GError **error)
{
  const char *word = r->words[at];

  if (!g_ascii_isdigit(word[0]) || strchr(word, '/') == NULL)
    return 0;
  return take(r, "meter", word, true, error) ? 1 : 0;
}

/// "d minor", "b flat"; a letter alone only after another word, as "in d".
static size_t
read_key(Reader *r, size_t at, GError **error)
{
  for (size_t n = MIN(PHRASE_MAX, r->n - at); n > 0; --n) {
    g_autofree char *phrase = join(r, at, n);
    int mode = -1, scale = -1;

    if (partita_parse_key(phrase, &mode, &scale) < 0)
      continue;
    if (scale < 0 && (at == 0 || strcmp(phrase, "a") == 0 ||
                      !g_strv_contains(r->language->silent, r->words[at - 1])))
      continue;
    // "In a minor key" names none.
    if (strcmp(r->words[at], "a") == 0 && at + n < r->n &&
        strcmp(r->words[at + n], "key") == 0)
      continue;
    phrase[0] = g_ascii_toupper(phrase[0]);
    return take(r, "key", phrase, true, error) ? n : 0;
  }
  return 0;
}

static size_t
read_phrase(Reader *r, size_t at, GError **error)
{
  for (size_t n = MIN(PHRASE_MAX, r->n - at); n > 0; --n) {
    g_autofree char *phrase = join(r, at, n);
    const size_t length = strlen(phrase);

    for (int plural = 0; plural < 2; ++plural) {
      if (plural > 0 && (length < 4 || phrase[length - 1] != 's'))
        continue;
      if (plural > 0)
        phrase[length - 1] = '\0';
      for (const PartitaWord *w = r->language->words; w->words != NULL; ++w)
        if (strcmp(phrase, w->words) == 0)
          return take_controls(r, w->controls, error) ? n : 0;
    }
  }
  return 0;
}

static size_t
read_style(Reader *r, size_t at, GError **error)
{
  if (!knows_style(r, r->words[at]))
    return 0;
  return take(r, "style", r->words[at], true, error) ? 1 : 0;
}

static size_t
read_instrument(Reader *r, size_t at, GError **error)
{
  for (size_t n = MIN(PHRASE_MAX, r->n - at); n > 0; --n) {
    g_autofree char *phrase = join(r, at, n);
    PartitaGroup group;

    // Numbers are no instruments here.
    if (!g_ascii_isdigit(phrase[0]) && partita_parse_group(phrase, &group))
      return take(r, "programs", group.name, true, error) ? n : 0;
  }
  return 0;
}

static bool
read_all(Reader *r, GError **error)
{
  static size_t (*const readers[])(Reader *, size_t, GError **) = {
    read_quantity, read_meter,      read_key,
    read_phrase,   read_instrument, read_style};
  GError *bad = NULL;

  for (size_t at = 0; at < r->n;) {
    size_t used = 0;

    for (size_t i = 0; used == 0 && bad == NULL && i < G_N_ELEMENTS(readers);
         ++i)
      used = readers[i](r, at, &bad);
    if (bad != NULL) {
      g_propagate_error(error, bad);
      return false;
    }
    if (used == 0 && !g_strv_contains(r->language->silent, r->words[at]))
      g_ptr_array_add(r->unknown, g_strdup(r->words[at]));
    at += MAX(used, 1);
  }
  return true;
}

/// What was said, in the order in which the controls were named.
static GPtrArray *
settle(const Reader *r)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < r->order->len; ++i) {
    const char *name = g_ptr_array_index(r->order, i);
    const char *value = g_hash_table_lookup(r->firm, name);

    if (value == NULL)
      value = g_hash_table_lookup(r->soft, name);
    g_ptr_array_add(pairs, g_strdup_printf("%s=%s", name, value));
  }
  return pairs;
}

static const PartitaLanguage *
find_language(const char *name)
{
  static const PartitaLanguage *const languages[] = {&partita_language_en};

  for (size_t i = 0; i < G_N_ELEMENTS(languages); ++i)
    if (strcmp(languages[i]->language, name) == 0)
      return languages[i];
  return NULL;
}

GPtrArray *
partita_controls_read_words(const char *text,
                            const char *language,
                            const char *const *styles,
                            GPtrArray *unknown,
                            GError **error)
{
  const PartitaLanguage *known = find_language(language);
  GPtrArray *pairs = NULL;

  if (known == NULL || !g_utf8_validate(text, -1, NULL)) {
    g_set_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_UNKNOWN,
                known == NULL ? "no words of the language \"%s\""
                              : "words that are no UTF-8 (%s)",
                language);
    return NULL;
  }

  g_auto(GStrv) words = split(text);
  g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(g_free);
  Reader r = {
    .language = known,
    .styles = styles,
    .words = words,
    .n = g_strv_length(words),
    .firm = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    .soft = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    .order = order,
    .unknown = unknown};

  if (read_all(&r, error))
    pairs = settle(&r);
  g_hash_table_unref(r.firm);
  g_hash_table_unref(r.soft);
  return pairs;
}
