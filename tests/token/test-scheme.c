// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

#include <string.h>

static void
test_unknown(void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_scheme_new("grid of nothing", NULL, &error));
  g_assert_error(error, PARTITA_TOKEN_ERROR,
                 PARTITA_TOKEN_ERROR_UNKNOWN_SCHEME);
}

static void
test_bad_style(void)
{
  static const char *const styles[] = {"good", "b\xff", NULL};
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_scheme_new("remi", styles, &error));
  g_assert_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_ILLEGAL);
}

/// Law: names and ids are each other's inverse.
static void
test_names(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);
  const size_t n = partita_scheme_get_vocab_size(scheme);

  for (size_t id = 0; id < n; ++id) {
    const char *token = partita_scheme_token_name(scheme, (uint16_t)id);
    const char *type = partita_scheme_token_type(scheme, (uint16_t)id);
    const size_t length = strlen(type);

    g_assert_cmpint(partita_scheme_find_token(scheme, token), ==, (int)id);
    g_assert_true(g_str_has_prefix(token, type));
    g_assert_true(token[length] == '_' || token[length] == '\0');
  }
  g_assert_null(partita_scheme_token_name(scheme, (uint16_t)n));
  g_assert_null(partita_scheme_token_type(scheme, (uint16_t)n));
  g_assert_cmpint(partita_scheme_find_token(scheme, "Bos"), ==,
                  PARTITA_TOKEN_BOS);
  g_assert_cmpint(partita_scheme_find_token(scheme, "Eos"), ==,
                  PARTITA_TOKEN_EOS);
  g_assert_cmpint(partita_scheme_find_token(scheme, "Pitch"), ==, -1);
  g_assert_cmpint(partita_scheme_find_style(scheme, "Walzer für zwei"), ==, 1);
  g_assert_cmpint(partita_scheme_find_style(scheme, "Walzer"), ==, -1);
  g_assert_cmpint(partita_scheme_find_token(scheme, "Style_Walzer für zwei"),
                  ==, 3);
}

/// Law: a scheme made of a description is described alike.
static void
test_description(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);
  g_autofree char *json = partita_scheme_describe(scheme);
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaScheme) again =
    partita_scheme_new_from_description(json, &error);

  g_assert_no_error(error);

  g_autofree char *json_again = partita_scheme_describe(again);

  g_assert_cmpstr(json, ==, json_again);
  g_assert_cmpstr(partita_scheme_get_name(again), ==, name);
  g_assert_cmpstr(partita_scheme_get_styles(again)[0], ==, "chorale");
}

static void
test_awkward_styles(void)
{
  static const char *const styles[] = {
    "a\"b", "[{[{[{[{[{", "back\\slash\n", "/* x */", "dup", "dup", NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new("performance", styles, NULL);
  g_autofree char *json = partita_scheme_describe(scheme);
  g_autoptr(PartitaScheme) again =
    partita_scheme_new_from_description(json, &error);

  g_assert_no_error(error);
  for (size_t i = 0; i < G_N_ELEMENTS(styles) - 1; ++i)
    g_assert_cmpstr(partita_scheme_get_styles(again)[i], ==, styles[i]);
  g_assert_cmpint(partita_scheme_find_style(again, "dup"), ==, 4);
}

static void
assert_refused(const char *json, PartitaTokenError code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_scheme_new_from_description(json, &error));
  g_assert_error(error, PARTITA_TOKEN_ERROR, (int)code);
}

static void
test_bad_descriptions(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autofree char *json = partita_scheme_describe(scheme);
  g_autofree char *deep = g_strnfill(1000000, '[');
  const size_t n = strlen(json);
  char *version = strstr(json, "\"version\":1");
  char *pitch = strstr(json, "Pitch_60");

  // Law: every proper prefix is refused.
  for (size_t i = 0; i < n; i += 1 + i / 16) {
    g_autofree char *prefix = g_strndup(json, i);

    assert_refused(prefix, PARTITA_TOKEN_ERROR_VERSION);
  }
  assert_refused(deep, PARTITA_TOKEN_ERROR_VERSION);
  assert_refused("[]", PARTITA_TOKEN_ERROR_VERSION);
  assert_refused("{\"scheme\":1}", PARTITA_TOKEN_ERROR_VERSION);
  assert_refused("{\"scheme\":\"remi\",\"version\":1,\"styles\":[1],"
                 "\"vocabulary\":[]}",
                 PARTITA_TOKEN_ERROR_VERSION);
  assert_refused("{\"scheme\":\"x\",\"version\":1,\"styles\":[],"
                 "\"vocabulary\":[]}",
                 PARTITA_TOKEN_ERROR_UNKNOWN_SCHEME);
  pitch[6] = '9';
  assert_refused(json, PARTITA_TOKEN_ERROR_VERSION);
  pitch[6] = '6';
  version[10] = '2';
  assert_refused(json, PARTITA_TOKEN_ERROR_VERSION);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/token/scheme/unknown", test_unknown);
  g_test_add_func("/token/scheme/bad-style", test_bad_style);
  g_test_add_data_func("/token/scheme/names/remi", "remi", test_names);
  g_test_add_data_func("/token/scheme/names/performance", "performance",
                       test_names);
  g_test_add_data_func("/token/scheme/names/grid", "grid", test_names);
  g_test_add_data_func("/token/description/remi", "remi", test_description);
  g_test_add_data_func("/token/description/performance", "performance",
                       test_description);
  g_test_add_data_func("/token/description/grid", "grid", test_description);
  g_test_add_func("/token/description/awkward-styles", test_awkward_styles);
  g_test_add_func("/token/description/bad", test_bad_descriptions);
  return g_test_run();
}
