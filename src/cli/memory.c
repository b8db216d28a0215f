// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// Linux says how much can be had without pushing out what is in use.
static size_t
read_available(void)
{
  static const char key[] = "\nMemAvailable:";
  g_autofree char *text = NULL;
  const char *at = NULL;

  if (g_file_get_contents("/proc/meminfo", &text, NULL, NULL))
    at = strstr(text, key);
  return at == NULL ? G_MAXSIZE
                    : g_ascii_strtoull(at + strlen(key), NULL, 10) << 10;
}

// What a control group's file holds, a number or "max".
static size_t
read_limit(const char *folder)
{
  g_autofree char *path = g_build_filename(folder, "memory.max", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents(path, &text, NULL, NULL) &&
             g_ascii_isdigit(text[0])
           ? g_ascii_strtoull(text, NULL, 10)
           : G_MAXSIZE;
}

/// The least that the groups this process is in may hold, of version 2.
static size_t
read_group_limit(void)
{
  static const char root[] = "/sys/fs/cgroup";
  g_autofree char *text = NULL;
  size_t least = G_MAXSIZE;

  if (!g_file_get_contents("/proc/self/cgroup", &text, NULL, NULL) ||
      !g_str_has_prefix(text, "0::/"))
    return least;

  g_autofree char *group = g_strdup(g_strchomp(text) + strlen("0::"));

  for (char *end = group + strlen(group); end != NULL;
       end = strrchr(group, '/')) {
    *end = '\0';

    g_autofree char *folder = g_strconcat(root, group, NULL);

    least = MIN(least, read_limit(folder));
  }
  return least;
}

// What the limit on address space leaves beside what is taken.
static size_t
read_address_space(void)
{
  struct rlimit limit;
  g_autofree char *text = NULL;

  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return G_MAXSIZE;
  if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
    return limit.rlim_cur;

  const size_t taken =
    g_ascii_strtoull(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);

  // At least a byte, for 0 is no limit.
  return limit.rlim_cur > taken ? limit.rlim_cur - taken : 1;
}

size_t
cli_find_memory(void)
{
  const size_t machine = MIN(read_available(), read_group_limit());
  const size_t available = MIN(machine, read_address_space());

  return available == G_MAXSIZE ? 0 : available;
}
