// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/json.h>
#include <string.h>

static void
test_good(void)
{
  static const char *const texts[] = {
    "{}", "[]", "{\"a\": [1, -2.5e+3, true, false, null]}\n",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4[[[[\"]",
    "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"};

  for (size_t i = 0; i < G_N_ELEMENTS(texts); ++i) {
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) root = partita_json_parse(texts[i], &error);

    g_assert_no_error(error);
    g_assert_nonnull(root);
  }
}

static void
test_bad(void)
{
  static const char *const texts[] = {"{",
                                      "]",
                                      "[\"",
                                      "[\"\\ud800\"]",
                                      "[\"\\u0000\"]",
                                      "[\"\\x\"]",
                                      "[\"a\nb\"]",
                                      "/* \" */ []",
                                      "['a']",
                                      "[1] #",
                                      "[\"\xff\"]",
                                      "[\"\\",
                                      "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"};

  for (size_t i = 0; i < G_N_ELEMENTS(texts); ++i) {
    g_autoptr(GError) error = NULL;

    g_assert_null(partita_json_parse(texts[i], &error));
    g_assert_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA);
  }
  g_assert_null(partita_json_parse(NULL, NULL));
}

/* What would end the stack, and what would fill memory, is not even begun. */
static void
test_depth_and_size(void)
{
  const char *const openings[] = {"[", "{\"a\":", "[\"]\",{\"a\":"};

  for (size_t i = 0; i < G_N_ELEMENTS(openings); ++i) {
    g_autoptr(GString) deep = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    for (int n = 0; n < 200000; ++n)
      g_string_append(deep, openings[i]);
    g_assert_null(partita_json_parse(deep->str, &error));
    g_assert_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA);
  }

  g_autofree char *large = g_malloc(PARTITA_JSON_SIZE_MAX + 2);

  memset(large, ' ', PARTITA_JSON_SIZE_MAX + 1);
  large[PARTITA_JSON_SIZE_MAX + 1] = '\0';
  g_assert_null(partita_json_parse(large, NULL));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/json/good", test_good);
  g_test_add_func("/base/json/bad", test_bad);
  g_test_add_func("/base/json/depth-and-size", test_depth_and_size);
  return g_test_run();
}
