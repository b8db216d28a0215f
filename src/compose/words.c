// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/words-private.h>
#include <string.h>

/// "A slow, sad waltz" as words.
static GStrv
split(const char *text)
{
  g_autofree char *copy = g_strdup(text);
  g_autoptr(GPtrArray) words = g_ptr_array_new();

  g_strdelimit(copy, " \t\n,;:!?\"()-_", ' ');

  g_auto(GStrv) parts = g_strsplit(copy, " ", 0);

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

static GStrv
make_small(char **words)
{
  GStrv small = g_new0(char *, g_strv_length(words) + 1);

  for (size_t i = 0; words[i] != NULL; ++i)
    small[i] = g_utf8_strdown(words[i], -1);
  return small;
}

char *
partita_words_join(const PartitaWordReader *r, size_t at, size_t n)
{
  GString *phrase = g_string_new(NULL);

  for (size_t i = 0; i < n; ++i)
    g_string_append_printf(phrase, "%s%s", i > 0 ? " " : "", r->words[at + i]);
  return g_string_free(phrase, FALSE);
}

static bool
joins(const char *name)
{
  return strcmp(name, "programs") == 0 || strcmp(name, "range") == 0 ||
         strcmp(name, "without") == 0;
}

bool
partita_words_take(PartitaWordReader *r,
                   const char *name,
                   const char *value,
                   bool firm,
                   GError **error)
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
  // "2 minutes 30 seconds"
  if (old != NULL && strcmp(name, "seconds") == 0) {
    g_hash_table_insert(table, g_strdup(name),
                        g_strdup_printf("%g", g_ascii_strtod(old, NULL) +
                                                g_ascii_strtod(value, NULL)));
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

/// (nullable) (transfer none): the model's style of that name
static const char *
match_style(const PartitaWordReader *r, const char *name)
{
  for (const char *const *style = r->styles; style != NULL && *style != NULL;
       ++style)
    if (partita_controls_same_name(name, *style))
      return *style;
  return NULL;
}

static bool
holds(const GPtrArray *strings, const char *string)
{
  return g_ptr_array_find_with_equal_func((GPtrArray *)strings, string,
                                          g_str_equal, NULL);
}

/// Says what @phrase, a style that the model lacks, gives all the same.
static void
tell_partly(PartitaWordReader *r, const char *phrase, const GPtrArray *given)
{
  g_autoptr(GString) list = g_string_new(NULL);
  const PartitaLanguage *language = r->language;
  guint n = 0;

  for (const PartitaWord *name = language->names; name->words != NULL; ++name)
    n += holds(given, name->controls) ? 1 : 0;
  for (const PartitaWord *name = language->names; name->words != NULL; ++name) {
    if (!holds(given, name->controls))
      continue;
    if (list->len > 0)
      g_string_append_printf(list, n == 1 ? " %s " : ", ", language->together);
    g_string_append(list, name->words);
    --n;
  }
  g_ptr_array_add(
    r->partly,
    list->len > 0
      ? g_strdup_printf("%s: %s %s", phrase, language->only, list->str)
      : g_strdup_printf("%s: %s", phrase, language->no_style));
}

/// What @phrase stands for.
static bool
take_controls(PartitaWordReader *r,
              const char *phrase,
              const char *controls,
              GError **error)
{
  g_auto(GStrv) parts = g_strsplit(controls, ";", 0);
  g_autoptr(GPtrArray) given = g_ptr_array_new();
  bool known = true;     // the style named last
  bool ensemble = false; // of which the instruments are all that is asked for

  for (char **part = parts; *part != NULL; ++part) {
    char *equals = strchr(*part, '=');
    const char mark = equals[-1];
    const char *value = equals + 1;

    equals[mark == '?' || mark == '!' ? -1 : 0] = '\0';

    const char *name = strcmp(*part, "program") == 0 ? "programs" : *part;

    if (strcmp(name, "style") == 0) {
      value = match_style(r, value);
      known = value != NULL;
    }
    if (mark == '!' ? known : strcmp(name, "style") == 0 && !known)
      continue;
    if (!partita_words_take(r, name, value, mark != '?', error))
      return false;
    g_ptr_array_add(given, (gpointer)name);
    ensemble = ensemble || (strcmp(name, "programs") == 0 && mark != '?');
  }
  if (!known && !ensemble)
    tell_partly(r, phrase, given);
  return true;
}

/// "32" or "thirty two"; @used: how many words.
static unsigned
read_number(const PartitaWordReader *r, size_t at, size_t *used)
{
  guint64 number = 0;

  *used = 1;
  if (g_ascii_string_to_unsigned(r->words[at], 10, 1, 9999, &number, NULL))
    return (unsigned)number;
  for (size_t n = MIN(2, r->n - at); n > 0; --n) {
    g_autofree char *phrase = partita_words_join(r, at, n);

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
read_quantity(PartitaWordReader *r, size_t at, GError **error)
{
  size_t used = 0;
  const unsigned number = read_number(r, at, &used);

  for (size_t n = MIN(3, r->n - MIN(r->n, at + used)); number > 0 && n > 0;
       --n) {
    g_autofree char *phrase = partita_words_join(r, at + used, n);

    for (const PartitaWord *unit = r->language->units; unit->words != NULL;
         ++unit) {
      if (strcmp(phrase, unit->words) != 0)
        continue;

      g_auto(GStrv) parts = g_strsplit(unit->controls, "*", 2);
      const unsigned factor =
        parts[1] != NULL ? (unsigned)g_ascii_strtoull(parts[1], NULL, 10) : 1;
      g_autofree char *text = g_strdup_printf("%u", factor * number);

      return partita_words_take(r, parts[0], text, true, error) ? used + n : 0;
    }
  }
  return 0;
}

static size_t
read_meter(PartitaWordReader *r, size_t at, GError **error)
{
  const char *word = r->words[at];

  if (!g_ascii_isdigit(word[0]) || strchr(word, '/') == NULL)
    return 0;
  return partita_words_take(r, "meter", word, true, error) ? 1 : 0;
}

/// Whether "a" at @at is the key and not the article: "in A", or at the end.
static bool
is_key_a(const PartitaWordReader *r, size_t at)
{
  const bool loud = at > 0 && g_ascii_isupper(r->originals[at - 1][1]);

  return at > 0 && strcmp(r->words[at - 1], r->language->in) == 0 &&
         (at + 1 == r->n || (strcmp(r->originals[at], "A") == 0 && !loud));
}

/// "d minor", "b flat"; a letter alone only after another word, as "in d".
static size_t
read_key(PartitaWordReader *r, size_t at, GError **error)
{
  for (size_t n = MIN(PARTITA_PHRASE_MAX, r->n - at); n > 0; --n) {
    g_autofree char *phrase = partita_words_join(r, at, n);
    int mode = -1, scale = -1;

    if (partita_parse_key(phrase, &mode, &scale) < 0)
      continue;
    if (scale < 0 &&
        (at == 0 || (strcmp(phrase, "a") == 0 && !is_key_a(r, at)) ||
         !g_strv_contains(r->language->silent, r->words[at - 1])))
      continue;
    // "In a minor key" names none.
    if (strcmp(r->words[at], "a") == 0 && at + n < r->n &&
        strcmp(r->words[at + n], "key") == 0)
      continue;
    phrase[0] = g_ascii_toupper(phrase[0]);
    return partita_words_take(r, "key", phrase, true, error) ? n : 0;
  }
  return 0;
}

const PartitaWord *
partita_words_find_phrase(const PartitaWordReader *r, size_t at, size_t n)
{
  g_autofree char *phrase = partita_words_join(r, at, n);
  const size_t length = strlen(phrase);

  for (int plural = 0; plural < 2; ++plural) {
    if (plural > 0 && (length < 4 || phrase[length - 1] != 's'))
      continue;
    if (plural > 0)
      phrase[length - 1] = '\0';
    for (const PartitaWord *w = r->language->words; w->words != NULL; ++w)
      if (strcmp(phrase, w->words) == 0)
        return w;
  }
  return NULL;
}

static size_t
read_phrase(PartitaWordReader *r, size_t at, GError **error)
{
  for (size_t n = MIN(PARTITA_PHRASE_MAX, r->n - at); n > 0; --n) {
    const PartitaWord *word = partita_words_find_phrase(r, at, n);

    if (word != NULL)
      return take_controls(r, word->words, word->controls, error) ? n : 0;
  }
  return 0;
}

/// A style's name of @least words or more.
static size_t
read_style_name(PartitaWordReader *r, size_t at, size_t least, GError **error)
{
  for (size_t n = MIN(PARTITA_PHRASE_MAX, r->n - at); n >= least; --n) {
    g_autofree char *phrase = partita_words_join(r, at, n);
    const char *style = match_style(r, phrase);

    if (style != NULL)
      return partita_words_take(r, "style", style, true, error) ? n : 0;
  }
  return 0;
}

static size_t
read_style(PartitaWordReader *r, size_t at, GError **error)
{
  return read_style_name(r, at, 1, error);
}

/// Of several words, before what each of them means by itself.
static size_t
read_long_style(PartitaWordReader *r, size_t at, GError **error)
{
  return read_style_name(r, at, 2, error);
}

char *
partita_words_find_instrument(const PartitaWordReader *r,
                              size_t at,
                              size_t *used)
{
  for (size_t n = MIN(PARTITA_PHRASE_MAX, r->n - MIN(r->n, at)); n > 0; --n) {
    g_autofree char *phrase = partita_words_join(r, at, n);
    const PartitaWord *word = partita_words_find_phrase(r, at, n);
    PartitaGroup group;

    *used = n;
    // Numbers are no instruments here.
    if (!g_ascii_isdigit(phrase[0]) && partita_parse_group(phrase, &group))
      return g_strdup(group.name);
    if (word != NULL && g_str_has_prefix(word->controls, "program=")) {
      const char *name = word->controls + strlen("program=");

      return g_strndup(name, strcspn(name, ";"));
    }
  }
  return NULL;
}

static size_t
read_instrument(PartitaWordReader *r, size_t at, GError **error)
{
  size_t used = 0;
  g_autofree char *name = partita_words_find_instrument(r, at, &used);

  return name != NULL && partita_words_take(r, "programs", name, true, error)
           ? used
           : 0;
}

static bool
read_all(PartitaWordReader *r, GError **error)
{
  static size_t (*const readers[])(PartitaWordReader *, size_t,
                                   GError **) = {read_long_style,
                                                 partita_words_read_without,
                                                 partita_words_read_not,
                                                 read_quantity,
                                                 read_meter,
                                                 read_key,
                                                 read_phrase,
                                                 read_instrument,
                                                 read_style};
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
settle(const PartitaWordReader *r)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < r->order->len; ++i) {
    const char *name = g_ptr_array_index(r->order, i);
    const char *value = g_hash_table_lookup(r->firm, name);

    // A long piece of 30 seconds lasts these.
    if (value == NULL && strcmp(name, "bars") == 0 &&
        g_hash_table_contains(r->firm, "seconds"))
      continue;
    if (value == NULL)
      value = g_hash_table_lookup(r->soft, name);
    g_ptr_array_add(pairs, g_strdup_printf("%s=%s", name, value));
  }
  return pairs;
}

const PartitaLanguage *
partita_find_language(const char *name)
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
                            GPtrArray *partly,
                            GError **error)
{
  const PartitaLanguage *known = partita_find_language(language);
  GPtrArray *pairs = NULL;

  if (known == NULL || !g_utf8_validate(text, -1, NULL)) {
    g_set_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_UNKNOWN,
                known == NULL ? "no words of the language \"%s\""
                              : "words that are no UTF-8 (%s)",
                language);
    return NULL;
  }

  g_auto(GStrv) originals = split(text);
  g_auto(GStrv) words = make_small(originals);
  g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(g_free);
  PartitaWordReader r = {
    .language = known,
    .styles = styles,
    .originals = originals,
    .words = words,
    .n = g_strv_length(words),
    .firm = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    .soft = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    .order = order,
    .unknown = unknown,
    .partly = partly};

  if (read_all(&r, error))
    pairs = settle(&r);
  g_hash_table_unref(r.firm);
  g_hash_table_unref(r.soft);
  return pairs;
}
