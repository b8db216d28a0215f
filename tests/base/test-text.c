// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file.h>
#include <base/text.h>
#include <string.h>

static void
test_show(void)
{
  static const char *const examples[][2] = {
    {"", ""},
    {"plain.mid", "plain.mid"},
    {"f\xc3\xbcr Elise.mid", "f\xc3\xbcr Elise.mid"},
    {"two\nlines", "two\\x0alines"},
    {"latin\xfc.mid", "latin\\xfc.mid"},
    {"cut\xe2\x82", "cut\\xe2\\x82"},
    {"\x1b[31mred\x7f", "\\x1b[31mred\\x7f"},
    {"c1\xc2\x9b", "c1\\xc2\\x9b"},
    {"dim.\xe2\x80\xaegpj", "dim.\\xe2\\x80\\xaegpj"},
    {"\xe2\x81\xa6in\xe2\x81\xa9", "\\xe2\\x81\\xa6in\\xe2\\x81\\xa9"},
    {"line\xe2\x80\xa8"
     "end",
     "line\\xe2\\x80\\xa8"
     "end"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(examples); ++i) {
    g_autofree char *shown = partita_text_show(examples[i][0], G_MAXSIZE);
    g_autofree char *path = partita_file_display(examples[i][0]);
    g_autofree char *again = partita_text_show(shown, G_MAXSIZE);

    g_assert_cmpstr(shown, ==, examples[i][1]);
    g_assert_cmpstr(path, ==, examples[i][1]);
    g_assert_cmpstr(again, ==, shown);
  }
}

/* What is cut is cut at whole characters and says so. */
static void
test_cut(void)
{
  g_autofree char *whole = partita_text_show("\xc3\xa4\xc3\xb6", 2);
  g_autofree char *cut = partita_text_show("\xc3\xa4\xc3\xb6\xc3\xbc", 2);

  g_assert_cmpstr(whole, ==, "\xc3\xa4\xc3\xb6");
  g_assert_cmpstr(cut, ==, "\xc3\xa4\xc3\xb6\xe2\x80\xa6");
}

static void
assert_safe(const char *shown, bool lines)
{
  g_assert_true(g_utf8_validate(shown, -1, NULL));
  for (const char *p = shown; *p != '\0'; p = g_utf8_next_char(p))
    if (!lines || (*p != '\n' && *p != '\t'))
      g_assert_false(partita_text_is_unsafe(g_utf8_get_char(p)));
}

/* Law: whatever the text, what is shown is UTF-8 without what a terminal obeys,
 * and but for our own lines stands on one. */
static void
test_random(void)
{
  for (int round = 0; round < 1000; ++round) {
    char text[32] = {0};

    for (size_t i = 0; i + 1 < sizeof text; ++i)
      text[i] = (char)g_test_rand_int_range(1, 256);

    g_autofree char *shown = partita_text_show(text, G_MAXSIZE);
    g_autofree char *lines = partita_text_show_lines(text);

    assert_safe(shown, false);
    assert_safe(lines, true);
  }
}

static void
test_lines(void)
{
  g_autofree char *shown = partita_text_show_lines("a\tb\r\n\x1b[0m\n");

  g_assert_cmpstr(shown, ==, "a\tb\\x0d\n\\x1b[0m\n");
}

static void
test_json(void)
{
  g_autofree char *shown = partita_text_show_json(
    "{\n \"a\\n\": \"\xc2\x9b\xe2\x80\xae\x7f\xc3\xa4\"}");

  g_assert_cmpstr(shown, ==,
                  "{\n \"a\\n\": \"\\u009b\\u202e\\u007f\xc3\xa4\"}");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/text/show", test_show);
  g_test_add_func("/base/text/cut", test_cut);
  g_test_add_func("/base/text/random", test_random);
  g_test_add_func("/base/text/lines", test_lines);
  g_test_add_func("/base/text/json", test_json);
  return g_test_run();
}
