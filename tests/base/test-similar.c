// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/similar.h>

#include <string.h>

static const char *const names[] = {"waltz",     "march",  "style", "styles",
                                    "polyphony", "violin", NULL};

static const char *
find(const char *word)
{
  PartitaSimilar similar;

  partita_similar_init(&similar, word);
  partita_similar_try_all(&similar, names);
  return similar.best;
}

/* Law: a name is its own nearest, and still is with one letter left out, put
 * in, replaced, or exchanged with the next. */
static void
test_one_letter(void)
{
  for (size_t i = 0; names[i] != NULL; ++i) {
    const size_t n = strlen(names[i]);

    g_assert_cmpstr(find(names[i]), ==, names[i]);
    if (g_str_has_prefix(names[i], "style"))
      continue; // one letter apart themselves
    for (size_t at = 0; at < n; ++at) {
      g_autoptr(GString) less = g_string_new(names[i]);
      g_autoptr(GString) more = g_string_new(names[i]);
      g_autoptr(GString) other = g_string_new(names[i]);
      g_autoptr(GString) turned = g_string_new(names[i]);

      g_string_erase(less, (gssize)at, 1);
      g_string_insert_c(more, (gssize)at, 'q');
      other->str[at] = 'q';
      if (at + 1 < n) {
        turned->str[at] = names[i][at + 1];
        turned->str[at + 1] = names[i][at];
      }
      g_assert_cmpstr(find(less->str), ==, names[i]);
      g_assert_cmpstr(find(more->str), ==, names[i]);
      g_assert_cmpstr(find(other->str), ==, names[i]);
      g_assert_cmpstr(find(turned->str), ==, names[i]);
    }
  }
}

static void
test_far(void)
{
  g_autofree char *huge = g_strnfill(100000, 'a');
  static const char *const words[] = {"",       "x",       "zz",
                                      "guitar", "walking", "\xFF\xFE\xFF"};

  for (size_t i = 0; i < G_N_ELEMENTS(words); ++i)
    g_assert_null(find(words[i]));
  g_assert_null(find(huge));
}

static void
test_case(void)
{
  g_autofree char *asked = partita_similar_ask(find("Walz"));
  g_autofree char *none = partita_similar_ask(NULL);

  g_assert_cmpstr(asked, ==, "; did you mean waltz?");
  g_assert_cmpstr(none, ==, "");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/similar/one-letter", test_one_letter);
  g_test_add_func("/similar/far", test_far);
  g_test_add_func("/similar/case", test_case);
  return g_test_run();
}
