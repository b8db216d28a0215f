// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* How long after its start `partita compose --stream` prints a note, and how
 * much of that was the processor's time: the best of several runs, with models
 * of the standard small sizes that nobody trained.
 *
 *   bench-first-note PARTITA
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <partita/model.h>
#include <partita/token.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define RUNS 10

static const PartitaModelConfig lstm = {
  .architecture = "lstm", .width = 256, .hidden = 512, .layers = 2};
static const PartitaModelConfig transformer = {
  .architecture = "transformer",
  .width = 256,
  .hidden = 1024,
  .layers = 6,
  .heads = 4,
  .context = 512,
};

typedef struct {
  double wall_ms;
  double cpu_ms;
} Time;

static void
write_model(const PartitaModelConfig *shape, const char *path)
{
  g_autoptr(PartitaScheme) scheme = partita_scheme_new("remi", NULL, NULL);
  g_autofree char *description = partita_scheme_describe(scheme);
  PartitaModelConfig config = *shape;

  config.vocab = partita_scheme_get_vocab_size(scheme);
  config.n_fields = partita_scheme_get_n_fields(scheme) + 1;
  config.field_size[0] = config.vocab;
  for (size_t i = 1; i < config.n_fields; ++i)
    config.field_size[i] = partita_scheme_get_field_size(scheme, i - 1);

  g_autoptr(PartitaModel) model = partita_model_new(&config, 1);

  partita_model_set_metadata(model, "scheme", description);
  if (!partita_model_save(model, path, NULL))
    g_error("cannot write %s", path);
}

/// Reads lines up to the first note; false if none comes.
static bool
await_note(int fd)
{
  FILE *lines = fdopen(fd, "r");
  char line[256];
  bool found = false;

  while (!found && fgets(line, sizeof line, lines) != NULL)
    found = g_str_has_prefix(line, "note\t");
  (void)fclose(lines);
  return found;
}

static Time
run(const char *program, const char *path)
{
  const char *const arguments[] = {program,    "compose", "-m", path,
                                   "--stream", "--seed",  "1",  NULL};
  const gint64 begun_us = g_get_monotonic_time();
  struct rusage usage;
  GPid pid = 0;
  int out = -1;

  if (!g_spawn_async_with_pipes(NULL, (char **)(uintptr_t)arguments, NULL,
                                G_SPAWN_DO_NOT_REAP_CHILD |
                                  G_SPAWN_STDERR_TO_DEV_NULL,
                                NULL, NULL, &pid, NULL, &out, NULL, NULL))
    g_error("cannot run %s", program);
  if (!await_note(out))
    g_error("%s printed no note", program);

  const gint64 us = g_get_monotonic_time() - begun_us;

  (void)kill(pid, SIGKILL);
  (void)wait4(pid, NULL, 0, &usage);
  return (Time){(double)us / 1e3,
                (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
                  (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
                    1e3};
}

static void
measure(const char *name,
        const PartitaModelConfig *shape,
        const char *program,
        const char *path)
{
  Time best = {G_MAXDOUBLE, G_MAXDOUBLE};

  write_model(shape, path);
  for (int i = 0; i < RUNS; ++i) {
    const Time time = run(program, path);

    best.wall_ms = MIN(best.wall_ms, time.wall_ms);
    best.cpu_ms = MIN(best.cpu_ms, time.cpu_ms);
  }
  (void)printf("first note, %s small\t%.1f ms\tof it processor\t%.1f ms\t"
               "at most\t50 ms\n",
               name, best.wall_ms, best.cpu_ms);
  (void)g_unlink(path);
}

int
main(int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
  g_autofree char *path = g_build_filename(folder, "m.safetensors", NULL);

  if (argc != 2) {
    (void)fprintf(stderr, "usage: bench-first-note PARTITA\n");
    return 2;
  }
  measure("LSTM", &lstm, argv[1], path);
  measure("Transformer", &transformer, argv[1], path);
  (void)g_rmdir(folder);
  return 0;
}
